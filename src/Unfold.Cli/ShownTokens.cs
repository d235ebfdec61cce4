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
            _ => token,
        };
    }
}
