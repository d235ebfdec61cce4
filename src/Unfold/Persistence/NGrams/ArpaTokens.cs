using System.Globalization;
using System.Text;
using Unfold.Text;

namespace Unfold.Persistence;

/// <summary>
/// How tokens and the way of cutting are written in ARPA files, where white space divides. Where the text was cut in the usual way, into
/// sentences of words between spaces, a token is written as it is. Else a line before the counts that begins with # tells how it was cut, which
/// other readers take for a comment, and a token that is or holds white space or a control character has &lt;U+000A&gt; for it, and what looks like
/// that already &lt;U+003C&gt; for its first sign.
/// </summary>
internal static class ArpaTokens
{
    /// <summary>How the line begins that tells how a text was cut.</summary>
    public const string Comment = "# unfold";

    private const string Escape = "<U+", TokensField = "tokens=", ModeField = "text=", CaseField = "case=", IcuField = "icu=";
    private const string Running = "running", Sentences = "sentences", Lowered = "lowered", Kept = "kept";

    /// <summary>How a text is cut where a file does not say.</summary>
    public static Tokenization Usual { get; } = new(TokenKind.Space) { Mode = TextMode.Sentences };

    /// <summary>Whether such a file can say how the text was cut: it has no place for a table of subwords or a user's words.</summary>
    public static bool CanTell(Tokenization tokenization) => tokenization is { Kind: not TokenKind.BytePair, Dictionary: null };

    /// <summary>The line that tells how the text was cut, or null where it is the usual way.</summary>
    public static string? Describe(Tokenization tokenization)
    {
        if (tokenization == Usual)
        {
            return null;
        }

        string mode = tokenization.Mode == TextMode.Running ? Running : Sentences, letterCase = tokenization.LetterCase == LetterCase.Lowered ? Lowered : Kept;
        string icu = tokenization.IcuVersion is { } version ? $" {IcuField}{version}" : "";
        return $"{Comment} {TokensField}{tokenization.Kind.Name} {ModeField}{mode} {CaseField}{letterCase}{icu}";
    }

    /// <summary>What such a line tells, or null where it is none.</summary>
    public static Tokenization? Understand(string line)
    {
        string[] fields = Fields(line);
        string? icu = fields is [.., var last] && last.StartsWith(IcuField, StringComparison.Ordinal) && Version.TryParse(last.AsSpan(IcuField.Length), out _) ? last[IcuField.Length..] : null;
        foreach (TokenKind kind in Enum.GetValues<TokenKind>())
        {
            foreach (TextMode mode in Enum.GetValues<TextMode>())
            {
                foreach (LetterCase letterCase in Enum.GetValues<LetterCase>())
                {
                    var candidate = new Tokenization(kind) { Mode = mode, LetterCase = letterCase, IcuVersion = kind == TokenKind.Segmented ? icu : null };
                    if (CanTell(candidate) && Describe(candidate) is { } described && Fields(described).SequenceEqual(fields))
                    {
                        return candidate;
                    }
                }
            }
        }

        return null;
    }

    private static string[] Fields(string line) => line[Comment.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>What a token is written as.</summary>
    public static string Written(string token, Tokenization tokenization)
    {
        if (tokenization == Usual || !Enumerable.Range(0, token.Length).Any(at => MustBeEscaped(token, at)))
        {
            return token;
        }

        var written = new StringBuilder();
        for (int at = 0; at < token.Length; at++)
        {
            written = MustBeEscaped(token, at) ? written.Append(CultureInfo.InvariantCulture, $"{Escape}{(int)token[at]:X4}>") : written.Append(token[at]);
        }

        return written.ToString();
    }

    /// <summary>The token that was written.</summary>
    public static string Read(string written, Tokenization tokenization)
    {
        if (tokenization == Usual || !written.Contains(Escape, StringComparison.Ordinal))
        {
            return written;
        }

        var token = new StringBuilder();
        for (int at = 0; at < written.Length;)
        {
            ReadOnlySpan<char> rest = written.AsSpan(at);
            int length = Escape.Length + 4;
            if (rest.StartsWith(Escape) && rest.Length > length && rest[length] == '>'
                && ushort.TryParse(rest[Escape.Length..length], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort unit))
            {
                token.Append((char)unit);
                at += length + 1;
            }
            else
            {
                token.Append(written[at++]);
            }
        }

        return token.ToString();
    }

    private static bool MustBeEscaped(string token, int at) => char.IsWhiteSpace(token[at]) || char.IsControl(token[at]) || token.AsSpan(at).StartsWith(Escape);
}
