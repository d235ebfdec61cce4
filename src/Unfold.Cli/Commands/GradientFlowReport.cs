using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Unfold.Generation;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Text;
using Unfold.Training;

namespace Unfold.Cli.Commands;

/// <summary>unfold inspect --gradient-flow: how far back a language model's gradient reaches.</summary>
internal sealed class GradientFlowReport(Terminal terminal)
{
    private const int Sequences = 32, DefaultSteps = 100, MostSteps = 10_000;
    private const int BarWidth = 40;

    private readonly Option<bool> _asked = Options.Switch("--gradient-flow", "Show how far back in time the gradient of the last step's loss reaches, layer by layer.");
    private readonly Option<string[]> _text = Options.Paths("--text", "UTF-8 files to take sequences from, with --gradient-flow; default what the model itself writes.");
    private readonly Option<int?> _steps = Options.WholeNumber("--seq-length", 2, MostSteps, "The steps to go back, with --gradient-flow; default 100.");
    private readonly Option<string?> _out = Options.Picture("--out", "Write the picture there, with --gradient-flow.");

    /// <summary>The options that the verb takes for it.</summary>
    public IReadOnlyList<Option> All => [_asked, _text, _steps, _out];

    /// <summary>Whether it was asked for.</summary>
    /// <exception cref="UsageException">It was not, but one of its options is given.</exception>
    public bool IsAsked(ParseResult parsed)
    {
        bool asked = parsed.GetValue(_asked);
        Option? stray = asked ? null : All.Skip(1).FirstOrDefault(parsed.Gave);
        return stray is null ? asked : throw new UsageException($"{stray.Name} wants --gradient-flow too.");
    }

    /// <summary>Measures and prints.</summary>
    public int Run(ParseResult parsed, LanguageModel model, string name, bool json)
    {
        using var interruption = new Interruption(terminal);
        int steps = parsed.GetValue(_steps) ?? DefaultSteps;
        (int[] tokens, int batch) = parsed.GetValue(_text) is { Length: > 0 } files
            ? Read(TextSource.FromFiles(files), model.Vocabulary, ref steps, interruption.Token)
            : (Write(model, steps, interruption.Token), Sequences);

        // Step t reads what step t - 1 was to foretell.
        ReadOnlyMemory<int> inputs = tokens.AsMemory(0, steps * batch), targets = tokens.AsMemory(batch, steps * batch);
        Workers workers = Options.Workers(null);
        GradientFlow flow = GradientFlow.Measure(workers, tape => model.Loss(tape, inputs, targets, batch, over: LossOver.Last).Loss);
        if (parsed.GetValue(_out) is { } picture)
        {
            PictureFile.Write(terminal, picture, flow.ToChart($"Gradient flow of {name}"));
        }

        if (json)
        {
            JsonOutput.Write(terminal, writer => WriteJson(writer, flow, batch, steps));
        }
        else
        {
            Print(flow, batch, steps);
        }

        return ExitCode.Done;
    }

    /// <summary>Windows from all over a text.</summary>
    private (int[] Tokens, int Batch) Read(TextSource text, Vocabulary vocabulary, ref int steps, CancellationToken cancellation)
    {
        TokenStore store = KnownText.Read(terminal, text, vocabulary, cancellation).Train;
        if (store.Count <= steps)
        {
            throw new UnfoldException($"The text {text.Name} has {store.Count} tokens, but to go {steps} steps back at least {steps + 1} are wanted: lower --seq-length.");
        }

        int batch = (int)Math.Clamp(store.Count / (steps + 1), 1, Sequences);
        int[] window = new int[steps + 1], tokens = new int[(steps + 1) * batch];
        for (int b = 0; b < batch; b++)
        {
            store.Read((store.Count - steps - 1) * b / Math.Max(1, batch - 1), window);
            Place(window, tokens, b, batch);
        }

        return (tokens, batch);
    }

