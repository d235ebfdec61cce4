namespace Unfold.Bench;

/// <summary>Who picks the kernels of PyTorch's OpenBLAS.</summary>
internal enum BlasKernels
{
    /// <summary>OpenBLAS, for the processor that it runs on.</summary>
    Own,

    /// <summary>The environment, by the variable OPENBLAS_CORETYPE.</summary>
    Inherited,
}
