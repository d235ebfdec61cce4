using System.CommandLine;
using Unfold.Text;

namespace Unfold.Cli;

/// <summary>Takes a user's own words, by which Chinese text is cut.</summary>
internal static class DictionaryInput
{
    /// <summary>The option that names the file.</summary>
    public static Option<string?> Option() => Options.Path(
        "--dictionary", "FILE", "Words of your own for --tokens segmented, one a line, with how often they are seen where that is known.");

    /// <summary>Throws where a dictionary is given and nothing looks into it.</summary>
    /// <exception cref="UsageException">It is.</exception>
    public static void RequireUse(ParseResult parsed, Option<string?> dictionary, Option<TokenKind?> tokens)
    {
        if (parsed.Gave(dictionary) && parsed.GetValue(tokens) != TokenKind.Segmented)
        {
            throw new UsageException($"{dictionary.Name} wants {tokens.Name} segmented too: no other kind of token is cut by a list of words.");
        }
    }

    /// <summary>Reads it, and tells how many words are left out; null where none is given.</summary>
    /// <exception cref="UnfoldException">It cannot be used.</exception>
    public static WordList? Read(Terminal terminal, ParseResult parsed, Option<string?> dictionary)
    {
        if (parsed.GetValue(dictionary) is not string file)
        {
            return null;
        }

        long left = 0;
        string first = "";
        var list = WordList.Load(file, word => first = left++ == 0 ? Shown(word) : first);
        if (left > 0)
        {
            terminal.Line(FormattableString.Invariant($"note: {left:N0} word{(left == 1 ? "" : "s")} of {file} {(left == 1 ? "is" : "are")} left out, {(left == 1 ? "" : "the first of them ")}{first}: only words of ideographs or kana, and of letters and digits beside them, are looked for."));
        }

        return list;
    }

    private static string Shown(string word) => word.Length > WordList.MaximumLength ? $"{word[..WordList.MaximumLength].Printable}..." : word.Printable;
}
