using Unfold.Cells;
using Unfold.Generation;
using Unfold.Layers;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Reference;
using Unfold.Tests.Support;

namespace Unfold.Tests.Models.Sequences;

public sealed class SequenceGeneratorTests
{
    private static readonly string[] Symbols = ["a", "b", "c"];

    [Theory]
    [MemberData(nameof(SequenceCases.Numbers), MemberType = typeof(SequenceCases))]
    public void Loss_and_gradients_are_those_of_the_equations(int number)
    {
        GeneratedSequence[] batch = Examples(6, 3);
        Assert.Contains(batch, example => example.Output.Count == 0);
        SequenceGenerator model = Create(SequenceCases.Settings[number]);
        OracleDifferences.AssertAgree(
            model.Parameters,
            tape => model.Loss(tape, batch),
            values => batch.Sum(example => Loss(model, values, example)) / batch.Sum(example => example.Output.Count + 1),
            entries: 12,
            $"the generator {number}");
        Assert.Equal((Int128)model.Parameters.ValueCount, SequenceGenerator.CountParameters(model.Schema, model.Symbols, model.Settings));
    }

    [Theory]
    [MemberData(nameof(SequenceCases.Numbers), MemberType = typeof(SequenceCases))]
    public void A_session_says_what_the_equations_say_and_greedy_writing_follows_it(int number)
    {
        SequenceGenerator model = Create(SequenceCases.Settings[number]);
        var values = model.Parameters.ToDictionary(parameter => parameter.Name, parameter => Naive.Widen(parameter.Values));
        Sequence[] inputs = [.. Examples(20, 8).Select(example => example.Input)];
        IReadOnlyList<IReadOnlyList<string>> together = model.Predict(inputs, new Workers(2), TestContext.Current.CancellationToken);
        for (int b = 0; b < inputs.Length; b++)
        {
            var written = new List<string>();
            for (int t = 0; t <= 2 * model.LongestOutput; t++)
            {
                double[] logits = Logits(model, values, new GeneratedSequence(inputs[b], written))[^1];
                int best = Array.IndexOf(logits, logits.Max());
                if (best == 0 || t == 2 * model.LongestOutput)
                {
                    break;
                }

                written.Add(Symbols[best - 1]);
            }

            Assert.Equal(written, together[b]);
            Assert.Equal(written, model.Predict(inputs[b]));
            Assert.Equal(written, model.Sample(inputs[b], SamplingOptions.Greedy, new SeededRandom(1)));
        }

        Assert.True(together.Select(output => string.Concat(output)).Distinct().Count() > 1, "All inputs lead to the same: the test shows nothing.");
    }

    [Fact]
    public void Samples_are_drawn_with_the_model_s_probabilities()
    {
        SequenceGenerator model = Create(SequenceCases.Settings[0]);
        var values = model.Parameters.ToDictionary(parameter => parameter.Name, parameter => Naive.Widen(parameter.Values));
        Sequence input = Examples(1, 8)[0].Input;
        var random = new SeededRandom(4);
        string[] drawn = [.. Enumerable.Range(0, 4000).Select(_ => string.Concat(model.Sample(input, new SamplingOptions(), random, maximumLength: 1)))];
        double[] logits = Logits(model, values, new GeneratedSequence(input, []))[0];
        for (int symbol = 0; symbol < 4; symbol++)
        {
            double probability = Math.Exp(-ReferenceEncoder.CrossEntropy(logits, symbol));
            Assert.Equal(probability, drawn.Count(text => text == (symbol == 0 ? "" : Symbols[symbol - 1])) / 4000.0, 0.03);
        }

        Assert.Equal(model.Sample(input, new SamplingOptions(), new SeededRandom(9)), model.Sample(input, new SamplingOptions(), new SeededRandom(9)));
    }

