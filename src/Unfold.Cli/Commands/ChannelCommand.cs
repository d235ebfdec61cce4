using System.CommandLine;
using System.Globalization;
using Unfold.Channels;
using Unfold.Numerics;
using Unfold.Rescoring;
using Unfold.Text;

namespace Unfold.Cli.Commands;

/// <summary>unfold channel: makes n-best lists of a text, as a recogniser would that mishears, mistypes or misreads.</summary>
internal sealed class ChannelCommand(Terminal terminal)
{
    private readonly Option<string[]> _text = Options.Paths("--text", "UTF-8 files; each line that is not blank becomes a list.");
    private readonly Option<string[]> _train = Options.Paths("--train", "UTF-8 files: their words or characters, and how often they occur, are what the recogniser knows.");
    private readonly Option<Noise?> _noise = Options.Choice<Noise>("--noise", "Words that sound alike (Chinese ones: the same pinyin but for the tones), neighbours on the keyboard, or characters that look alike; default words.");
    private readonly Option<double?> _rate = Options.Number("--rate", "of at least 1e-100 and below 1", ConfusionTable.IsRate, "How often a word or character that may be taken for another is; default 0.1.");
    private readonly Option<int?> _size = Options.WholeNumber("--size", 1, 100_000, "The most hypotheses of a list; default 100.");
    private readonly Option<bool> _observed = Options.Switch("--observed", "The text is what came through the channel: list what may have been meant, and distort nothing.");
    private readonly Option<ulong?> _seed = Options.Seed("The same seed makes the same errors; default 1.");

    /// <summary>What is mistaken for what.</summary>
    private enum Noise
    {
        /// <summary>Words for words that sound alike.</summary>
        Words,

        /// <summary>Letters for their neighbours on the keyboard.</summary>
        Keyboard,

        /// <summary>Characters for others that look alike.</summary>
        Shape,
    }

    /// <summary>Makes the verb.</summary>
    public static Command Create(Terminal terminal)
    {
        var verb = new ChannelCommand(terminal);
        verb._text.Required = true;
        verb._train.Required = true;
        var command = new Command("channel", "Make n-best lists of a text, as a recogniser would that mishears, mistypes or misreads.") { verb._text, verb._train, verb._noise, verb._rate, verb._size, verb._observed, verb._seed };
        command.SetAction(verb.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        parsed.Exclude(_observed, _seed);
        using var interruption = new Interruption(terminal);
        Noise noise = parsed.GetValue(_noise) ?? Noise.Words;
        ErrorMeasure symbols = noise == Noise.Words ? ErrorMeasure.Words : ErrorMeasure.Characters;
        string[] texts = parsed.GetRequiredValue(_text), train = parsed.GetRequiredValue(_train);
        bool isObserved = parsed.GetValue(_observed);
        ProgressLine? listing = null;

        // Before the long work.
        IEnumerable<string> lines = TextLines.OfFiles(texts, share => listing?.Show(share));
        IReadOnlyDictionary<string, long> counts = Count(train, symbols, interruption.Token);
        ConfusionTable table = Table(noise, counts, parsed.GetValue(_rate) ?? 0.1, interruption.Token);
        if (table.Count == 0)
        {
            throw new UnfoldException($"No two words of {string.Join(", ", train)} can be taken for each other: give a larger text with --train, with white space between its words.");
        }

        var channel = new ConfusionChannel(table, symbols, counts);
        var random = new SeededRandom(parsed.GetValue(_seed) ?? 1);
        int size = parsed.GetValue(_size) ?? 100;
        long number = 0, all = 0, alone = 0;
        using (listing = new ProgressLine(terminal, $"{(isObserved ? "Listing" : "Distorting")} {string.Join(", ", texts)}"))
        {
            foreach (string line in lines.Where(line => !string.IsNullOrWhiteSpace(line)))
            {
                interruption.Token.ThrowIfCancellationRequested();
                string observed = isObserved ? line : channel.Observe(line, random);
                Write(channel.List($"{++number}", observed, size, isObserved ? null : line), observed);
                foreach ((string symbol, long count) in ConfusionChannel.Count([line], symbols))
                {
                    (all, alone) = (all + count, alone + (table.Confuses(symbol) ? 0 : count));
                }
            }
        }

        if (number == 0)
        {
            throw new UnfoldException($"The text {string.Join(", ", texts)} has no line that is not blank, but at least one was wanted.");
        }

        string what = symbols == ErrorMeasure.Words ? "words" : "characters";
        terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{alone:N0} of {all:N0} {what} resemble no other, and come through as they are."));
        return ExitCode.Done;
    }

    private ConfusionTable Table(Noise noise, IReadOnlyDictionary<string, long> counts, double rate, CancellationToken cancellation)
    {
        using var progress = new ProgressLine(terminal, "Looking for words that sound alike");
        return new ConfusionTable(
            noise switch
            {
                Noise.Words => WordConfusions.Of(counts, progress.Show, cancellation),
                Noise.Keyboard => KeyboardConfusions.All(),
                _ => ShapeConfusions.All(),
            },
            rate);
    }

    private IReadOnlyDictionary<string, long> Count(string[] texts, ErrorMeasure symbols, CancellationToken cancellation)
    {
        using var progress = new ProgressLine(terminal, $"Reading {string.Join(", ", texts)}");
        return ConfusionChannel.Count(TextLines.OfFiles(texts, progress.Show).TakeWhile(_ => !Stopped(cancellation)), symbols);
    }

    private static bool Stopped(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return false;
    }

    private void Write(NBestList list, string observed) => JsonOutput.Write(terminal, json =>
    {
        json.WriteString("id", list.Id);
        if (list.Reference is string reference)
        {
            json.WriteString("reference", reference);
        }

        json.WriteString("observed", observed);
        json.WriteStartArray("hypotheses");
        foreach (NBestHypothesis hypothesis in list.Hypotheses)
        {
            json.WriteStartObject();
            json.WriteString("text", hypothesis.Text);
            json.WriteNumber("score", hypothesis.Channel);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });
}
