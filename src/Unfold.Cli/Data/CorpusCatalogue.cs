namespace Unfold.Cli.Data;

/// <summary>The table of known corpora. A file is named by the revision that holds it, so that its content stays what its checksum says.</summary>
internal static class CorpusCatalogue
{
    private const string Host = "https://raw.githubusercontent.com/";

    /// <summary>All corpora in the order in which they are listed.</summary>
    public static IReadOnlyList<KnownCorpus> All { get; } =
    [
        new(
            "tinyshakespeare",
            "Plays by Shakespeare, 40,000 lines of English",
            "selected by A. Karpathy for char-rnn",
            "public domain",
            [File("tinyshakespeare.txt", "karpathy/char-rnn/d1d7aa34fdb3626174bce1d753e6cc6845ce7087/data/tinyshakespeare/input.txt", 1_115_394, "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed")]),
        new(
            "nietzsche",
            "Beyond Good and Evil and other writings in English",
            "Project Gutenberg, as the Keras examples use it but without its first line, PREFACE",
            "public domain",
            [File("nietzsche.txt", "mirashe/simple-predictive-keyboard/200d3bb25a535876c344a4f0e6d3f2dd11d00749/nietzsche.txt", 600_893, "8f140bcac6986db4b7930f9573ec18a74e10ad6084e31a13303cc654025ec33b")]),
        new(
            "tatoeba-en-zh",
            "20,403 pairs of sentences, English and Chinese with a tab between",
            "the Tatoeba project, selected by manythings.org/anki",
            "CC BY 2.0 FR",
            [File("cmn.txt", "jayeew/MachineTranslation-Transformer/4865d6df09c5870017d2ca84c2bfeb0a5625f5c3/cmn.txt", 1_277_698, "d6f0916ed3f036b8e1ec37619136f0a0f7ad74a9561b4d48df7a157194c7bb6b")]),
        new(
            "movie-reviews",
            "5,331 negative and as many positive sentences of film reviews in English",
            "B. Pang and L. Lee, 2005",
            "CC BY 4.0",
            [
                File("rt-polarity.neg", "dennybritz/cnn-text-classification-tf/a0d0e9742b3dc42194955e78858f7be93027c75e/data/rt-polaritydata/rt-polarity.neg", 612_506, "2d11cfbc790f1cd96d78339f41ce53ced1efa83cd22d37d6788fa3fe3d17e2fd"),
                File("rt-polarity.pos", "dennybritz/cnn-text-classification-tf/a0d0e9742b3dc42194955e78858f7be93027c75e/data/rt-polaritydata/rt-polarity.pos", 626_395, "4134882974a28d0c7b5151256f0e33a6169984ee7372c279e673f1114f475d58"),
            ]),
    ];

    private static KnownFile File(string name, string path, long bytes, string sha256) => new(name, new Uri(Host + path), bytes, sha256);
}
