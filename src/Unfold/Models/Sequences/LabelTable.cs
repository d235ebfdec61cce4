namespace Unfold.Models;

/// <summary>The labels that a model chooses from, numbered from 0.</summary>
public sealed class LabelTable
{
    private const int Shown = 12;

    private readonly Dictionary<string, int> _ids;

    /// <summary>Numbers labels from 0 in the order given.</summary>
    /// <exception cref="UnfoldException">There are fewer than two labels, or one comes twice.</exception>
    public LabelTable(IEnumerable<string> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        Labels = [.. labels];
        _ids = new Dictionary<string, int>(Labels.Count, StringComparer.Ordinal);
        foreach (string label in Labels)
        {
            SymbolTable.RequireText(label);
            if (!_ids.TryAdd(label, _ids.Count))
            {
                throw new UnfoldException($"A table holds each label once; '{label}' comes twice.");
            }
        }

        if (Count < 2)
        {
            throw new UnfoldException($"A model chooses between at least two labels; found {(Count == 0 ? "none" : $"'{Labels[0]}' only")}.");
        }
    }

    /// <summary>The labels by their numbers.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>The number of labels.</summary>
    public int Count => Labels.Count;

    /// <summary>The number of a label.</summary>
    /// <exception cref="UnfoldException">The label is not in the table.</exception>
    public int this[string label] => label is not null && _ids.TryGetValue(label, out int id)
        ? id
        : throw new UnfoldException($"The label '{label}' is not one that the model was fitted to: {string.Join(", ", Labels.Take(Shown))}{(Count > Shown ? $" and {Count - Shown} more" : "")}.");

    /// <summary>Throws unless all of some labels are in the table.</summary>
    /// <exception cref="UnfoldException">One is not.</exception>
    internal void Require(IEnumerable<string> labels)
    {
        foreach (string label in labels)
        {
            _ = this[label];
        }
    }

    /// <summary>Makes a table of all labels that come, in the order of their characters.</summary>
    /// <exception cref="UnfoldException">There are fewer than two different ones.</exception>
    public static LabelTable Build(IEnumerable<string> labels) =>
        new(labels.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
}
