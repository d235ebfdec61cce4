using System.Globalization;
using System.Text.RegularExpressions;
using Unfold.Tests.Cli;
using Unfold.Tests.Persistence;
using Unfold.Tests.Support;
using Unfold.Training;

namespace Unfold.Tests.Docs;

/// <summary>docs/vanishing-gradients.md shows what its program prints and draws, and its commands run.</summary>
public sealed partial class VanishingGradientsTests
{
    private const string Document = "docs/vanishing-gradients.md";

    [Fact]
    public void The_table_and_the_picture_are_those_of_the_program()
    {
        IReadOnlyList<(string Name, LayerFlow Flow, double Norm)> flows = UntrainedNetworks.Measure();
        string[] shown = Repository.Read(Document).Split("```text\n")[1].Split("```")[0].TrimEnd().Split('\n');
        string[] found = [.. flows.Select(flow => FormattableString.Invariant($"{flow.Name,-30} {flow.Flow.Reading,-8} {flow.Flow.Factor:0.00} a step   gradient of the weights {flow.Norm:0.0e+00}"))];
        Same(string.Join('\n', shown), string.Join('\n', found), tolerance: 0.011);
        Same(Repository.Read("docs/pictures/vanishing-gradients.svg"), UntrainedNetworks.Draw(flows), tolerance: 2);
    }

    [Fact]
    public void The_commands_run()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(0, CommandLine.Train(CommandLine.WriteText(folder["text.txt"]), folder["run"], "--steps", "2").Code);
        string[] commands = [.. Repository.Read(Document).Split('\n').Where(line => line.StartsWith("    unfold ", StringComparison.Ordinal))];
        Assert.Equal(2, commands.Length);
        foreach (string command in commands)
        {
            string[] words = [.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(word => word switch { "runs/demo" => folder["run"], "flow.svg" => folder["flow.svg"], _ => word })];
            Said said = CommandLine.Run(words);
            Assert.True(said.Code == 0, said.Error);
        }

        Assert.StartsWith("<svg", File.ReadAllText(folder["flow.svg"]), StringComparison.Ordinal);
    }

    /// <summary>
    /// The same text but for its numbers, which other registers round otherwise: those with an exponent may differ by a factor of
    /// two, for a network that explodes enlarges the rounding too.
    /// </summary>
    private static void Same(string expected, string found, double tolerance)
    {
        Assert.Equal(Number().Replace(expected, "#"), Number().Replace(found, "#"));
        foreach ((Match wanted, Match number) in Number().Matches(expected).Zip(Number().Matches(found)))
        {
            (double value, double middle) = (Parse(number), Parse(wanted));
            bool scientific = wanted.Value.Contains('e', StringComparison.Ordinal);
            Assert.InRange(value, scientific ? middle / 2 : middle - tolerance, scientific ? middle * 2 : middle + tolerance);
        }
    }

    private static double Parse(Match number) => double.Parse(number.Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\d+(\.\d+)?(e[+-]\d+)?")]
    private static partial Regex Number();
}
