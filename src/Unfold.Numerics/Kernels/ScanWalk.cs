using System.Runtime.CompilerServices;
using Unfold.Numerics.Vectors;

namespace Unfold.Numerics.Kernels;

/// <summary>The step of a recurrence whose channels do not see each other, on a register of channels.</summary>
internal unsafe interface IScanStep
{
    /// <summary>The number of gates.</summary>
    static abstract int Gates { get; }

    /// <summary>Turns the sums of the gates, which lie <paramref name="width"/> apart, into what the way back reads, and returns h.</summary>
    static abstract V Forward<S, V, L>(L lanes, float* gates, nint width, V previous)
        where S : struct, ISimd<V>
        where V : unmanaged
        where L : struct, ILanes<V>;

    /// <summary>Turns what <see cref="Forward"/> left into the gradient of the sums, and returns that of the state before.</summary>
    static abstract V Backward<S, V, L>(L lanes, float* gates, nint width, V previous, V dHidden)
        where S : struct, ISimd<V>
        where V : unmanaged
        where L : struct, ILanes<V>;
}

/// <summary>Walks a block of a scan forward: gates and states go through the cache once.</summary>
internal readonly unsafe struct ScanForward<T>(ScanBlock block, float* gates, float* previous, float* hidden) : ISimdKernel
    where T : struct, IScanStep
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<S, V>()
        where S : struct, ISimd<V>
        where V : unmanaged
    {
        nint width = block.Width;
        for (int step = 0; step < block.Steps; step++)
        {
            nint first = (nint)step * block.StepRows;
            float* before = step == 0 ? previous : hidden + ((first - block.StepRows) * width);
            for (int sequence = 0; sequence < block.Sequences; sequence++)
            {
                float* rowGates = gates + ((first + sequence) * T.Gates * width) + block.FirstChannel;
                float* rowBefore = before + (sequence * width) + block.FirstChannel;
                float* rowHidden = hidden + ((first + sequence) * width) + block.FirstChannel;
                int j = 0;
                for (; j <= block.Channels - S.Count; j += S.Count)
                {
                    S.Store(T.Forward<S, V, WholeLanes<S, V>>(default, rowGates + j, width, S.Load(rowBefore + j)), rowHidden + j);
                }

                if (j < block.Channels)
                {
                    PartLanes<S, V> lanes = new(block.Channels - j);
                    lanes.Store(T.Forward<S, V, PartLanes<S, V>>(lanes, rowGates + j, width, lanes.Load(rowBefore + j)), rowHidden + j);
                }
            }
        }
    }
}

/// <summary>Walks a block of a scan back.</summary>
internal readonly unsafe struct ScanBackward<T>(ScanBlock block, float* gates, float* previous, float* hidden, float* outputGradient, float* gradient) : ISimdKernel
    where T : struct, IScanStep
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<S, V>()
        where S : struct, ISimd<V>
        where V : unmanaged
    {
        nint width = block.Width;
        for (int step = block.Steps - 1; step >= 0; step--)
        {
            nint first = (nint)step * block.StepRows;
            float* before = step == 0 ? previous : hidden + ((first - block.StepRows) * width);
            for (int sequence = 0; sequence < block.Sequences; sequence++)
            {
                float* rowGates = gates + ((first + sequence) * T.Gates * width) + block.FirstChannel;
                float* rowBefore = before + (sequence * width) + block.FirstChannel;
                float* rowGradient = gradient + (sequence * width) + block.FirstChannel;
                float* rowOutput = outputGradient == null ? null : outputGradient + ((first + sequence) * width) + block.FirstChannel;
                int j = 0;
                for (; j <= block.Channels - S.Count; j += S.Count)
                {
                    Channels<S, V, WholeLanes<S, V>>(default, rowGates + j, width, rowBefore + j, rowOutput == null ? null : rowOutput + j, rowGradient + j);
                }

                if (j < block.Channels)
                {
                    Channels<S, V, PartLanes<S, V>>(new(block.Channels - j), rowGates + j, width, rowBefore + j, rowOutput == null ? null : rowOutput + j, rowGradient + j);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Channels<S, V, L>(L lanes, float* gates, nint width, float* previous, float* outputGradient, float* gradient)
        where S : struct, ISimd<V>
        where V : unmanaged
        where L : struct, ILanes<V>
    {
        V dHidden = lanes.Load(gradient);
        if (outputGradient != null)
        {
            dHidden = S.Add(lanes.Load(outputGradient), dHidden);
        }

        lanes.Store(T.Backward<S, V, L>(lanes, gates, width, lanes.Load(previous), dHidden), gradient);
    }
}
