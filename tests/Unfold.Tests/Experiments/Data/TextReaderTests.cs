using Unfold.Experiments.Data;
using Unfold.Text;

namespace Unfold.Tests.Experiments.Data;

public sealed class TextReaderTests
{
    [Fact]
    public void Names_belong_to_the_language_of_their_file()
    {
        using SmallData data = new SmallData().Write("names_18_languages/German.txt", "Abbing\n\n Abel \n").Write("names_18_languages/Czech.txt", "Ábl").Write("names_18_languages/ORIGIN.txt", "not a name");
        Names names = Names.Read(data.Folder);
        Assert.Equal(["Czech", "German"], names.Languages);
        Assert.Equal([new Name("Ábl", 0), new Name("Abbing", 1), new Name("Abel", 1)], names.All);
    }

    [Fact]
    public void Damaged_names_are_refused()
    {
        using SmallData data = new SmallData().Write("names_18_languages/A.txt", "ok\n");
        data.Refuses(folder => Names.Read(folder), "at least two files", "found 1");
        data.Write("names_18_languages/B.txt", "\n\n").Refuses(folder => Names.Read(folder), "B.txt", "at least one name");
        data.Write("names_18_languages/B.txt", "a\nb\0c\n").Refuses(folder => Names.Read(folder), "B.txt, line 2");
        data.Write("names_18_languages/B.txt", "a\nb\n" + new string('x', 500)).Refuses(folder => Names.Read(folder), "B.txt, line 3", "at most 100");
        data.Write("names_18_languages/B.txt", [0x41, 0x0A, 0xE4]).Refuses(folder => Names.Read(folder), "B.txt, line 2", "UTF-8");
    }

    [Fact]
    public void Chunks_come_in_sentences()
    {
        using SmallData data = new SmallData().Write("conll2000_chunking/train.txt", "The DT B-NP\ncat NN I-NP\n\n\n. . O\n\n").Write("conll2000_chunking/test.txt", "He PRP B-NP");
        Chunking chunking = Chunking.Read(data.Folder);
        Assert.Equal([2, 1], chunking.Train.Select(sentence => sentence.Length));
        Assert.Equal(new ChunkToken("cat", "NN", "I-NP"), chunking.Train[0][1]);
        Assert.Equal([new ChunkToken("He", "PRP", "B-NP")], Assert.Single(chunking.Test));
        foreach (string damaged in (string[])["cat NN", "cat NN X-NP", "cat NN B-", "cat  B-NP", "cat NN B-NP x"])
        {
            data.Write("conll2000_chunking/test.txt", "He PRP B-NP\n" + damaged + "\n").Refuses(folder => Chunking.Read(folder), "test.txt, line 2", $"'{damaged}'");
        }

        data.Write("conll2000_chunking/test.txt", "\n").Refuses(folder => Chunking.Read(folder), "at least one sentence");
    }

    [Fact]
    public void Questions_have_a_coarse_and_a_fine_kind()
    {
        using SmallData data = new SmallData().Write("trec_qc/train.txt", [.. "LOC:city Which city ?\nNUM:dist How\xF0 far ?\n".Select(letter => (byte)letter)]).Write("trec_qc/test.txt", "HUM:desc Who ?");
        Questions questions = Questions.Read(data.Folder);
        Assert.Equal(("LOC", "LOC:city"), (questions.Train[0].Coarse, questions.Train[0].Fine));
        Assert.Equal(["How\u00F0", "far", "?"], questions.Train[1].Words);
        Assert.Single(questions.Test);
        foreach (string damaged in (string[])["LOC Which", "LOC:city", ":city Which", "LOC: Which", ""])
        {
            data.Write("trec_qc/test.txt", "HUM:desc Who ?\n" + damaged + "\nHUM:desc Who ?").Refuses(folder => Questions.Read(folder), "test.txt, line 2");
        }
    }

    [Fact]
    public void Reviews_praise_or_blame()
    {
        using SmallData data = new SmallData().Write("mr_polarity/rt-polarity.pos", [.. "a caf\xE9 . \n".Select(letter => (byte)letter)]).Write("mr_polarity/rt-polarity.neg", "bad\nworse\n");
        Review[] reviews = Polarity.Read(data.Folder);
        Assert.Equal([1, 0, 0], reviews.Select(review => review.Class));
        Assert.Equal(["a", "café", "."], reviews[0].Words);
        data.Write("mr_polarity/rt-polarity.neg", "bad\n \nworse\n").Refuses(folder => Polarity.Read(folder), "rt-polarity.neg, line 2");
        data.Write("mr_polarity/rt-polarity.neg", "").Refuses(folder => Polarity.Read(folder), "rt-polarity.neg", "found none");
    }

