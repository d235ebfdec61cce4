using Unfold.Models;
using Unfold.Persistence;
using Unfold.Tests.Models.Forecasting;
using Unfold.Tests.Support;

namespace Unfold.Tests.Persistence.Sequences;

public sealed class ForecasterFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Config => Path.Combine(_folder["model"], "config.json");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(ForecastCases.Numbers), MemberType = typeof(ForecastCases))]
    public void A_forecaster_comes_back_with_the_same_bits(int number)
    {
        Forecaster model = Forecaster.Fit(ForecastCases.Mixed(60), ForecastCases.Settings[number], ForecastCases.Short);
        model.Save(_folder["model"]);
        Forecaster loaded = Forecaster.Load(_folder["model"]);
        Close.Same(model.Parameters.Values, loaded.Parameters.Values, "the weights");
        TimeSeries history = ForecastCases.Mixed(30, seed: 12);
        Forecast wanted = model.Predict(history), found = loaded.Predict(history);
        Assert.Equal(wanted.Targets, found.Targets);
        Assert.Equal(wanted.Levels, found.Levels);
        for (int target = 0; target < wanted.Targets.Count; target++)
        {
            Assert.Equal(wanted.Points(target), found.Points(target));
            for (int level = 0; level < wanted.Levels.Count; level++)
            {
                Assert.Equal(wanted.Quantiles(level, target), found.Quantiles(level, target));
            }
        }

        Assert.Equal(model.ToString(), loaded.ToString());
        Assert.Equal(model.HistoryNeeded, loaded.HistoryNeeded);
        Assert.Equal((model.Settings.Stride, model.Settings.ValidationFraction, model.Season), (loaded.Settings.Stride, loaded.Settings.ValidationFraction, loaded.Season));
    }

    [Fact]
    public void A_damaged_config_is_named()
    {
        Forecaster.Fit(ForecastCases.Mixed(60), ForecastCases.Settings[2], ForecastCases.Short).Save(_folder["model"]);
        string config = File.ReadAllText(Config);
        void Refused(string words, string from, string to)
        {
            Assert.Contains(from, config, StringComparison.Ordinal);
            File.WriteAllText(Config, config.Replace(from, to, StringComparison.Ordinal));
            string message = Assert.Throws<UnfoldException>(() => Forecaster.Load(_folder["model"])).Message;
            Assert.Contains(words, message, StringComparison.Ordinal);
        }

        Refused("holds a SequenceTagger and not a Forecaster", "\"Forecaster\"", "\"SequenceTagger\"");
        Refused("forecast.horizon", "\"horizon\": 6", "\"horizon\": 0");
        Refused("does not fit together", "\"horizon\": 6", "\"horizon\": 9000000");
        Refused("forecast.output", "\"output\": \"quantiles\"", "\"output\": \"guess\"");
        Refused("0.5 among them", "0.5,", "0.51,");
        Refused("validation fraction", "\"validation_fraction\": 0.2", "\"validation_fraction\": 1");
        Refused("'wind' is not among", "\"targets\": [\n      \"load\"", "\"targets\": [\n      \"wind\"");
        Refused("scales of 5 and 2", "\"known\": [", "\"known\": [\n      \"more\",");
        Refused("needs one of at least 2 steps", "\"season\": 4", "\"season\": 1");
        Refused("forecast.extra", "\"season\": 4", "\"season\": 4, \"extra\": 1");
    }
}
