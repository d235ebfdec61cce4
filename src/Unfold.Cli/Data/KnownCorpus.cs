namespace Unfold.Cli.Data;

/// <summary>A public corpus.</summary>
/// <param name="Name">What it is called on the command line, and its folder in the cache.</param>
/// <param name="Content">What it is.</param>
/// <param name="Origin">Who made it.</param>
/// <param name="Licence">Under what terms.</param>
/// <param name="Files">Its files.</param>
internal sealed record KnownCorpus(string Name, string Content, string Origin, string Licence, IReadOnlyList<KnownFile> Files)
{
    /// <summary>The bytes of all files.</summary>
    public long Bytes => Files.Sum(file => file.Bytes);
}
