using Unfold.Numerics;

namespace Unfold.Models;

/// <summary>Teams of threads that the calls of a model leave to later ones. Any number of threads share it.</summary>
/// <remarks>
/// Several callers at once would each wake a thread for every core, and the machine would do little but change between them: the first few have a
/// team of all cores, the others compute alone. The results do not depend on it.
/// </remarks>
internal sealed class TeamPool
{
    /// <summary>The most teams of all cores.</summary>
    public const int MostTeams = 2;

    private readonly Lock _lock = new();
    private readonly Stack<Workers> _teams = [], _single = [];
    private int _started;

    /// <summary>A team that nobody else uses.</summary>
    /// <param name="alone">Whether one thread is enough.</param>
    public Workers Take(bool alone)
    {
        lock (_lock)
        {
            if (!alone && (_teams.TryPop(out Workers? team) || _started < MostTeams))
            {
                _started += team is null ? 1 : 0;
                return team ?? new Workers(Environment.ProcessorCount);
            }

            return _single.TryPop(out Workers? single) ? single : new Workers(1);
        }
    }

    /// <summary>Takes a team back.</summary>
    public void Return(Workers team)
    {
        lock (_lock)
        {
            (team.Count == Environment.ProcessorCount && team.Count > 1 ? _teams : _single).Push(team);
        }
    }
}
