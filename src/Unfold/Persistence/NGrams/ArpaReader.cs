using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Unfold.NGrams;
using Unfold.Text;

namespace Unfold.Persistence;

/// <summary>
/// Reads a model in the ARPA format: text before \data\ is skipped; fields are divided by spaces or tabs; a missing backoff weight is 0; lines
/// may stand in any order within their section. &lt;UNK&gt; is the unknown word where there is no &lt;unk&gt;, as for KenLM.
/// </summary>
internal sealed class ArpaReader
{
    private const string End = "\\end\\", Unknown = "<unk>";

    private readonly ArpaLines _lines;
    private readonly string _path;
    private readonly UnpackedFile _source;
    private readonly Action<double>? _progress;
    private readonly CancellationToken _cancellation;
    private readonly List<long> _counts = [];
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal) { [Unknown] = Vocabulary.UnknownId, ["<s>"] = Vocabulary.BeginId, ["</s>"] = Vocabulary.EndId };
    private readonly List<string> _names = [];
    private readonly bool[] _listed = new bool[Vocabulary.SpecialCount];
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly char[] _characters = new char[Tokenizer.MaximumTokenLength * 16];
    private Tokenization _tokenization = SpacedTokens.Usual;

    private ArpaReader(UnpackedFile source, string path, Action<double>? progress, CancellationToken cancellation)
    {
        _lines = new ArpaLines(source, path);
        _path = path;
        _source = source;
        _progress = progress;
        _cancellation = cancellation;
        _lookup = _ids.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Reads a model.</summary>
    /// <exception cref="UnfoldException">The file is no such file or is damaged; the message names the line.</exception>
    public static NGramModel Read(UnpackedFile source, string path, Action<double>? progress, CancellationToken cancellation) =>
        new ArpaReader(source, path, progress, cancellation).Read();

    private NGramModel Read()
    {
        string section = ReadHeader();
        int order = _counts.Count;
        var levels = new ArpaLevel[order];
        for (int length = 1; length <= order; length++)
        {
            Require(section == $"\\{length}-grams:", $"the line \\{length}-grams: was wanted, but \"{Shown(section)}\" was found");
            (levels[length - 1], section) = ReadSection(length);
        }

        Require(section == End, $"the line {End} was wanted, but \"{Shown(section)}\" was found");
        while (_lines.Next(out ReadOnlySpan<byte> line))
        {
            Require(IsBlank(line), $"text follows {End}");
        }

        return Build(levels);
    }

    /// <summary>Reads up to the first section and returns its line.</summary>
    private string ReadHeader()
    {
        while (true)
        {
            if (!_lines.Next(out ReadOnlySpan<byte> line))
            {
                throw _lines.NoArpa("it has no line \\data\\");
            }

            Tell();
            if (_lines.Number == 1 && line.StartsWith(NGramBinary.Magic))
            {
                throw new UnfoldException($"The file {_path} holds n-grams in the compact form, which is used where it lies, but packed with gzip: unpack it first.");
            }

            if (line.StartsWith(Encoding.UTF8.GetBytes(ArpaTokenization.Comment)))
            {
                _tokenization = ArpaTokenization.Understand(Encoding.UTF8.GetString(line))
                    ?? throw Damaged("it begins with \"# unfold\" and does not tell how the text was cut in words that this Unfold knows; a newer one may have written it");
            }
            else if (line.TrimEnd((byte)' ').SequenceEqual("\\data\\"u8))
            {
                break;
            }
        }

        while (true)
        {
            string line = NextLine("the counts of n-grams");
            if (line.StartsWith('\\'))
            {
                Require(_counts.Count > 0, "a count such as \"ngram 1=1000\" was wanted before the first section");
                return line;
            }

            ReadCount(line);
        }
    }

    private void ReadCount(string line)
    {
        string[] parts = line.StartsWith("ngram", StringComparison.Ordinal) ? line[5..].Split('=', StringSplitOptions.TrimEntries) : [];
        bool good = parts.Length == 2
            & int.TryParse(parts.ElementAtOrDefault(0), NumberStyles.None, CultureInfo.InvariantCulture, out int length)
            & long.TryParse(parts.ElementAtOrDefault(1), NumberStyles.None, CultureInfo.InvariantCulture, out long count);
        Require(good && length == _counts.Count + 1, $"\"ngram {_counts.Count + 1}=\" and a number was wanted, but \"{Shown(line)}\" was found");
        Require(length <= NGramKey.MaximumOrder, $"n-grams of {length} tokens are announced, but at most {NGramKey.MaximumOrder} are read");
        Require(count < int.MaxValue, $"{count} n-grams of {length} tokens are announced, but at most {int.MaxValue - 1} are read");
        _counts.Add(count);
    }

    /// <summary>Reads the n-grams of a length, and the line after them that begins with a backslash.</summary>
    private (ArpaLevel Level, string Section) ReadSection(int length)
    {
        var level = new ArpaLevel(length, _counts[length - 1]);
        Span<Range> fields = stackalloc Range[NGramKey.MaximumOrder + 3];
        Span<int> tokens = stackalloc int[NGramKey.MaximumOrder];
        while (true)
        {
            if (!_lines.Next(out ReadOnlySpan<byte> line))
            {
                throw new UnfoldException($"The ARPA file {_path} is cut short: it ends after line {_lines.Number}, but {level.Count} of {_counts[length - 1]} n-grams of {length} tokens are there and the line {End} is missing.");
            }

            int count = Split(line, fields);
            if (count == 0)
            {
                continue;
            }

            if (line[0] == '\\' && count == 1)
            {
                Require(level.Count == _counts[length - 1], $"the section of {length} tokens ends with {level.Count} n-grams, but {_counts[length - 1]} were announced");
                return (level, Encoding.UTF8.GetString(line[fields[0]]));
            }

            if (count != length + 1 && count != length + 2)
            {
                throw Damaged($"a log10 probability, {length} token{(length > 1 ? "s" : "")} and perhaps a backoff weight were wanted, but {count} fields were found");
            }

            if (level.Count == _counts[length - 1])
            {
                throw Damaged($"more than the {_counts[length - 1]} n-grams of {length} tokens that were announced are there");
            }

            float logProbability = Logarithm(line[fields[0]]);
            if (logProbability > 0)
            {
                throw Damaged(FormattableString.Invariant($"the log10 probability is {logProbability}, but is at most 0"));
            }

            for (int place = 0; place < length; place++)
            {
                tokens[place] = TokenOf(line[fields[place + 1]], length, level);
            }

            // Nothing foretells the beginning of a sentence, though KenLM writes the probability 1 for it.
            bool isForetold = tokens[length - 1] != Vocabulary.BeginId;
            level.Add(
                NGramKey.Of(tokens[..length]),
                isForetold ? Math.Max(logProbability, NGramModel.Impossible) : NGramModel.Impossible,
                count == length + 2 ? Logarithm(line[fields[length + 1]]) : 0,
                _lines.Number);
            Tell();
        }
    }

    /// <summary>Now and then, how far it has come.</summary>
    private void Tell()
    {
        if ((_lines.Number & 0xFFF) == 0)
        {
            _cancellation.ThrowIfCancellationRequested();
            _progress?.Invoke((double)_source.FileBytesRead / _source.FileLength);
        }
    }

    /// <summary>The id of a token, which a 1-gram is the first to name.</summary>
    private int TokenOf(ReadOnlySpan<byte> field, int length, ArpaLevel level)
    {
        if (field.Length > _characters.Length)
        {
            throw Damaged($"a token has {field.Length} bytes, but at most {_characters.Length} are read");
        }

        OperationStatus status = Utf8.ToUtf16(field, _characters, out _, out int written, replaceInvalidSequences: false);
        Require(status == OperationStatus.Done, "it is not valid UTF-8");
        ReadOnlySpan<char> name = _characters.AsSpan(0, written);
        bool known = _lookup.TryGetValue(name, out int id);
        if (length == 1)
        {
            return known ? Listed(name, id, level) : Named(name.ToString());
        }

        return known && (!Vocabulary.IsSpecial(id) || _listed[id]) ? id : throw Damaged($"the token \"{Shown(name.ToString())}\" is not among the 1-grams");
    }

    /// <summary>The id of a 1-gram that is special or stands there for the second time.</summary>
    private int Listed(ReadOnlySpan<char> name, int id, ArpaLevel level)
    {
        if (name.SequenceEqual(Unknown) && _ids.TryGetValue(NGramModel.CapitalUnknown, out int capital) && capital == id)
        {
            // It was taken for the unknown word, which now follows itself.
            _ids.Remove(NGramModel.CapitalUnknown);
            level.Rename(id, Named(NGramModel.CapitalUnknown));
        }

        if (Vocabulary.IsSpecial(id))
        {
            _listed[id] = true;
        }

        return id;
    }

    /// <summary>The id of a 1-gram that is new.</summary>
    private int Named(string name)
    {
        if (name == NGramModel.CapitalUnknown && !_listed[Vocabulary.UnknownId])
        {
            _ids.Add(name, Vocabulary.UnknownId);
            _listed[Vocabulary.UnknownId] = true;
            return Vocabulary.UnknownId;
        }

        int id = Vocabulary.SpecialCount + _names.Count;
        if (id == NGramKey.MaximumVocabulary)
        {
            throw Damaged($"more than {NGramKey.MaximumVocabulary} different tokens are there, but at most so many are read");
        }

        _ids.Add(name, id);
        _names.Add(name);
        return id;
    }

    private NGramModel Build(ArpaLevel[] levels)
    {
        Vocabulary vocabulary = NewVocabulary();
        if (_tokenization.Mode == TextMode.Sentences && !_listed[Vocabulary.EndId])
        {
            throw new UnfoldException($"The ARPA file {_path} has no 1-gram </s>, with which sentences end.");
        }

        levels[0].Complete(_listed);
        foreach (ArpaLevel level in levels)
        {
            _cancellation.ThrowIfCancellationRequested();
            if (level.Sort() is { } twice)
            {
                throw new UnfoldException($"The ARPA file {_path} is damaged: the n-gram on line {twice} stands there for the second time.");
            }
        }

        var firstChild = new ReadOnlyMemory<int>[levels.Length - 1];
        for (int length = 2; length <= levels.Length; length++)
        {
            if (!levels[length - 1].TryHang(levels[length - 2], out int[] starts, out int line))
            {
                throw new UnfoldException($"The ARPA file {_path} is damaged: the n-gram on line {line} has {length} tokens, but its first {length - 1} are no n-gram of the section before.");
            }

            firstChild[length - 2] = starts;
        }

        return new NGramModel(
            vocabulary,
            new NGramTrie(vocabulary.Count, [.. levels.Skip(1).Select(level => level.Words())], firstChild),
            [.. levels.Select(level => level.LogProbabilities())],
            [.. levels.SkipLast(1).Select(level => level.Backoffs())]);
    }

    private Vocabulary NewVocabulary()
    {
        try
        {
            return new Vocabulary(_tokenization, _names.Select(name => SpacedTokens.Read(name, _tokenization)));
        }
        catch (UnfoldException failure)
        {
            throw failure.After($"The ARPA file {_path} is damaged: ");
        }
    }

    /// <summary>The next line that is not blank, without white space around it.</summary>
    private string NextLine(string wanted)
    {
        while (_lines.Next(out ReadOnlySpan<byte> line))
        {
            if (!IsBlank(line))
            {
                return Encoding.UTF8.GetString(line).Trim();
            }
        }

        throw new UnfoldException($"The ARPA file {_path} is cut short: it ends after line {_lines.Number}, where {wanted} were wanted.");
    }

    /// <summary>Divides a line at spaces and tabs; of too many fields the first ones.</summary>
    private static int Split(ReadOnlySpan<byte> line, Span<Range> fields)
    {
        int count = 0;
        for (int at = 0; at < line.Length && count < fields.Length;)
        {
            int length = line[at..].IndexOfAny((byte)' ', (byte)'\t');
            length = length < 0 ? line.Length - at : length;
            if (length > 0)
            {
                fields[count++] = at..(at + length);
            }

            at += length + 1;
        }

        return count;
    }

    /// <summary>A log-probability or weight; some programs write -inf for that of the beginning symbol, which nothing foretells.</summary>
    private float Logarithm(ReadOnlySpan<byte> field) => Ascii.EqualsIgnoreCase(field, "-inf"u8) ? NGramModel.Impossible : Number(field);

    private float Number(ReadOnlySpan<byte> field)
    {
        // A zero with a sign would be written back with it.
        return float.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && float.IsFinite(value)
            ? value + 0f
            : throw Damaged($"a finite number was wanted, but \"{Shown(Encoding.UTF8.GetString(field))}\" was found");
    }

    private static bool IsBlank(ReadOnlySpan<byte> line) => line.IndexOfAnyExcept((byte)' ', (byte)'\t') < 0;

    private static string Shown(string text) => text.Length <= 40 ? text : text[..40] + "...";

    private void Require(bool good, string otherwise)
    {
        if (!good)
        {
            throw Damaged(otherwise);
        }
    }

    private UnfoldException Damaged(string what) => new($"The ARPA file {_path} is damaged at line {_lines.Number}: {what}.");
}
