using System.Text;
using Unfold.Numerics;
using Unfold.Text;

namespace Unfold.Bench;

/// <summary>A text that a question needs is not there.</summary>
internal sealed class MissingDataException(string message) : InvalidOperationException(message);

/// <summary>The texts that the command learns: of the data folder, or of the embedded grammar.</summary>
internal static class TextData
{
    /// <summary>The text of the classic recipe, inside of the data folder.</summary>
    public static string Nietzsche { get; } = Path.Combine("nietzsche", "nietzsche.txt");

    /// <summary>The path of a text in the data folder.</summary>
    /// <exception cref="MissingDataException">There is no such folder or text.</exception>
    public static string Find(string name, Options options)
    {
        if (string.IsNullOrEmpty(options.Data))
        {
            throw new MissingDataException($"The text {name} is wanted, but no data folder is named: name the folder that holds it with --data DIR or UNFOLD_DATA.");
        }

        string path = Path.GetFullPath(Path.Combine(options.Data, name));
        return File.Exists(path)
            ? path
            : throw new MissingDataException($"The text {name} is wanted in the data folder {options.Data}, but is not there: name the folder that holds it with --data DIR or UNFOLD_DATA.");
    }

    /// <summary>The text of the classic recipe, or in a quick run sentences of the embedded grammar, which need no data.</summary>
    public static string NietzscheOrGrammar(Options options, TemporaryFolder folder)
    {
        if (!options.Quick)
        {
            return Find(Nietzsche, options);
        }

        string path = folder.File("grammar.txt");
        File.WriteAllText(path, Grammar.CreateEmbedded().WriteText(new SeededRandom(1), 60_000));
        return path;
    }

    /// <summary>Writes the last part of a text, cut where the command cuts off its validation part by default.</summary>
    /// <returns>The number of characters written.</returns>
    public static int WriteTail(string path, double fraction, string tail)
    {
        Rune[] all = [.. File.ReadAllText(path).EnumerateRunes()];
        int kept = (int)Math.Round(all.Length * fraction);
        File.WriteAllText(tail, string.Concat(all.AsSpan(all.Length - kept).ToArray()));
        return kept;
    }
}
