using System.Diagnostics;
using System.Reflection;

namespace Unfold.Bench;

/// <summary>This program, for a run in a process of its own.</summary>
internal static class OwnProgram
{
    /// <summary>How it is started with other arguments.</summary>
    /// <exception cref="InvalidOperationException">The system does not say where it lies.</exception>
    public static ProcessStartInfo Start(IEnumerable<string> arguments)
    {
        string program = Environment.ProcessPath ?? throw new InvalidOperationException("The system does not say where this program lies, so it cannot be started again.");
        bool byHost = Path.GetFileNameWithoutExtension(program) == "dotnet";
        return new ProcessStartInfo(program, byHost ? ["exec", Path.Combine(AppContext.BaseDirectory, $"{Assembly.GetExecutingAssembly().GetName().Name}.dll"), .. arguments] : arguments);
    }
}
