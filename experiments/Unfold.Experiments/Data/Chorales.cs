using System.Text.Json;

namespace Unfold.Experiments.Data;

/// <summary>A piece of music: at each quarter note the keys that sound, 0 to 87 (MIDI note minus 21), ascending.</summary>
internal sealed record Chorale(int[][] Notes)
{
    /// <summary>The keys of a piano.</summary>
    public const int Keys = 88;

    /// <summary>(T, 88): 1 where a key sounds, else 0.</summary>
    public Frames PianoRoll()
    {
        float[] roll = new float[Notes.Length * Keys];
        for (int t = 0; t < Notes.Length; t++)
        {
            foreach (int note in Notes[t])
            {
                roll[(t * Keys) + note] = 1;
            }
        }

        return new Frames(Keys, roll);
    }
}

/// <summary>Bach's chorales in the split of Boulanger-Lewandowski et al. (2012).</summary>
internal sealed record Chorales(IReadOnlyList<Chorale> Train, IReadOnlyList<Chorale> Validation, IReadOnlyList<Chorale> Test)
{
    private const string File = "jsb_chorales/jsb_piano_roll_88.json";

    /// <summary>What it reads, inside of the data folder.</summary>
    public static IReadOnlyList<string> Needed { get; } = [File];

    /// <summary>Reads the pieces.</summary>
    /// <exception cref="UnfoldException">The file is missing or damaged.</exception>
    public static Chorales Read(DataFolder folder)
    {
        string path = folder.Path(File);
        try
        {
            using JsonDocument document = JsonDocument.Parse(DataFile.Bytes(path));
            return new Chorales(Part(path, document.RootElement, "train"), Part(path, document.RootElement, "valid"), Part(path, document.RootElement, "test"));
        }
        catch (JsonException damaged)
        {
            throw new UnfoldException($"{path}, line {(damaged.LineNumber ?? 0) + 1}: JSON was wanted, but it breaks off or is wrong at byte {damaged.BytePositionInLine} of the line.", damaged);
        }
    }

    private static Chorale[] Part(string path, JsonElement root, string part)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty(part, out JsonElement pieces) || pieces.ValueKind != JsonValueKind.Array || pieces.GetArrayLength() == 0)
        {
            throw new UnfoldException($"{path}: an object with a list of pieces under \"{part}\" was wanted.");
        }

        return [.. pieces.EnumerateArray().Select((piece, number) => Piece(piece, $"{path}: {part}, piece {number}"))];
    }

    private static Chorale Piece(JsonElement piece, string where)
    {
        if (piece.ValueKind != JsonValueKind.Array || piece.GetArrayLength() < 2)
        {
            throw new UnfoldException($"{where}: a list of at least two steps was wanted.");
        }

        return new Chorale([.. piece.EnumerateArray().Select((step, number) => Step(step, $"{where}, step {number}"))]);
    }

    private static int[] Step(JsonElement step, string where)
    {
        if (step.ValueKind != JsonValueKind.Array)
        {
            throw new UnfoldException($"{where}: a list of keys was wanted.");
        }

        int[] keys = new int[step.GetArrayLength()];
        int before = -1;
        for (int i = 0; i < keys.Length; i++)
        {
            if (step[i].ValueKind != JsonValueKind.Number || !step[i].TryGetInt32(out keys[i]) || keys[i] <= before || keys[i] >= Chorale.Keys)
            {
                throw new UnfoldException($"{where}: keys from 0 to 87 in ascending order were wanted; found {DataLine.Excerpt(step[i].GetRawText())} at place {i}.");
            }

            before = keys[i];
        }

        return keys;
    }
}
