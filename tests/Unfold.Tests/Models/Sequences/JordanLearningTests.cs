using Unfold.Models;
using Unfold.Numerics;
using Unfold.Persistence;
using Unfold.Tests.Persistence;

namespace Unfold.Tests.Models.Sequences;

/// <summary>What output recurrence is for: an automaton that runs on by itself, and a wave that goes on; and what no memory could do there.</summary>
public sealed class JordanLearningTests : IDisposable
{
    // The next state of an automaton of four states and three letters; no letter and no state alone tells it.
    private static readonly int[,] Next = { { 1, 2, 0 }, { 3, 0, 1 }, { 0, 3, 2 }, { 2, 1, 3 } };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_automaton_learned_from_short_words_runs_free_over_long_ones_without_an_error()
    {
        var random = new SeededRandom(2);
        JordanExample[] training = [.. Enumerable.Range(0, 100).Select(_ => Word(random, 1 + random.NextInt32(12)))];
        JordanExample[] test = [.. Enumerable.Range(0, 20).Select(_ => Word(random, 200))];
        JordanNetwork model = JordanNetwork.Fit(
            training, new JordanNetworkSettings { Hidden = 24 }, new FitOptions { Epochs = 120, BatchSize = 25, LearningRate = 0.03, Workers = new Workers(1) });

        // All steps of a word are learned side by side, each from the right state before it.
        IReadOnlyList<Sequence> found = model.Predict([.. test.Select(word => word.Input!)], new Workers(1), TestContext.Current.CancellationToken);
        Assert.Equal(1, Accuracy(test, found));

        // Without a memory the letter alone says what comes: the commonest state after each.
        Dictionary<string, string> commonest = training
            .SelectMany(word => word.Input!.Columns[0].Zip(word.Output.Columns[0]))
            .GroupBy(step => step.First)
            .ToDictionary(letter => letter.Key, letter => letter.CountBy(step => step.Second).MaxBy(state => state.Value).Key);
        Assert.InRange(Accuracy(test, [.. test.Select(word => Sequence.OfSymbols([.. word.Input!.Columns[0].Select(letter => commonest[letter])]))]), 0.2, 0.5);

        model.Save(_folder["automaton"]);
        JordanNetwork loaded = JordanNetwork.Load(_folder["automaton"]);
        Assert.Equal(model.Settings, loaded.Settings);
        Assert.Equal(found.SelectMany(sequence => sequence.Columns[0]), loaded.Predict([.. test.Select(word => word.Input!)], cancellation: TestContext.Current.CancellationToken).SelectMany(sequence => sequence.Columns[0]));
    }

    [Fact]
    public void A_wave_goes_on_by_itself()
    {
        (JordanNetwork model, double error) = FitWave(hidden: 24, noise: 0, sampling: null, seed: 1);

        // Both variables have a variance of one half, which is the error of whoever knows nothing but their means.
        Assert.True(error < 0.01, $"mean squared error {error}");
        model.Save(_folder["wave"]);
        JordanNetwork loaded = JordanNetwork.Load(_folder["wave"]);
        Assert.Equal(model.Settings, loaded.Settings);
        Support.Close.Same(model.Predict(50).Values.Span, loaded.Predict(50).Values.Span, "loaded");
        Assert.Contains("JordanCell(1 -> 2 by 24, tanh and identity, 146 parameters)", loaded.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Scheduled_sampling_keeps_a_small_network_that_learned_from_noise_closer_to_its_wave()
    {
        ulong[] seeds = [1, 2, 3, 4];
        double forced = seeds.Average(seed => FitWave(hidden: 8, noise: 0.3, sampling: null, seed).Error);
        double scheduled = seeds.Average(seed => FitWave(hidden: 8, noise: 0.3, new ScheduledSampling(), seed).Error);
        Assert.True(scheduled < 0.5 * forced, $"scheduled sampling {scheduled}, teacher forcing {forced}");
    }

    [Theory]
    [InlineData("\"hidden\": 16", "\"hidden\": 17", "does not fit together")]
    [InlineData("\"sampling_rise\": \"linear\"", "\"sampling_rise\": \"sideways\"", "sampling_rise")]
    [InlineData("\"type\": \"JordanNetwork\"", "\"type\": \"SequenceTagger\"", "holds a SequenceTagger and not a JordanNetwork")]
    public void A_damaged_folder_is_refused_by_name(string before, string after, string words)
    {
        var random = new SeededRandom(3);
        JordanNetwork model = JordanNetwork.Fit(
            [new JordanExample(null, Wave(random, 30, 0))], new JordanNetworkSettings { Hidden = 16, Sampling = new ScheduledSampling() }, SequenceCases.Short);
        model.Save(_folder["wave"]);
        string config = Path.Combine(_folder["wave"], "config.json");
        string text = File.ReadAllText(config);
        Assert.Contains(before, text, StringComparison.Ordinal);
        File.WriteAllText(config, text.Replace(before, after, StringComparison.Ordinal));
        Assert.Contains(words, Assert.Throws<UnfoldException>(() => JordanNetwork.Load(_folder["wave"])).Message, StringComparison.Ordinal);
    }

    private static JordanExample Word(SeededRandom random, int length)
    {
        int[] letters = [.. Enumerable.Range(0, length).Select(_ => random.NextInt32(3))];
        var states = new string[length];
        for (int t = 0, state = 0; t < length; t++)
        {
            state = Next[state, letters[t]];
            states[t] = $"q{state}";
        }

        return new JordanExample(Sequence.OfSymbols([.. letters.Select(letter => $"{(char)('a' + letter)}")]), Sequence.OfSymbols(states));
    }

    /// <summary>Fits a network to short noisy waves, and takes the error of what it makes of the first five steps of longer ones.</summary>
    private static (JordanNetwork Model, double Error) FitWave(int hidden, double noise, ScheduledSampling? sampling, ulong seed)
    {
        var random = new SeededRandom(seed);
        JordanExample[] training = [.. Enumerable.Range(0, 60).Select(_ => new JordanExample(null, Wave(random, 30, noise)))];
        Sequence[] test = [.. Enumerable.Range(0, 20).Select(_ => Wave(random, 80, 0))];
        JordanNetwork model = JordanNetwork.Fit(
            training,
            new JordanNetworkSettings { Hidden = hidden, Sampling = sampling },
            new FitOptions { Epochs = 60, BatchSize = 20, LearningRate = 0.01, Seed = seed, Workers = new Workers(1) });
        return (model, test.Average(wave =>
        {
            ReadOnlyMemory<float> found = model.Predict(wave.Length, wave.Slice(0, 5)).Values;
            return Enumerable.Range(10, found.Length - 10).Average(i => Math.Pow(found.Span[i] - wave.Values.Span[i], 2));
        }));
    }

    /// <summary>A sine and a cosine of random phase.</summary>
    private static Sequence Wave(SeededRandom random, int length, double noise)
    {
        double phase = random.NextDouble() * 2 * Math.PI;
        var values = new float[2 * length];
        for (int i = 0; i < values.Length; i++)
        {
            double angle = (0.3 * (i / 2)) + phase;
            values[i] = (float)((i % 2 == 0 ? Math.Sin(angle) : Math.Cos(angle)) + (noise * random.NextNormal()));
        }

        return Sequence.OfValues(values, 2);
    }

    private static double Accuracy(JordanExample[] wanted, IReadOnlyList<Sequence> found) =>
        wanted.Zip(found, (example, sequence) => example.Output.Columns[0].Zip(sequence.Columns[0], (one, other) => one == other ? 1.0 : 0).Average()).Average();
}
