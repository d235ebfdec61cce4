using Unfold.Autograd;
using Unfold.Layers;
using Unfold.Numerics;
using Unfold.Text;
using Unfold.Training;

namespace Unfold.Models;

/// <summary>Measures a model that follows the text while it is measured: dynamic evaluation, a continuous cache, or both.</summary>
/// <remarks>Each token is foretold before anything is learned or remembered of it, so the result is as honest as that of a model that stays as it is.</remarks>
public static class AdaptingScorer
{
    // The steps that are scored, and then learned from.
    private const int Window = 20;

    /// <summary>Scores the text as one stream: every token but the first is predicted from all that stands before it.</summary>
    /// <param name="model">The model; its weights change while it learns, and are then what they were.</param>
    /// <param name="tokens">At least two tokens.</param>
    /// <param name="adaptation">How it follows the text.</param>
    /// <param name="workers">The threads; the result does not depend on their number.</param>
    /// <param name="progress">Called now and then with the share done, in [0, 1].</param>
    /// <param name="cancellation">Stops the scoring.</param>
    /// <exception cref="UnfoldException">There are fewer than two tokens, or a setting is out of range, or the rate was too high.</exception>
    public static Score Score(
        LanguageModel model, TokenStore tokens, StreamAdaptation adaptation, Workers workers, Action<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentNullException.ThrowIfNull(adaptation);
        adaptation.Validate();
        LanguageModelScorer.RequireTwo(tokens);
        float[]? weights = adaptation.LearningRate > 0 ? [.. model.Parameters.Values] : null;
        try
        {
            return new Run(model, adaptation, CreateCache(model, tokens, adaptation), workers).Over(tokens, progress, cancellation);
        }
        catch (DivergenceException)
        {
            throw new UnfoldException(FormattableString.Invariant($"Dynamic evaluation with the rate {adaptation.LearningRate} has diverged: choose a lower rate."));
        }
        finally
        {
            weights?.CopyTo(model.Parameters.Edit());
        }
    }

    /// <summary>The cache; null for none. It is no larger than what can come into it: an output for each token that is scored.</summary>
    private static ContinuousCache? CreateCache(LanguageModel model, TokenStore tokens, StreamAdaptation adaptation)
    {
        if (adaptation.Cache == 0)
        {
            return null;
        }

        int size = (int)Math.Min(adaptation.Cache, tokens.Count - 1);
        MemoryBudget.RequireCache(size, model.Output.InputSize);
        return new ContinuousCache(size, model.Output.InputSize, adaptation.CacheFlatness);
    }

    private sealed class Run(LanguageModel model, StreamAdaptation adaptation, ContinuousCache? cache, Workers workers)
    {
        private readonly Tape _tape = new(workers) { Recording = adaptation.LearningRate > 0 };
        private readonly StackState _state = model.ZeroState(1);
        private readonly Sgd _optimizer = new();
        private readonly Clipping _finite = new();

        public Score Over(TokenStore tokens, Action<double>? progress, CancellationToken cancellation)
        {
            long count = tokens.Count - 1;
            double sum = 0;
            for (long start = 0; start < count; start += Window)
            {
                cancellation.ThrowIfCancellationRequested();
                int length = (int)Math.Min(Window, count - start);
                int[] window = new int[length + 1];
                tokens.Read(start, window);
                sum += ScoreWindow(window.AsMemory(0, length), window.AsMemory(1), start + length < count);
                progress?.Invoke((double)(start + length) / count);
            }

            // The last step may have gone wrong with no other to notice it.
            return adaptation.LearningRate == 0 || double.IsFinite(sum)
                ? new Score(count, sum / count)
                : throw new DivergenceException(_optimizer.Steps, parameterName: null, "the loss of a window is not a number");
        }

        /// <summary>The sum of the losses of a window, after which it is learned where another follows.</summary>
        private double ScoreWindow(ReadOnlyMemory<int> inputs, ReadOnlyMemory<int> targets, bool learns)
        {
            _tape.Reset();
            (Tensor outputs, StackState final) = model.Outputs(_tape, inputs, batch: 1, _state);
            double cached = cache is null ? 0 : CachedLoss(outputs, targets.Span);
            Tensor? loss = cache is null || adaptation.LearningRate > 0 ? model.Output.Loss(_tape, outputs, targets) : null;
            double sum = cache is null ? loss!.Values[0] * (double)targets.Length : cached;
            if (learns && adaptation.LearningRate > 0)
            {
                Learn(loss!);
            }

            // The gradients of a composed cell are computed from the state that the window began with.
            _state.CopyFrom(final);
            return sum;
        }

        private void Learn(Tensor loss)
        {
            double value = loss.Values[0];
            model.Parameters.ClearGradients();
            _tape.Backward(loss);
            _finite.Apply(_optimizer.Steps + 1, value, model.Parameters, workers);
            _optimizer.Step(model.Parameters, adaptation.LearningRate, 1, workers);
        }

        /// <summary>The sum of -log((1 - lambda) p_model + lambda pcache); the model is alone as long as nothing is remembered.</summary>
        private double CachedLoss(Tensor outputs, ReadOnlySpan<int> targets)
        {
            int classes = model.Output.Classes, width = model.Output.InputSize;
            ReadOnlySpan<float> logits = model.Output.Logits(_tape, outputs).Values;
            double sum = 0;
            for (int t = 0; t < targets.Length; t++)
            {
                ReadOnlySpan<float> output = outputs.Values.Slice(t * width, width);
                double p = Probability(logits.Slice(t * classes, classes), targets[t]);
                if (cache!.Count > 0)
                {
                    p = ((1 - adaptation.CacheWeight) * p) + (adaptation.CacheWeight * cache.Probability(output, targets[t]));
                }

                sum -= Math.Log(p);
                cache.Add(output, targets[t]);
            }

            return sum;
        }

        private static double Probability(ReadOnlySpan<float> logits, int token)
        {
            double highest = System.Numerics.Tensors.TensorPrimitives.Max(logits), sum = 0;
            foreach (float logit in logits)
            {
                sum += Math.Exp(logit - highest);
            }

            return Math.Exp(logits[token] - highest) / sum;
        }
    }
}
