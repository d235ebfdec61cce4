using Unfold.Autograd;
using Unfold.Models;

namespace Unfold.Bench;

/// <summary>The equations of a language model in double precision, one loop per sum: what the fast one is compared with.</summary>
internal sealed class NaiveLanguageModel
{
    private readonly LanguageModelSettings _settings;
    private readonly Dictionary<string, double[]> _parameters;

    public NaiveLanguageModel(LanguageModel model)
        : this(model.Settings, model.Parameters.ToDictionary(parameter => parameter.Name, Doubles))
    {
    }

    private NaiveLanguageModel(LanguageModelSettings settings, Dictionary<string, double[]> parameters)
    {
        _settings = settings;
        _parameters = parameters;
    }

    /// <summary>The model with all parameters moved along a direction.</summary>
    public NaiveLanguageModel Moved(IReadOnlyDictionary<string, float[]> direction, double distance) =>
        new(_settings, _parameters.ToDictionary(entry => entry.Key, entry => Moved(entry.Value, direction[entry.Key], distance)));

    /// <summary>The mean cross-entropy in nats of the first rows of a batch, from a state of zeros; a negative target is left out.</summary>
    public double Loss(int[] inputs, int[] targets, int batch, int rows, LossOver over)
    {
        double sum = 0;
        int counted = 0;
        for (int row = 0; row < rows; row++)
        {
            State[] states = [.. Enumerable.Range(0, _settings.Layers).Select(_ => new State(_settings.Hidden[0]))];
            for (int at = row; at < inputs.Length; at += batch)
            {
                double[] h = Step(inputs[at], states);
                if (targets[at] >= 0 && (over == LossOver.All || at >= inputs.Length - batch))
                {
                    sum += CrossEntropy(h, targets[at]);
                    counted++;
                }
            }
        }

        return sum / counted;
    }

    private double[] Step(int token, State[] states)
    {
        double[] x = [];
        for (int layer = 0; layer < states.Length; layer++)
        {
            string name = $"layers.{layer}";
            double[] bias = _parameters[$"{name}.bias"];
            double[] sums = [.. bias];
            if (layer == 0 && _settings.Embedding == 0)
            {
                AddRow(_parameters[$"{name}.input_weights"], token, 1, sums);
            }
            else
            {
                x = layer == 0 ? Row(_parameters["embedding.weights"], token, _settings.Embedding) : x;
                AddProduct(x, _parameters[$"{name}.input_weights"], sums);
            }

            double[] recurrent = new double[sums.Length];
            AddProduct(states[layer].Hidden, _parameters[$"{name}.recurrent_weights"], recurrent);
            states[layer].Move(_settings.Cell, sums, recurrent, _parameters.GetValueOrDefault($"{name}.recurrent_bias"));
            x = states[layer].Hidden;
        }

        return x;
    }

    private double CrossEntropy(double[] h, int target)
    {
        double[] logits = [.. _parameters["output.bias"]];
        AddProduct(h, _parameters["output.weights"], logits);
        double largest = logits.Max();
        return Math.Log(logits.Sum(logit => Math.Exp(logit - largest))) + largest - logits[target];
    }

    private static void AddProduct(double[] x, double[] weights, double[] sums)
    {
        for (int i = 0; i < x.Length; i++)
        {
            AddRow(weights, i, x[i], sums);
        }
    }

    private static void AddRow(double[] weights, int row, double factor, double[] sums)
    {
        ReadOnlySpan<double> values = weights.AsSpan(row * sums.Length, sums.Length);
        for (int j = 0; j < sums.Length; j++)
        {
            sums[j] += factor * values[j];
        }
    }

    private static double[] Row(double[] table, int row, int width) => table[(row * width)..((row + 1) * width)];

    private static double[] Doubles(Parameter parameter)
    {
        double[] values = new double[parameter.Shape.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = parameter.Values[i];
        }

        return values;
    }

    private static double[] Moved(double[] values, float[] direction, double distance)
    {
        double[] moved = new double[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            moved[i] = values[i] + (distance * direction[i]);
        }

        return moved;
    }

    private sealed class State(int size)
    {
        private readonly double[] _cell = new double[size];

        public double[] Hidden { get; } = new double[size];

        /// <summary>Moves one step on, from x U + b and h W.</summary>
        public void Move(CellKind kind, double[] sums, double[] recurrent, double[]? recurrentBias)
        {
            for (int k = 0; k < size; k++)
            {
                double Gate(int gate) => sums[(gate * size) + k] + recurrent[(gate * size) + k];
                if (kind == CellKind.Rnn)
                {
                    Hidden[k] = Math.Tanh(Gate(0));
                }
                else if (kind == CellKind.Lstm)
                {
                    _cell[k] = (Sigmoid(Gate(1)) * _cell[k]) + (Sigmoid(Gate(0)) * Math.Tanh(Gate(2)));
                    Hidden[k] = Sigmoid(Gate(3)) * Math.Tanh(_cell[k]);
                }
                else
                {
                    double product = recurrent[(2 * size) + k] + recurrentBias![k];
                    double candidate = Math.Tanh(sums[(2 * size) + k] + (Sigmoid(Gate(0)) * product));
                    double update = Sigmoid(Gate(1));
                    Hidden[k] = ((1 - update) * candidate) + (update * Hidden[k]);
                }
            }
        }

        private static double Sigmoid(double a) => 1 / (1 + Math.Exp(-a));
    }
}
