using System.Globalization;
using System.Text;
using Unfold.NGrams;
using Unfold.Text;

namespace Unfold.Persistence;

/// <summary>
/// Writes a model in the ARPA format, as SRILM and KenLM read it: \data\, the counts, for each order its n-grams as log10 probability,
/// tab, tokens with spaces between, and where it matters tab and log10 backoff weight; \end\.
/// </summary>
internal static class ArpaWriter
{
    private const int BufferBytes = 1 << 16;

    /// <summary>Writes a model.</summary>
    public static void Write(NGramModel model, Stream destination, Action<double>? progress, CancellationToken cancellation)
    {
        Vocabulary vocabulary = model.Vocabulary;
        using var writer = new StreamWriter(destination, new UTF8Encoding(false), BufferBytes, leaveOpen: true) { NewLine = "\n" };
        if (ArpaTokenization.Describe(vocabulary.Tokenization) is { } comment)
        {
            writer.WriteLine(comment);
        }

        writer.WriteLine("\\data\\");
        for (int length = 1; length <= model.Order; length++)
        {
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ngram {length}={model.Count(length)}"));
        }

        string[] tokens = [.. Enumerable.Range(0, vocabulary.Count).Select(id => SpacedTokens.Written(vocabulary[id], vocabulary.Tokenization))];
        for (int length = 1; length <= model.Order; length++)
        {
            writer.WriteLine();
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\\{length}-grams:"));
            WriteLevel(model, length, tokens, writer, share => progress?.Invoke((length - 1 + share) / model.Order), cancellation);
        }

        writer.WriteLine();
        writer.WriteLine("\\end\\");
    }

    private static void WriteLevel(NGramModel model, int length, string[] tokens, StreamWriter writer, Action<double> progress, CancellationToken cancellation)
    {
        var path = new string[length];
        for (int token = 0; token < tokens.Length; token++)
        {
            cancellation.ThrowIfCancellationRequested();
            progress((double)token / tokens.Length);
            path[0] = tokens[token];
            if (length > 1)
            {
                WriteChildren(model, 1, token, length, path, tokens, writer);
            }
            else if (model.IsListed(token))
            {
                WriteLine(model, 1, token, path, writer);
            }
        }
    }

    private static void WriteChildren(NGramModel model, int level, int node, int length, string[] path, string[] tokens, StreamWriter writer)
    {
        (int start, int end) = model.Trie.Children(level, node);
        ReadOnlySpan<int> words = model.Trie.Words(level + 1);
        for (int child = start; child < end; child++)
        {
            path[level] = tokens[words[child]];
            if (level + 1 == length)
            {
                WriteLine(model, length, child, path, writer);
            }
            else
            {
                WriteChildren(model, level + 1, child, length, path, tokens, writer);
            }
        }
    }

    private static void WriteLine(NGramModel model, int level, int node, string[] path, StreamWriter writer)
    {
        WriteNumber(writer, model.LogProbabilities(level)[node]);
        writer.Write('\t');
        writer.Write(path[0]);
        for (int place = 1; place < path.Length; place++)
        {
            writer.Write(' ');
            writer.Write(path[place]);
        }

        if (level < model.Order && (model.Backoffs(level)[node] != 0 || model.Trie.Children(level, node) is var (start, end) && end > start))
        {
            writer.Write('\t');
            WriteNumber(writer, model.Backoffs(level)[node]);
        }

        writer.Write('\n');
    }

    /// <summary>The fewest digits that give the same number back.</summary>
    private static void WriteNumber(StreamWriter writer, float value)
    {
        Span<char> digits = stackalloc char[32];
        value.TryFormat(digits, out int length, default, CultureInfo.InvariantCulture);
        writer.Write(digits[..length]);
    }
}
