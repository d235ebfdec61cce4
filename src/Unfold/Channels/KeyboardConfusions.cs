namespace Unfold.Channels;

/// <summary>Slips of the finger: each letter may be taken for those on the keys around it, on the English layout.</summary>
public static class KeyboardConfusions
{
    // Each row stands half a key to the right of the one above.
    private static readonly string[] Rows = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];

    /// <summary>All pairs of neighbours, in small letters and in capitals.</summary>
    public static IEnumerable<(string Symbol, string Observed, double Weight)> All()
    {
        for (int row = 0; row < Rows.Length; row++)
        {
            for (int column = 0; column < Rows[row].Length; column++)
            {
                foreach (char neighbour in Neighbours(row, column))
                {
                    char letter = Rows[row][column];
                    yield return ($"{letter}", $"{neighbour}", 1);
                    yield return ($"{char.ToUpperInvariant(letter)}", $"{char.ToUpperInvariant(neighbour)}", 1);
                }
            }
        }
    }

    private static IEnumerable<char> Neighbours(int row, int column)
    {
        (int Row, int Column)[] places = [(row, column - 1), (row, column + 1), (row - 1, column), (row - 1, column + 1), (row + 1, column - 1), (row + 1, column)];
        return places.Where(place => place.Row >= 0 && place.Row < Rows.Length && place.Column >= 0 && place.Column < Rows[place.Row].Length).Select(place => Rows[place.Row][place.Column]);
    }
}
