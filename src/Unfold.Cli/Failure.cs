namespace Unfold.Cli;

/// <summary>Turns an exception into one sentence on stderr and an exit code.</summary>
internal static class Failure
{
    /// <summary>Reports the failure of a verb such as "unfold train".</summary>
    public static int Report(Exception failure, string verb, Terminal terminal)
    {
        switch (failure)
        {
            case AggregateException { InnerExceptions: [Exception only] }:
                return Report(only, verb, terminal);
            case UsageException:
                terminal.Failure(failure.Message);
                terminal.Line($"See: {verb} --help");
                return ExitCode.WrongUsage;
            case OperationCanceledException:
                terminal.Failure("Interrupted; nothing new was saved.");
                return ExitCode.Interrupted;
            case UnfoldException or OutputException:
                terminal.Failure(failure.Message);
                return ExitCode.Failed;
            case OutOfMemoryException:
                terminal.Failure("There is not enough free memory for this: choose a smaller model, batch or sequence length, or end other programs.");
                return ExitCode.Failed;
            case IOException when StandardOutput.IsReaderGone(failure):
                // Whoever read has what they wanted.
                return ExitCode.Done;
            case IOException or UnauthorizedAccessException:
                terminal.Failure($"Reading or writing failed: {failure.Message}");
                return ExitCode.Failed;
            default:
                terminal.Failure($"Unfold has a mistake here ({failure.GetType().Name}: {failure.Message.ReplaceLineEndings(" ")}): please report it with the command that you ran.");
                return ExitCode.Failed;
        }
    }
}
