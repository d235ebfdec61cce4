using Unfold.Autograd;
using Unfold.Autograd.Operations;

namespace Unfold.Layers;

/// <summary>
/// Lets each step of one sequence look at all steps of another: for a query q_t and the steps m_1 .. m_S of its source,
/// a_t = softmax over s of score(q_t, m_s), and the context is c_t = the sum over s of a_ts m_s.
/// </summary>
/// <remarks>
/// <see cref="Prepare"/> does once for a source what does not depend on the query. All queries and all sources of a batch
/// are one operation with its gradient worked out by hand; what padding holds, as long as it is finite, reaches no result.
/// </remarks>
public abstract class Attention
{
    private protected Attention(int querySize, int memorySize, string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (querySize < 1 || memorySize < 1)
        {
            throw new ArgumentException($"{name}: the widths of query and memory must be at least 1; found {querySize} and {memorySize}.");
        }

        (QuerySize, MemorySize, Name) = (querySize, memorySize, name);
    }

    /// <summary>Q, the width of a query.</summary>
    public int QuerySize { get; }

    /// <summary>F, the width of a step of the source and of a context.</summary>
    public int MemorySize { get; }

    /// <summary>The name that its parameters' names begin with.</summary>
    public string Name { get; }

    /// <summary>Everything that is learned.</summary>
    public abstract IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Computes what the scores need of the sources, once for all queries.</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="values">m, (S, B, F): as the outputs of an encoder.</param>
    /// <param name="lengths">For each of the B sources its number of steps, 1 .. S; S where they are not given. What lies past it is never attended to.</param>
    /// <exception cref="ArgumentException">A shape or a length does not fit; the message names the layer.</exception>
    public AttentionMemory Prepare(Tape tape, Tensor values, IReadOnlyList<int>? lengths = null)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(values);
        if (values.Shape.Rank != 3 || values.Shape[2] != MemorySize || values.Shape.Length == 0)
        {
            throw new ArgumentException($"{this}: the memory must have the shape (S, B, {MemorySize}); found {values.Shape}.", nameof(values));
        }

        RequireLengths(lengths, values.Shape[1], values.Shape[0], lowest: 1, "source");
        return new AttentionMemory(values, Keys(tape, values), lengths is null ? null : [.. lengths]);
    }

    /// <summary>Attends.</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="queries">q, (T, B, Q): as the outputs of a decoder.</param>
    /// <param name="memory">The B sources, of <see cref="Prepare"/> on the same tape.</param>
    /// <param name="lengths">For each of the B sources the number of its queries, 0 .. T; T where they are not given. Contexts and weights past it are zero.</param>
    /// <exception cref="ArgumentException">A shape or a length does not fit; the message names the layer.</exception>
    public AttentionOutput Forward(Tape tape, Tensor queries, AttentionMemory memory, IReadOnlyList<int>? lengths = null)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(memory);
        if (queries.Shape.Rank != 3 || queries.Shape[1] != memory.Batch || queries.Shape[2] != QuerySize || queries.Shape.Length == 0)
        {
            throw new ArgumentException($"{this}: the queries for {memory.Batch} sources must have the shape (T, {memory.Batch}, {QuerySize}); found {queries.Shape}.", nameof(queries));
        }

        RequireLengths(lengths, memory.Batch, queries.Shape[0], lowest: 0, "target");
        var run = new AttentionRun(Scores(tape, queries, memory), tape, memory, queries, lengths);
        run.Forward();
        tape.OnBackward(run.Output.Context, run.Backward);
        return run.Output;
    }

    /// <summary>Throws where the weights of a batch would need a larger array than there is, or more memory than the machine has.</summary>
    /// <param name="batch">B.</param>
    /// <param name="queries">T, the number of queries of the longest target.</param>
    /// <param name="steps">S, the number of steps of the longest source.</param>
    /// <exception cref="UnfoldException">They would; the sentence says what to lower.</exception>
    internal void RequireTraining(int batch, int queries, int steps)
    {
        // The weights of all, and for each thread the gradients of the sequence that it works on.
        Int128 ofOne = (Int128)queries * steps, values = ofOne * batch, shared = ofOne * Environment.ProcessorCount;
        if (Int128.Max(values, shared) > ScanMemory.LargestArray || !MachineMemory.Holds((values + shared) * sizeof(float)))
        {
            throw new UnfoldException(FormattableString.Invariant(
                $"{this}: a batch of {batch:N0} with up to {queries:N0} queries of {steps:N0} steps has {values:N0} weights, which do not fit into this machine's {MachineMemory.Shown(MachineMemory.Bytes)} or into one array: cut the sequences into shorter ones, or lower the batch size."));
        }
    }

    /// <summary>Writes the sizes with the number of parameters.</summary>
    public override string ToString() =>
        FormattableString.Invariant($"{GetType().Name}({QuerySize} x {MemorySize}{Options}, {Parameters.Sum(parameter => (long)parameter.Shape.Length):N0} parameters)");

    /// <summary>What the constructor was told beside the sizes, to be written.</summary>
    private protected virtual string Options => "";

    /// <summary>k, (S, B, A).</summary>
    private protected abstract Tensor Keys(Tape tape, Tensor values);

    /// <summary>Makes the way from queries to scores.</summary>
    private protected abstract AttentionScores Scores(Tape tape, Tensor queries, AttentionMemory memory);

    private void RequireLengths(IReadOnlyList<int>? lengths, int batch, int time, int lowest, string what)
    {
        if (lengths is null)
        {
            return;
        }

        if (lengths.Count != batch)
        {
            throw new ArgumentException($"{this}: there must be one {what} length for each of the {batch} sequences; found {lengths.Count}.", nameof(lengths));
        }

        for (int row = 0; row < batch; row++)
        {
            if (lengths[row] < lowest || lengths[row] > time)
            {
                throw new ArgumentException($"{this}: the {what} length of sequence {row} must be from {lowest} to {time}; found {lengths[row]}.", nameof(lengths));
            }
        }
    }
}
