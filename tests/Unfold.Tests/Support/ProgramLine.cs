using System.Runtime.InteropServices;

namespace Unfold.Tests.Support;

/// <summary>How a program that lies beside the tests is started in a process of its own.</summary>
internal static class ProgramLine
{
    /// <summary>The file to start and the arguments before the program's own: the dotnet command, or where the tests were built with a runtime of their own, the program itself.</summary>
    /// <param name="program">Its name, as "Unfold.Cli".</param>
    public static string[] Of(string program)
    {
        string path = Path.Combine(AppContext.BaseDirectory, program);
        bool standsAlone = Path.GetFullPath(RuntimeEnvironment.GetRuntimeDirectory()) == Path.GetFullPath(AppContext.BaseDirectory);
        return standsAlone
            ? [OperatingSystem.IsWindows() ? path + ".exe" : path]
            : [Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", "exec", path + ".dll"];
    }
}
