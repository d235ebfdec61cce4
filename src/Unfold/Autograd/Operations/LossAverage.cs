namespace Unfold.Autograd.Operations;

/// <summary>What the losses of single values are averaged over.</summary>
public enum LossAverage
{
    /// <summary>The mean over all values of the rows that count.</summary>
    Values,

    /// <summary>The sum over the columns, and the mean of that over the rows that count: for rows that are one event, such as the notes of a chord.</summary>
    Rows,
}
