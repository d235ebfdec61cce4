using Unfold.Text;

namespace Unfold.Cli;

/// <summary>Finds the share of the first of two models that held-out files ask for.</summary>
internal static class MixtureShare
{
    /// <summary>The mixture with the share that foretells the files best, with progress, and says the share.</summary>
    /// <exception cref="UnfoldException">A file cannot be read, or holds no token that either model thinks possible.</exception>
    public static MixtureModel Tune(Terminal terminal, MixtureModel mixture, string[] files, CancellationToken cancellation)
    {
        Corpus heldOut = KnownText.Read(terminal, TextSource.FromFiles(files), mixture.Vocabulary, cancellation);
        using var progress = new ProgressLine(terminal, "Tuning the mixture");
        MixtureModel tuned = mixture.Tune(heldOut.Train, progress.Show, cancellation);
        terminal.Line(FormattableString.Invariant($"The first model's share of the mixture is {tuned.Weight:G4}."));
        return tuned;
    }
}
