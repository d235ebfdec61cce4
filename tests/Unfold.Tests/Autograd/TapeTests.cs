using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Cells;
using Unfold.Layers;
using Unfold.Numerics;
using Unfold.Tests.Support;

namespace Unfold.Tests.Autograd;

public sealed class TapeTests
{
    [Fact]
    public void Gradients_gather_over_backward_passes_until_they_are_cleared()
    {
        var tape = new Tape(new Workers(1));
        Parameter p = Of("p", 2, -3);
        tape.Backward(tape.Sum(tape.Multiply(p, p)));
        tape.Reset();
        tape.Backward(tape.Sum(tape.Scale(p, 10)));
        Close.Same([4f + 10, -6 + 10], p.Gradient, "2 p + 10");
    }

    [Fact]
    public void A_tensor_of_a_tape_that_was_reset_cannot_be_read()
    {
        var tape = new Tape(new Workers(1));
        Tensor result = tape.Scale(Of("p", 1, 2), 3);
        Tensor copy = result.Copy();
        tape.Reset();
        Assert.Contains("Copy it before the reset", Assert.Throws<InvalidOperationException>(() => result.Values[0]).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => result.Gradient[0]);
        Assert.Throws<InvalidOperationException>(() => result.Edit()[0]);
        Close.Same([3f, 6], copy.Values, "the copy");
    }

    [Fact]
    public void A_long_chain_of_operations_does_not_overflow_the_stack()
    {
        var tape = new Tape(new Workers(1));
        Parameter p = Of("p", 0.5f);
        Tensor x = p;
        for (int i = 0; i < 100_000; i++)
        {
            x = tape.Add(x, p);
        }

        tape.Backward(tape.Sum(x));
        Close.Same([100_001f], p.Gradient, "one a link and the first");
    }

    [Fact]
    public void An_operation_refuses_what_another_tape_made_as_its_gradient_would_be_lost_there()
    {
        var random = new SeededRandom(1);
        var workers = new Workers(1);
        var lstm = new Recurrent(new LstmCell(2, 2, random));
        var dense = new Dense(2, 2, random);
        var softmax = new SoftmaxOutput(2, 3, random, "softmax");
        var sampled = new SampledSoftmaxOutput(2, 30, 5, random, "sampled");
        var attention = new AdditiveAttention(2, 2, 2, random);
        Tape first = new(workers), second = new(workers);
        Tensor made = lstm.Forward(first, SequenceInput.Of(new Tensor(new Shape(3, 1, 2)))).Outputs;
        Tensor row = first.TimeStep(made, 0), own = new(new Shape(3, 1, 2));
        AttentionMemory memory = attention.Prepare(first, made);
        Action<Tape>[] operations =
        [
            tape => tape.Sum(made), tape => tape.Add(own, made), tape => tape.MatrixProduct(row, dense.Weights), tape => tape.Stack(row, row),
            tape => tape.MeanSquaredError(own, made), tape => dense.Forward(tape, made), tape => softmax.Loss(tape, row, new[] { 1 }),
            tape => sampled.Loss(tape, row, new[] { 1 }, random), tape => lstm.Forward(tape, SequenceInput.Of(made)),
            tape => lstm.Forward(tape, SequenceInput.Of(own), new LstmState(row, new Tensor(row.Shape))),
            tape => attention.Forward(tape, own, memory), tape => Dropout.Forward(tape, made, 0.5, random),
        ];
        Assert.All(operations, operation =>
        {
            Assert.Contains(nameof(Tape.Leaf), Assert.Throws<InvalidOperationException>(() => operation(second)).Message, StringComparison.Ordinal);
            operation(first);
            operation(new Tape(workers) { Recording = false });
        });
        second.Backward(second.Sum(dense.Forward(second, second.Leaf(made))));
    }

    [Fact]
    public void The_backward_pass_starts_from_a_single_learned_value()
    {
        var tape = new Tape(new Workers(1));
        Parameter p = Of("p", 1, 2);
        Assert.Contains("(2)", Assert.Throws<ArgumentException>(() => tape.Backward(tape.Scale(p, 2))).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => tape.Backward(tape.Sum(new Tensor(new Shape(2)))));
        var still = new Tape(new Workers(1)) { Recording = false };
        Assert.Throws<InvalidOperationException>(() => still.Backward(still.Sum(p)));
    }

    [Fact]
    public void A_tape_is_walked_once_until_it_is_reset()
    {
        var tape = new Tape(new Workers(1));
        Parameter p = Of("p", 1, 2);
        Tensor first = tape.Sum(p), second = tape.Sum(tape.Multiply(p, p));
        tape.Backward(first);
        Assert.Contains("add the losses up", Assert.Throws<InvalidOperationException>(() => tape.Backward(second)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => tape.Backward(first));
        Close.Same([1f, 1], p.Gradient, "the first loss only");
        tape.Reset();
        Assert.Contains("a step that is over", Assert.Throws<InvalidOperationException>(() => tape.Backward(first)).Message, StringComparison.Ordinal);
        tape.Backward(tape.Sum(p));
        Close.Same([2f, 2], p.Gradient, "after the reset");
    }

    [Fact]
    public void A_loss_of_another_tape_is_refused()
    {
        Tape tape = new(new Workers(1)), other = new(new Workers(1));
        Parameter p = Of("p", 1, 2);
        Tensor loss = other.Sum(p);
        Assert.Contains("not computed on this tape", Assert.Throws<ArgumentException>(() => tape.Backward(loss)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => tape.Backward(new Parameter("single", new Shape(1))));
        other.Backward(loss);
        Close.Same([1f, 1], p.Gradient, "from its own tape");
    }

    [Fact]
    public void A_set_moves_parameters_into_one_buffer_and_keeps_their_values()
    {
        Parameter a = Of("a", 1, 2, 3), b = Of("b", 4, 5);
        long version = a.Version;
        var set = new ParameterSet([a, b]);
        Assert.Equal(2, set.Count);
        Assert.Equal(5, set.ValueCount);
        Close.Same([1f, 2, 3], a.Values, "a");
        Close.Same([4f, 5], b.Values, "b");
        Assert.True(a.Version > version);
        version = a.Version;
        set.Edit().Fill(7);
        Assert.True(a.Version > version);
        Close.Same([7f, 7], b.Values, "b after the buffer was filled");
        b.Gradient[1] = 2;
        Assert.Equal(1, set.Gradients.ToArray().Count(value => value == 2));
        set.ClearGradients();
        Assert.Equal(0, b.Gradient[1]);
        Assert.Contains("'a'", Assert.Throws<ArgumentException>(() => new ParameterSet([Of("a", 1), Of("a", 2)])).Message, StringComparison.Ordinal);
    }

    private static Parameter Of(string name, params float[] values)
    {
        var parameter = new Parameter(name, new Shape(values.Length));
        values.CopyTo(parameter.Edit());
        return parameter;
    }
}