    [Fact]
    public void Translations_stand_behind_a_tab()
    {
        using SmallData data = new SmallData().Write("tatoeba_en_zh/cmn.txt", "Hi.\t嗨。\r\nRun.\t你用跑的。\tCC-BY");
        Assert.Equal([new TextPair("Hi.", "嗨。"), new TextPair("Run.", "你用跑的。")], Tatoeba.Read(data.Folder));
        foreach (string damaged in (string[])["Hi.", "Hi.\t ", "\t嗨。", ""])
        {
            data.Write("tatoeba_en_zh/cmn.txt", "Hi.\t嗨。\n" + damaged + "\nHi.\t嗨。").Refuses(folder => Tatoeba.Read(folder), "cmn.txt, line 2", "a tab");
        }
    }

    [Fact]
    public void A_text_of_characters_is_parted_in_three_without_loss()
    {
        using SmallData data = new SmallData().Write("plain.txt", "To be\r\nor not to be, that is the question:\nWhether 'tis nobler");
        TextParts parts = CharacterTexts.Read(data.Folder, "plain.txt", LetterCase.Lowered);
        Assert.Equal(("to be\nor not to be, that is the question:\nwhether '", "tis", " nob<unk>er"), (Text(parts.Train), Text(parts.Validation), Text(parts.Test)));
        data.Write("plain.txt", "To be").Refuses(folder => CharacterTexts.Read(folder, "plain.txt", LetterCase.Kept), "plain.txt", "three parts");

        // Two blocks of 20,000 and a test part; each block gives its last twentieth.
        parts = CharacterTexts.Read(data.Write("plain.txt", new string('a', 19_000) + new string('b', 1_000) + new string('c', 19_000) + new string('d', 1_000) + new string('a', 4_445)).Folder, "plain.txt", LetterCase.Kept);
        Assert.Equal(new string('a', 19_000) + new string('c', 19_000), Text(parts.Train));
        Assert.Equal(string.Concat(Enumerable.Repeat("<unk>", 2_000)), Text(parts.Validation));
        Assert.Equal(new string('a', 4_445), Text(parts.Test));

        string Text(TokenStore store)
        {
            int[] tokens = new int[store.Count];
            store.Read(0, tokens);
            return string.Concat(tokens.Select(token => parts.Vocabulary[token]));
        }
    }

    [Fact]
    public void Tang_poems_are_lines_with_an_empty_one_behind_each_poem()
    {
        using var data = new SmallData();
        foreach (string name in CharacterTexts.TangPoems)
        {
            data.Write(name, """[{"author": "李白", "paragraphs": ["白玉。", "看花。"]}, {"paragraphs": ["看玉。"]}]""");
        }

        TextParts parts = CharacterTexts.ReadTangPoems(data.Folder);
        Assert.Equal(10 * "白玉。\n看花。\n\n看玉。\n\n".Length, parts.Train.Count + parts.Validation.Count + parts.Test.Count);
        Assert.Equal(["\n", "。", "玉", "看"], Enumerable.Range(Vocabulary.SpecialCount, 4).Select(id => parts.Vocabulary[id]));
        foreach (string damaged in (string[])["[", "{}", "[1]", """[{"title": "x"}]""", """[{"paragraphs": [1]}]"""])
        {
            data.Write(CharacterTexts.TangPoems[3], damaged).Refuses(folder => CharacterTexts.ReadTangPoems(folder), "poet.tang.3000.json", "paragraphs");
        }
    }

    [Fact]
    public void The_treebank_has_a_sentence_a_line_each_with_its_end()
    {
        using SmallData data = new SmallData()
            .Write("ptb/ptb.train.txt", " the cat <unk> the N \n the dog \n")
            .Write("ptb/ptb.valid.txt", " the N\n\n cat \n")
            .Write("ptb/ptb.test.txt", " <unk>");
        TextParts treebank = Treebank.Read(data.Folder);
        Assert.Equal(["the", "N", "cat", "dog"], Enumerable.Range(Vocabulary.SpecialCount, 4).Select(id => treebank.Vocabulary[id]));
        Assert.Equal([3, 5, 0, 3, 4, 2, 3, 6, 2], Tokens(treebank.Train));
        Assert.Equal([2, 3, 4, 2, 5, 2], Tokens(treebank.Validation));
        Assert.Equal([2, 0, 2], Tokens(treebank.Test));
        data.Write("ptb/ptb.test.txt", " the\n the horse \n").Refuses(folder => Treebank.Read(folder), "ptb.test.txt, line 2", "'horse'");
        data.Write("ptb/ptb.test.txt", "\n").Refuses(folder => Treebank.Read(folder), "ptb.test.txt", "found none");

        static int[] Tokens(TokenStore store)
        {
            int[] tokens = new int[store.Count];
            store.Read(0, tokens);
            return tokens;
        }
    }
}
