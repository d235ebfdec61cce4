namespace Unfold.Text;

/// <summary>Puts one space between tokens, and none beside a line feed.</summary>
internal sealed class SpaceJoiner : TokenJoiner
{
    private bool _spaced;

    public override string Next(string token)
    {
        if (token.Length == 0)
        {
            return token;
        }

        bool spaced = _spaced && token != "\n";
        _spaced = token != "\n";
        return spaced ? " " + token : token;
    }
}
