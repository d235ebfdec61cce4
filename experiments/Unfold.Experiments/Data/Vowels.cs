namespace Unfold.Experiments.Data;

/// <summary>A spoken vowel.</summary>
/// <param name="Speaker">Who spoke, 0 to 8.</param>
/// <param name="Frames">(T, 12): the cepstral coefficients of each frame.</param>
internal sealed record Utterance(int Speaker, Frames Frames);

/// <summary>The Japanese vowels of nine men (Kudo et al., 1999).</summary>
internal sealed record Vowels(IReadOnlyList<Utterance> Train, IReadOnlyList<Utterance> Test)
{
    /// <summary>Those who spoke.</summary>
    public const int Speakers = 9;

    /// <summary>The numbers of a frame.</summary>
    public const int Coefficients = 12;

    private const string Header = "block,speaker,frame,c1,c2,c3,c4,c5,c6,c7,c8,c9,c10,c11,c12";

    /// <summary>What it reads, inside of the data folder.</summary>
    public static IReadOnlyList<string> Needed { get; } = ["japanese_vowels/train.csv", "japanese_vowels/test.csv"];

    /// <summary>Reads both parts.</summary>
    /// <exception cref="UnfoldException">A file is missing or damaged.</exception>
    public static Vowels Read(DataFolder folder) => new(ReadFile(folder.Path(Needed[0])), ReadFile(folder.Path(Needed[1])));

    private static List<Utterance> ReadFile(string path)
    {
        List<Utterance> utterances = [];
        List<float> frames = [];
        int speaker = 0;
        CsvTable table = CsvTable.Read(path, Header);
        foreach (CsvRow row in table.Rows)
        {
            // A row goes on with the utterance before it, or is the first of the next.
            bool next = frames.Count == 0 || row.Whole(0) != utterances.Count;
            if (next && frames.Count > 0)
            {
                utterances.Add(new Utterance(speaker, new Frames(Coefficients, [.. frames])));
                frames.Clear();
            }

            speaker = next ? row.Whole(1) - 1 : speaker;
            if (row.Whole(0) != utterances.Count || row.Whole(1) - 1 != speaker || speaker is < 0 or >= Speakers || row.Whole(2) != frames.Count / Coefficients)
            {
                throw row.Line.Damaged($"block {utterances.Count}, one speaker of 1 to 9 and frame {frames.Count / Coefficients} were wanted; found {row.Line.Shown}");
            }

            frames.AddRange(Enumerable.Range(3, Coefficients).Select(row.Single));
        }

        utterances.Add(new Utterance(speaker, new Frames(Coefficients, [.. frames])));
        return utterances;
    }
}
