namespace Unfold.Text;

/// <summary>What kinds of tokens are called.</summary>
public static class TokenKinds
{
    extension(TokenKind kind)
    {
        /// <summary>The name in files and on the command line: char, word, space, bpe, segmented.</summary>
        public string Name => kind switch
        {
            TokenKind.Character => "char",
            TokenKind.Word => "word",
            TokenKind.Space => "space",
            TokenKind.BytePair => "bpe",
            TokenKind.Segmented => "segmented",
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "This is not a kind of token."),
        };

        /// <summary>What a reader calls one token: character, word or subword.</summary>
        public string Noun => kind switch
        {
            TokenKind.Character => "character",
            TokenKind.BytePair => "subword",
            _ => "word",
        };

        /// <summary>Whether printed text has a space between most tokens, which is no part of them.</summary>
        public bool DividedBySpaces => kind is TokenKind.Word or TokenKind.Space or TokenKind.Segmented;
    }
}
