namespace Unfold.Cli;

/// <summary>Makes tokens visible.</summary>
internal static class ShownTokens
{
    extension(string token)
    {
        /// <summary>A token as it can be seen in a table.</summary>
        public string Visible => token switch
        {
            "\n" => "\\n",
            "\t" => "\\t",
            " " => "\" \"",
            _ => token.Printable,
        };

        /// <summary>A text of a file with a space for each tab and its like, and a question mark for each other control character, which a terminal would obey.</summary>
        public string Printable => token.Any(char.IsControl)
            ? string.Concat(token.Select(letter => !char.IsControl(letter) ? letter : char.IsWhiteSpace(letter) ? ' ' : '?'))
            : token;
    }
}
