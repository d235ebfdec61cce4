namespace Unfold.Tests.Generation;

/// <summary>The repetition penalty by its definition.</summary>
internal static class PlainPenalty
{
    public static double[] Of(ReadOnlySpan<float> logits, IEnumerable<int> written, double penalty)
    {
        double[] values = [.. logits.ToArray().Select(logit => (double)logit)];
        double mean = values.Where(double.IsFinite).Average();
        return [.. values.Select((value, token) => !written.Contains(token) ? value : mean + (value > mean ? (value - mean) / penalty : (value - mean) * penalty))];
    }
}
