using System.Security.Cryptography;
using System.Text;
using Unfold.Models;
using Unfold.NGrams;
using Unfold.Numerics;
using Unfold.Persistence;
using Unfold.Rescoring;
using Unfold.Tests.NGrams;
using Unfold.Tests.Persistence.Sequences;
using Unfold.Tests.Support;
using Unfold.Tests.Text;
using Unfold.Text;

namespace Unfold.Tests.Persistence;

/// <summary>A file of any kind that is damaged anyhow is read, where the damage makes another good file of it, or refused with a sentence that names it.</summary>
public sealed class DamagedFileTests : IDisposable
{
    private const string Text = "the king was late, so the queen waited for him.\n我们今天没有去花园。\nthe old <king> was late again\n";

    private static readonly FileDamage
        Json = FileDamage.OfJson("\"lstm\"", "\"hidden\": 3,", "\"symbols\"", "<unk>", "\uD83D\uDE00"),
        Arpa = new("\\data\\", "\\end\\", "\\2-grams:", "ngram 1=3", "\n", "\r\n", "\t", " ", "<s>", "</s>", "<unk>", "-99", "0", "1e38", "-1e38", "1e39", "nan", "-inf", "a", "\0", "é", "\uFEFF", "# unfold", "<U+000A>", "<U+D800>", "2147483647"),
        NBest = new("NBestList1.0", "NBestList2.0", "(", ")", "(-5)", "\n", "\r\n", "\t", " ", "-1", "-inf", "nan", "1e308", "1e999", "0", "utt-1", "<s>", "</s>", "\0", "é", "{", "}", "\"", "[", "]", ",", ":", "null", "\\ud800", "st:", "a:"),
        Bytes = new("\0", "\0\0\0\0", "\u0001\0\0\0", "\u007F", "[", "\"");

    private static readonly SequenceEncoderSettings Small = new() { Cell = CellKind.Gru, Hidden = 3, Embedding = 2 };
    private static readonly Vocabulary Letters = new(TokenKind.Character, LetterCase.Kept, ["a", "b", "\n", "\"", "我", "\uD83D\uDE00"]);

    private readonly TemporaryFolder _folder = new();
    private int _written;

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Kinds =>
    [
        "arpa", "arpa of characters", "compact", "compact with a good checksum",
        "vocabulary of characters", "vocabulary of words", "vocabulary of subwords",
        "config of a run", "config of a cloze model", "run of a cloze model", .. SavedModels.Rows.Keys.Select(type => $"config of {type}"),
        "n-best 1.0", "n-best 2.0", "n-best 3", "n-best of Kaldi", "n-best of JSON",
        "dictionary",
    ];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void It_is_read_or_refused_with_a_sentence(string kind)
    {
        const int cases = 150;
        (string name, FileDamage damage, Action<string> read) = Prepare(kind);
        byte[] valid = File.ReadAllBytes(_folder[name]);
        read(_folder[name]);
        var random = new SeededRandom(17);
        int refused = 0;
        for (int i = 0; i < cases; i++)
        {
            byte[] damaged = damage.Apply(valid, random);
            if (kind == "compact with a good checksum" && damaged.Length > 64)
            {
                BitConverter.TryWriteBytes(damaged.AsSpan(16), (long)damaged.Length);
                SHA256.HashData([.. damaged[..32], .. damaged[64..]]).CopyTo(damaged, 32);
            }

            // Windows lets nobody write a file that is mapped, as the compact form is while its model lives.
            string path = _folder[Path.GetExtension(name) == ".bin" ? $"{i}.bin" : name];
            File.WriteAllBytes(path, damaged);
            try
            {
                read(path);
            }
            catch (UnfoldException refusal)
            {
                refused++;
                Assert.True(refusal.Message.Contains(_folder.Path, StringComparison.Ordinal), $"Case {i} of {kind}: \"{refusal.Message}\" does not say what it is about.");
                Assert.True(!refusal.Message.Any(char.IsControl), $"Case {i} of {kind}: \"{refusal.Message}\" would print control characters.");
            }
            catch (Exception failure) when (failure is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"Case {i} of {kind}: {failure}\n{Encoding.UTF8.GetString(damaged)}");
            }
        }

