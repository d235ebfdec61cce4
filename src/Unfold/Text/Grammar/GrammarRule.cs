namespace Unfold.Text;

/// <summary>A piece of an alternative: literal text, or the number of a symbol.</summary>
internal readonly record struct GrammarItem(string? Literal, int Symbol);

/// <summary>One way to write a symbol, with its probability among the symbol's alternatives.</summary>
internal sealed record GrammarAlternative(double Probability, GrammarItem[] Items);

/// <summary>A symbol and all the ways to write it.</summary>
internal sealed record GrammarRule(string Name, GrammarAlternative[] Alternatives);
