using Unfold.Text;

namespace Unfold.Persistence;

/// <summary>
/// How the way of cutting is written in ARPA files: where it is not the <see cref="SpacedTokens.Usual"/> one, in a line before the counts that begins with #, which other
/// readers take for a comment. The tokens themselves are <see cref="SpacedTokens"/>.
/// </summary>
internal static class ArpaTokenization
{
    /// <summary>How the line begins that tells how a text was cut.</summary>
    public const string Comment = "# unfold";

    private const string TokensField = "tokens=", ModeField = "text=", CaseField = "case=", IcuField = "icu=";
    private const string Running = "running", Sentences = "sentences", Lowered = "lowered", Kept = "kept";

    /// <summary>Whether such a file can say how the text was cut: it has no place for a table of subwords or a user's words.</summary>
    public static bool CanTell(Tokenization tokenization) => tokenization is { Kind: not TokenKind.BytePair, Dictionary: null };

    /// <summary>The line that tells how the text was cut, or null where it is the usual way.</summary>
    public static string? Describe(Tokenization tokenization)
    {
        if (tokenization == SpacedTokens.Usual)
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
}
