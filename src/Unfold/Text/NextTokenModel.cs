using Unfold.Numerics;

namespace Unfold.Text;

/// <summary>
/// Whatever foretells the next token of a text from the tokens before it: p(token_t | token_1 .. token_(t-1)). Recurrent models, counts of
/// n-grams and mixtures of them are scored, rescored and written on with in the same way.
/// </summary>
/// <remarks>A model does not change while it is used: any number of sessions on any threads share it. A session belongs to one thread at a time.</remarks>
public abstract class NextTokenModel
{
    /// <summary>The tokens, and how a text becomes tokens.</summary>
    public abstract Vocabulary Vocabulary { get; }

    /// <summary>Starts a text: nothing stands before the first token. Where lines are sentences, it is the first token of a sentence.</summary>
    public abstract NextTokenSession Start();

    /// <summary>Starts a line: the end of another stands before it. A model that knows no line feed starts as in <see cref="Start"/>, and so does, by default, one whose lines are sentences.</summary>
    public virtual NextTokenSession StartLine()
    {
        NextTokenSession session = Start();
        if (Vocabulary.Mode != TextMode.Sentences && Vocabulary.LineFeedId is not Vocabulary.UnknownId and var lineFeed)
        {
            session.Feed(lineFeed);
        }

        return session;
    }

    /// <summary>Starts a text that is to be written on: as a line, unless the model foretells better what goes on from nothing.</summary>
    public virtual NextTokenSession StartPrompt() => StartLine();

    /// <summary>For each node of a tree ln p(its token | the path to it), each path a line: see <see cref="StartLine"/>; 0 for the first node.</summary>
    /// <param name="tree">Sequences that share their beginnings: no beginning is computed twice.</param>
    /// <param name="workers">The threads; the result does not depend on their number. A team of several serves one call at a time.</param>
    /// <param name="progress">Called with the share that is done, in [0, 1].</param>
    /// <param name="cancellation">Stops between two tokens.</param>
    /// <exception cref="ArgumentException">A token of the tree is not in the vocabulary.</exception>
    public virtual double[] LogProbabilities(TokenTree tree, Workers workers, Action<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(tree);
        var values = new double[tree.Count];
        var open = new Stack<(int Node, NextTokenSession Session)>();
        open.Push((0, StartLine()));
        int done = 1;
        while (open.TryPop(out (int Node, NextTokenSession Session) at))
        {
            cancellation.ThrowIfCancellationRequested();
            int longest = -1;
            foreach (int child in tree.Children(at.Node))
            {
                values[child] = at.Session.LogProbability(tree.Token(child));
                longest = tree.Children(child).Count > 0 ? child : longest;
                done++;
            }

            progress?.Invoke((double)done / tree.Count);
            foreach (int child in tree.Children(at.Node))
            {
                if (tree.Children(child).Count > 0)
                {
                    // The last one to go on takes the session itself.
                    NextTokenSession session = child == longest ? at.Session : at.Session.Fork();
                    session.Feed(tree.Token(child));
                    open.Push((child, session));
                }
            }
        }

        return values;
    }

    /// <summary>What is wrong with a model that gives a token a probability that is not a number.</summary>
    internal UnfoldException FailureAt(int token) =>
        new($"The model's log-probability of the token {Vocabulary.Quoted(Vocabulary[token])} should be a number and is none: its weights are damaged or its training diverged.");
}
