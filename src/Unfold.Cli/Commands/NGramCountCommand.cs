using System.CommandLine;
using Unfold.NGrams;
using Unfold.Text;

namespace Unfold.Cli.Commands;

/// <summary>unfold ngram count: how often the n-grams of a text stand in it.</summary>
internal sealed class NGramCountCommand(Terminal terminal)
{
    private readonly NGramCountingOptions _counting = new();
    private readonly Option<long?> _minCount = Options.WholeNumber("--min-count", 1, long.MaxValue, "Show n-grams that are counted so often or more; default 1.");
    private readonly Option<int?> _top = Options.WholeNumber("--top", 1, 1_000_000, "Show only so many n-grams of each length, the most frequent first.");
    private readonly Option<bool> _json = Options.Switch("--json", "Print one JSON object for each n-gram: its tokens and their count.");

    /// <summary>Makes the verb.</summary>
    public static Command Create(Terminal terminal)
    {
        var verb = new NGramCountCommand(terminal);
        var command = new Command("count", "Show how often each n-gram stands in a text: those of one token, of two and so on, a line each, the count after a tab.");
        foreach (Option option in (Option[])[verb._counting.Text, verb._counting.Order, verb._minCount, verb._top, .. verb._counting.Cutting, verb._json])
        {
            command.Options.Add(option);
        }

        command.SetAction(verb.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        using var interruption = new Interruption(terminal);
        _counting.Require(parsed);
        TextSource text = TextSource.FromFiles(parsed.GetRequiredValue(_counting.Text));
        Corpus corpus = NGramText.Read(terminal, text, _counting.Corpus(terminal, parsed), _counting.Known(terminal, parsed, interruption.Token), interruption.Token);
        var options = new NGramOptions { Order = _counting.OrderOf(parsed) };
        using var progress = new ProgressLine(terminal, $"Counting {text.Name}");
        IEnumerable<NGramCount> counts = NGramCounts.Of(corpus.Train, corpus.Vocabulary, options, progress.Show, interruption.Token);
        if (parsed.GetValue(_minCount) is long least)
        {
            counts = counts.Where(ngram => ngram.Count >= least);
        }

        if (parsed.GetValue(_top) is int most)
        {
            counts = MostFrequent(counts, most);
        }

        bool json = parsed.GetValue(_json);
        foreach (NGramCount ngram in counts)
        {
            progress.MakeRoom();
            Write(ngram, corpus.Vocabulary, json);
        }

        return ExitCode.Done;
    }

    /// <summary>Of each length the most frequent ones, of equally frequent ones the first.</summary>
    private static IEnumerable<NGramCount> MostFrequent(IEnumerable<NGramCount> counts, int most)
    {
        // The one that is given up first stands first: the rarest, and of those the last.
        var kept = new PriorityQueue<NGramCount, (long Count, long Place)>();
        long place = 0;
        int length = 1;
        foreach (NGramCount ngram in counts)
        {
            if (ngram.Tokens.Count > length)
            {
                foreach (NGramCount frequent in Descending(kept))
                {
                    yield return frequent;
                }

                length = ngram.Tokens.Count;
            }

            (long, long) worth = (ngram.Count, -place++);
            if (kept.Count < most)
            {
                kept.Enqueue(ngram, worth);
            }
            else
            {
                kept.EnqueueDequeue(ngram, worth);
            }
        }

        foreach (NGramCount frequent in Descending(kept))
        {
            yield return frequent;
        }
    }

    /// <summary>Empties the queue.</summary>
    private static Stack<NGramCount> Descending(PriorityQueue<NGramCount, (long Count, long Place)> kept)
    {
        var descending = new Stack<NGramCount>(kept.Count);
        while (kept.TryDequeue(out NGramCount ngram, out _))
        {
            descending.Push(ngram);
        }

        return descending;
    }

    private void Write(NGramCount ngram, Vocabulary vocabulary, bool json)
    {
        if (json)
        {
            JsonOutput.Write(terminal, fields =>
            {
                fields.WriteStartArray("ngram");
                foreach (int token in ngram.Tokens)
                {
                    fields.WriteStringValue(vocabulary[token]);
                }

                fields.WriteEndArray();
                fields.WriteNumber("count", ngram.Count);
            });
            return;
        }

        terminal.Output.Write(string.Join(' ', ngram.Tokens.Select(token => SpacedTokens.Written(vocabulary[token], vocabulary.Tokenization))));
        terminal.Output.Write(FormattableString.Invariant($"\t{ngram.Count}\n"));
    }
}
