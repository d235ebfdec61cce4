using System.Runtime.CompilerServices;

namespace Unfold.Numerics.Vectors;

/// <summary>The pointwise part of a cell's step, on as many columns as a register holds.</summary>
internal unsafe interface IGateColumns
{
    /// <summary>Computes one register of columns.</summary>
    /// <param name="lanes">How to touch memory.</param>
    /// <param name="gates">The columns of the first gate; those of the next gate lie H further on.</param>
    /// <param name="at">Where the same columns lie in a block of rows x H.</param>
    void Compute<S, V, L>(L lanes, float* gates, nint at)
        where S : struct, ISimd<V>
        where V : unmanaged
        where L : struct, ILanes<V>;
}

/// <summary>Walks rows of gates that lie side by side, each H wide: whole registers first, then the end of the row.</summary>
internal static unsafe class GateRows
{
    /// <summary>Runs the columns of all rows.</summary>
    /// <param name="columns">What is computed.</param>
    /// <param name="gates">rows x (count x H).</param>
    /// <param name="count">The number of gates in a row.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="hidden">H.</param>
    public static void Run<C>(C columns, float* gates, int count, int rows, int hidden)
        where C : struct, IGateColumns
    {
        var kernel = new Kernel<C>(columns, gates, count, rows, hidden);
        SimdWidth.Run(ref kernel);
    }

    private readonly struct Kernel<C>(C columns, float* gates, int count, int rows, int hidden) : ISimdKernel
        where C : struct, IGateColumns
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<S, V>()
            where S : struct, ISimd<V>
            where V : unmanaged
        {
            C local = columns;
            for (int row = 0; row < rows; row++)
            {
                float* rowGates = gates + ((nint)row * count * hidden);
                nint offset = (nint)row * hidden;
                int j = 0;
                for (; j <= hidden - S.Count; j += S.Count)
                {
                    local.Compute<S, V, WholeLanes<S, V>>(default, rowGates + j, offset + j);
                }

                if (j < hidden)
                {
                    local.Compute<S, V, PartLanes<S, V>>(new(hidden - j), rowGates + j, offset + j);
                }
            }
        }
    }
}
