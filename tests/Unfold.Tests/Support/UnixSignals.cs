namespace Unfold.Tests.Support;

/// <summary>Tells the runner which tests it can run: those that send signals not on Windows.</summary>
public static class UnixSignals
{
    /// <summary>Why such a test is left out.</summary>
    public const string Reason = "Needs signals.";

    /// <summary>Whether the system has them.</summary>
    public static bool Exist => !OperatingSystem.IsWindows();
}
