namespace Unfold.Training;

/// <summary>
/// Adam with the weight decay apart from the gradient: p = (1 - lr decay) p before the step of <see cref="Adam"/>
/// (Loshchilov and Hutter, 2019).
/// </summary>
public sealed class AdamW : Adam
{
    /// <summary>Creates the optimizer with the default settings.</summary>
    public AdamW()
        : this(new AdamWOptions())
    {
    }

    /// <summary>Creates the optimizer.</summary>
    /// <exception cref="ArgumentException">A setting is outside its range.</exception>
    public AdamW(AdamWOptions options)
        : base(options)
    {
    }

    /// <summary>The word <c>adamw</c>.</summary>
    public override string Name => "adamw";
}