    [Fact]
    public void Each_class_is_given_its_own_word_and_each_number_its_count()
    {
        GeneratedSequence[] words = [.. ((string[])["one", "three", "eleven", ""]).Select((word, i) => new GeneratedSequence(Sequence.OfSymbols([$"{i}"]), [.. word.Select(letter => letter.ToString())]))];
        var options = new FitOptions { Epochs = 120, BatchSize = 4, LearningRate = 0.03, Workers = new Workers(1) };
        var settings = new SequenceEncoderSettings { Reading = Reading.Forward, Hidden = 12, Embedding = 6, FurtherEmbedding = 4 };
        SequenceGenerator model = SequenceGenerator.Fit(words, settings, options);
        Assert.All(words, word => Assert.Equal(word.Output, model.Predict(word.Input)));
        Assert.Equal(6, model.LongestOutput);

        GeneratedSequence[] counts = [.. Enumerable.Range(0, 5).Select(n => new GeneratedSequence(Sequence.OfValues([n], 1), [.. Enumerable.Repeat("x", n)]))];
        SequenceGenerator counter = SequenceGenerator.Fit(counts, settings, options with { Epochs = 300 });
        Assert.Equal([0, 1, 2, 3, 4], counter.Predict([.. counts.Select(example => example.Input)], cancellation: TestContext.Current.CancellationToken).Select(output => output.Count));
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits_on_any_number_of_threads()
    {
        GeneratedSequence[] examples = Examples(30, 2);
        SequenceGenerator Fit(int workers) => SequenceGenerator.Fit(
            examples, SequenceCases.Settings[1] with { Dropout = 0.2 }, SequenceCases.Short with { Workers = new Workers(workers) }, examples[..4]);
        float[] wanted = Fit(1).Parameters.Values.ToArray();
        Close.Same(wanted, Fit(2).Parameters.Values, "two threads");
        Close.Same(wanted, Fit(3).Parameters.Values, "three threads");
    }

    [Fact]
    public void What_cannot_be_fitted_or_written_is_refused_with_a_sentence()
    {
        GeneratedSequence good = new(Sequence.OfSymbols(["x"]), ["a"]);
        SequenceEncoderSettings forward = new() { Reading = Reading.Forward, Hidden = 2 };
        Refuses("a single step, of symbols in columns or variables; found 2 steps", () => _ = new GeneratedSequence(Sequence.OfSymbols(["x", "y"]), []));
        Refuses("reads forward", () => SequenceGenerator.Fit([good], forward with { Reading = Reading.Bidirectional }, SequenceCases.Short));
        Refuses("found an embedding of 0", () => SequenceGenerator.Fit([good], forward with { Embedding = 0 }, SequenceCases.Short));
        Refuses("The symbol 'b' does not come in the outputs", () => SequenceGenerator.Fit([good], forward, SequenceCases.Short, [new(good.Input, ["b"])]));
        SequenceGenerator model = SequenceGenerator.Fit([good], forward, SequenceCases.Short);
        Refuses("The symbol 'y' in column 0 does not come in the inputs", () => model.Predict(Sequence.OfSymbols(["y"])));
        Refuses("found 3 steps", () => model.Predict(Sequence.OfSymbols(["x", "x", "x"])));
        Refuses("0 columns of symbols and 1 variables", () => model.Predict(Sequence.OfValues([1], 1)));
        var session = new SequenceGeneratorSession(model, [good.Input]);
        Assert.Contains("one symbol from 0 to 1; found 2", Assert.Throws<ArgumentException>(() => session.Feed([2])).Message, StringComparison.Ordinal);
        Assert.Contains("found 1, 1", Assert.Throws<ArgumentException>(() => session.Feed([1, 1])).Message, StringComparison.Ordinal);
        model.Parameters.Edit().Fill(float.MaxValue);
        Refuses("no number", () => model.Predict(good.Input));
    }

    private static SequenceGenerator Create(SequenceEncoderSettings settings) => SequenceCases.Loud(new SequenceGenerator(
        SequenceSchema.Learn(SequenceCases.Mixed(15, 1)), new SymbolTable(Symbols), longestOutput: 5, settings with { Reading = Reading.Forward }, new SeededRandom(1)));

    private static GeneratedSequence[] Examples(int count, ulong seed)
    {
        var random = new SeededRandom(seed + 100);
        return [.. SequenceCases.Mixed(count, seed).Select((sequence, i) => new GeneratedSequence(sequence.Slice(0, 1), [.. Enumerable.Range(0, i % 6).Select(_ => Symbols[random.NextInt32(3)])]))];
    }

    private static double Loss(SequenceGenerator model, IReadOnlyDictionary<string, double[]> values, GeneratedSequence example)
    {
        double[][] logits = Logits(model, values, example);
        int[] targets = [.. example.Output.Select(symbol => 1 + Array.IndexOf(Symbols, symbol)), 0];
        return logits.Zip(targets, ReferenceEncoder.CrossEntropy).Sum();
    }

    /// <summary>The logits of each symbol and the end, in double precision.</summary>
    private static double[][] Logits(SequenceGenerator model, IReadOnlyDictionary<string, double[]> values, GeneratedSequence example)
    {
        var x = new List<double>();
        for (int i = 0; i < model.Schema.Width; i++)
        {
            x.Add((example.Input.Values.Span[i] - model.Schema.Values!.Means[i]) / model.Schema.Values.Deviations[i]);
        }

        for (int column = 0; column < model.Schema.Columns.Count; column++)
        {
            int further = model.Settings.FurtherEmbedding;
            x.AddRange(values[$"input.embeddings.{column}.weights"].Skip(model.Schema.Columns[column][example.Input.Columns[column][0]] * further).Take(further));
        }

        double[] table = values["embedding.weights"];
        int width = model.Settings.Embedding;
        int[] read = [0, .. example.Output.Select(symbol => 1 + Array.IndexOf(Symbols, symbol))];
        double[][] rows = [.. read.Select(symbol => (double[])[.. table.Skip(symbol * width).Take(width), .. x])];
        for (int layer = 0; layer < model.Stack.Layers.Count; layer++)
        {
            var cell = (FusedCell)((Recurrent)model.Stack.Layers[layer]).Cell;
            double[] h = [.. ReferenceEncoder.Dense(values, $"bridges.{layer}.hidden", [.. x]).Select(Math.Tanh)];
            double[] c = cell.MemorySize == 0 ? [] : [.. ReferenceEncoder.Dense(values, $"bridges.{layer}.cell", [.. x]).Select(Math.Tanh)];
            double[][] outputs = ReferenceSequence.Run(cell, values, rows, new ReferenceState(h, c)).Outputs;
            bool residual = model.Settings.Connection == StackConnection.Residual && layer > 0;
            rows = [.. outputs.Select((output, t) => residual ? [.. output.Select((value, j) => value + rows[t][j])] : output)];
        }

        return [.. rows.Select(row => ReferenceEncoder.Dense(values, "output", row))];
    }

    private static void Refuses(string words, Action action) =>
        Assert.Contains(words, Assert.Throws<UnfoldException>(action).Message, StringComparison.Ordinal);
}
