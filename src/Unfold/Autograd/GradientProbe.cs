namespace Unfold.Autograd;

/// <summary>Is told, while a tape is walked backwards, the gradient of the loss with respect to each state of each recurrent layer.</summary>
internal sealed class GradientProbe
{
    private readonly List<StateTrace> _traces = [];

    /// <summary>One entry for each run of a layer, in the order of the runs.</summary>
    public IReadOnlyList<StateTrace> Traces => _traces;

    /// <summary>Makes room for a run.</summary>
    /// <param name="layer">The name of its cell.</param>
    /// <param name="steps">T.</param>
    /// <param name="batch">B.</param>
    /// <param name="memory">M, 0 where all of the state is output.</param>
    public StateTrace Begin(string layer, int steps, int batch, int memory)
    {
        var trace = new StateTrace(layer, steps, batch, memory);
        _traces.Add(trace);
        return trace;
    }
}

/// <summary>The squares of the norms of dL/dh_k and dL/dc_k in one run of a layer over a batch of sequences.</summary>
/// <remarks>
/// The steps are counted from each sequence's own last step on its layer's way, which has the distance 0. Threads may write
/// at the same time, each about other sequences.
/// </remarks>
internal sealed class StateTrace
{
    private readonly int _batch;
    private readonly double[] _hidden, _memory;

    public StateTrace(string layer, int steps, int batch, int memory)
    {
        (Layer, Steps, _batch) = (layer, steps, batch);
        _hidden = Unknown(steps * batch);
        _memory = memory == 0 ? [] : Unknown(steps * batch);
    }

    /// <summary>The name of the layer's cell.</summary>
    public string Layer { get; }

    /// <summary>T.</summary>
    public int Steps { get; }

    /// <summary>Whether the state has a part that is not output.</summary>
    public bool HasMemory => _memory.Length > 0;

    /// <summary>Notes the gradients of one sequence at one distance.</summary>
    public void Note(int distance, int sequence, ReadOnlySpan<float> hidden, ReadOnlySpan<float> memory)
    {
        int place = (distance * _batch) + sequence;
        _hidden[place] = Squares(hidden);
        if (HasMemory)
        {
            _memory[place] = Squares(memory);
        }
    }

    /// <summary>Adds up the squares of ||dL/dh|| at a distance over the sequences that reach so far back, and counts them.</summary>
    public (double Squares, int Sequences) Hidden(int distance) => Sum(_hidden, distance);

    /// <summary>The same of ||dL/dc||.</summary>
    public (double Squares, int Sequences) Memory(int distance) => Sum(_memory, distance);

    private (double Squares, int Sequences) Sum(double[] squares, int distance)
    {
        double sum = 0;
        int sequences = 0;
        foreach (double square in squares.AsSpan(distance * _batch, _batch))
        {
            // What was not noted is -1; a gradient that is not a number stays one.
            if (square is not -1)
            {
                sum += square;
                sequences++;
            }
        }

        return (sum, sequences);
    }

    private static double Squares(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (float value in values)
        {
            sum += (double)value * value;
        }

        return sum;
    }

    private static double[] Unknown(int length)
    {
        double[] squares = new double[length];
        Array.Fill(squares, -1);
        return squares;
    }
}
