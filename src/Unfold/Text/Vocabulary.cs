using System.Collections.Frozen;

namespace Unfold.Text;

/// <summary>
/// An immutable two-way table between tokens and ids. Ids 0, 1 and 2 are the special symbols unknown, begin and end;
/// the ordinary symbols follow. A model's output layer is exactly <see cref="Count"/> wide.
/// </summary>
public sealed class Vocabulary
{
    /// <summary>The id of any token that is not in the table.</summary>
    public const int UnknownId = 0;

    /// <summary>The id of the symbol that begins a sequence.</summary>
    public const int BeginId = 1;

    /// <summary>The id of the symbol that ends a sequence.</summary>
    public const int EndId = 2;

    /// <summary>How many special symbols stand before the ordinary ones.</summary>
    public const int SpecialCount = 3;

    private static readonly string[] SpecialSymbols = ["<unk>", "<s>", "</s>"];

    private readonly string[] _symbols;
    private readonly int[] _idOfUnit;
    private readonly FrozenDictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _ids;

    /// <summary>Creates the table from its ordinary symbols, in order of their ids from <see cref="SpecialCount"/> on.</summary>
    /// <exception cref="UnfoldException">A symbol is empty, special, stands twice, or could not come from a tokenizer of this kind.</exception>
    public Vocabulary(TokenKind kind, LetterCase letterCase, IEnumerable<string> symbols)
    {
        ArgumentNullException.ThrowIfNull(symbols);
        Kind = kind;
        LetterCase = letterCase;
        _symbols = [.. SpecialSymbols, .. symbols];
        Dictionary<string, int> ids = new(_symbols.Length, StringComparer.Ordinal);
        int units = 0;
        for (int id = 0; id < _symbols.Length; id++)
        {
            string symbol = _symbols[id];
            if (id >= SpecialCount)
            {
                RequireToken(kind, symbol, id);
                units = symbol.Length == 1 ? Math.Max(units, symbol[0] + 1) : units;
            }

            if (!ids.TryAdd(symbol, id))
            {
                throw new UnfoldException($"The vocabulary holds the symbol {Quoted(symbol)} twice, as {ids[symbol]} and {id}, but each symbol wants one id.");
            }
        }

        _idOfUnit = new int[units];
        for (int id = SpecialCount; id < _symbols.Length; id++)
        {
            if (_symbols[id].Length == 1)
            {
                _idOfUnit[_symbols[id][0]] = id;
            }
        }

        _ids = ids.ToFrozenDictionary(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>What one token is.</summary>
    public TokenKind Kind { get; }

    /// <summary>Whether letters are lowered before they are looked up.</summary>
    public LetterCase LetterCase { get; }

    /// <summary>The number of ids, special symbols included: <see cref="SymbolCount"/> + <see cref="SpecialCount"/>.</summary>
    public int Count => _symbols.Length;

    /// <summary>The number of ordinary symbols.</summary>
    public int SymbolCount => _symbols.Length - SpecialCount;

    /// <summary>The symbol of an id in [0, <see cref="Count"/>).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is outside that range.</exception>
    public string this[int id] => (uint)id < (uint)_symbols.Length
        ? _symbols[id]
        : throw new ArgumentOutOfRangeException(nameof(id), id, $"The vocabulary has ids 0 to {_symbols.Length - 1}.");

    /// <summary>The id of a token as the tokenizer gives it, or <see cref="UnknownId"/>; the special symbols' own names are found too.</summary>
    public int IdOf(ReadOnlySpan<char> token)
    {
        if (token.Length == 1)
        {
            return token[0] < _idOfUnit.Length ? _idOfUnit[token[0]] : UnknownId;
        }

        return _ids.TryGetValue(token, out int id) ? id : UnknownId;
    }

    /// <summary>True for the ids of unknown, begin and end, which stand for no text.</summary>
    public static bool IsSpecial(int id) => id < SpecialCount;

    /// <summary>Creates a tokenizer whose tokens this table holds.</summary>
    public Tokenizer CreateTokenizer() => Tokenizer.Create(Kind, LetterCase);

    /// <summary>Cuts a text into tokens and returns their ids; tokens that are not in the table become <see cref="UnknownId"/>.</summary>
    public int[] Encode(ReadOnlySpan<char> text)
    {
        List<int> ids = [];
        Tokenizer tokenizer = CreateTokenizer();
        TokenSink sink = token => ids.Add(IdOf(token));
        tokenizer.Push(text, sink);
        tokenizer.Flush(sink);
        return [.. ids];
    }

    /// <summary>Writes ids back as text. Begin and end write nothing; unknown writes U+FFFD for characters and &lt;unk&gt; for words.</summary>
    public string Decode(ReadOnlySpan<int> ids)
    {
        TokenJoiner joiner = CreateTokenizer().CreateJoiner();
        List<string> tokens = new(ids.Length);
        foreach (int id in ids)
        {
            tokens.Add(TextOf(id));
        }

        return joiner.Join(tokens);
    }

    /// <summary>What an id is written as in a text: the symbol; nothing for begin and end; a mark for unknown.</summary>
    public string TextOf(int id) => id switch
    {
        BeginId or EndId => "",
        UnknownId => Kind == TokenKind.Character ? "\uFFFD" : SpecialSymbols[UnknownId],
        _ => this[id],
    };

    /// <summary>Writes the table as readable UTF-8 JSON.</summary>
    public void Write(Stream destination) => VocabularyFile.Write(this, destination);

    /// <summary>Reads a table that <see cref="Write"/> wrote.</summary>
    /// <exception cref="UnfoldException">The file is missing, unreadable, damaged, foreign or newer than this version understands.</exception>
    public static Vocabulary Load(string path) => VocabularyFile.Load(path);

    internal static ReadOnlySpan<string> Specials => SpecialSymbols;

    internal static string Quoted(string symbol) => symbol switch
    {
        "\n" => "\"\\n\"",
        { Length: > 40 } => $"\"{symbol.AsSpan(0, 40)}...\"",
        _ => $"\"{symbol}\"",
    };

    private static void RequireToken(TokenKind kind, string symbol, int id)
    {
        if (string.IsNullOrEmpty(symbol))
        {
            throw new UnfoldException($"The vocabulary's symbol {id} is empty, but every symbol wants at least one character.");
        }

        if (kind == TokenKind.Character)
        {
            bool isScalar = symbol.Length == 1 ? !char.IsSurrogate(symbol[0]) : symbol.Length == 2 && char.IsSurrogatePair(symbol[0], symbol[1]);
            if (!isScalar)
            {
                throw new UnfoldException($"The vocabulary's symbol {id} is {Quoted(symbol)}, but a vocabulary of characters wants exactly one Unicode character for each symbol.");
            }
        }
        else if (symbol.Length > WordTokenizer.MaximumTokenLength)
        {
            throw new UnfoldException($"The vocabulary's symbol {id} has {symbol.Length} characters, but a word has at most {WordTokenizer.MaximumTokenLength}.");
        }
    }
}
