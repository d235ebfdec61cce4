using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Numerics;
using Unfold.Tests.Support;
using Unfold.Training;

namespace Unfold.Tests.Training;

/// <summary>The check must say yes to right gradients and no to planted errors.</summary>
[Trait("Path", "every")]
public sealed class GradientCheckTests
{
    private const double SingleTolerance = 1e-3;
    private const double DoubleTolerance = 1e-5;

    public static TheoryData<string> Cells => [.. GoldenCells.Names];

    [Theory]
    [MemberData(nameof(Cells))]
    public void Right_gradients_pass_both_ways(string cell)
    {
        OracleGraph graph = Graph(cell);
        GradientCheckReport twice = GradientCheck.Run(graph.Parameters, graph.Loss, graph.Reference);
        Assert.True(twice.Passed(DoubleTolerance), twice.ToString());
        if (cell is not ("rnn-relu" or "min-gru" or "min-lstm"))
        {
            // Steps as large as single precision needs them cross the corners of relu and of the candidate's g.
            GradientCheckReport once = GradientCheck.Run(graph.Parameters, graph.Loss);
            Assert.True(once.Passed(SingleTolerance), once.ToString());
        }
    }

    [Fact]
    public void One_entry_that_is_off_by_one_percent_is_caught_in_its_parameter()
    {
        OracleGraph graph = Graph("lstm");
        Parameter weights = graph.Parameters.Single(parameter => parameter.Name == "layer0.recurrent_weights");
        Tensor Planted(Tape tape)
        {
            // The first to be recorded is the last to run, when all gradients are there.
            tape.OnBackward(weights, () =>
            {
                int largest = Array.FindIndex(weights.Gradient.ToArray(), value => Math.Abs(value) == weights.Gradient.ToArray().Max(Math.Abs));
                weights.Gradient[largest] *= 1.01f;
            });
            return graph.Loss(tape);
        }

        GradientCheckReport report = GradientCheck.Run(graph.Parameters, Planted, graph.Reference, new GradientCheckOptions { EntriesPerParameter = int.MaxValue });
        Assert.Equal(["layer0.recurrent_weights"], report.Parameters.Where(parameter => !(parameter.RelativeError <= DoubleTolerance)).Select(parameter => parameter.Name));
        Assert.False(report.Passed(DoubleTolerance));
    }

    [Fact]
    public void A_gradient_of_the_wrong_sign_is_caught_in_single_precision()
    {
        OracleGraph graph = Graph("gru-reset-after");
        Parameter bias = graph.Parameters.Single(parameter => parameter.Name == "layer0.recurrent_bias");
        GradientCheckReport report = GradientCheck.Run(graph.Parameters, tape =>
        {
            tape.OnBackward(bias, () => bias.Gradient[0] *= -1);
            return graph.Loss(tape);
        });
        Assert.Equal(["layer0.recurrent_bias"], report.Parameters.Where(parameter => parameter.RelativeError > SingleTolerance).Select(parameter => parameter.Name));
        Assert.False(report.Passed(SingleTolerance));
    }

    [Fact]
    public void A_NaN_does_not_pass()
    {
        OracleGraph graph = Graph("rnn-tanh");
        GradientCheckReport report = GradientCheck.Run(
            graph.Parameters,
            tape =>
            {
                tape.OnBackward(graph.Parameters[0], () => graph.Parameters[0].Gradient.Fill(float.NaN));
                return graph.Loss(tape);
            },
            graph.Reference);
        Assert.False(report.Passed(1e9));
        Assert.Equal(double.PositiveInfinity, report.LargestError);
    }

    [Fact]
    public void A_parameter_that_the_loss_does_not_reach_is_flagged()
    {
        var used = new Parameter("used", new Shape(3));
        var idle = new Parameter("idle", new Shape(2));
        new[] { 0.5f, -1, 2 }.CopyTo(used.Edit());
        GradientCheckReport report = GradientCheck.Run([used, idle], tape => tape.Sum(tape.Multiply(used, used)));
        Assert.False(report.Passed(SingleTolerance));
        Assert.False(report.Parameters[0].IsZero);
        Assert.True(report.Parameters[1].IsZero);
        Assert.Equal(0, report.Parameters[1].RelativeError);
        Assert.Contains("idle (2): relative error 0.0e+00 over 2 of 2 entries, largest gradient 0.0e+00: ALL ZERO", report.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_parameter_that_neither_the_loss_nor_the_reference_reaches_is_right_and_one_that_only_the_reference_reaches_is_wrong()
    {
        var used = new Parameter("used", new Shape(3));
        var idle = new Parameter("idle", new Shape(2));
        new[] { 0.5f, -1, 2 }.CopyTo(used.Edit());
        Tensor Loss(Tape tape) => tape.Sum(tape.Multiply(used, used));
        static double Squares(double[] values) => values.Sum(value => value * value);

        Assert.True(GradientCheck.Run([used, idle], Loss, values => Squares(values["used"])).Passed(DoubleTolerance));
        GradientCheckReport report = GradientCheck.Run([used, idle], Loss, values => Squares(values["used"]) + values["idle"][1]);
        Assert.False(report.Passed(DoubleTolerance));
        Assert.Equal(1, report.Parameters[1].RelativeError);
    }

    [Fact]
    public void Entries_are_sampled_and_values_are_put_back()
    {
        OracleGraph graph = Graph("lstm");
        float[][] before = [.. graph.Parameters.Select(parameter => parameter.Values.ToArray())];
        GradientCheckReport report = GradientCheck.Run(graph.Parameters, graph.Loss, new GradientCheckOptions { EntriesPerParameter = 10, Workers = new Workers(2) });
        for (int i = 0; i < before.Length; i++)
        {
            Close.Same(before[i], graph.Parameters[i].Values, report.Parameters[i].Name);
            Assert.Equal(10, report.Parameters[i].CheckedEntries);
            Assert.True(report.Parameters[i].LargestGradient > 1e-3);
        }
    }

    private static OracleGraph Graph(string cell) =>
        new(cell, layers: 1, time: 4, batch: 3, input: 4, hidden: 5, lengths: false, initialState: true, seed: 5);
}
