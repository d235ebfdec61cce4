using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Unfold.Numerics.Vectors;

namespace Unfold.Bench;

/// <summary>Where the numbers come from.</summary>
internal static class Machine
{
    public static void Print(Options options)
    {
        Console.WriteLine($"  processor    {Processor()}, {Environment.ProcessorCount} cores, {RuntimeInformation.ProcessArchitecture}");
        Console.WriteLine($"  in use       {SimdWidth.Bits}-bit registers{(Fma.IsSupported ? ", FMA" : "")}, {options.Threads} threads");
        Console.WriteLine($"  runtime      {RuntimeInformation.FrameworkDescription} on {RuntimeInformation.OSDescription}");
        Console.WriteLine($"  load         {Load()}");
        if (options.Registers is not null)
        {
            Console.WriteLine($"  limited to   {options.Registers} bits by {Registers.Words()}");
        }

        if (options.Quick)
        {
            Console.WriteLine("  quick        one iteration of everything: the numbers below show that it runs, and mean nothing");
        }
    }

    private static string Processor()
    {
        const string file = "/proc/cpuinfo";
        if (File.Exists(file))
        {
            string? line = File.ReadLines(file).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal));
            if (line is not null)
            {
                return line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
            }
        }

        return Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? "processor of unknown name";
    }

    // Numbers from a machine that others use at the same time are worth little: the reader should see it.
    private static string Load()
    {
        const string file = "/proc/loadavg";
        return File.Exists(file) ? File.ReadAllText(file).Split(' ')[0] + " (mean number of running threads over the last minute)" : "not known";
    }
}
