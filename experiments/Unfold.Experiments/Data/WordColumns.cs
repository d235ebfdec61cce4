namespace Unfold.Experiments.Data;

/// <summary>What can be seen of a word that was met rarely or never: its case, its first and its last letters.</summary>
internal static class WordColumns
{
    /// <summary>The words in lower case.</summary>
    public static string[] Lower(IEnumerable<string> words) => [.. words.Select(word => word.ToLowerInvariant())];

    /// <summary>The first letters of each word in lower case; a shorter word is whole.</summary>
    public static string[] Prefixes(IEnumerable<string> words, int letters) => [.. Lower(words).Select(word => word.Length <= letters ? word : word[..letters])];

    /// <summary>The last letters of each word in lower case; a shorter word is whole.</summary>
    public static string[] Suffixes(IEnumerable<string> words, int letters) => [.. Lower(words).Select(word => word.Length <= letters ? word : word[^letters..])];

    /// <summary>How each word is written: "AA" capitals only, "Aa" a capital first, "0" a number, "a0" digits in it, "a-a" a hyphen in it, "a" other letters, "." a mark.</summary>
    public static string[] Shapes(IEnumerable<string> words) => [.. words.Select(Shape)];

    private static string Shape(string word) =>
        word.All(char.IsUpper) ? "AA"
        : char.IsUpper(word[0]) ? "Aa"
        : word.Any(char.IsDigit) ? word.All(letter => char.IsDigit(letter) || letter is '.' or ',') ? "0" : "a0"
        : !word.Any(char.IsLetter) ? "."
        : word.Contains('-', StringComparison.Ordinal) ? "a-a"
        : "a";
}
