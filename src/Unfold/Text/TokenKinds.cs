namespace Unfold.Text;

/// <summary>What kinds of tokens are called.</summary>
public static class TokenKinds
{
    extension(TokenKind kind)
    {
        /// <summary>The name in files and on the command line: char, word, space.</summary>
        public string Name => kind switch
        {
            TokenKind.Character => "char",
            TokenKind.Word => "word",
            TokenKind.Space => "space",
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "This is not a kind of token."),
        };

        /// <summary>What a reader calls one token: character or word.</summary>
        public string Noun => kind == TokenKind.Character ? "character" : "word";

        /// <summary>Whether printed text has a space between most tokens, which is no part of them.</summary>
        public bool DividedBySpaces => kind is TokenKind.Word or TokenKind.Space;
    }
}
