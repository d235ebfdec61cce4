using System.Diagnostics;
using Unfold.Numerics.Vectors;

namespace Unfold.Bench;

/// <summary>
/// Everybody at narrower registers than the machine has: what a processor with AVX2 and without AVX-512 does can be measured
/// on one that has both. The limit must stand in the environment before a runtime starts, so the program starts itself again.
/// </summary>
internal static class Registers
{
    /// <summary>The one limit there is.</summary>
    public const int Limit = 256;

    /// <summary>The questions that can be asked so: those that this program and its peers answer themselves.</summary>
    public static IReadOnlyList<string> Questions { get; } = ["peak", "products", "steps", "layers", "padding", "stream"];

    // Without AVX-512 the sixteen registers of AVX2 are left, as on the processors meant. A preferred width of 256 bits
    // would keep the thirty-two of AVX-512VL. The older switch EnableAVX512F is no longer heeded.
    private static readonly (string Name, string? Value)[] _variables =
    [
        ("DOTNET_EnableAVX512", "0"),
        ("OPENBLAS_CORETYPE", "Haswell"),
        ("OPENBLAS_L2_SIZE", null),
        ("ATEN_CPU_CAPABILITY", "avx2"),
        ("ONEDNN_MAX_CPU_ISA", "AVX2"),
        ("DNNL_MAX_CPU_ISA", "AVX2"),
    ];

    /// <summary>Whether this process and its children have been given the limit.</summary>
    /// <exception cref="InvalidOperationException">They have, and the kernels use another width all the same.</exception>
    public static bool Limited()
    {
        if (_variables.Any(variable => Environment.GetEnvironmentVariable(variable.Name) != variable.Value))
        {
            return false;
        }

        return SimdWidth.Bits == Limit
            ? true
            : throw new InvalidOperationException($"The kernels were to use {Limit}-bit registers, but with {Words()} they use {SimdWidth.Bits} bits: this machine or this runtime cannot be measured so.");
    }

    /// <summary>Starts this program again with the limit for itself and for the peers, and waits for its end.</summary>
    /// <returns>Its exit code.</returns>
    public static int StartAgain(string[] arguments)
    {
        ProcessStartInfo start = OwnProgram.Start(arguments);
        foreach ((string name, string? value) in _variables)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        process.WaitForExit();
        return process.ExitCode;
    }

    /// <summary>The limit as the reader would type it.</summary>
    public static string Words() => string.Join(' ', _variables.Where(variable => variable.Value is not null).Select(variable => $"{variable.Name}={variable.Value}"));
}
