using System.Globalization;

namespace Unfold.Bench;

/// <summary>What stands behind the question on the command line.</summary>
/// <param name="Repeats">How many times each contestant takes its turn.</param>
/// <param name="Threads">The threads of Unfold; the peers run with one and with this many.</param>
/// <param name="Only">The workloads to run; empty for all.</param>
/// <param name="Peers">Whether PyTorch and oneDNN are started.</param>
/// <param name="Registers">The width in bits to which Unfold and the peers are limited, or null for what each of them picks.</param>
/// <param name="Data">The folder of the texts, or null where none was named.</param>
/// <param name="Quick">One iteration of everything, to see that it runs.</param>
internal sealed record Options(int Repeats, int Threads, IReadOnlyList<string> Only, bool Peers, int? Registers, string? Data, bool Quick)
{
    public static Options Parse(ReadOnlySpan<string> arguments)
    {
        var options = new Options(Repeats: 15, Math.Min(2, Environment.ProcessorCount), [], Peers: true, Registers: null, Environment.GetEnvironmentVariable("UNFOLD_DATA"), Quick: false);
        for (int i = 0; i < arguments.Length; i++)
        {
            string name = arguments[i];
            options = name switch
            {
                "--repeats" => options with { Repeats = Number(name, arguments, ref i) },
                "--threads" => options with { Threads = Number(name, arguments, ref i) },
                "--only" => options with { Only = Text(name, arguments, ref i).Split(',', StringSplitOptions.RemoveEmptyEntries) },
                "--no-peers" => options with { Peers = false },
                "--registers" => options with { Registers = Width(Text(name, arguments, ref i)) },
                "--data" => options with { Data = Text(name, arguments, ref i) },
                "--quick" => options with { Quick = true, Peers = false, Repeats = 1 },
                _ => throw new ArgumentException($"'{name}' is not one of --repeats N, --threads N, --only NAME,.., --no-peers, --registers {Bench.Registers.Limit}, --data DIR, --quick."),
            };
        }

        return options;
    }

    public bool Wants(string workload) => Only.Count == 0 || Only.Contains(workload);

    private static string Text(string name, ReadOnlySpan<string> arguments, ref int i) =>
        ++i < arguments.Length ? arguments[i] : throw new ArgumentException($"{name} wants a value.");

    private static int Width(string text) => text == Bench.Registers.Limit.ToString(CultureInfo.InvariantCulture)
        ? Bench.Registers.Limit
        : throw new ArgumentException($"--registers wants {Bench.Registers.Limit}; found '{text}'.");

    private static int Number(string name, ReadOnlySpan<string> arguments, ref int i)
    {
        string text = Text(name, arguments, ref i);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is > 0 and <= 1000
            ? number
            : throw new ArgumentException($"{name} wants a number from 1 to 1000; found '{text}'.");
    }
}
