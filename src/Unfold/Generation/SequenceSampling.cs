using Unfold.Models;
using Unfold.Numerics;

namespace Unfold.Generation;

/// <summary>Lets a <see cref="SequenceGenerator"/> write by chance.</summary>
public static class SequenceSampling
{
    extension(SequenceGenerator model)
    {
        /// <summary>Draws a sequence for an input, symbol by symbol.</summary>
        /// <param name="input">A single step of the model's schema.</param>
        /// <param name="options">How to choose.</param>
        /// <param name="random">The source of chance.</param>
        /// <param name="maximumLength">The most symbols, at least 0; twice the longest training example if not set.</param>
        /// <exception cref="UnfoldException">The input is not a single step of the model's schema, or the model's weights are damaged.</exception>
        public IReadOnlyList<string> Sample(Sequence input, SamplingOptions options, SeededRandom random, int? maximumLength = null)
        {
            ArgumentNullException.ThrowIfNull(model);
            ArgumentNullException.ThrowIfNull(input);
            int most = maximumLength ?? (2 * model.LongestOutput);
            ArgumentOutOfRangeException.ThrowIfNegative(most, nameof(maximumLength));
            var session = new SequenceGeneratorSession(model, [input]);
            var sampler = new Sampler(options, model.Symbols.Count, random);
            var written = new List<string>();
            while (written.Count < most && sampler.Choose(session.Logits(0)) is int symbol && symbol != SequenceGenerator.Boundary)
            {
                written.Add(model.Symbols.Symbols[symbol - 1]);
                session.Feed([symbol]);
            }

            return written;
        }
    }
}
