using System.Text.Json;
using Unfold.Generation;
using Unfold.Numerics;

namespace Unfold.Cli.Commands;

/// <summary>Shows texts: as they are made, or in one JSON object. How probable each one is goes to stderr or into the object.</summary>
/// <param name="terminal">Where to.</param>
/// <param name="prompt">What the texts go on from.</param>
/// <param name="json">Whether to write JSON.</param>
/// <param name="several">Whether the user has asked for a number of texts: then each has a heading, and the JSON object an array.</param>
/// <param name="interruption">Ends the writing in order.</param>
internal sealed class GeneratedOutput(Terminal terminal, Prompt prompt, bool json, bool several, Interruption interruption)
{
    private readonly List<(string Text, GenerationEnd End, Action<Utf8JsonWriter> More)> _made = [];

    /// <summary>Draws a text for each temperature and seed.</summary>
    /// <param name="options">How.</param>
    /// <param name="temperatures">In place of that of the options, where there are any.</param>
    /// <param name="samples">The texts at each temperature.</param>
    /// <param name="seed">That of the first; the others have the ones that follow.</param>
    public int Draw(GenerationOptions options, double[] temperatures, int samples, ulong seed)
    {
        foreach (double temperature in temperatures.Length > 0 ? temperatures : [options.Sampling.Temperature])
        {
            GenerationOptions own = options with { Sampling = options.Sampling with { Temperature = temperature } };
            for (int sample = 0; sample < samples && !interruption.Asked; sample++)
            {
                ulong ownSeed = unchecked(seed + (ulong)sample);
                Head(FormattableString.Invariant($"temperature {temperature}, seed {ownSeed}"));
                GenerationEnd end = default;
                string text = Show(TextGenerator.Generate(prompt, own, new SeededRandom(ownSeed), found => end = found, interruption.Token));
                bool namesSeed = !several && temperature > 0;
                Tell(text, end, namesSeed ? FormattableString.Invariant($"; seed {ownSeed}") : "", writer =>
                {
                    writer.WriteNumber("seed", ownSeed);
                    if (temperatures.Length > 0)
                    {
                        writer.WriteNumber("temperature", temperature);
                    }
                });
            }
        }

        return _made.Count > 0 ? Finish() : throw new OperationCanceledException(interruption.Token);
    }

    /// <summary>Searches, and shows the best texts.</summary>
    public int Search(BeamOptions options, int count)
    {
        IReadOnlyList<GeneratedText> found;
        using (var progress = new ProgressLine(terminal, "Searching"))
        {
            found = TextSearch.Search(prompt, options, progress.Show, interruption.Token);
        }

        foreach ((int place, GeneratedText text) in found.Take(count).Index())
        {
            Head(FormattableString.Invariant($"{place + 1}, score {text.Score:0.0000}"));
            Show([text.Text]);
            Tell(text.Text, text.End, "", writer => writer.WriteNumber("score", text.Score));
        }

        if (found.Count < count)
        {
            terminal.Line($"The beam found {found.Count} different text{(found.Count == 1 ? "" : "s")}, and {count} were wanted: a wider one finds more.");
        }

        return Finish();
    }

    /// <summary>Tells one of several texts from the others.</summary>
    private void Head(string heading)
    {
        if (several && !json)
        {
            terminal.Output.WriteLine($"{(_made.Count > 0 ? terminal.Output.NewLine : "")}== {heading}");
        }
    }

    /// <summary>Shows the pieces of a text as they come, on lines of their own.</summary>
    private string Show(IEnumerable<string> pieces)
    {
        if (json)
        {
            return string.Concat(pieces);
        }

        terminal.Output.Write(prompt.Text);
        string last = prompt.Text;
        foreach (string piece in pieces)
        {
            terminal.Output.Write(piece);
            terminal.Output.Flush();
            last = piece.Length > 0 ? piece : last;
        }

        if (!last.EndsWith('\n'))
        {
            terminal.Output.WriteLine();
        }

        terminal.Output.Flush();
        return "";
    }

    private void Tell(string text, GenerationEnd end, string origin, Action<Utf8JsonWriter> more)
    {
        _made.Add((text, end, more));
        if (!json)
        {
            string nothing = end.Reason == GenerationEndReason.DeadEnd ? ", after which the model expects nothing" : "";
            terminal.Line(FormattableString.Invariant($"log probability {end.LogProbability:0.0000} nats of {end.Tokens} token{(end.Tokens == 1 ? "" : "s")}{nothing}{origin}"));
        }
    }

    private int Finish()
    {
        if (json)
        {
            JsonOutput.Write(terminal, writer =>
            {
                writer.WriteString("prompt", prompt.Text);
                ModelChoice.WriteShare(writer, prompt.Model);
                if (!several)
                {
                    Fields(writer, 0);
                    return;
                }

                writer.WriteStartArray("texts");
                for (int i = 0; i < _made.Count; i++)
                {
                    writer.WriteStartObject();
                    Fields(writer, i);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            });
        }

        return interruption.Asked ? ExitCode.Interrupted : ExitCode.Done;
    }

    private void Fields(Utf8JsonWriter writer, int index)
    {
        (string text, GenerationEnd end, Action<Utf8JsonWriter> more) = _made[index];
        writer.WriteString("text", text);
        writer.WriteNumber("tokens", end.Tokens);
        writer.WriteNumber("log_probability", end.LogProbability);
        more(writer);
        writer.WriteString("stopped_by", end.Reason switch
        {
            GenerationEndReason.Length => "length",
            GenerationEndReason.Stop => "stop",
            GenerationEndReason.SentenceEnd => "end",
            GenerationEndReason.DeadEnd => "nothing",
            _ => "interrupt",
        });
    }
}
