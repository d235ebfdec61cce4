using System.Security.Cryptography;

namespace Unfold.Text;

/// <summary>What the weights of a model and a fit that is kept remember of a vocabulary, so that they are not taken for those of another one.</summary>
internal static class VocabularyHash
{
    /// <summary>The name under which it is kept.</summary>
    public const string Field = "vocabulary_sha256";

    /// <summary>SHA-256 over all that is written of a vocabulary, in hexadecimal digits; white space in its file does not count.</summary>
    public static string Of(Vocabulary vocabulary)
    {
        using var written = new MemoryStream();
        vocabulary.Write(written);
        return Convert.ToHexStringLower(SHA256.HashData(written.GetBuffer().AsSpan(0, (int)written.Length)));
    }
}
