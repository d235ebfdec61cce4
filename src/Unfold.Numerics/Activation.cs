namespace Unfold.Numerics;

/// <summary>An elementwise function f whose derivative can be had from its value y = f(a).</summary>
public enum Activation
{
    /// <summary>tanh(a); derivative 1 - y^2.</summary>
    Tanh,

    /// <summary>max(0, a), a NaN stays a NaN; derivative 1 where y is above 0, else (also at a NaN) 0.</summary>
    Relu,

    /// <summary>1 / (1 + e^-a); derivative y (1 - y).</summary>
    Sigmoid,

    /// <summary>a; derivative 1.</summary>
    Identity,
}
