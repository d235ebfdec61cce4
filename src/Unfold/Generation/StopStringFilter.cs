using System.Text;

namespace Unfold.Generation;

/// <summary>
/// Lets text through piece by piece until one of the stop strings appears. Text that could still turn out to be the
/// beginning of a stop string is held back, everything else comes out at once; the stop string itself never does.
/// </summary>
/// <remarks>
/// The stop string that ends first in the text wins, and of those that end together the longest; so the result does not
/// depend on how the text is cut into pieces. Every character costs one step of each stop string's <see cref="PatternMatcher{T}"/>.
/// </remarks>
public sealed class StopStringFilter
{
    private readonly string[] _stops;
    private readonly PatternMatcher<char>[] _matchers;
    private readonly int[] _matched;
    private readonly StringBuilder _held = new();

    /// <summary>Creates a filter; without stop strings it lets everything through.</summary>
    /// <exception cref="UnfoldException">A stop string is empty or begins or ends with half a character.</exception>
    public StopStringFilter(params IEnumerable<string> stops)
    {
        ArgumentNullException.ThrowIfNull(stops);
        _stops = [.. stops];
        foreach (string stop in _stops)
        {
            if (string.IsNullOrEmpty(stop))
            {
                throw new UnfoldException("A stop string must have at least one character; an empty one would stop before the first.");
            }

            if (char.IsLowSurrogate(stop[0]) || char.IsHighSurrogate(stop[^1]))
            {
                throw new UnfoldException("A stop string must be made of whole characters; found half a surrogate pair at an end.");
            }
        }

        _matchers = [.. _stops.Select(stop => new PatternMatcher<char>(stop))];
        _matched = new int[_stops.Length];
    }

    /// <summary>The stop string that was found, or null while there is none.</summary>
    public string? Found { get; private set; }

    /// <summary>Takes the next piece of text and returns what can be shown now; nothing once a stop string was found.</summary>
    public string Push(ReadOnlySpan<char> piece)
    {
        if (Found is not null)
        {
            return "";
        }

        foreach (char letter in piece)
        {
            _held.Append(letter);
            for (int i = 0; i < _stops.Length; i++)
            {
                Advance(i, letter);
            }

            if (Found is not null)
            {
                string before = _held.ToString(0, _held.Length - Found.Length);
                _held.Clear();
                return before;
            }
        }

        // The longest part of a stop string that the text ends with may go on in the next piece.
        int free = _held.Length - (_matched.Length == 0 ? 0 : _matched.Max());
        string shown = _held.ToString(0, free);
        _held.Remove(0, free);
        return shown;
    }

    /// <summary>Ends the text: returns what was held back, which is no stop string after all, and starts afresh unless one was found.</summary>
    public string Flush()
    {
        string rest = _held.ToString();
        _held.Clear();
        Array.Clear(_matched);
        return rest;
    }

    private void Advance(int index, char letter)
    {
        string stop = _stops[index];
        _matched[index] = _matchers[index].After(_matched[index], letter);
        if (_matched[index] == stop.Length && stop.Length > (Found?.Length ?? 0))
        {
            Found = stop;
        }
    }
}
