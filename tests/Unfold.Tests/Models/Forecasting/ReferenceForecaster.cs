using Unfold.Models;
using Unfold.Numerics;
using Unfold.Reference;

namespace Unfold.Tests.Models.Forecasting;

/// <summary>A forecaster with one simple recurrent layer, in double precision, one window at a time and all indices written out.</summary>
internal static class ReferenceForecaster
{
    public static double Loss(Forecaster model, IReadOnlyDictionary<string, double[]> values, ForecastWindow window)
    {
        double[] output = Output(model, values, window);
        ForecasterSettings settings = model.Settings;
        int targets = model.Targets.Count, count = settings.Horizon * targets;
        double sum = 0;
        for (int step = 0; step < settings.Horizon; step++)
        {
            for (int target = 0; target < targets; target++)
            {
                double came = Transformed(model, window.Series.Values(model.Targets[target])[window.Origin + step]);
                double wanted = (came - Taken(model, window, step, target) - model.TargetScale.Means[target]) / model.TargetScale.Deviations[target];
                sum += One(settings, [.. Enumerable.Range(0, output.Length / count).Select(block => output[(block * count) + (step * targets) + target])], wanted);
            }
        }

        return sum / count;
    }

    public static (double[] Points, double[][] Quantiles) Predict(Forecaster model, IReadOnlyDictionary<string, double[]> values, ForecastWindow window)
    {
        double[] output = Output(model, values, window);
        ForecasterSettings settings = model.Settings;
        int targets = model.Targets.Count, count = settings.Horizon * targets;
        double Value(int i, double z)
        {
            double x = Taken(model, window, i / targets, i % targets) + model.TargetScale.Means[i % targets] + (model.TargetScale.Deviations[i % targets] * z);
            return settings.Transform switch { ValueTransform.SquareRoot => Math.Pow(Math.Max(x, 0), 2), ValueTransform.Log => Math.Exp(x), _ => x };
        }

        double[] points = [.. Enumerable.Range(0, count).Select(i => Value(i, output[i]))];
        if (settings.Output is ForecastOutput.Mean or ForecastOutput.Median)
        {
            return (points, []);
        }

        double[][] sorted =
        [
            .. Enumerable.Range(0, count).Select(i => settings.Levels
                .Select((q, level) => Value(i, settings.Output == ForecastOutput.Gaussian ? output[i] + (NormalQuantile.Of(q) * (Math.Log(1 + Math.Exp(output[count + i])) + 0.001)) : output[(level * count) + i]))
                .Order().ToArray()),
        ];
        double[][] quantiles = [.. Enumerable.Range(0, settings.Levels.Count).Select(level => sorted.Select(one => one[level]).ToArray())];
        return (quantiles[settings.Levels.ToList().IndexOf(0.5)], quantiles);
    }

    private static double One(ForecasterSettings settings, double[] found, double wanted)
    {
        double Pinball(double q, double p) => Math.Max(q * (wanted - p), (q - 1) * (wanted - p));
        switch (settings.Output)
        {
            case ForecastOutput.Mean:
                return (wanted - found[0]) * (wanted - found[0]);
            case ForecastOutput.Median:
                return Math.Abs(wanted - found[0]);
            case ForecastOutput.Gaussian:
                double deviation = Math.Log(1 + Math.Exp(found[1])) + 0.001, z = (wanted - found[0]) / deviation;
                return (0.5 * Math.Log(Math.Tau)) + Math.Log(deviation) + (0.5 * z * z);
            default:
                return settings.Levels.Select((q, level) => Pinball((float)q, found[level])).Average();
        }
    }

    private static double[] Output(Forecaster model, IReadOnlyDictionary<string, double[]> values, ForecastWindow window)
    {
        (TimeSeries series, int origin) = (window.Series, window.Origin);
        Standardization scale = model.Encoder.Schema.Values!;
        double[] h = new double[model.Settings.Encoder.Hidden];
        for (int t = origin - model.Settings.InputLength; t < origin; t++)
        {
            double[] x = new double[model.Names.Count + model.KnownNames.Count];
            for (int i = 0; i < model.Names.Count; i++)
            {
                ReadOnlySpan<double> column = series.Values(model.Names[i]);
                x[i] = Transformed(model, column[t]) - model.Settings.Scaling switch
                {
                    WindowScaling.SubtractLast => Transformed(model, column[origin - 1]),
                    WindowScaling.SubtractSeason => Transformed(model, column[t - model.Season]),
                    _ => 0,
                };
            }

            for (int i = 0; i < model.KnownNames.Count; i++)
            {
                x[model.Names.Count + i] = series.Known(i)[t];
            }

            x = [.. x.Select((value, i) => (value - scale.Means[i]) / scale.Deviations[i])];
            h = ReferenceRnn.Step(x, h, values["encoder.layers.0.input_weights"], values["encoder.layers.0.recurrent_weights"], values["encoder.layers.0.bias"], Activation.Tanh);
        }

        List<double> features = [.. h];
        for (int step = 0; step < model.Settings.Horizon; step++)
        {
            for (int i = 0; i < model.KnownNames.Count; i++)
            {
                features.Add((series.Known(i)[origin + step] - scale.Means[model.Names.Count + i]) / scale.Deviations[model.Names.Count + i]);
            }
        }

        double[] weights = values["head.weights"], bias = values["head.bias"];
        return [.. bias.Select((b, j) => b + features.Select((feature, i) => feature * weights[(i * bias.Length) + j]).Sum())];
    }

    private static double Taken(Forecaster model, ForecastWindow window, int step, int target)
    {
        ReadOnlySpan<double> column = window.Series.Values(model.Targets[target]);
        int season = model.Season, before = window.Origin + step;
        while (before >= window.Origin)
        {
            before -= season;
        }

        return model.Settings.Scaling switch
        {
            WindowScaling.SubtractLast => Transformed(model, column[window.Origin - 1]),
            WindowScaling.SubtractSeason => Transformed(model, column[before]),
            _ => 0,
        };
    }

    private static double Transformed(Forecaster model, double value) => model.Settings.Transform switch
    {
        ValueTransform.SquareRoot => Math.Sqrt(value),
        ValueTransform.Log => Math.Log(value),
        _ => value,
    };
}
