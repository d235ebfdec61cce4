using System.Globalization;
using System.Text;

namespace Unfold.Text;

/// <summary>
/// A table of subwords: characters, and merges of two subwords into one, the earlier the more frequent (byte pair encoding: Gage, 1994;
/// of words: Sennrich, Haddow and Birch, 2016). What has no symbol of its own is written as the bytes of its UTF-8 form, so that
/// nothing is unknown.
/// </summary>
public sealed class BytePairEncoding
{
    /// <summary>How many symbols stand for single bytes; they come last.</summary>
    public const int ByteCount = 256;

    private readonly string[] _symbols;
    private readonly Dictionary<Rune, int> _characters = [];
    private readonly Dictionary<(int Left, int Right), (int Rank, int Merged)> _merges = [];

    /// <summary>Creates the table.</summary>
    /// <param name="characters">The characters with a symbol of their own, each one Unicode scalar value.</param>
    /// <param name="merges">Two symbols each, characters or earlier merges, in the order in which they are applied.</param>
    /// <exception cref="UnfoldException">A character stands twice or is none, or a merge is of unknown symbols or makes one that cannot be.</exception>
    public BytePairEncoding(IEnumerable<string> characters, IEnumerable<(string Left, string Right)> merges)
    {
        ArgumentNullException.ThrowIfNull(characters);
        ArgumentNullException.ThrowIfNull(merges);
        List<string> symbols = [];
        Dictionary<string, int> ids = new(StringComparer.Ordinal);
        foreach (string character in characters)
        {
            if (character.Length == 0 || !Rune.TryGetRuneAt(character, 0, out Rune rune) || rune.Utf16SequenceLength != character.Length || !_characters.TryAdd(rune, symbols.Count))
            {
                throw new UnfoldException($"The table of subwords wants each character once, but its symbol {symbols.Count} is {Vocabulary.Quoted(character)}.");
            }

            ids.Add(character, symbols.Count);
            symbols.Add(character);
        }

        Merges = [.. merges];
        for (int rank = 0; rank < Merges.Count; rank++)
        {
            (string left, string right) = Merges[rank];
            if (!ids.TryGetValue(left, out int leftId) || !ids.TryGetValue(right, out int rightId) || !CanBe(left, right) || !ids.TryAdd(left + right, symbols.Count))
            {
                throw new UnfoldException($"The table of subwords cannot merge {Vocabulary.Quoted(left)} and {Vocabulary.Quoted(right)} as its merge {rank}: it wants two symbols that are there before, and makes one of at most {Tokenizer.MaximumTokenLength} characters that is not there yet and no name of a byte or special symbol.");
            }

            _merges.Add((leftId, rightId), (rank, symbols.Count));
            symbols.Add(left + right);
        }

        _symbols = [.. symbols, .. Enumerable.Range(0, ByteCount).Select(value => SymbolOf((byte)value))];
    }

    /// <summary>The characters, then what merges make, in order, then the 256 bytes.</summary>
    public IReadOnlyList<string> Symbols => _symbols;

    /// <summary>The merges, the first applied first.</summary>
    public IReadOnlyList<(string Left, string Right)> Merges { get; }

    /// <summary>The symbol of a byte: &lt;0x00&gt; to &lt;0xFF&gt;.</summary>
    public static string SymbolOf(byte value) => string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>");

    /// <summary>The byte that a symbol stands for, or -1 where it stands for text.</summary>
    public static int ByteOf(ReadOnlySpan<char> symbol) =>
        symbol.Length == 6 && symbol.StartsWith("<0x") && symbol[5] == '>' && byte.TryParse(symbol[3..5], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value) ? value : -1;

    /// <summary>Whether two symbols may become one: it must not be the name of a byte or of a special symbol.</summary>
    internal static bool CanBe(string left, string right) =>
        left.Length + right.Length <= Tokenizer.MaximumTokenLength && ByteOf(left + right) < 0 && !Vocabulary.Specials.Contains(left + right);

    /// <summary>Cuts a piece of text into subwords: of all neighbours that can be merged those with the earliest merge first, until there are none.</summary>
    internal string[] Split(ReadOnlySpan<char> piece)
    {
        List<int> symbols = new(piece.Length);
        Span<byte> bytes = stackalloc byte[4];
        foreach (Rune rune in piece.EnumerateRunes())
        {
            if (_characters.TryGetValue(rune, out int character))
            {
                symbols.Add(character);
                continue;
            }

            foreach (byte value in bytes[..rune.EncodeToUtf8(bytes)])
            {
                symbols.Add(_symbols.Length - ByteCount + value);
            }
        }

        while (Earliest(symbols) is { } merge)
        {
            Merge(symbols, merge.Left, merge.Right, _merges[merge].Merged);
        }

        return [.. symbols.Select(symbol => _symbols[symbol])];
    }

    /// <summary>Puts one symbol in the place of two neighbours wherever they stand, from left to right.</summary>
    internal static void Merge(List<int> symbols, int left, int right, int merged)
    {
        int kept = 0;
        for (int i = 0; i < symbols.Count; i++)
        {
            bool here = symbols[i] == left && i + 1 < symbols.Count && symbols[i + 1] == right;
            symbols[kept++] = here ? merged : symbols[i];
            i += here ? 1 : 0;
        }

        symbols.RemoveRange(kept, symbols.Count - kept);
    }

    private (int Left, int Right)? Earliest(List<int> symbols)
    {
        int earliest = int.MaxValue;
        (int Left, int Right)? found = null;
        for (int i = 1; i < symbols.Count; i++)
        {
            if (_merges.TryGetValue((symbols[i - 1], symbols[i]), out (int Rank, int Merged) merge) && merge.Rank < earliest)
            {
                earliest = merge.Rank;
                found = (symbols[i - 1], symbols[i]);
            }
        }

        return found;
    }
}
