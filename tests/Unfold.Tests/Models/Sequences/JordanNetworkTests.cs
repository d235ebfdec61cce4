using Unfold.Autograd;
using Unfold.Layers;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Reference;
using Unfold.Tests.Support;

namespace Unfold.Tests.Models.Sequences;

/// <summary>Losses, gradients and outputs of the network whose output comes back, against its equations; what it learns is in <see cref="JordanLearningTests"/>.</summary>
public sealed class JordanNetworkTests
{
    // Input: "none", "words" (one-hot), "mixed" (vectors of two columns beside three variables).
    public static MatrixTheoryData<string, bool> Kinds => new(["none", "words", "mixed"], [false, true]);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Fed_right_outputs_loss_and_gradients_are_those_of_the_equations(string input, bool symbols)
    {
        JordanExample[] batch = Examples(input, symbols, 7, 3);
        JordanNetwork model = Create(input, symbols, new JordanNetworkSettings { Measured = OutputFeedback.Targets });
        OracleDifferences.AssertAgree(
            model.Parameters,
            tape => model.Loss(tape, batch),
            values => Loss(model, values, batch, (_, example, t) => Target(model, example, t)),
            entries: 15,
            $"{input}, symbols {symbols}");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Running_free_the_loss_is_that_of_the_equations(string input, bool symbols)
    {
        JordanExample[] batch = Examples(input, symbols, 40, 5);
        JordanNetwork model = Create(input, symbols, new JordanNetworkSettings());
        double wanted = Loss(model, Values(model), batch, (own, _, _) => Fed(model, own));
        Close.Equal(wanted, model.Loss(new Tape(new Workers(2)), batch).Values[0], relative: 1e-5, absolute: 1e-6, "loss");
        Close.Equal(wanted, model.Measure(batch, new Workers(2), TestContext.Current.CancellationToken), relative: 1e-5, absolute: 1e-6, "loss over many batches");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_was_sampled_gets_no_gradient_through_it(string input, bool symbols)
    {
        // Always its own output: what is fed depends on the weights, and the gradient must not see that.
        JordanExample[] batch = Examples(input, symbols, 5, 7);
        JordanNetwork model = Create(input, symbols, new JordanNetworkSettings());
        var fed = new Dictionary<(JordanExample, int), double[]>();
        Loss(model, Values(model), batch, (own, example, t) => fed[(example, t)] = Fed(model, own));
        OracleDifferences.AssertAgree(
            model.Parameters,
            tape => model.Loss(tape, batch),
            values => Loss(model, values, batch, (_, example, t) => fed[(example, t)]),
            entries: 15,
            $"{input}, symbols {symbols}");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Outputs_are_those_of_the_equations_from_what_is_known_on(string input, bool symbols)
    {
        JordanNetwork model = Create(input, symbols, new JordanNetworkSettings());
        foreach (JordanExample example in Examples(input, symbols, 8, 9))
        {
            for (int known = 0; known <= example.Output.Length; known++)
            {
                double[][] wanted = Sums(model, Values(model), example, (own, t) => t < known ? Target(model, example, t) : Fed(model, own));
                Sequence? given = known == 0 ? null : example.Output.Slice(0, known);
                Sequence found = example.Input is null ? model.Predict(example.Output.Length, given) : model.Predict(example.Input, given);
                RequireOutputs(model, wanted, found, $"{known} known");
            }
        }
    }

    [Fact]
    public void A_batch_is_brought_forth_as_its_sequences_are_one_by_one_on_any_number_of_threads()
    {
        foreach (bool symbols in new[] { false, true })
        {
            JordanNetwork model = Create("mixed", symbols, new JordanNetworkSettings());
            Sequence[] inputs = [.. Examples("mixed", symbols, 50, 11).Select(example => example.Input!)];
            IReadOnlyList<Sequence> one = model.Predict(inputs, new Workers(1), TestContext.Current.CancellationToken);
            foreach (int threads in new[] { 2, 3 })
            {
                foreach ((Sequence wanted, Sequence found) in one.Zip(model.Predict(inputs, new Workers(threads), TestContext.Current.CancellationToken)))
                {
                    Close.Same(wanted.Values.Span, found.Values.Span, $"{threads} threads");
                    Assert.Equal(wanted.Columns, found.Columns);
                }
            }

            foreach ((Sequence input, Sequence together) in inputs.Zip(one))
            {
                Sequence alone = model.Predict(input);
                Close.Equal(together.Values.Span, alone.Values.Span, relative: 1e-5, absolute: 1e-5, "alone");
                Assert.Equal(together.Columns, alone.Columns);
            }
        }
    }

    [Fact]
    public void Over_variables_it_is_the_recurrence_of_its_cell()
    {
        JordanNetwork model = Create("none", symbols: false, new JordanNetworkSettings());
        var start = new Tensor(new Shape(9, 1, 1));
        start.Edit()[0] = 1;
        Tensor outputs = new Recurrent(model.Cell).Forward(new Tape(new Workers(1)), SequenceInput.Of(start)).Outputs;
        Sequence found = model.Predict(9);
        for (int i = 0; i < outputs.Shape.Length; i++)
        {
            Close.Equal(model.Scale!.Undo(outputs.Values[i], i % 2), found.Values.Span[i], relative: 1e-5, absolute: 1e-5, $"value {i}");
        }
    }

    [Theory]
    [InlineData(SamplingRise.Linear, 0, 0.2, 0.4, 0.8)]
    [InlineData(SamplingRise.Exponential, 0, 0.5525432, 0.7272727, 0.8)]
    [InlineData(SamplingRise.InverseSigmoid, 0, 0.05608297, 0.4, 0.8)]
    public void The_probability_of_sampling_rises_from_nothing_to_its_final_value(SamplingRise rise, double first, double quarter, double half, double last)
    {
        var sampling = new ScheduledSampling { Rise = rise, Final = 0.8 };
        double[] found = [.. new[] { 0, 0.25, 0.5, 1 }.Select(sampling.Probability)];
        Close.Equal([first, quarter, half, last], found, relative: 1e-6, absolute: 1e-12, $"{rise}");
        Assert.Equal(found[3], sampling.Probability(1.5));
    }

    [Fact]
    public void A_fit_raises_the_probability_and_gives_the_same_bits_on_any_number_of_threads()
    {
        var settings = new JordanNetworkSettings { Hidden = 5, Embedding = 3, Sampling = new ScheduledSampling { Final = 0.6 } };
        JordanExample[] examples = Examples("mixed", symbols: true, 12, 13);
        var seen = new List<double>();
        JordanNetwork Fit(int threads) => JordanNetwork.Fit(examples, settings, SequenceCases.Short with { Workers = new Workers(threads), Progress = progress => seen.Add(progress.Done) });
        JordanNetwork one = Fit(1);
        Assert.Equal(0.6, one.SamplingProbability, 12);
        Assert.Equal(6, seen.Count);
        Close.Same(one.Parameters.Values, Fit(3).Parameters.Values, "on 3 threads");

        JordanNetwork forced = JordanNetwork.Fit(examples, settings with { Sampling = null }, SequenceCases.Short);
        Assert.Equal(0, forced.SamplingProbability);
        Assert.NotEqual(one.Parameters.Values.ToArray(), forced.Parameters.Values.ToArray());
    }

    [Fact]
    public void Half_of_the_steps_are_fed_its_own_output_at_a_probability_of_one_half()
    {
        // The loss lies between that of right outputs and that of its own, on average over many draws half way in what is fed.
        JordanExample[] examples = Examples("none", symbols: false, 40, 15);
        JordanNetwork model = JordanNetwork.Fit(
            examples, new JordanNetworkSettings { Hidden = 5, Sampling = new ScheduledSampling { Final = 0.5 } }, SequenceCases.Short with { LearningRate = 1e-9 });
        SequenceCases.Loud(model);
        var fed = new List<bool>();
        for (ulong seed = 1; seed <= 20; seed++)
        {
            var random = new SeededRandom(seed);
            int steps = examples.Sum(example => example.Output.Length);
            bool[] own = [.. Enumerable.Range(0, steps).Select(_ => random.NextDouble() < 0.5)];
            var rows = new Queue<bool>(own);
            int longest = examples.Max(example => example.Output.Length);
            JordanExample[] order = [.. examples.OrderByDescending(example => example.Output.Length)];
            var takes = new Dictionary<(JordanExample, int), bool>();
            for (int t = 0; t < longest; t++)
            {
                foreach (JordanExample example in order.Where(example => t < example.Output.Length))
                {
                    takes[(example, t)] = rows.Dequeue();
                }
            }

            double wanted = Loss(model, Values(model), examples, (y, example, t) => takes[(example, t + 1)] ? Fed(model, y) : Target(model, example, t));
            Close.Equal(wanted, model.Loss(new Tape(new Workers(2)), examples, new SeededRandom(seed)).Values[0], relative: 1e-5, absolute: 1e-6, $"seed {seed}");
            fed.AddRange(own);
        }

        Assert.InRange(fed.Count(own => own) / (double)fed.Count, 0.47, 0.53);
    }

    [Fact]
    public void What_does_not_fit_is_refused_in_a_sentence()
    {
        Sequence words = Sequence.OfSymbols(["a", "b"]), numbers = Sequence.OfValues([1, 2, 3, 4], 2);
        Refused(() => new JordanExample(Sequence.OfSymbols(["a"]), words), "2 outputs for 1 steps");
        Refused(() => new JordanExample(null, words.With(numbers)), "one column of symbols, or variables", "1 columns and 2 variables");
        Refused(() => new JordanExample(null, Sequence.OfSymbols(["a"], ["b"])), "2 columns");

        JordanExample free = new(null, words), reading = new(words, words), values = new(words, numbers);
        FitOptions options = SequenceCases.Short;
        Refused(() => JordanNetwork.Fit([reading, free], new(), options), "example 1 has none");
        Refused(() => JordanNetwork.Fit([free, reading], new(), options), "without an input");
        Refused(() => JordanNetwork.Fit([reading, values], new(), options), "columns of symbols", "variables");
        Refused(() => JordanNetwork.Fit([], new(), options), "found none");
        Refused(() => JordanNetwork.Fit([reading], new(), options, [values]), "validation example 0", "2");
        Refused(() => JordanNetwork.Fit([reading], new(), options, [new(words, Sequence.OfSymbols(["a", "c"]))]), "validation example 0", "'c'");
        Refused(() => JordanNetwork.Fit([reading], new() { Hidden = 0 }, options), "hidden layer", "found 0");
        Refused(() => JordanNetwork.Fit([reading], new() { Sampling = new() { Final = 1.5 } }, options), "scheduled sampling", "1.5");
        Refused(() => JordanNetwork.Fit([new(words.With(numbers), words)], new(), options), "One-hot");

        JordanNetwork model = JordanNetwork.Fit([reading], new(), options);
        Refused(() => model.Predict(3), "with an input", "without");
        Refused(() => model.Predict(numbers), "columns of symbols");
        Refused(() => model.Predict(words, Sequence.OfSymbols(["a", "a", "b"])), "found 3 of 2");
        Refused(() => model.Predict(words, numbers), "1 columns of symbols and 0 variables");
    }

    private static void Refused(Func<object> action, params string[] words)
    {
        UnfoldException failure = Assert.Throws<UnfoldException>(action);
        Assert.All(words, word => Assert.Contains(word, failure.Message, StringComparison.Ordinal));
    }

    /// <summary>The mean loss of a batch in double precision.</summary>
    /// <param name="model">Says which equations.</param>
    /// <param name="values">The weights.</param>
    /// <param name="batch">The examples.</param>
    /// <param name="feed">y of a step, for the next one: from s of the step, the example, and its number.</param>
    private static double Loss(JordanNetwork model, IReadOnlyDictionary<string, double[]> values, JordanExample[] batch, Func<double[], JordanExample, int, double[]> feed)
    {
        double sum = 0;
        foreach (JordanExample example in batch)
        {
            double[][] s = Sums(model, values, example, (own, t) => feed(own, example, t));
            for (int t = 0; t < s.Length; t++)
            {
                double[] target = Target(model, example, t);
                sum += model.Labels is null
                    ? s[t].Zip(target, (y, wanted) => (y - wanted) * (y - wanted)).Average()
                    : ReferenceMath.CrossEntropy(s[t], Array.IndexOf(target, 1));
            }
        }

        return sum / batch.Sum(example => example.Output.Length);
    }

    /// <summary>s of each step.</summary>
    private static double[][] Sums(JordanNetwork model, IReadOnlyDictionary<string, double[]> values, JordanExample example, Func<double[], int, double[]> feed)
    {
        double[] U = values["jordan.input_weights"], W = values["jordan.recurrent_weights"], b = values["jordan.bias"];
        double[] V = values["jordan.output_weights"], c = values["jordan.output_bias"], y = new double[c.Length];
        var sums = new double[example.Output.Length][];
        for (int t = 0; t < sums.Length; t++)
        {
            double[] x = Input(model, values, example, t);
            double[] k = [.. b.Select((bias, j) => Math.Tanh(ReferenceMath.Column(x, U, j) + ReferenceMath.Column(y, W, j) + bias))];
            sums[t] = [.. c.Select((bias, j) => ReferenceMath.Column(k, V, j) + bias)];
            y = t + 1 < sums.Length ? feed(sums[t], t) : y;
        }

        return sums;
    }

    private static double[] Input(JordanNetwork model, IReadOnlyDictionary<string, double[]> values, JordanExample example, int t)
    {
        if (example.Input is not { } input)
        {
            return [t == 0 ? 1 : 0];
        }

        var x = new List<double>();
        for (int i = 0; i < input.Width; i++)
        {
            x.Add((input.Values.Span[(t * input.Width) + i] - model.Input!.Values!.Means[i]) / model.Input.Values.Deviations[i]);
        }

        for (int column = 0; column < input.Columns.Count; column++)
        {
            int id = model.Input!.Columns[column][input.Columns[column][t]];
            int width = model.Settings.Embedding;
            x.AddRange(width == 0
                ? Enumerable.Range(0, model.Input.Columns[column].Count).Select(i => i == id ? 1.0 : 0)
                : values[$"embeddings.{column}.weights"][(id * width)..((id + 1) * width)]);
        }

        return [.. x];
    }

    /// <summary>y of the right output.</summary>
    private static double[] Target(JordanNetwork model, JordanExample example, int t)
    {
        if (model.Labels is { } labels)
        {
            return [.. labels.Labels.Select(label => label == example.Output.Columns[0][t] ? 1.0 : 0)];
        }

        int width = example.Output.Width;
        return [.. Enumerable.Range(0, width).Select(i => (example.Output.Values.Span[(t * width) + i] - model.Scale!.Means[i]) / model.Scale.Deviations[i])];
    }

    /// <summary>y of s.</summary>
    private static double[] Fed(JordanNetwork model, double[] s) =>
        model.Labels is null ? s : [.. s.Select(value => value == s.Max() ? 1.0 : 0)];

    private static void RequireOutputs(JordanNetwork model, double[][] wanted, Sequence found, string because)
    {
        if (model.Labels is { } labels)
        {
            Assert.Equal(wanted.Select(s => labels.Labels[Array.IndexOf(s, s.Max())]), found.Columns[0]);
            return;
        }

        double[] undone = [.. wanted.SelectMany(s => s.Select((value, i) => model.Scale!.Undo(value, i)))];
        Close.Equal(undone, found.Values.Span, relative: 1e-5, absolute: 2e-5, because);
    }

    private static Dictionary<string, double[]> Values(JordanNetwork model) =>
        model.Parameters.ToDictionary(parameter => parameter.Name, parameter => Naive.Widen(parameter.Values));

    private static JordanNetwork Create(string input, bool symbols, JordanNetworkSettings settings)
    {
        settings = settings with { Hidden = 6, Embedding = input == "mixed" ? 3 : 0 };
        return SequenceCases.Loud(JordanNetwork.Fit(Examples(input, symbols, 30, 1), settings, SequenceCases.Short with { Epochs = 1 }));
    }

    private static JordanExample[] Examples(string input, bool symbols, int count, ulong seed)
    {
        var random = new SeededRandom(seed);
        Sequence[] mixed = SequenceCases.Mixed(count, seed + 100);
        return [.. mixed.Select(sequence => new JordanExample(
            input switch { "none" => null, "words" => Sequence.OfSymbols(SequenceCases.Words(random, sequence.Length, 4)), _ => sequence },
            symbols ? Sequence.OfSymbols(SequenceCases.Words(random, sequence.Length, 3)) : Sequence.OfValues(Draw.Normal(random, sequence.Length * 2, 3), 2)))];
    }
}
