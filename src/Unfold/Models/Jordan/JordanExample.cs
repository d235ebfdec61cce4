namespace Unfold.Models;

/// <summary>A sequence of outputs that a <see cref="JordanNetwork"/> is to bring forth, with what it reads meanwhile.</summary>
public sealed record JordanExample
{
    /// <summary>Puts an output sequence beside its input.</summary>
    /// <param name="input">What is read at each step; null for sequences that come from nothing but their own past.</param>
    /// <param name="output">The right output of each step: one column of symbols, or variables.</param>
    /// <exception cref="UnfoldException">The lengths differ, or the output is neither one column of symbols nor variables.</exception>
    public JordanExample(Sequence? input, Sequence output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (output.Columns.Count + (output.Width > 0 ? 1 : 0) != 1)
        {
            throw new UnfoldException($"The output of a Jordan network is one column of symbols, or variables; found {output.Columns.Count} columns and {output.Width} variables.");
        }

        if (input is not null && input.Length != output.Length)
        {
            throw new UnfoldException($"A Jordan network has one output for each step of its input; found {output.Length} outputs for {input.Length} steps.");
        }

        (Input, Output) = (input, output);
    }

    /// <summary>What is read at each step; null where there is nothing to read.</summary>
    public Sequence? Input { get; }

    /// <summary>The right output of each step.</summary>
    public Sequence Output { get; }
}
