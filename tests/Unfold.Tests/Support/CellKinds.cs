using Unfold.Cells;
using Unfold.Models;

namespace Unfold.Tests.Support;

/// <summary>The kinds of cells that models are tested with, a user's own among them.</summary>
public static class CellKinds
{
    public static IReadOnlyList<CellKind> All { get; } = Enum.GetValues<CellKind>();

    /// <summary>The kinds that have reference equations in double precision.</summary>
    public static IReadOnlyList<CellKind> BuiltIn { get; } = [.. All.Where(kind => kind != CellKind.Custom)];

    /// <summary>What makes the cells of the kind that is the user's own; null for the others.</summary>
    public static CellFactory? Factory(CellKind kind) =>
        kind == CellKind.Custom ? (input, hidden, random, name) => new ComposedLstm(input, hidden, random!, name) : null;
}
