using Unfold.Numerics;
using Unfold.Numerics.Kernels;
using Unfold.Tests.Support;

namespace Unfold.Tests.Numerics.Kernels;

[Trait("Path", "every")]
public sealed class AdditiveScoreKernelTests
{
    [Fact]
    public void Scores_and_gradients_are_right_at_every_width()
    {
        var random = new SeededRandom(11);
        for (int width = 0; width <= 70; width++)
        {
            int rows = width % 4;
            float[] query = Draw.Normal(random, width), keys = Draw.Normal(random, rows * width), v = Draw.Normal(random, width), scores = Draw.Normal(random, rows);
            AdditiveScoreKernels.Scores(query, keys, v, scores);
            double[] expected = [.. Enumerable.Range(0, rows).Select(row => Enumerable.Range(0, width).Sum(j => v[j] * Math.Tanh(query[j] + keys[(row * width) + j])))];
            Close.Equal(expected, scores, relative: 1e-5, absolute: 1e-5, $"scores, width {width}");

            // What is added to is not zero before.
            float[] dScores = Draw.Normal(random, rows), dQuery = Draw.Normal(random, width), dKeys = Draw.Normal(random, rows * width), dV = Draw.Normal(random, width);
            double[] wantedQuery = [.. dQuery], wantedKeys = [.. dKeys], wantedV = [.. dV];
            for (int row = 0; row < rows; row++)
            {
                for (int j = 0; j < width; j++)
                {
                    double y = Math.Tanh(query[j] + keys[(row * width) + j]), slope = dScores[row] * v[j] * (1 - (y * y));
                    wantedQuery[j] += slope;
                    wantedKeys[(row * width) + j] += slope;
                    wantedV[j] += dScores[row] * y;
                }
            }

            AdditiveScoreKernels.AddGradients(query, keys, v, dScores, dQuery, dKeys, dV);
            Close.Equal(wantedQuery, dQuery, relative: 1e-5, absolute: 1e-5, $"gradient of the query, width {width}");
            Close.Equal(wantedKeys, dKeys, relative: 1e-5, absolute: 1e-5, $"gradient of the keys, width {width}");
            Close.Equal(wantedV, dV, relative: 1e-5, absolute: 1e-5, $"gradient of v, width {width}");
        }
    }
}
