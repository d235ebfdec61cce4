using Unfold.Models;
using Unfold.Numerics;
using Unfold.Persistence;
using Unfold.Tests.Models.Sequences;
using Unfold.Tests.Support;

namespace Unfold.Tests.Persistence.Sequences;

public sealed class EncoderDecoderFilesTests
{
    [Theory]
    [InlineData(AttentionKind.None)]
    [InlineData(AttentionKind.Additive)]
    [InlineData(AttentionKind.Multiplicative)]
    public void What_is_loaded_is_what_was_saved(AttentionKind attention)
    {
        using var folder = new TemporaryFolder();
        EncoderDecoderSettings settings = Reversals.Settings(attention, CellKind.Lstm);
        settings = settings with { Decoder = settings.Decoder with { Layers = 2, Dropout = 0.25, MinimumCount = 2 } };
        EncoderDecoder model = Reversals.Random(settings);
        model.Save(folder["model"]);
        EncoderDecoder loaded = EncoderDecoder.Load(folder["model"]);
        Assert.Equal(model.Settings, loaded.Settings);
        Assert.Equal(settings with { Encoder = settings.Encoder with { Reading = Reading.Bidirectional } }, loaded.Settings);
        Assert.Equal(model.ToString(), loaded.ToString());
        Close.Same(model.Parameters.Values, loaded.Parameters.Values, "the weights");
        var options = new DecodingOptions { Beam = 3 };
        foreach (SequencePair pair in Reversals.Pairs(new SeededRandom(4), 5, 1, 6, 3))
        {
            Assert.Equal(
                model.Search(pair.Source, options).Select(hypothesis => (string.Concat(hypothesis.Symbols), hypothesis.LogProbability)),
                loaded.Search(pair.Source, options).Select(hypothesis => (string.Concat(hypothesis.Symbols), hypothesis.LogProbability)));
        }
    }

    [Theory]
    [InlineData("\"attention\": \"additive\"", "\"attention\": \"sideways\"", "attention")]
    [InlineData("\"hidden\": 7", "\"hidden\": 8", "does not fit together")]
    [InlineData("\"reading\": \"forward\"", "\"reading\": \"bidirectional\"", "reads forward")]
    public void What_was_changed_is_refused(string from, string to, string message)
    {
        using var folder = new TemporaryFolder();
        Reversals.Random(Reversals.Settings(AttentionKind.Additive)).Save(folder["model"]);
        string config = Path.Combine(folder["model"], "config.json"), text = File.ReadAllText(config);
        Assert.Contains(from, text, StringComparison.Ordinal);
        File.WriteAllText(config, text.Replace(from, to, StringComparison.Ordinal));
        Assert.Contains(message, Assert.Throws<UnfoldException>(() => EncoderDecoder.Load(folder["model"])).Message, StringComparison.Ordinal);
    }
}
