using Unfold.Text;

namespace Unfold.Models;

/// <summary>Symbols and their numbers. Number 0 stands for every symbol that is not in the table.</summary>
public sealed class SymbolTable
{
    /// <summary>The number of a symbol that is not in the table.</summary>
    public const int Unknown = 0;

    private readonly Dictionary<string, int> _ids;

    /// <summary>Numbers symbols from 1 in the order given.</summary>
    /// <exception cref="UnfoldException">A symbol comes twice, or is no text that a file can hold.</exception>
    public SymbolTable(IEnumerable<string> symbols)
    {
        ArgumentNullException.ThrowIfNull(symbols);
        Symbols = [.. symbols];
        _ids = new Dictionary<string, int>(Symbols.Count, StringComparer.Ordinal);
        foreach (string symbol in Symbols)
        {
            RequireText(symbol);
            if (!_ids.TryAdd(symbol, _ids.Count + 1))
            {
                throw new UnfoldException($"A table holds each symbol once; '{symbol}' comes twice.");
            }
        }
    }

    /// <summary>The symbols, of which the first has number 1.</summary>
    public IReadOnlyList<string> Symbols { get; }

    /// <summary>The symbols and one more, for the unknown.</summary>
    public int Count => Symbols.Count + 1;

    /// <summary>The number of a symbol, or <see cref="Unknown"/>.</summary>
    public int this[string symbol] => _ids.GetValueOrDefault(symbol, Unknown);

    /// <summary>Makes a table of the symbols that come at least so often, the commonest first and equally common ones by their characters.</summary>
    /// <exception cref="UnfoldException">A symbol is no text that a file can hold.</exception>
    public static SymbolTable Build(IEnumerable<string> symbols, int minimumCount = 1)
    {
        ArgumentNullException.ThrowIfNull(symbols);
        ArgumentOutOfRangeException.ThrowIfLessThan(minimumCount, 1);
        return new SymbolTable(symbols
            .Select(Text)
            .CountBy(symbol => symbol, StringComparer.Ordinal)
            .Where(entry => entry.Value >= minimumCount)
            .OrderByDescending(entry => entry.Value)
            .ThenBy(entry => entry.Key, StringComparer.Ordinal)
            .Select(entry => entry.Key));
    }

    private static string Text(string symbol)
    {
        RequireText(symbol);
        return symbol;
    }

    /// <summary>Throws where a symbol is missing or half a character, which no file can hold.</summary>
    internal static void RequireText(string? symbol)
    {
        if (symbol is null)
        {
            throw new UnfoldException("A symbol is text; found null.");
        }

        int half = HalfCharacter.IndexIn(symbol);
        if (half >= 0)
        {
            throw new UnfoldException($"A symbol is whole characters; found half of one (\\u{(int)symbol[half]:X4}): cut text by its runes (string.EnumerateRunes), not by its chars.");
        }
    }
}
