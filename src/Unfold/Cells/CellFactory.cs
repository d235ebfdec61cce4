using Unfold.Numerics;

namespace Unfold.Cells;

/// <summary>Makes the cells of a user's own that a model is built of, one call a layer (and direction).</summary>
/// <param name="input">I of the cell.</param>
/// <param name="hidden">H of the cell.</param>
/// <param name="random">Where the weights come from; null where they stay zero, because a file holds them or only their number is wanted.</param>
/// <param name="name">What the names of the cell's parameters must begin with.</param>
public delegate Cell CellFactory(int input, int hidden, SeededRandom? random, string name);