    /// <summary>What the model writes, so that the report needs no file: sentence after sentence, or running text after a random token.</summary>
    private static int[] Write(LanguageModel model, int steps, CancellationToken cancellation)
    {
        var random = new SeededRandom(1);
        bool sentences = model.Vocabulary.Mode == TextMode.Sentences;
        int[] never = [.. Enumerable.Range(0, Vocabulary.SpecialCount).Where(id => !(sentences && id == Vocabulary.EndId))];
        int[] window = new int[steps + 1], tokens = new int[(steps + 1) * Sequences];
        for (int b = 0; b < Sequences; b++)
        {
            var session = new LanguageModelSession(model);
            var sampler = new Sampler(new SamplingOptions(), model.Vocabulary.Count, random, never);
            window[0] = sentences ? Vocabulary.EndId : Vocabulary.SpecialCount + random.NextInt32(model.Vocabulary.SymbolCount);
            for (int t = 1; t <= steps; t++)
            {
                cancellation.ThrowIfCancellationRequested();
                session.Feed(window[t - 1]);
                window[t] = sampler.Choose(session.Logits);
            }

            Place(window, tokens, b, Sequences);
        }

        return tokens;
    }

    private static void Place(int[] window, int[] tokens, int b, int batch)
    {
        for (int t = 0; t < window.Length; t++)
        {
            tokens[(t * batch) + b] = window[t];
        }
    }

    private void Print(GradientFlow flow, int batch, int steps)
    {
        TextWriter output = terminal.Output;
        output.WriteLine(Invariant($"The loss of the last step of {batch} sequences of {steps} tokens: {flow.Loss:0.0000} nats per token"));
        double[] seen = [.. flow.Layers.SelectMany(layer => layer.Norms).Where(norm => norm > 0 && double.IsFinite(norm)).Select(Math.Log10)];
        (double low, double high) = seen.Length == 0 ? (0, 1) : (Math.Floor(seen.Min()), Math.Ceiling(seen.Max()));
        foreach (LayerFlow layer in flow.Layers)
        {
            output.WriteLine();
            output.WriteLine(layer);
            bool memory = layer.MemoryNorms.Count > 0;
            output.WriteLine(Invariant($"  {"t - k",7}  {"|dL/dh|",8}{(memory ? "   |dL/dc|" : "")}  10^{low} to 10^{high}"));
            foreach (int distance in Shown(layer.Norms.Count))
            {
                double norm = layer.Norms[distance];
                string second = memory ? Invariant($"  {layer.MemoryNorms[distance],8:0.0e+00}") : "";
                output.WriteLine(Invariant($"  {distance,7}  {norm,8:0.0e+00}{second}  {Bar(norm, low, high)}").TrimEnd());
            }
        }
    }

    /// <summary>0, 1, 2, 5, 10, 20, 50 and so on, and the last.</summary>
    private static IEnumerable<int> Shown(int count)
    {
        int last = count - 1;
        yield return 0;
        for (int power = 1; power < last; power = checked(power * 10))
        {
            foreach (int distance in new[] { power, 2 * power, 5 * power }.Where(distance => distance < last))
            {
                yield return distance;
            }
        }

        if (last > 0)
        {
            yield return last;
        }
    }

    private static string Bar(double norm, double low, double high) => norm > 0 && double.IsFinite(norm)
        ? new string('#', 1 + (int)((BarWidth - 1) * (Math.Log10(norm) - low) / Math.Max(1, high - low)))
        : "";

    private static void WriteJson(Utf8JsonWriter json, GradientFlow flow, int batch, int steps)
    {
        json.WriteFinite("loss", flow.Loss);
        json.WriteNumber("sequences", batch);
        json.WriteNumber("steps", steps);
        json.WriteStartArray("layers");
        foreach (LayerFlow layer in flow.Layers)
        {
            json.WriteStartObject();
            json.WriteString("name", layer.Name);
            json.WriteString("reading", layer.Reading.ToString().ToLowerInvariant());
            json.WriteString("words", layer.Describe());
            json.WriteFinite("factor", layer.Factor);
            json.WriteFinite("half_life", layer.HalfLife);
            Norms("hidden_norms", layer.Norms);
            Norms("cell_norms", layer.MemoryNorms);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        void Norms(string name, IReadOnlyList<double> norms)
        {
            json.WriteStartArray(name);
            foreach (double norm in norms)
            {
                if (double.IsFinite(norm))
                {
                    json.WriteNumberValue(norm);
                }
                else
                {
                    json.WriteNullValue();
                }
            }

            json.WriteEndArray();
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