        Assert.InRange(refused, cases / 2, cases);
    }

    private (string Name, FileDamage Damage, Action<string> Read) Prepare(string kind)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        switch (kind)
        {
            case "arpa":
                NGramFile.Write(_folder["m.arpa"], new RandomText(3, TextMode.Sentences, 6).Train(new NGramOptions { Order = 3 }), cancellation: cancellation);
                return ("m.arpa", Arpa, UseNGrams);
            case "arpa of characters":
                Corpus corpus = Corpus.Load(TextSource.FromString(Text), new CorpusOptions(), cancellation: cancellation);
                NGramFile.Write(_folder["m.arpa"], RandomText.Train(corpus.Train, corpus.Vocabulary, new NGramOptions { Order = 2 }), cancellation: cancellation);
                return ("m.arpa", Arpa, UseNGrams);
            case "compact" or "compact with a good checksum":
                NGramFile.Write(_folder["m.bin"], new RandomText(3, TextMode.Sentences, 6).Train(new NGramOptions { Order = 3 }), cancellation: cancellation);
                return ("m.bin", Bytes, UseNGrams);
            case "vocabulary of characters":
                return Table(Letters);
            case "vocabulary of words":
                return Table(Corpus.Load(TextSource.FromString(Text), new CorpusOptions { Kind = TokenKind.Word, Mode = TextMode.Sentences }, cancellation: cancellation).Vocabulary);
            case "vocabulary of subwords":
                return Table(Tokenizations.Learn(Text, 300));
            case "config of a run":
                new RunSettings(TinyRun.Shape(CellKind.Lstm), TinyRun.Settings, new RunData(["a.txt"], "b.txt", 0.1, "abc")).Save(_folder["config.json"]);
                return ("config.json", Json, path => RunSettings.Read(path));
            case "config of a cloze model":
                new ClozeModel(Letters, Small, new SeededRandom(1)).Save(_folder.Path);
                return ("config.json", Json, _ => ClozeModel.Load(_folder.Path));
            case "run of a cloze model":
                new ClozeRun(Small, new FitOptions(), new RunData(["a.txt"], null, 0.1, "abc")).Save(_folder.Path, Letters);
                return ("run.json", Json, _ => ClozeRun.Read(_folder.Path));
            case "n-best 1.0":
                return Lists("NBestList1.0\n(-5000) a b -pau- c\r\n(-5100) <s> a d </s>\n(-5200.5) 我们 d\n");
            case "n-best 2.0":
                return Lists("NBestList2.0\n(-300) the ( st: 0.1 et: 0.3 g: -10 a: -100 ) dh ( st: 0.1 et: 0.2 g: 0 a: -50 ) cat ( st: 0.3 et: 0.9 g: -20 a: -170 )\n");
            case "n-best 3":
                return Lists("-100.5 -20 2 a b\n-101 -19 1 <s> c </s>\n-102 -3 0\n-103 -inf 1 e\n");
            case "n-best of Kaldi":
                return Lists("utt-1-1 a b\nutt-1-2 a c\nutt-2-1 d\nutt-2-2\n");
            case "n-best of JSON":
                return Lists("{\"id\": \"a\", \"hypotheses\": [{\"text\": \"first second\", \"score\": -1.5}, {\"text\": \"我\", \"score\": 0}], \"reference\": \"first\"}\n{\"id\": \"b\", \"hypotheses\": [{\"text\": \"\", \"score\": -2e1}]}\n");
            case "dictionary":
                File.WriteAllText(_folder["words.txt"], "我们 20 r\n今天 3\n\n花园\n");
                return ("words.txt", NBest, path => WordList.Load(path));
            default:
                SavedModels.Row row = SavedModels.Rows[kind["config of ".Length..]];
                row.Save(row.Create(Small with { FurtherEmbedding = 2, Pooling = Pooling.Mean }), _folder.Path);
                return ("config.json", Json, _ => row.Predict(row.Load(_folder.Path)));
        }
    }

    private (string Name, FileDamage Damage, Action<string> Read) Table(Vocabulary vocabulary)
    {
        AtomicFile.Write(_folder["vocabulary.json"], vocabulary.Write);
        return ("vocabulary.json", Json, UseVocabulary);
    }

    private (string Name, FileDamage Damage, Action<string> Read) Lists(string content)
    {
        File.WriteAllText(_folder["lists"], content);
        return ("lists", NBest, UseLists);
    }

    /// <summary>Encodes, decodes, and writes and reads again.</summary>
    private static void UseVocabulary(string path)
    {
        Vocabulary read = Vocabulary.Load(path);
        read.Decode(read.Encode(Text));
        using var again = new MemoryStream();
        read.Write(again);
        Assert.Equal(read.Count, Vocabulary.Read(again.ToArray(), path).Count);
    }

    private static void UseLists(string path)
    {
        IReadOnlyList<NBestList> lists = NBestFile.Read([path]);
        Assert.NotEmpty(lists);
        Assert.All(lists.SelectMany(list => list.Hypotheses), hypothesis => Assert.True(double.IsFinite(hypothesis.Channel)));
    }

    /// <summary>Asks for probabilities, prunes, and writes and reads again.</summary>
    private void UseNGrams(string path)
    {
        NGramModel model = NGramFile.Read(path, cancellation: TestContext.Current.CancellationToken);
        int[] ids = model.Vocabulary.Encode("a b c\nf a b <king> 我\n");
        NGramSession session = model.Start();
        foreach (int id in ids)
        {
            Assert.False(double.IsNaN(session.LogProbability(id)));
            session.Feed(id);
        }

        string compact = _folder[$"{_written++} again.bin"], text = _folder["again.arpa"];
        NGramFile.Write(compact, model, cancellation: TestContext.Current.CancellationToken);
        NGrams.ArpaFileTests.RequireSame(model, NGramFile.Read(compact, cancellation: TestContext.Current.CancellationToken));
        NGramFile.Write(text, model, cancellation: TestContext.Current.CancellationToken);
        NGramFile.Read(text, cancellation: TestContext.Current.CancellationToken);
        model.Prune(1e-3, cancellation: TestContext.Current.CancellationToken);
    }
}
