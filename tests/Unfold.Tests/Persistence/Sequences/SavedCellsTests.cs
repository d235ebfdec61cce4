using Unfold.Cells;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Persistence;
using Unfold.Tests.Models.Sequences;
using Unfold.Tests.Support;

namespace Unfold.Tests.Persistence.Sequences;

/// <summary>Every model comes back whatever the widths of its cell's output and memory are.</summary>
public sealed class SavedCellsTests : IDisposable
{
    private static readonly CellFactory Factory = (input, hidden, random, name) => new WideMemoryCell(input, hidden, random, name);

    private static readonly Dictionary<string, SequenceEncoderSettings> Cells = new(StringComparer.Ordinal)
    {
        ["plain"] = new() { Hidden = 5 },
        ["projection"] = new() { Hidden = 6, Layers = 2, Lstm = new() { Projection = 4 } },
        ["normalization"] = new() { Hidden = 3, Lstm = new() { LayerNormalization = true } },
        ["gru"] = new() { Hidden = 4, Cell = CellKind.Gru },
        ["custom"] = new() { Hidden = 4, Layers = 2, Cell = CellKind.Custom, CustomCell = Factory },
    };

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Names => [.. Cells.Keys];

    public static TheoryData<string, string> Pairs => [.. Cells.Keys.SelectMany(encoder => Cells.Keys.Select(decoder => (encoder, decoder)))];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Pairs))]
    public void An_encoder_decoder_comes_back(string encoder, string decoder)
    {
        EncoderDecoder model = Reversals.Random(new()
        {
            Encoder = Cells[encoder] with { Embedding = 3 },
            Decoder = Cells[decoder] with { Hidden = 7, Embedding = 2, Reading = Reading.Forward },
            Attention = AttentionKind.Multiplicative,
        });
        model.Save(_folder["model"]);
        EncoderDecoder loaded = EncoderDecoder.Load(_folder["model"], Factory);
        Sequence source = Sequence.OfSymbols(["a", "c", "b"]);
        Hypothesis wanted = model.Search(source)[0], found = loaded.Search(source)[0];
        Assert.Equal((string.Concat(wanted.Symbols), wanted.LogProbability), (string.Concat(found.Symbols), found.LogProbability));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_generator_comes_back(string cell)
    {
        Sequence[] inputs = [.. SequenceCases.Mixed(4, 21).Select(input => input.Slice(0, 1))];
        var model = SequenceCases.Loud(new SequenceGenerator(
            SequenceSchema.Learn(SequenceCases.Mixed(5, 1)), new SymbolTable(["a", "b"]), 4, Cells[cell] with { Reading = Reading.Forward, Embedding = 3, MinimumCount = 2 }, new SeededRandom(1)));
        model.Save(_folder["model"]);
        SequenceGenerator loaded = SequenceGenerator.Load(_folder["model"], Factory);
        Close.Same(new SequenceGeneratorSession(model, inputs).Logits(3), new SequenceGeneratorSession(loaded, inputs).Logits(3), cell);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_tagger_and_a_frame_predictor_come_back(string cell)
    {
        SequenceSchema schema = SequenceSchema.Learn(SequenceCases.Mixed(5, 1));
        Sequence input = SequenceCases.Mixed(1, 8)[0];
        var tagger = SequenceCases.Loud(new SequenceTagger(schema, new LabelTable(["x", "y", "z"]), Cells[cell], new SeededRandom(1)));
        tagger.Save(_folder["tagger"]);
        Close.Same(tagger.Predict(input)[^1].Probabilities.Span, SequenceTagger.Load(_folder["tagger"], Factory).Predict(input)[^1].Probabilities.Span, cell);
        var predictor = SequenceCases.Loud(new FramePredictor(schema, FrameKind.Values, Cells[cell] with { Reading = Reading.Forward }, new SeededRandom(1)));
        predictor.Save(_folder["predictor"]);
        Assert.Equal(predictor.Predict(input)[^1], FramePredictor.Load(_folder["predictor"], Factory).Predict(input)[^1]);
    }

    [Theory]
    [InlineData(CellKind.Rnn, 3 + 3)]
    [InlineData(CellKind.Gru, 4 + 3)]
    [InlineData(CellKind.MinGru, 2 + 3)]
    public void Tensors_are_counted_as_those_of_the_model(CellKind cell, int tensors)
    {
        var settings = new LanguageModelSettings { Cell = cell, Hidden = 5, Embedding = 3 };
        var vocabulary = new Unfold.Text.Vocabulary(Unfold.Text.TokenKind.Character, Unfold.Text.LetterCase.Kept, ["a"]);
        Assert.Equal(tensors, settings.CountTensors(vocabulary.Count));
        Assert.Equal(tensors, new LanguageModel(settings, vocabulary, new SeededRandom(1)).Parameters.Count);
    }

    [Fact]
    public void The_article_is_that_of_the_name()
    {
        Reversals.Random(Reversals.Settings(AttentionKind.None)).Save(_folder["model"]);
        string message = Assert.Throws<UnfoldException>(() => SequenceTagger.Load(_folder["model"])).Message;
        Assert.Contains("holds an EncoderDecoder and not a SequenceTagger", message, StringComparison.Ordinal);
        Assert.Contains("\nAn EncoderDecoder of Unfold", File.ReadAllText(Path.Combine(_folder["model"], "README.md")), StringComparison.Ordinal);
    }
}
