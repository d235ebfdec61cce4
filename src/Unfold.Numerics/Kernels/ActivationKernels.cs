using System.Runtime.CompilerServices;
using Unfold.Numerics.Vectors;

namespace Unfold.Numerics.Kernels;

/// <summary>Elementwise activation functions and their gradients.</summary>
public static unsafe class ActivationKernels
{
    /// <summary>y = f(a). The spans are of one length and may be the same.</summary>
    public static void Forward(Activation activation, ReadOnlySpan<float> a, Span<float> y)
    {
        Lengths.Same(a.Length, y.Length);
        fixed (float* pa = a, py = y)
        {
            switch (activation)
            {
                case Activation.Tanh: Values<Tanh>(pa, py, a.Length); break;
                case Activation.Relu: Values<Relu>(pa, py, a.Length); break;
                case Activation.Sigmoid: Values<Sigmoid>(pa, py, a.Length); break;
                case Activation.Identity: Values<Identity>(pa, py, a.Length); break;
                default: throw Unknown(activation);
            }
        }
    }

    /// <summary>da = dy f'(a), from y = f(a). The spans are of one length; <paramref name="da"/> may be <paramref name="dy"/>.</summary>
    public static void Backward(Activation activation, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> da)
    {
        Lengths.Same(y.Length, dy.Length, da.Length);
        fixed (float* py = y, pdy = dy, pda = da)
        {
            switch (activation)
            {
                case Activation.Tanh: Gradients<Tanh>(py, pdy, pda, y.Length); break;
                case Activation.Relu: Gradients<Relu>(py, pdy, pda, y.Length); break;
                case Activation.Sigmoid: Gradients<Sigmoid>(py, pdy, pda, y.Length); break;
                case Activation.Identity: Gradients<Identity>(py, pdy, pda, y.Length); break;
                default: throw Unknown(activation);
            }
        }
    }

    private interface IFunction
    {
        static abstract V Value<S, V>(V a)
            where S : struct, ISimd<V>
            where V : unmanaged;

        /// <summary>dy times the derivative, from the value y.</summary>
        static abstract V Gradient<S, V>(V y, V dy)
            where S : struct, ISimd<V>
            where V : unmanaged;
    }

    private static void Values<F>(float* a, float* y, int length)
        where F : struct, IFunction => LaneLoop.Run(new ValueBody<F>(a, y), 0, length);

    private static void Gradients<F>(float* y, float* dy, float* da, int length)
        where F : struct, IFunction => LaneLoop.Run(new GradientBody<F>(y, dy, da), 0, length);

    private static ArgumentOutOfRangeException Unknown(Activation activation) => new(nameof(activation), activation, "This activation is not known.");

    private readonly struct ValueBody<F>(float* a, float* y) : ILaneBody
        where F : struct, IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Compute<S, V, L>(L lanes, nint at)
            where S : struct, ISimd<V>
            where V : unmanaged
            where L : struct, ILanes<V> => lanes.Store(F.Value<S, V>(lanes.Load(a + at)), y + at);
    }

    private readonly struct GradientBody<F>(float* y, float* dy, float* da) : ILaneBody
        where F : struct, IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Compute<S, V, L>(L lanes, nint at)
            where S : struct, ISimd<V>
            where V : unmanaged
            where L : struct, ILanes<V> => lanes.Store(F.Gradient<S, V>(lanes.Load(y + at), lanes.Load(dy + at)), da + at);
    }

    private readonly struct Tanh : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Value<S, V>(V a)
            where S : struct, ISimd<V>
            where V : unmanaged => VectorMath.Tanh<S, V>(a);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Gradient<S, V>(V y, V dy)
            where S : struct, ISimd<V>
            where V : unmanaged => S.Multiply(dy, S.Subtract(S.Create(1), S.Multiply(y, y)));
    }

    private readonly struct Relu : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Value<S, V>(V a)
            where S : struct, ISimd<V>
            where V : unmanaged => S.Max(S.Create(0), a);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Gradient<S, V>(V y, V dy)
            where S : struct, ISimd<V>
            where V : unmanaged => S.SelectPositive(y, dy, S.Create(0));
    }

    private readonly struct Sigmoid : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Value<S, V>(V a)
            where S : struct, ISimd<V>
            where V : unmanaged => VectorMath.Sigmoid<S, V>(a);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Gradient<S, V>(V y, V dy)
            where S : struct, ISimd<V>
            where V : unmanaged => S.Multiply(dy, S.Multiply(y, S.Subtract(S.Create(1), y)));
    }

    private readonly struct Identity : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Value<S, V>(V a)
            where S : struct, ISimd<V>
            where V : unmanaged => a;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Gradient<S, V>(V y, V dy)
            where S : struct, ISimd<V>
            where V : unmanaged => dy;
    }
}
