using Unfold.Cells;
using Unfold.Layers;
using Unfold.Models;
using Unfold.Reference;

namespace Unfold.Tests.Support;

/// <summary>A <see cref="SequenceEncoder"/> once more, one sequence at a time and in double precision, from the values of its parameters by name.</summary>
public static class ReferenceEncoder
{
    /// <summary>The outputs of all steps, and what the last layer ends with: h of the forward and, where there is one, of the backward direction.</summary>
    public static (double[][] Outputs, double[][] Finals) Run(SequenceEncoder encoder, IReadOnlyDictionary<string, double[]> values, Sequence sequence)
    {
        double[][] rows = [.. Enumerable.Range(0, sequence.Length).Select(t => Input(encoder, values, sequence, t))];
        double[][] finals = [];
        for (int layer = 0; layer < encoder.Stack.Layers.Count; layer++)
        {
            double[][] outputs;
            (outputs, finals) = RunLayer(encoder.Stack.Layers[layer], values, rows);
            bool residual = encoder.Settings.Connection == StackConnection.Residual && layer > 0 && rows[0].Length == outputs[0].Length;
            rows = residual ? [.. outputs.Select((output, t) => Add(output, rows[t]))] : outputs;
        }

        return (rows, finals);
    }

    /// <summary>Pooled outputs.</summary>
    public static double[] Summary(SequenceEncoder encoder, IReadOnlyDictionary<string, double[]> values, Sequence sequence)
    {
        (double[][] outputs, double[][] finals) = Run(encoder, values, sequence);
        return encoder.Settings.Pooling switch
        {
            Pooling.Mean => [.. Enumerable.Range(0, outputs[0].Length).Select(j => outputs.Average(row => row[j]))],
            Pooling.Max => [.. Enumerable.Range(0, outputs[0].Length).Select(j => outputs.Max(row => row[j]))],
            _ => finals.Length == 1 ? finals[0] : Merged(encoder.Settings.Merge, finals[0], finals[1]),
        };
    }

    /// <summary>x W + b by the name of the layer.</summary>
    public static double[] Dense(IReadOnlyDictionary<string, double[]> values, string name, double[] x)
    {
        double[] y = [.. values[$"{name}.bias"]];
        double[] weights = values[$"{name}.weights"];
        for (int i = 0; i < x.Length; i++)
        {
            for (int j = 0; j < y.Length; j++)
            {
                y[j] += x[i] * weights[(i * y.Length) + j];
            }
        }

        return y;
    }

    /// <summary>-log softmax(logits)[target].</summary>
    public static double CrossEntropy(double[] logits, int target) =>
        Math.Log(logits.Sum(logit => Math.Exp(logit - logits[target])));

    private static double[] Input(SequenceEncoder encoder, IReadOnlyDictionary<string, double[]> values, Sequence sequence, int t)
    {
        SequenceSchema schema = encoder.Schema;
        if (encoder.Settings.Embedding == 0 && schema.Columns.Count > 0)
        {
            double[] hot = new double[schema.Columns[0].Count];
            hot[schema.Columns[0][sequence.Columns[0][t]]] = 1;
            return hot;
        }

        var input = new List<double>();
        for (int i = 0; i < schema.Width; i++)
        {
            input.Add((sequence.Values.Span[(t * schema.Width) + i] - schema.Values!.Means[i]) / schema.Values.Deviations[i]);
        }

        for (int column = 0; column < schema.Columns.Count; column++)
        {
            double[] table = values[$"encoder.embeddings.{column}.weights"];
            int width = table.Length / schema.Columns[column].Count;
            input.AddRange(table.Skip(schema.Columns[column][sequence.Columns[column][t]] * width).Take(width));
        }

        return [.. input];
    }

    private static (double[][] Outputs, double[][] Finals) RunLayer(SequenceLayer layer, IReadOnlyDictionary<string, double[]> values, double[][] rows)
    {
        if (layer is Recurrent recurrent)
        {
            (double[][] outputs, ReferenceState final) = RunCell(recurrent.Cell, values, rows);
            return (outputs, [final.H]);
        }

        var both = (Bidirectional)layer;
        (double[][] forward, ReferenceState last) = RunCell(both.ForwardCell, values, rows);
        (double[][] backward, ReferenceState first) = RunCell(both.BackwardCell, values, [.. rows.Reverse()]);
        Array.Reverse(backward);
        return ([.. forward.Select((row, t) => Merged(both.Merge, row, backward[t]))], [last.H, first.H]);
    }

    private static (double[][] Outputs, ReferenceState Final) RunCell(Cell cell, IReadOnlyDictionary<string, double[]> values, double[][] rows) =>
        ReferenceSequence.Run((FusedCell)cell, values, rows, ReferenceSequence.Zero(cell));

    private static double[] Merged(Merge merge, double[] forward, double[] backward) => merge switch
    {
        Merge.Concatenate => [.. forward, .. backward],
        Merge.Sum => Add(forward, backward),
        Merge.Average => [.. forward.Select((value, j) => (value + backward[j]) / 2)],
        _ => [.. forward.Select((value, j) => value * backward[j])],
    };

    private static double[] Add(double[] left, double[] right) => [.. left.Select((value, j) => value + right[j])];
}
