using Unfold.Models;
using Unfold.Numerics;

namespace Unfold.Tests.Models.Sequences;

public sealed class TeamPoolTests
{
    [Fact]
    public void A_hundred_callers_at_once_start_a_few_teams_which_later_ones_use_again()
    {
        var pool = new TeamPool();
        Workers[] first = [.. Enumerable.Range(0, 100).Select(_ => pool.Take(alone: false))];
        Assert.Equal(100, first.Distinct().Count());
        Assert.Equal([.. Enumerable.Repeat(Environment.ProcessorCount, TeamPool.MostTeams), .. Enumerable.Repeat(1, 100 - TeamPool.MostTeams)], first.Select(team => team.Count));

        foreach (Workers team in first)
        {
            pool.Return(team);
        }

        Assert.Equal(1, pool.Take(alone: true).Count);
        Workers[] second = [.. Enumerable.Range(0, 99).Select(_ => pool.Take(alone: false))];
        Assert.Empty(second.Except(first));
        Assert.Equal(99, second.Distinct().Count());
    }
}
