namespace Unfold.Cli.Data;

/// <summary>A public file whose content is known beforehand.</summary>
/// <param name="Name">Its name in the cache.</param>
/// <param name="Address">Where it is fetched from.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Its SHA-256, 64 hexadecimal digits in lower case.</param>
internal sealed record KnownFile(string Name, Uri Address, long Bytes, string Sha256);
