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
            var kernel = new Pass(activation, pa, pa, py, a.Length, Backward: false);
            SimdWidth.Run(ref kernel);
        }
    }

    /// <summary>da = dy f'(a), from y = f(a). The spans are of one length; <paramref name="da"/> may be <paramref name="dy"/>.</summary>
    public static void Backward(Activation activation, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> da)
    {
        Lengths.Same(y.Length, dy.Length, da.Length);
        fixed (float* py = y, pdy = dy, pda = da)
        {
            var kernel = new Pass(activation, py, pdy, pda, y.Length, Backward: true);
            SimdWidth.Run(ref kernel);
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

    private readonly record struct Pass(Activation Activation, nint X, nint Dy, nint Result, int Length, bool Backward) : ISimdKernel
    {
        public Pass(Activation activation, float* x, float* dy, float* result, int length, bool Backward)
            : this(activation, (nint)x, (nint)dy, (nint)result, length, Backward)
        {
        }

        public void Run<S, V>()
            where S : struct, ISimd<V>
            where V : unmanaged
        {
            switch (Activation)
            {
                case Activation.Tanh: Apply<S, V, Tanh>(); break;
                case Activation.Relu: Apply<S, V, Relu>(); break;
                case Activation.Sigmoid: Apply<S, V, Sigmoid>(); break;
                case Activation.Identity: Apply<S, V, Identity>(); break;
                default: throw new ArgumentOutOfRangeException(nameof(Activation), Activation, "This activation is not known.");
            }
        }

        private void Apply<S, V, F>()
            where S : struct, ISimd<V>
            where V : unmanaged
            where F : struct, IFunction
        {
            if (Backward)
            {
                Gradients<S, V, F>((float*)X, (float*)Dy, (float*)Result, Length);
            }
            else
            {
                Values<S, V, F>((float*)X, (float*)Result, Length);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Values<S, V, F>(float* a, float* y, int length)
        where S : struct, ISimd<V>
        where V : unmanaged
        where F : struct, IFunction
    {
        for (int i = 0; i < length; i += S.Count)
        {
            Lanes.Store<S, V>(F.Value<S, V>(Lanes.Load<S, V>(a + i, length - i)), y + i, length - i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gradients<S, V, F>(float* y, float* dy, float* da, int length)
        where S : struct, ISimd<V>
        where V : unmanaged
        where F : struct, IFunction
    {
        for (int i = 0; i < length; i += S.Count)
        {
            V gradient = F.Gradient<S, V>(Lanes.Load<S, V>(y + i, length - i), Lanes.Load<S, V>(dy + i, length - i));
            Lanes.Store<S, V>(gradient, da + i, length - i);
        }
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
