namespace Unfold.Models;

/// <summary>The widths of the layers of a stack: one for all of them, or one for each. Compared by value; a whole number is one for all.</summary>
public sealed class LayerWidths : IEquatable<LayerWidths>
{
    private readonly int[] _widths;

    /// <summary>Names the widths.</summary>
    /// <param name="widths">One for all layers, or one for each, from the layer nearest to the input.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public LayerWidths(params IEnumerable<int> widths)
    {
        _widths = [.. widths];
        if (_widths.Length == 0)
        {
            throw new ArgumentException("The layers of a stack have at least one width; found none.", nameof(widths));
        }
    }

    /// <summary>One for all layers, or one for each.</summary>
    public IReadOnlyList<int> Values => _widths;

    /// <summary>Whether there is one for all layers.</summary>
    public bool IsOneForAll => _widths.Length == 1;

    /// <summary>The width of a layer, counted from 0.</summary>
    /// <exception cref="IndexOutOfRangeException">There are widths for fewer layers.</exception>
    public int this[int layer] => IsOneForAll ? _widths[0] : _widths[layer];

    /// <summary>One width for all layers.</summary>
    public static implicit operator LayerWidths(int width) => new(width);

    /// <inheritdoc/>
    public bool Equals(LayerWidths? other) => other is not null && _widths.AsSpan().SequenceEqual(other._widths);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as LayerWidths);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        Array.ForEach(_widths, hash.Add);
        return hash.ToHashCode();
    }

    /// <summary>Writes the widths with commas between them.</summary>
    public override string ToString() => string.Join(',', _widths.Select(width => width.ToString(System.Globalization.CultureInfo.InvariantCulture)));
}
