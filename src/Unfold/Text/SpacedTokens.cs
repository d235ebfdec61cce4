using System.Globalization;
using System.Text;

namespace Unfold.Text;

/// <summary>
/// How tokens are written where white space divides them, as in ARPA files. Words between spaces that are cut in the <see cref="Usual"/> way stand as they are. Else a token
/// that is or holds white space, zero-width spaces among it, or a control character has &lt;U+000A&gt; for it, and what looks like that already &lt;U+003C&gt; for its first sign.
/// </summary>
public static class SpacedTokens
{
    private const string Escape = "<U+";

    /// <summary>Sentences of words between spaces, of which no token needs another spelling.</summary>
    public static Tokenization Usual { get; } = new(TokenKind.Space) { Mode = TextMode.Sentences };

    /// <summary>What a token is written as.</summary>
    /// <param name="token">The token.</param>
    /// <param name="tokenization">How it was cut.</param>
    public static string Written(string token, Tokenization tokenization)
    {
        ArgumentNullException.ThrowIfNull(token);
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
    /// <param name="written">What <see cref="Written"/> gave.</param>
    /// <param name="tokenization">How it was cut.</param>
    public static string Read(string written, Tokenization tokenization)
    {
        ArgumentNullException.ThrowIfNull(written);
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

    private static bool MustBeEscaped(string token, int at) => Divides(token[at]) || token.AsSpan(at).StartsWith(Escape);

    /// <summary>Whether a reader of words between spaces, this library's or another one, may take it for white space.</summary>
    private static bool Divides(char unit) =>
        char.IsWhiteSpace(unit) || char.IsControl(unit) || (!char.IsSurrogate(unit) && RuneClasses.Of(new Rune(unit)) is RuneClass.Space or RuneClass.NewLine);
}
