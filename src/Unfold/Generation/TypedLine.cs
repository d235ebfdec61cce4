using Unfold.Text;

namespace Unfold.Generation;

/// <summary>
/// A line while it is typed: keeps the sessions of its latest tokens, so that a letter more or a few letters less cost a token or none
/// and not the whole line again.
/// </summary>
/// <param name="model">The model.</param>
internal sealed class TypedLine(NextTokenModel model)
{
    private const int Kept = 64;

    private readonly NextTokenSession _start = model.StartLine();
    private readonly List<int> _tokens = [];
    private readonly List<NextTokenSession?> _after = [];

    /// <summary>The session after these tokens of the line; it is not to be fed.</summary>
    public NextTokenSession After(ReadOnlySpan<int> tokens)
    {
        int same = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_tokens).CommonPrefixLength(tokens);
        while (same > 0 && _after[same - 1] is null)
        {
            same--;
        }

        _tokens.RemoveRange(same, _tokens.Count - same);
        _after.RemoveRange(same, _after.Count - same);
        NextTokenSession session = same == 0 ? _start : _after[same - 1]!;
        foreach (int token in tokens[same..])
        {
            session = session.Fork();
            session.Feed(token);
            _tokens.Add(token);
            _after.Add(session);
            if (_after.Count > Kept)
            {
                _after[^(Kept + 1)] = null;
            }
        }

        return session;
    }
}
