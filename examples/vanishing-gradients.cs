#:project ../src/Unfold/Unfold.csproj
#:property PublishAot=false
using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Cells;
using Unfold.Layers;
using Unfold.Numerics;
using Unfold.Pictures;
using Unfold.Training;

IReadOnlyList<(string Name, LayerFlow Flow, double Norm)> flows = UntrainedNetworks.Measure();
foreach ((string name, LayerFlow flow, double norm) in flows)
{
    Console.WriteLine(FormattableString.Invariant($"{name,-30} {flow.Reading,-8} {flow.Factor:0.00} a step   gradient of the weights {norm:0.0e+00}"));
}

if (args.Length > 0)
{
    File.WriteAllText(args[0], UntrainedNetworks.Draw(flows));
}

/// <summary>Recurrent networks as they are before any training, on sequences of chance, and how far back the gradient of their last step reaches.</summary>
internal static class UntrainedNetworks
{
    private const int Time = 100, Batch = 16, Input = 8, Hidden = 64;

    private static readonly (string Name, Func<SeededRandom, FusedCell> Create)[] Networks =
    [
        ("tanh RNN, spectral radius 0.5", random => Scaled(new RnnCell(Input, Hidden, random), 0.5f)),
        ("tanh RNN, orthogonal W", random => new RnnCell(Input, Hidden, random)),
        ("tanh RNN, spectral radius 2", random => Scaled(new RnnCell(Input, Hidden, random), 2)),
        ("relu RNN, W the identity", random => new RnnCell(Input, Hidden, random, Activation.Relu)),
        ("relu RNN, spectral radius 1.1", random => Scaled(new RnnCell(Input, Hidden, random, Activation.Relu), 1.1f)),
        ("LSTM, forget bias 0", random => new LstmCell(Input, Hidden, random, forgetBias: 0)),
        ("LSTM, forget bias 1", random => new LstmCell(Input, Hidden, random)),
        ("LSTM, forget bias 3", random => new LstmCell(Input, Hidden, random, forgetBias: 3)),
        ("GRU", random => new GruCell(Input, Hidden, random)),
        ("GRU, update bias 3", random => Biased(new GruCell(Input, Hidden, random), 3)),
    ];

    /// <summary>For each network the flow, and the norm of the gradient of all its weights together.</summary>
    public static IReadOnlyList<(string Name, LayerFlow Flow, double Norm)> Measure() =>
        [.. Networks.Select(network => Measure(network.Name, network.Create(new SeededRandom(1))))];

    /// <summary>The norms as shares of that at the last step, against the distance from it.</summary>
    public static string Draw(IEnumerable<(string Name, LayerFlow Flow, double Norm)> flows)
    {
        var chart = new LineChart("How much of the gradient is left, t - k steps back") { HorizontalLabel = "t - k", VerticalLabel = "|dL/dh_k| / |dL/dh_t|", VerticalScale = AxisScale.Logarithmic, Height = 480 };
        double[] distances = [.. Enumerable.Range(0, Time).Select(distance => (double)distance)];
        foreach ((string name, LayerFlow flow, _) in flows)
        {
            chart.Add(name, distances, [.. flow.Norms.Select(norm => norm / flow.Norms[0])]);
        }

        return chart.ToSvg();
    }

    private static (string Name, LayerFlow Flow, double Norm) Measure(string name, FusedCell cell)
    {
        var random = new SeededRandom(2);
        var layer = new Recurrent(cell);
        Tensor inputs = Normal(new Shape(Time, Batch, Input), random), targets = Normal(new Shape(Batch, Hidden), random);
        GradientFlow flow = GradientFlow.Measure(new Workers(1), tape => tape.MeanSquaredError(layer.Forward(tape, SequenceInput.Of(inputs)).Final.Hidden, targets));
        double squares = 0;
        foreach (Parameter parameter in cell.Parameters)
        {
            foreach (float slope in parameter.Gradient)
            {
                squares += (double)slope * slope;
            }
        }

        return (name, flow.Layers[0], Math.Sqrt(squares));
    }

    // All eigenvalues of an orthogonal matrix, the identity among them, have the size 1: times s it has the spectral radius s.
    private static RnnCell Scaled(RnnCell cell, float s)
    {
        foreach (ref float weight in cell.RecurrentWeights!.Edit())
        {
            weight *= s;
        }

        return cell;
    }

    // The columns of the biases hold r, z and n: z near 1 keeps the state.
    private static GruCell Biased(GruCell cell, float bias)
    {
        cell.Bias.Edit().Slice(Hidden, Hidden).Fill(bias);
        return cell;
    }

    private static Tensor Normal(Shape shape, SeededRandom random)
    {
        var tensor = new Tensor(shape);
        foreach (ref float value in tensor.Edit())
        {
            value = (float)random.NextNormal();
        }

        return tensor;
    }
}
