namespace Unfold.Models;

/// <summary>A sequence and the symbols that it is to be turned into, of any length: a sentence and its translation.</summary>
public sealed record SequencePair
{
    /// <summary>Puts a source and its target together.</summary>
    /// <param name="source">What is read.</param>
    /// <param name="target">What is to be written; none where nothing is.</param>
    public SequencePair(Sequence source, IReadOnlyList<string> target)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        (Source, Target) = (source, [.. target]);
        foreach (string symbol in Target)
        {
            SymbolTable.RequireText(symbol);
        }
    }

    /// <summary>Puts the symbols of a source and of its target together.</summary>
    /// <param name="source">What is read, at least one symbol.</param>
    /// <param name="target">What is to be written; none where nothing is.</param>
    /// <exception cref="UnfoldException">There is no source symbol, or a symbol is no text.</exception>
    public SequencePair(IReadOnlyList<string> source, IReadOnlyList<string> target)
        : this(Sequence.OfSymbols(source), target)
    {
    }

    /// <summary>What is read.</summary>
    public Sequence Source { get; }

    /// <summary>What is to be written.</summary>
    public IReadOnlyList<string> Target { get; }
}
