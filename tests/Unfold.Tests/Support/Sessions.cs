using Unfold.Text;

namespace Unfold.Tests.Support;

/// <summary>Texts in progress.</summary>
internal static class Sessions
{
    /// <summary>ln p of each token after those before it; the session then stands behind the last.</summary>
    public static double[] Walk(NextTokenSession session, IEnumerable<int> tokens) => [.. tokens.Select(token =>
    {
        double value = session.LogProbability(token);
        session.Feed(token);
        return value;
    })];
}
