using System.Text;

namespace Unfold.Text;

/// <summary>Writes tokens back as text, one at a time, so that generated text can stream out as it is made.</summary>
public abstract class TokenJoiner
{
    /// <summary>Returns what the next token adds to the text: the token, after a space where the rules want one.</summary>
    public abstract string Next(string token);

    /// <summary>Ends the text: returns what could not be written before it was known whether the next token belongs to it.</summary>
    public virtual string Flush() => "";

    /// <summary>Writes several tokens as one text, going on from the tokens before.</summary>
    public string Join(IEnumerable<string> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        StringBuilder text = new();
        foreach (string token in tokens)
        {
            text.Append(Next(token));
        }

        return text.ToString();
    }
}
