using System.CommandLine;
using Unfold.NGrams;
using Unfold.Persistence;

namespace Unfold.Cli.Commands;

/// <summary>unfold ngram: models of counted n-grams.</summary>
internal static class NGramCommand
{
    /// <summary>Makes the group of verbs.</summary>
    public static Command Create(Terminal terminal) => new("ngram", "Models of counted n-grams: the baseline and partner of recurrent models.")
    {
        NGramTrainCommand.Create(terminal),
        NGramCountCommand.Create(terminal),
        NGramEvaluateCommand.Create(terminal),
        NGramConvertCommand.Create(terminal),
        NGramMixCommand.Create(terminal),
    };

    /// <summary>The help on the file of a model that is read.</summary>
    public const string ReadHelp = "The file of an n-gram model, ARPA text or the compact form.";

    /// <summary>The help on the file of a model that is written.</summary>
    public const string WrittenHelp = "The file to write: .arpa for ARPA text, .arpa.gz for the same packed, .bin for the compact form.";

    /// <summary>How much of a model is left out.</summary>
    public static Option<double?> Prune() => Options.Number("--prune", "of at least 0", value => value >= 0, "Leave out n-grams without which perplexity grows by less than this share, such as 1e-8; default 0, none.");

    /// <summary>The file of an n-gram model.</summary>
    public static Argument<string> File(string name, string description) => Options.PathArgument(name, description, "n-gram model's file");

    /// <summary>Throws where a file cannot be written, or is there already and may not be replaced: before the counting, not after it.</summary>
    /// <exception cref="UnfoldException">It is there, is a folder, or its folder is missing or cannot be written to.</exception>
    public static void RequireFree(string path, bool force)
    {
        if (Directory.Exists(path))
        {
            throw new UnfoldException($"{path} is a folder, but a file was wanted for the n-gram model: choose another name.");
        }

        if (!force && System.IO.File.Exists(path))
        {
            throw new UnfoldException($"The file {path} is there already: choose another name, or replace it with --force.");
        }

        AtomicFile.RequireWritable(path);
    }

    /// <summary>Throws where the file of the model is one of those that it is made of, which would be lost.</summary>
    /// <exception cref="UnfoldException">It is.</exception>
    public static void RequireOther(string path, params IEnumerable<string> sources)
    {
        if (sources.FirstOrDefault(source => RealPath.AreSame(path, source)) is string same)
        {
            throw new UnfoldException($"The n-gram model would replace {same}, which is read for it: choose another name than {path}.");
        }
    }

    /// <summary>Writes a model with progress.</summary>
    /// <exception cref="UnfoldException">The file cannot be written, or has come meanwhile and may not be replaced.</exception>
    public static void Write(Terminal terminal, string path, NGramModel model, bool force, CancellationToken cancellation)
    {
        using var progress = new ProgressLine(terminal, $"Writing {path}");
        if (force)
        {
            NGramFile.Write(path, model, progress.Show, cancellation);
        }
        else
        {
            NGramFile.Create(path, model, progress.Show, cancellation);
        }
    }
}
