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
        new(
            "jieba",
            "109,750 Chinese words with how often they are seen, for --dictionary",
            "J. Sun, the small dictionary of jieba",
            "MIT",
            [File("dict.txt.small", "fxsjy/jieba/67fa2e36e72f69d9134b8a1037b83fbb070b9775/extra_dict/dict.txt.small", 1_552_161, "479cf8cc37e78bc908ae330d9153375547d4ff7f7d03a1ac4d4908d3677ff664")]),
        new(
            "names",
            "Surnames of 18 languages, one a line",
            "collected from public pages by S. Robertson for practical-pytorch",
            "MIT",
            [
                Names("Arabic.txt", 13_190, "6f424a8dbe51cbbbabab7a57d38b617210125e4e3991f3c657cb79b8f104bafc"),
                Names("Chinese.txt", 1_246, "09ba8f1f7e38dbc99372d461b26ad4433b811fc6bfa6a3ecca6fe11a9a777465"),
                Names("Czech.txt", 3_916, "e17ab0ec47616a72c39cb85c783f70c3663ab64488721e5d8378f146d2226be7"),
                Names("Dutch.txt", 2_351, "924f32b635170eae561f84538632138fc07d4c8bbd70ba3fb980de1ecc4d2af3"),
                Names("English.txt", 27_125, "9cca037066d3d5989e24bc01801416162de506b5e28e15b7c092a47905d29bf2"),
                Names("French.txt", 2_178, "81e65b36c60ed5b89a17422f6edcadbb89546f38ad69e960e64e7ba682012a95"),
                Names("German.txt", 5_610, "7449cd590b97a733e18d613a4155decd77ec35dc5f8aadd7a82204dce4f051db"),
                Names("Greek.txt", 1_981, "3555b5186de7f401e6d991b088e9e644ca3099116477818c25ab5793801389e6"),
                Names("Irish.txt", 1_858, "cf8c7013256252a88d2503127b87282a11f21b2ff6db1bded68834c19a1ec058"),
                Names("Italian.txt", 5_657, "f88414c27d0606a11a678b4859277828c2565d6cc4d9ee932deef6e94f3b35e4"),
                Names("Japanese.txt", 7_622, "e0e717e114fec3e7eade4d9dabe0067c475f43147e36a22b47902ee76ad9e67f"),
                Names("Korean.txt", 423, "cd54221ccb362a6cba4c78828838cf3268a0e59744767a37cf6ec4b74036b136"),
                Names("Polish.txt", 1_165, "45bab898af2f60ed3a728bbf6980e28821011a7caa53227553b5785903a40826"),
                Names("Portuguese.txt", 554, "50a8735f41f4f73757c8ce5b16cb0275cd86b2b214bcbc8c9805f508cb131c53"),
                Names("Russian.txt", 85_168, "0cfe53ac18041e8f63666aa77313e0a3ff378facb132abee052d8ebdc8c3d62c"),
                Names("Scottish.txt", 752, "78d0252711d87d948ea86fe34826c51d2d794a8e52d15b5d6f7b6244d45d62dd"),
                Names("Spanish.txt", 2_284, "1bcb462ed3316756a85781d68232bddae04498fdddd5d9219c53fd1fbdeba7a7"),
                Names("Vietnamese.txt", 339, "f3f9e4164ab47601178a6e45b216464a64122f49d05541f24bf18a757253281d"),
            ]),
    ];

    private static KnownFile Names(string language, long bytes, string sha256) => File(language, $"spro/practical-pytorch/c520c52e68e945d88fff563dba1c028b6ec0197b/data/names/{language}", bytes, sha256);

    private static KnownFile File(string name, string path, long bytes, string sha256) => new(name, new Uri(Host + path), bytes, sha256);
}
