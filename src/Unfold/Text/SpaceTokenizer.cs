using System.Text;

namespace Unfold.Text;

/// <summary>
/// Cuts a text at white space alone: for texts that other tools have cut into words already. A line feed is a token; the token
/// &lt;unk&gt; stands for the unknown word, as in the Penn Treebank's files.
/// </summary>
public sealed class SpaceTokenizer : Tokenizer
{
    private readonly char[] _pending = new char[MaximumTokenLength];
    private int _length;

    /// <summary>Creates the tokenizer.</summary>
    public SpaceTokenizer(LetterCase letterCase, TextMode mode = TextMode.Running)
        : base(letterCase, mode)
    {
    }

    /// <exception cref="UnfoldException">A token is &lt;s&gt; or &lt;/s&gt;.</exception>
    private protected override void Take(ReadOnlySpan<Rune> runes, TokenSink sink)
    {
        foreach (Rune rune in runes)
        {
            RuneClass kind = RuneClasses.Of(rune);
            bool divides = kind is RuneClass.Space or RuneClass.NewLine;
            if (divides || _length > MaximumTokenLength - 2)
            {
                End(sink);
            }

            if (kind == RuneClass.NewLine)
            {
                sink("\n");
            }
            else if (!divides)
            {
                _length += rune.EncodeToUtf16(_pending.AsSpan(_length));
            }
        }
    }

    private protected override void End(TokenSink sink)
    {
        ReadOnlySpan<char> token = _pending.AsSpan(0, _length);
        _length = 0;
        if (token is "<s>" or "</s>")
        {
            throw new ReservedTokenException($"The text holds the token {token}, which marks the {(token is "<s>" ? "beginning" : "end")} of a sentence and is no word: take these marks out of the text; in sentence mode the ends of lines stand for them.");
        }

        if (token.Length > 0)
        {
            sink(token);
        }
    }
}
