using System.Collections;
using Unfold.Numerics;

namespace Unfold.Autograd;

/// <summary>
/// The parameters of a model, moved into one flat buffer of values and one of gradients, so that an optimizer, a norm or a
/// checkpoint is one loop over one span.
/// </summary>
public sealed class ParameterSet : IReadOnlyList<Parameter>
{
    // Parameters start on 64-byte boundaries.
    private const int Alignment = 16;

    private readonly Parameter[] _parameters;
    private readonly Memory<float> _values;
    private readonly Memory<float> _gradients;

    /// <summary>Gathers parameters. Each belongs to one set only.</summary>
    /// <exception cref="ArgumentException">A parameter is null, two have one name, or one belongs to another set already. Nothing has changed then.</exception>
    public ParameterSet(IEnumerable<Parameter> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        _parameters = [.. parameters];
        var names = new HashSet<string>(StringComparer.Ordinal);
        var offsets = new int[_parameters.Length];
        int length = 0;
        for (int i = 0; i < _parameters.Length; i++)
        {
            Parameter parameter = _parameters[i];
            if (parameter is null)
            {
                throw new ArgumentException($"Parameter {i} of a set is null: leave it out where a layer has none.", nameof(parameters));
            }

            if (!names.Add(parameter.Name))
            {
                throw new ArgumentException($"Two parameters are called '{parameter.Name}'.", nameof(parameters));
            }

            if (parameter.Owned)
            {
                throw new ArgumentException($"The parameter '{parameter.Name}' belongs to another set already, which would lose it: use that set, or create the layer anew.", nameof(parameters));
            }

            offsets[i] = length;
            length = checked((length + parameter.Shape.Length + Alignment - 1) / Alignment * Alignment);
            ValueCount += parameter.Shape.Length;
        }

        _values = PinnedMemory.Allocate(length, Initial.Zero);
        _gradients = PinnedMemory.Allocate(length, Initial.Zero);
        for (int i = 0; i < _parameters.Length; i++)
        {
            int size = _parameters[i].Shape.Length;
            _parameters[i].Owned = true;
            _parameters[i].MoveTo(_values.Slice(offsets[i], size), _gradients.Slice(offsets[i], size));
        }
    }

    /// <summary>The number of parameters.</summary>
    public int Count => _parameters.Length;

    /// <summary>The number of learned values: of all parameters together.</summary>
    public int ValueCount { get; }

    /// <summary>The values of all parameters, with a few zeros between them.</summary>
    public ReadOnlySpan<float> Values => _values.Span;

    /// <summary>The gradients of all parameters, laid out as <see cref="Values"/>.</summary>
    public Span<float> Gradients => _gradients.Span;

    /// <summary>The parameter at a place in the order of creation.</summary>
    public Parameter this[int index] => _parameters[index];

    /// <summary>The values of all parameters, to be written.</summary>
    public Span<float> Edit()
    {
        foreach (Parameter parameter in _parameters)
        {
            parameter.Edit();
        }

        return _values.Span;
    }

    /// <summary>Sets all gradients to zero, before a backward pass.</summary>
    public void ClearGradients() => Gradients.Clear();

    /// <summary>The parameter that holds the value at a position of <see cref="Values"/>.</summary>
    internal Parameter At(int position)
    {
        int start = 0;
        foreach (Parameter parameter in _parameters)
        {
            start += (parameter.Shape.Length + Alignment - 1) / Alignment * Alignment;
            if (position < start)
            {
                return parameter;
            }
        }

        throw new ArgumentOutOfRangeException(nameof(position));
    }

    /// <summary>Walks the parameters in the order of creation.</summary>
    public IEnumerator<Parameter> GetEnumerator() => ((IEnumerable<Parameter>)_parameters).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
