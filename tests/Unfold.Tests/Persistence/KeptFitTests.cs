using System.Reflection;
using System.Text.RegularExpressions;
using Unfold.Cells;
using Unfold.Models;
using Unfold.Persistence;

namespace Unfold.Tests.Persistence;

/// <summary>Of every model: stopped and resumed it has the bits of one that was never stopped, and with another setting it is not taken for the same.</summary>
public sealed partial class KeptFitTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Models => [.. KeptFits.Rows.Keys];

    private string Path => _folder["fit.safetensors"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Models))]
    public void Stopped_and_resumed_it_has_the_same_bits(string model)
    {
        KeptFits.Row row = KeptFits.Rows[model];
        int all = 0;
        SequenceModel whole = row.Fit(KeptFits.Options with { Progress = _ => all++ });
        Assert.True(all >= 6, $"{all} updates");
        for (int updates = 1; updates < all; updates++)
        {
            File.Delete(Path);
            Assert.True(row.Fit(KeptFits.Stopping(KeptFits.Options, updates).KeptIn(Path)).Training!.Stopped);
            SequenceModel resumed = row.Fit(KeptFits.Options.KeptIn(Path));
            Assert.True(whole.Parameters.Values.SequenceEqual(resumed.Parameters.Values), $"The weights differ after {updates} updates.");
            Assert.Equal(whole.Training!.Epochs, resumed.Training!.Epochs);
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Another_setting_is_refused_by_its_name(string model)
    {
        KeptFits.Row row = KeptFits.Rows[model];
        row.Fit(KeptFits.Stopping(KeptFits.Options, updates: 4).KeptIn(Path));
        byte[] kept = File.ReadAllBytes(Path);
        foreach ((string word, Func<FitOptions, SequenceModel> fit) in row.Others)
        {
            string message = Assert.Throws<UnfoldException>(() => fit(KeptFits.Options.KeptIn(Path))).Message;
            Assert.Matches($"^{Regex.Escape(Path)} was saved with other settings than the run has now: {word}=[^ ]+ there, {word}=[^ ]+ here; give the same ones again, or delete the file to begin anew\\.$", message);
        }

        Assert.Equal(kept, File.ReadAllBytes(Path));
        Assert.False(row.Fit(KeptFits.Options.KeptIn(Path)).Training!.Stopped);
    }

    [Fact]
    public void A_model_of_another_kind_is_refused_and_another_dropout_is_not()
    {
        KeptFits.FitTagger(0.2, KeptFits.Stopping(KeptFits.Options, updates: 4).KeptIn(Path));
        string message = Assert.Throws<UnfoldException>(() => KeptFits.Rows[nameof(SequenceClassifier)].Fit(KeptFits.Options.KeptIn(Path))).Message;
        Assert.Contains("model=SequenceTagger there, model=SequenceClassifier here", message, StringComparison.Ordinal);
        Assert.False(KeptFits.FitTagger(0.3, KeptFits.Options.KeptIn(Path)).Training!.Stopped);
    }

    [Fact]
    public void Every_setting_of_a_model_is_compared_but_dropout_and_a_cell_of_ones_own()
    {
        RequireAll<SequenceEncoderSettings>(ModelChoices.Of(new SequenceEncoderSettings()), "encoder", nameof(SequenceEncoderSettings.Dropout), nameof(SequenceEncoderSettings.CustomCell));
        RequireAll<JordanNetworkSettings>(ModelChoices.Of(new JordanNetworkSettings()), "network");
        var frame = new ForecastFrame(new ForecasterSettings(), ["a b", "c,d"], [], 1);
        RequireAll<ForecasterSettings>([.. ModelChoices.Of(frame), "forecast.encoder="], "forecast");
        Assert.Contains("forecast.variables=a%20b,c%2Cd", ModelChoices.Of(frame));
        RequireAll<EncoderDecoderSettings>([.. ModelChoices.Of(new EncoderDecoderSettings()).Select(word => $"pair.{word}"), "pair.encoder=", "pair.decoder="], "pair");
    }

    [Fact]
    public void The_options_of_an_lstm_are_compared_but_dropout()
    {
        string Word(LstmOptions options) => ModelChoices.Of(new SequenceEncoderSettings { Lstm = options }).Single(word => word.StartsWith("encoder.lstm=", StringComparison.Ordinal));
        Assert.Equal("encoder.lstm=plain", Word(new() { RecurrentDropout = 0.3 }));
        Assert.Equal("encoder.lstm=peepholes,forget-bias=0.5,zoneout-hidden=0.1", Word(new() { Peepholes = true, ForgetBias = 0.5, ZoneoutHidden = 0.1 }));
    }

    /// <summary>A property that is added later is to be compared too, or named here.</summary>
    private static void RequireAll<T>(IEnumerable<string> words, string part, params string[] exempt)
    {
        string[] names = [.. words.Select(word => word.Split('=')[0])];
        IEnumerable<string> settings = typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite).Select(property => property.Name);
        Assert.Empty(settings.Except(exempt).Select(name => $"{part}.{Capital().Replace(name, "_$0").ToLowerInvariant()}").Except(names));
    }

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex Capital();
}
