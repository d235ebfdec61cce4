using Unfold.Models;

namespace Unfold.Persistence;

/// <summary>The learning curve of a run in its checkpoint: three numbers a validation.</summary>
internal static class HistoryFields
{
    private const int Width = 3;

    /// <summary>The numbers of a curve.</summary>
    public static IEnumerable<double> Numbers(IReadOnlyList<LearningPoint> history) =>
        history.SelectMany(point => (double[])[point.Step, point.TrainLoss, point.ValidationLoss]);

    /// <summary>The curve of some numbers; null where they are none.</summary>
    public static IReadOnlyList<LearningPoint>? Read(ReadOnlySpan<double> numbers)
    {
        if (numbers.Length % Width != 0)
        {
            return null;
        }

        var points = new LearningPoint[numbers.Length / Width];
        for (int place = 0; place < points.Length; place++)
        {
            double step = numbers[Width * place];
            points[place] = new LearningPoint((long)step, numbers[(Width * place) + 1], numbers[(Width * place) + 2]);
            if (points[place].Step != step || points[place].Step < (place == 0 ? 0 : points[place - 1].Step))
            {
                return null;
            }
        }

        return points;
    }
}
