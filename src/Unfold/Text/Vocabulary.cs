using System.Buffers;
using System.Collections.Frozen;
using System.Text;

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

    /// <summary>What a tokenizer hands over at the end of a sentence.</summary>
    private const char SentenceEnd = '\n';

    private static readonly string[] SpecialSymbols = ["<unk>", "<s>", "</s>"];

    private readonly string[] _symbols;
    private readonly int[] _idOfUnit;
    private readonly FrozenDictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _ids;

    /// <summary>Creates the table for running text from its ordinary symbols, in order of their ids from <see cref="SpecialCount"/> on.</summary>
    /// <exception cref="UnfoldException">A symbol is empty, special, stands twice, or could not come from a tokenizer of this kind.</exception>
    public Vocabulary(TokenKind kind, LetterCase letterCase, IEnumerable<string> symbols)
        : this(new Tokenization(kind) { LetterCase = letterCase }, symbols)
    {
    }

    /// <summary>Creates the table from its ordinary symbols, in order of their ids from <see cref="SpecialCount"/> on.</summary>
    /// <param name="tokenization">How a text is cut into the symbols.</param>
    /// <param name="symbols">All but the special ones.</param>
    /// <exception cref="UnfoldException">A symbol is empty, special, stands twice, or could not come from such a tokenizer, or they are not those of its table of subwords.</exception>
    public Vocabulary(Tokenization tokenization, IEnumerable<string> symbols)
    {
        ArgumentNullException.ThrowIfNull(tokenization);
        ArgumentNullException.ThrowIfNull(symbols);
        Tokenization = tokenization;
        _symbols = [.. SpecialSymbols, .. symbols];
        Dictionary<string, int> ids = new(_symbols.Length, StringComparer.Ordinal);
        int units = Mode == TextMode.Sentences ? SentenceEnd + 1 : 0;
        for (int id = 0; id < _symbols.Length; id++)
        {
            string symbol = _symbols[id];
            if (id >= SpecialCount)
            {
                RequireToken(symbol, id);
                units = symbol.Length == 1 ? Math.Max(units, symbol[0] + 1) : units;
            }

            if (!ids.TryAdd(symbol, id))
            {
                throw new UnfoldException($"The vocabulary holds the symbol {Quoted(symbol)} twice, as {ids[symbol]} and {id}, but each symbol wants one id.");
            }
        }

        _idOfUnit = new int[units];
        if (Mode == TextMode.Sentences)
        {
            _idOfUnit[SentenceEnd] = EndId;
        }

        for (int id = SpecialCount; id < _symbols.Length; id++)
        {
            if (_symbols[id].Length == 1)
            {
                _idOfUnit[_symbols[id][0]] = id;
            }
        }

        if (Kind == TokenKind.BytePair && !_symbols.AsSpan(SpecialCount).SequenceEqual([.. tokenization.Pairs?.Symbols ?? []]))
        {
            throw new UnfoldException("The vocabulary's symbols are not those of its table of subwords: characters, what merges make, and 256 bytes were wanted, in this order.");
        }

        _ids = ids.ToFrozenDictionary(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>How a text is cut into tokens of this table.</summary>
    public Tokenization Tokenization { get; }

    /// <summary>What one token is.</summary>
    public TokenKind Kind => Tokenization.Kind;

    /// <summary>Whether letters are lowered before they are looked up.</summary>
    public LetterCase LetterCase => Tokenization.LetterCase;

    /// <summary>What the lines of a text are.</summary>
    public TextMode Mode => Tokenization.Mode;

    /// <summary>The number of ids, special symbols included: <see cref="SymbolCount"/> + <see cref="SpecialCount"/>.</summary>
    public int Count => _symbols.Length;

    /// <summary>The number of ordinary symbols.</summary>
    public int SymbolCount => _symbols.Length - SpecialCount;

    /// <summary>The symbol of an id in [0, <see cref="Count"/>).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is outside that range.</exception>
    public string this[int id] => (uint)id < (uint)_symbols.Length
        ? _symbols[id]
        : throw new ArgumentOutOfRangeException(nameof(id), id, $"The vocabulary has ids 0 to {_symbols.Length - 1}.");

    /// <summary>The id of a token as the tokenizer gives it, or <see cref="UnknownId"/>; the special symbols' own names are found too, and in sentence mode the line feed is the end symbol.</summary>
    public int IdOf(ReadOnlySpan<char> token)
    {
        if (token.Length == 1)
        {
            return token[0] < _idOfUnit.Length ? _idOfUnit[token[0]] : UnknownId;
        }

        return _ids.TryGetValue(token, out int id) ? id : UnknownId;
    }

    /// <summary>
    /// The id of a line feed in a text: the end symbol in sentence mode; of subwords the byte where no symbol is made of it, whether one was learned or not; else
    /// <see cref="UnknownId"/> where no text that was learned had one.
    /// </summary>
    public int LineFeedId => IdOf("\n") is var whole && (whole != UnknownId || Kind != TokenKind.BytePair) ? whole : Encode("\n") is [var spelt] ? spelt : UnknownId;

    /// <summary>True for the ids of unknown, begin and end, which stand for no text.</summary>
    public static bool IsSpecial(int id) => id < SpecialCount;

    /// <summary>Creates a tokenizer whose tokens this table holds.</summary>
    /// <exception cref="UnfoldException">The tokens are Chinese words and there is no ICU library.</exception>
    public Tokenizer CreateTokenizer() => Tokenization.CreateTokenizer();

    /// <summary>
    /// Cuts a text into tokens and returns their ids; tokens that are not in the table become <see cref="UnknownId"/>. In sentence mode
    /// <see cref="EndId"/> stands after each sentence, the last included.
    /// </summary>
    /// <exception cref="UnfoldException">The tokens are Chinese words and there is no ICU library, or a token is a mark that no text may hold, as &lt;s&gt; among words between spaces.</exception>
    public int[] Encode(ReadOnlySpan<char> text) => Encode(text, CreateTokenizer(), static (tokenizer, sink) => tokenizer.Flush(sink));

    /// <summary>As <see cref="Encode(ReadOnlySpan{char})"/>, for the beginning of a text that goes on: a last line without line feed is no complete sentence and gets no end symbol.</summary>
    /// <exception cref="UnfoldException">The tokens are Chinese words and there is no ICU library, or a token is a mark that no text may hold, as &lt;s&gt; among words between spaces.</exception>
    public int[] EncodePrefix(ReadOnlySpan<char> text) => EncodePrefix(text, CreateTokenizer());

    /// <summary>As <see cref="EncodePrefix(ReadOnlySpan{char})"/>, by a tokenizer of this table that has no unfinished text; after an exception it may have one.</summary>
    internal int[] EncodePrefix(ReadOnlySpan<char> text, Tokenizer tokenizer) => Encode(text, tokenizer, static (tokenizer, sink) => tokenizer.FlushPrefix(sink));

    /// <summary>The tokens of a text that goes on, as they are cut: <see cref="EncodePrefix(ReadOnlySpan{char})"/> gives their ids.</summary>
    internal IReadOnlyList<string> SplitPrefix(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
        {
            // Where nothing is to be cut no ICU library is wanted: a model of Chinese words writes without a prompt on systems that have none.
            return [];
        }

        List<string> tokens = [];
        Tokenizer tokenizer = CreateTokenizer();
        TokenSink sink = token => tokens.Add(token.ToString());
        tokenizer.Push(text, sink);
        tokenizer.FlushPrefix(sink);
        return tokens;
    }

    /// <summary>As <see cref="SplitPrefix"/>, for a text that does not stand at the beginning of a line: in sentence mode white space before its words would be left out there.</summary>
    internal IReadOnlyList<string> SplitWithin(ReadOnlySpan<char> text)
    {
        const string before = ".";
        return Rune.DecodeFromUtf16(text, out Rune first, out _) == OperationStatus.Done && RuneClasses.Of(first) is RuneClass.Space or RuneClass.NewLine
            ? [.. SplitPrefix($"{before}{text}").Skip(SplitPrefix(before).Count)]
            : SplitPrefix(text);
    }

    /// <summary>Writes ids back as text. Begin writes nothing, end in sentence mode a line feed; unknown writes U+FFFD for characters and &lt;unk&gt; for words.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An id is outside of the table.</exception>
    public string Decode(ReadOnlySpan<int> ids)
    {
        TokenJoiner joiner = Tokenization.CreateJoiner();
        List<string> tokens = new(ids.Length);
        foreach (int id in ids)
        {
            tokens.Add(TextOf(id));
        }

        return joiner.Join(tokens) + joiner.Flush();
    }

    /// <summary>What an id is written as in a text: the symbol; nothing for begin; a line feed for end in sentence mode, else nothing; a mark for unknown.</summary>
    public string TextOf(int id) => id switch
    {
        BeginId => "",
        EndId => Mode == TextMode.Sentences ? "\n" : "",
        UnknownId => Kind == TokenKind.Character ? "\uFFFD" : SpecialSymbols[UnknownId],
        _ => this[id],
    };

    /// <summary>The tokens of two tables: those of this one with their ids, then those that only the other has, in its order.</summary>
    /// <exception cref="UnfoldException">The two cut a text in different ways.</exception>
    public Vocabulary Union(Vocabulary other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (Tokenization.DifferenceFrom(other.Tokenization) is string difference)
        {
            throw new UnfoldException($"Two vocabularies are joined where they cut a text alike, but {difference}: train one of the models anew, as the other.");
        }

        string[] more = [.. other._symbols.Skip(SpecialCount).Where(symbol => !_ids.ContainsKey(symbol))];
        return more.Length == 0 ? this : new Vocabulary(Tokenization, [.. _symbols.Skip(SpecialCount), .. more]);
    }

    /// <summary>Writes the table as readable UTF-8 JSON.</summary>
    public void Write(Stream destination) => VocabularyFile.Write(this, destination);

    /// <summary>Reads a table that <see cref="Write"/> wrote.</summary>
    /// <exception cref="UnfoldException">The file is missing, unreadable, damaged, foreign or newer than this version understands.</exception>
    public static Vocabulary Load(string path) => VocabularyFile.Load(path);

    /// <summary>Reads a table that <see cref="Write"/> wrote from memory; <paramref name="path"/> names in messages where it comes from.</summary>
    internal static Vocabulary Read(ReadOnlyMemory<byte> bytes, string path) => VocabularyFile.Read(bytes, path);

    internal static ReadOnlySpan<string> Specials => SpecialSymbols;

    internal static string Quoted(string symbol) => symbol switch
    {
        "\n" => "\"\\n\"",
        { Length: > 40 } => $"\"{symbol.AsSpan(0, 40)}...\"",
        _ => $"\"{symbol}\"",
    };

    private int[] Encode(ReadOnlySpan<char> text, Tokenizer tokenizer, Action<Tokenizer, TokenSink> end)
    {
        List<int> ids = [];
        TokenSink sink = token => ids.Add(IdOf(token));
        tokenizer.Push(text, sink);
        end(tokenizer, sink);
        return [.. ids];
    }

    private void RequireToken(string symbol, int id)
    {
        if (string.IsNullOrEmpty(symbol))
        {
            throw new UnfoldException($"The vocabulary's symbol {id} is empty, but every symbol wants at least one character.");
        }

        if (HalfCharacter.IndexIn(symbol) is var half and >= 0)
        {
            throw new UnfoldException($"The vocabulary's symbol {id} holds half a character (\\u{(int)symbol[half]:X4}), but no file could hold it: cut text by its runes (string.EnumerateRunes), not by its chars.");
        }

        if (Mode == TextMode.Sentences && symbol is "\n")
        {
            throw new UnfoldException($"The vocabulary's symbol {id} is the line feed, but where each line is a sentence it ends one and is no symbol.");
        }

        if (Kind == TokenKind.Space && symbol is not "\n" && symbol.AsSpan().ContainsAny(" \t\r\n"))
        {
            throw new UnfoldException($"The vocabulary's symbol {id} is {Quoted(symbol)}, but where white space divides the tokens none has a space, a tab or the end of a line inside: cut it there, or take another kind of token.");
        }

        if (Kind == TokenKind.Character)
        {
            bool isScalar = symbol.Length == 1 ? !char.IsSurrogate(symbol[0]) : symbol.Length == 2 && char.IsSurrogatePair(symbol[0], symbol[1]);
            if (!isScalar)
            {
                throw new UnfoldException($"The vocabulary's symbol {id} is {Quoted(symbol)}, but a vocabulary of characters wants exactly one Unicode character for each symbol.");
            }
        }
        else if (symbol.Length > Tokenizer.MaximumTokenLength)
        {
            throw new UnfoldException($"The vocabulary's symbol {id} has {symbol.Length} characters, but a word has at most {Tokenizer.MaximumTokenLength}.");
        }
    }
}
