namespace Unfold.Models;

/// <summary>What a model of a back-test learns from when its origin moves on.</summary>
public enum BackTestWindow
{
    /// <summary>Everything before the origin.</summary>
    Expanding,

    /// <summary>As many steps before the origin as the first fit had.</summary>
    Fixed,
}

/// <summary>How a back-test goes through a series.</summary>
public sealed record BackTestOptions
{
    /// <summary>The steps before the first origin, which are learned from first; at least 1.</summary>
    public required int Start { get; init; }

    /// <summary>The steps from one origin to the next, at least 1.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>The origins after which a new model is fitted, with what came in between; 0 keeps the first, which then forecasts from newer history with the weights of before.</summary>
    public int RefitEvery { get; init; }

    /// <summary>What a new model learns from.</summary>
    public BackTestWindow Window { get; init; }

    /// <summary>Throws unless all values are in range.</summary>
    /// <exception cref="UnfoldException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        if (Start < 1 || Stride < 1 || RefitEvery < 0 || !Enum.IsDefined(Window))
        {
            throw new UnfoldException($"A back-test starts after at least 1 step, goes on by at least 1, and fits anew every 0 or more origins; found {Start}, {Stride} and {RefitEvery}{(Enum.IsDefined(Window) ? "" : $", and the window {Window}, which is not known")}.");
        }
    }
}
