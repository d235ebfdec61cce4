namespace Unfold.Cli;

/// <summary>What the command tells the shell.</summary>
internal static class ExitCode
{
    /// <summary>All that was asked for is done.</summary>
    public const int Done = 0;

    /// <summary>It failed; one sentence on stderr says why.</summary>
    public const int Failed = 1;

    /// <summary>The command line cannot be meant.</summary>
    public const int WrongUsage = 2;

    /// <summary>Interrupted by the user, with everything saved.</summary>
    public const int Interrupted = 130;
}
