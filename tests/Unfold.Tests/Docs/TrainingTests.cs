using System.Globalization;
using System.Text.Json;
using Unfold.Models;
using Unfold.Tests.Cli;
using Unfold.Tests.Persistence;
using Unfold.Tests.Support;

namespace Unfold.Tests.Docs;

/// <summary>The commands and options of docs/training.md.</summary>
public sealed class TrainingTests : IDisposable
{
    private readonly string[] _lines = Repository.Read("docs/training.md").Split('\n');
    private readonly TemporaryFolder _folder = new();
    private readonly string _text;

    public TrainingTests() => _text = CommandLine.WriteText(_folder["book.txt"], words: 1500);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_commands_run()
    {
        CommandLine.WriteText(_folder["letters.txt"], words: 1500, seed: 2);
        string[] commands = [.. _lines.Where(line => line.StartsWith("    unfold ", StringComparison.Ordinal))];
        Assert.Equal(4, commands.Length);
        foreach (string command in commands)
        {
            Said said = CommandLine.Run([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(word => word.EndsWith(".txt", StringComparison.Ordinal) || word.StartsWith("runs/", StringComparison.Ordinal) ? _folder[word] : word)]);
            Assert.True(said.Code == 0, $"{command}: {said.Error}");
        }
    }

    [Fact]
    public void The_cells_and_what_an_LSTM_may_have_are_learned()
    {
        string[] cells = [.. Rows("`--cell`").Select(row => row[0])];
        Assert.Equal(Enum.GetValues<CellKind>().Where(cell => cell != CellKind.Custom).Select(cell => cell.ToString().ToLowerInvariant()).Order(), cells.Order());
        Assert.All(cells, cell => Learns($"--cell {cell}"));
        string[] flags = [.. Rows("of the LSTM alone").SelectMany(row => row[0].Split("`, `"))];
        Assert.Equal(12, flags.Length);
        foreach (string flag in flags)
        {
            string value = flag.Contains("activation", StringComparison.Ordinal) ? " identity" : "";
            Learns((flag.Contains("projection-clip", StringComparison.Ordinal) ? "--projection 5 " : "") + flag.Replace("X,Y", "0.2,0.1", StringComparison.Ordinal).Replace("X", "0.5", StringComparison.Ordinal).Replace("N", "5", StringComparison.Ordinal) + value);
        }
    }

    [Fact]
    public void The_optimizers_have_the_rates_of_the_table_and_the_schedules_are_all()
    {
        var told = new List<string>();
        foreach (string[] row in Rows("`--optimizer`"))
        {
            foreach (string optimizer in row[0].Split("`, `"))
            {
                told.Add(optimizer);
                Assert.Equal(double.Parse(row[1], CultureInfo.InvariantCulture), Learns($"--optimizer {optimizer}").GetProperty("lr").GetDouble());
            }
        }

        Assert.Equal(Enum.GetNames<OptimizerKind>().Select(name => name.ToLowerInvariant()).Order(), told.Order());
        Assert.Equal(Enum.GetNames<ScheduleKind>().Select(name => name.ToLowerInvariant()).Order(), Rows("`--schedule`").Select(row => row[0]).Order());
    }

    [Fact]
    public void The_exit_codes_are_those_of_the_table()
    {
        Assert.Equal(["0", "1", "2", "130"], Rows("code").Select(row => row[0]));
        Assert.Equal(1, CommandLine.Run("train", "--text", _folder["none.txt"], "--out", _folder["none"]).Code);
        Assert.Equal(2, CommandLine.Run("train", "--text", _text, "--epochs", "0", "--out", _folder["none"]).Code);
        Assert.False(Directory.Exists(_folder["none"]));
    }

    /// <summary>The settings of a run with these options.</summary>
    private JsonElement Learns(string options)
    {
        Said said = CommandLine.Train(_text, _folder["run"], ["--steps", "2", "--force", .. options.Split(' ')]);
        Assert.True(said.Code == 0, $"{options}: {said.Error}");
        using JsonDocument config = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder["run"], "config.json")));
        return config.RootElement.GetProperty("training").Clone();
    }

    /// <summary>The cells of a table without the marks of code around them.</summary>
    private string[][] Rows(string title) =>
    [
        .. _lines
            .SkipWhile(line => !line.StartsWith($"| {title} |", StringComparison.Ordinal))
            .Skip(2)
            .TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Trim('|').Split(" | ").Select(cell => cell.Trim().Trim('`')).ToArray()),
    ];
}
