using System.Globalization;
using Unfold.Cells;
using Unfold.Layers;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Tests.Support;

namespace Unfold.Tests.Models.Sequences;

/// <summary>What is too long, too large or not there is refused in a sentence, before anything is computed.</summary>
public sealed class SequenceLimitTests
{
    private static readonly SequenceEncoderSettings Small = new() { Hidden = 3, Embedding = 2 };

    [Fact]
    public void A_sequence_that_no_array_holds_is_refused_before_it_is_computed()
    {
        const int steps = 3_000_000;
        var example = new TaggedSequence(Sequence.OfValues(new float[steps], 1), [.. Enumerable.Range(0, steps).Select(t => t % 2 == 0 ? "x" : "y")]);
        string message = Refuses(() => SequenceTagger.Fit([example], new() { Hidden = 400 }, SequenceCases.Short));
        Assert.Contains("A batch of 1 sequence of 3,000,000 steps needs 4,800,000,000 values (17.9 GiB) in one array of LstmCell(1 -> 400", message, StringComparison.Ordinal);
        Assert.Contains("cut the sequences into shorter ones, or lower the batch size or the hidden size", message, StringComparison.Ordinal);

        // The same of the validation part, and of a prediction, which has no batch to be looked at before.
        var good = new TaggedSequence(Sequence.OfValues([1, 2], 1), ["x", "y"]);
        Assert.Contains("3,000,000 steps", Refuses(() => SequenceTagger.Fit([good], new() { Hidden = 400 }, SequenceCases.Short, [example])), StringComparison.Ordinal);
        SequenceTagger model = SequenceTagger.Fit([good], new() { Hidden = 400 }, SequenceCases.Short);
        Assert.Contains("3,000,000 steps", Refuses(() => model.Predict(example.Input)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_batch_that_no_memory_holds_is_refused()
    {
        int layers = (int)Math.Min(4000, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1L << 30)) + 2;
        var cell = new RnnCell(32, 32, new SeededRandom(1));
        var stack = new StackedLayers([.. Enumerable.Repeat(new Recurrent(cell), layers)]);

        // 3 values a unit and step: the sum, the output and its gradient.
        string message = Refuses(() => ScanMemory.RequireTraining(stack, [2_000_000, 2_000_000, 2_000_000]));
        double gigabytes = 3.0 * 4 * 32 * 6_000_000 * layers / (1 << 30);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"A batch of 3 sequences of up to 2,000,000 steps needs {gigabytes:N1} GiB in the recurrent layers, but this machine has"), message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(AttentionKind.Additive)]
    [InlineData(AttentionKind.Multiplicative)]
    public void Weights_of_an_attention_that_no_array_holds_are_refused_before_they_are_computed(AttentionKind attention)
    {
        string[] letters = [.. Enumerable.Range(0, 60_000).Select(i => i % 3 == 0 ? "a" : "b")];
        string message = Refuses(() => EncoderDecoder.Fit([new SequencePair(letters, letters)], Reversals.Settings(attention), SequenceCases.Short));
        Assert.Contains("Attention(7 x 12", message, StringComparison.Ordinal);
        Assert.Contains("a batch of 1 with up to 60,001 queries of 60,000 steps has 3,600,060,000 weights", message, StringComparison.Ordinal);
        Assert.Contains("cut the sequences into shorter ones, or lower the batch size", message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_null_is_refused_where_it_is_given()
    {
        Sequence step = Sequence.OfSymbols(["a"]);
        Assert.Contains("Column 0 of a sequence's symbols is null", Refuses(() => Sequence.OfSymbols([null!])), StringComparison.Ordinal);
        Assert.Contains("Column 1 of a sequence's symbols is null", Refuses(() => Sequence.OfSymbols(["a"], null!)), StringComparison.Ordinal);
        Assert.Contains("A symbol is text; found null", Refuses(() => Sequence.OfSymbols(["a", null!])), StringComparison.Ordinal);
        Assert.Contains("half of one (\\uD83D)", Refuses(() => Sequence.OfSymbols(["\uD83D"])), StringComparison.Ordinal);
        Assert.Contains("found null", Refuses(() => _ = new GeneratedSequence(step, ["a", null!])), StringComparison.Ordinal);
        Assert.Contains("found null", Refuses(() => _ = new TaggedSequence(step, [null!])), StringComparison.Ordinal);
        Assert.Contains("found null", Refuses(() => SymbolTable.Build(["a", null!])), StringComparison.Ordinal);
        SequencePair pair = new(["a"], ["b"]);
        EncoderDecoderSettings settings = Reversals.Settings(AttentionKind.None);
        Assert.Contains("The validation example 1 is missing", Refuses(() => EncoderDecoder.Fit([pair], settings, SequenceCases.Short, [pair, null!])), StringComparison.Ordinal);
        var example = new JordanExample(null, Sequence.OfValues([1, 2], 1));
        Assert.Contains("The validation example 0 is missing", Refuses(() => JordanNetwork.Fit([example], new(), SequenceCases.Short, [null!])), StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_that_are_null_are_named()
    {
        Assert.Contains("The setting Lstm is null", Refuses(() => (Small with { Lstm = null! }).Validate()), StringComparison.Ordinal);
        Assert.Contains("The setting Hidden is null", Refuses(() => new LanguageModelSettings { Hidden = null! }.Validate()), StringComparison.Ordinal);
        Assert.Contains("The setting Lstm is null", Refuses(() => new LanguageModelSettings { Lstm = null! }.Validate()), StringComparison.Ordinal);
        Assert.Contains("The CellKind 99 is not known", Refuses(() => new LanguageModelSettings { Cell = (CellKind)99 }.Validate()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_measure_that_is_no_number_is_refused()
    {
        var example = new TaggedSequence(Sequence.OfSymbols(["a", "b"]), ["x", "y"]);
        SequenceTagger model = SequenceTagger.Fit([example], Small, SequenceCases.Short);
        model.Parameters.Edit()[..].Fill(float.NaN);
        Assert.Contains("The model's loss is not a number", Refuses(() => model.Measure([example])), StringComparison.Ordinal);
    }

    [Fact]
    public void Calls_one_after_the_other_and_side_by_side_give_the_same_bits()
    {
        Sequence[] inputs = SequenceCases.Mixed(24, 5);
        SequenceTagger model = SequenceCases.Loud(new SequenceTagger(SequenceSchema.Learn(inputs), new LabelTable(["x", "y", "z"]), Small, new SeededRandom(1)));
        float[] Of(int i) => [.. model.Predict(inputs[i]).SelectMany(tag => tag.Probabilities.ToArray())];
        float[][] wanted = [.. inputs.Select(input => model.Predict([input], new Workers(1))[0].SelectMany(tag => tag.Probabilities.ToArray()).ToArray())];
        IReadOnlyList<IReadOnlyList<Classification>> first = model.Predict(inputs, cancellation: TestContext.Current.CancellationToken);
        float[] before = [.. first[3].SelectMany(tag => tag.Probabilities.ToArray())];
        Parallel.For(0, 4 * inputs.Length, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
        {
            Close.Same(wanted[i % inputs.Length], Of(i % inputs.Length), $"call {i}");
            if (i % 16 == 0)
            {
                Assert.Equal(inputs.Length, model.Predict(inputs).Count);
            }
        });

        // A sequence that is no good leaves nothing behind, and what was found stays as it was.
        Refuses(() => model.Predict(Sequence.OfSymbols(["w1"])));
        Close.Same(wanted[3], Of(3), "after a failure");
        Assert.Equal(before, first[3].SelectMany(tag => tag.Probabilities.ToArray()));
    }

    [Fact]
    public void A_prediction_takes_no_new_chunk_of_memory_each_time()
    {
        Sequence input = SequenceCases.Mixed(1, 5)[0];
        SequenceTagger model = new(SequenceSchema.Learn([input]), new LabelTable(["x", "y"]), Small, new SeededRandom(1));
        model.Predict(input);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++)
        {
            model.Predict(input);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    private static string Refuses(Action action) => Assert.Throws<UnfoldException>(action).Message;
}
