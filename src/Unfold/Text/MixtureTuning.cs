namespace Unfold.Text;

/// <summary>Finds the weight with which a mixture foretells a held-out text best.</summary>
public static class MixtureTuning
{
    private const int Rounds = 60;
    private const double Edge = 1e-9;

    extension(MixtureModel model)
    {
        /// <summary>
        /// The mixture with the weight of the greatest likelihood. Its slope, the sum over the tokens of (p1 - p2) / (lambda p1 + (1 - lambda) p2), falls all the way,
        /// so where it is 0 is found by halves. Tokens that both models think impossible say nothing; a weight at the edge stays within (0, 1), and of
        /// two models that are alike all over the present weight stays.
        /// </summary>
        /// <param name="heldOut">A text that neither model has learned; in sentence mode each sentence ends with <see cref="Vocabulary.EndId"/>.</param>
        /// <param name="progress">Called now and then with the share done, in [0, 1].</param>
        /// <param name="cancellation">Stops the tuning.</param>
        /// <exception cref="UnfoldException">There is no token that either model thinks possible.</exception>
        public MixtureModel Tune(TokenStore heldOut, Action<double>? progress = null, CancellationToken cancellation = default)
        {
            ArgumentNullException.ThrowIfNull(model);
            ArgumentNullException.ThrowIfNull(heldOut);
            List<double> ratios = Ratios(model, heldOut, progress, cancellation);
            if (ratios.Count == 0)
            {
                throw new UnfoldException("The weight of a mixture is tuned on held-out text, but no token of it is possible for either model: give a text like the one that they have learned.");
            }

            if (ratios.TrueForAll(ratio => ratio == 1))
            {
                return model;
            }

            double low = Edge, high = 1 - Edge;
            for (int round = 0; round < Rounds; round++)
            {
                cancellation.ThrowIfCancellationRequested();
                double middle = (low + high) / 2;
                (low, high) = Slope(ratios, middle) > 0 ? (middle, high) : (low, middle);
            }

            return model.WithWeight((low + high) / 2);
        }
    }

    /// <summary>The slope of the log-likelihood over the weight; a ratio is infinite where only the second model thinks a token possible.</summary>
    private static double Slope(List<double> ratios, double weight)
    {
        double sum = 0;
        foreach (double ratio in ratios)
        {
            sum += double.IsPositiveInfinity(ratio) ? -1 / (1 - weight) : (1 - ratio) / (weight + ((1 - weight) * ratio));
        }

        return sum;
    }

    /// <summary>p2 / p1 of each token.</summary>
    private static List<double> Ratios(MixtureModel model, TokenStore heldOut, Action<double>? progress, CancellationToken cancellation)
    {
        var ratios = new List<double>();
        MixtureSession session = model.Start();
        foreach (int token in heldOut.WithoutLeadingEnd(model.Vocabulary.Mode).Walk(progress, cancellation))
        {
            (double first, double second) = session.LogProbabilities(token);
            if (!double.IsNegativeInfinity(first) || !double.IsNegativeInfinity(second))
            {
                ratios.Add(Math.Exp(second - first));
            }

            session.Feed(token);
        }

        return ratios;
    }
}
