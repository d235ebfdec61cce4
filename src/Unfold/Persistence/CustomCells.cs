using Unfold.Cells;
using Unfold.Models;

namespace Unfold.Persistence;

/// <summary>Brings the code of a user's own cell to a saved model, which holds its weights only.</summary>
internal static class CustomCells
{
    /// <summary>What makes the cells of a model.</summary>
    /// <param name="cell">The kind that the file names.</param>
    /// <param name="factory">What the program has; not looked at where the cell is built in.</param>
    /// <param name="path">The file, for the message.</param>
    /// <exception cref="UnfoldException">The cell is the user's own, and there is nothing that makes it.</exception>
    public static CellFactory? For(CellKind cell, CellFactory? factory, string path)
    {
        if (cell != CellKind.Custom)
        {
            return null;
        }

        return factory ?? throw new UnfoldException(
            $"{path} describes a model whose cell was written by its user (cell: custom), and no file holds the code of a cell: load it in the program that has the cell, with a function that makes it, as in Load(cell).");
    }
}
