using Unfold.Models;
using Unfold.Numerics;
using Unfold.Text;

namespace Unfold.Bench;

/// <summary>A training step that the peers know under the same name.</summary>
/// <param name="Name">The name.</param>
/// <param name="Settings">The model.</param>
/// <param name="Vocabulary">V.</param>
/// <param name="Batch">B.</param>
/// <param name="Steps">T.</param>
/// <param name="Loss">The time steps that the loss counts. With all of them the state is carried on from window to window.</param>
internal sealed record Workload(string Name, LanguageModelSettings Settings, int Vocabulary, int Batch, int Steps, LossOver Loss)
{
    /// <summary>The symbols of the text that the classic recipe learns.</summary>
    public const int Symbols = 57;

    /// <summary>The streamed LSTM.</summary>
    public static LanguageModelSettings Streamed { get; } = new() { Cell = CellKind.Lstm, Hidden = 256 };

    /// <summary>All training workloads.</summary>
    public static IReadOnlyList<Workload> Trainings { get; } =
    [
        Classic("lstm256", CellKind.Lstm),
        Classic("gru256", CellKind.Gru),
        Classic("rnn256", CellKind.Rnn),
        new("lstm2x512", new() { Cell = CellKind.Lstm, Hidden = 512, Layers = 2 }, Symbols, Batch: 50, Steps: 50, LossOver.All),
        new("lstm2x650", new() { Cell = CellKind.Lstm, Hidden = 650, Layers = 2, Embedding = 650 }, 10_000, Batch: 20, Steps: 35, LossOver.All),
    ];

    /// <summary>The tokens that a step reads.</summary>
    public int Tokens => Batch * Steps;

    /// <summary>H, the width of every layer.</summary>
    public int Hidden => Settings.Hidden[0];

    /// <summary>The width of all gates together.</summary>
    public int GatesWidth => Hidden * Settings.Cell switch { CellKind.Lstm => 4, CellKind.Gru => 3, _ => 1 };

    /// <summary>Creates the model of this workload.</summary>
    public LanguageModel CreateModel(SeededRandom random) => new(Settings, CreateVocabulary(Vocabulary), random);

    /// <summary>A vocabulary of exactly so many ids, the special ones included: the model is as wide as that of the peers.</summary>
    public static Vocabulary CreateVocabulary(int count) =>
        new(TokenKind.Character, LetterCase.Kept, Enumerable.Range(0x4E00, count - Text.Vocabulary.SpecialCount).Select(code => ((char)code).ToString()));

    private static Workload Classic(string name, CellKind cell) =>
        new(name, new() { Cell = cell, Hidden = 256 }, Symbols, Batch: 50, Steps: 40, LossOver.Last);
}
