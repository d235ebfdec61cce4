using Unfold.Cells;
using Unfold.Layers;
using Unfold.Reference;

namespace Unfold.Models;

/// <summary>
/// A language model in the plainest form: a token's one-hot vector or its row of the embedding, the recurrent layers one
/// over the other, logits = h W + b, cross-entropy. Double precision, one sequence after the other, no dropout.
/// </summary>
/// <remarks>The layers say which equations to use and how their parameters are called; the values come with each call.</remarks>
public sealed class ReferenceLanguageModel
{
    private readonly Embedding? _embedding;
    private readonly IReadOnlyList<FusedCell> _cells;
    private readonly IReadOnlyList<bool> _residual;
    private readonly Dense _output;

    /// <summary>Describes a model by its layers.</summary>
    /// <param name="embedding">Null where the tokens come as one-hot vectors.</param>
    /// <param name="cells">The recurrent layers, from below.</param>
    /// <param name="output">From the outputs of the last cell to the logits.</param>
    public ReferenceLanguageModel(Embedding? embedding, IReadOnlyList<FusedCell> cells, Dense output)
    {
        ArgumentNullException.ThrowIfNull(cells);
        ArgumentNullException.ThrowIfNull(output);
        (_embedding, _cells, _residual, _output) = (embedding, cells, [.. cells.Select(_ => false)], output);
    }

    /// <summary>Describes a model.</summary>
    /// <param name="model">The model; its own single-precision values are not read.</param>
    /// <exception cref="ArgumentException">There are no reference equations of one of its cells, or of its output.</exception>
    public ReferenceLanguageModel(LanguageModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        _embedding = model.Embedding;
        _cells = [.. model.Stack.Layers.Select(layer => (layer as Recurrent)?.Cell as FusedCell
            ?? throw new ArgumentException($"There are no reference equations of {layer}.", nameof(model)))];
        _residual = [.. model.Stack.Layers.Select((_, layer) => model.Stack.IsResidual(layer))];
        _output = (model.Output as SoftmaxOutput)?.Projection ?? throw new ArgumentException($"There are no reference equations of {model.Output}.", nameof(model));
    }

    /// <summary>The mean cross-entropy, in nats, over all targets that are not negative, each sequence starting from zeros.</summary>
    /// <param name="parameters">The values by parameter name.</param>
    /// <param name="tokens">T * B tokens in order of time: [t * B + b]. A negative one stands for a vector of zeros.</param>
    /// <param name="targets">T * B targets in the same order. Leave all but the last step negative for a loss over the last step.</param>
    /// <param name="batch">B.</param>
    /// <exception cref="ArgumentException">There is not one target a token, or they are not whole steps, or no target counts.</exception>
    public double Loss(IReadOnlyDictionary<string, double[]> parameters, IReadOnlyList<int> tokens, IReadOnlyList<int> targets, int batch)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentNullException.ThrowIfNull(targets);
        if (batch < 1 || tokens.Count % batch != 0 || targets.Count != tokens.Count)
        {
            throw new ArgumentException($"Tokens and targets must be the same whole steps of a batch of {batch}; found {tokens.Count} and {targets.Count}.", nameof(targets));
        }

        double sum = 0;
        int counted = 0;
        for (int b = 0; b < batch; b++)
        {
            double[][] logits = Logits(parameters, [.. Enumerable.Range(0, tokens.Count / batch).Select(t => tokens[(t * batch) + b])]);
            for (int t = 0; t < logits.Length; t++)
            {
                int target = targets[(t * batch) + b];
                if (target >= 0)
                {
                    sum += ReferenceMath.CrossEntropy(logits[t], target);
                    counted++;
                }
            }
        }

        return counted > 0 ? sum / counted : throw new ArgumentException("No target counts: all are negative.", nameof(targets));
    }

    /// <summary>The logits of each step of one sequence that starts from zeros.</summary>
    /// <param name="parameters">The values by parameter name.</param>
    /// <param name="tokens">The tokens of one sequence.</param>
    /// <returns>(T) times (V).</returns>
    public double[][] Logits(IReadOnlyDictionary<string, double[]> parameters, IReadOnlyList<int> tokens)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(tokens);
        double[][] rows = [.. tokens.Select(token => Vector(parameters, token))];
        for (int layer = 0; layer < _cells.Count; layer++)
        {
            double[][] below = rows;
            rows = ReferenceSequence.Run(_cells[layer], parameters, rows, ReferenceSequence.Zero(_cells[layer])).Outputs;
            if (_residual[layer])
            {
                rows = [.. rows.Zip(below, (y, x) => y.Zip(x, (a, b) => a + b).ToArray())];
            }
        }

        double[] W = parameters[_output.Weights.Name], b = parameters[_output.Bias.Name];
        bool tied = _output.Weights == _embedding?.Weights;
        return [.. rows.Select(h => Enumerable.Range(0, b.Length).Select(j => (tied ? Row(h, W, j) : ReferenceMath.Column(h, W, j)) + b[j]).ToArray())];
    }

    /// <summary>The product of h with row j of E.</summary>
    private static double Row(double[] h, double[] E, int j) => h.Select((value, i) => value * E[(j * h.Length) + i]).Sum();

    /// <summary>One-hot: zeros with a one at the token. Embedding: row [token] of E.</summary>
    private double[] Vector(IReadOnlyDictionary<string, double[]> parameters, int token)
    {
        int width = _embedding?.Weights.Shape[1] ?? _cells[0].InputSize;
        var x = new double[width];
        if (token < 0)
        {
            return x;
        }

        if (_embedding is null)
        {
            x[token] = 1;
        }
        else
        {
            Array.Copy(parameters[_embedding.Weights.Name], token * width, x, 0, width);
        }

        return x;
    }
}
