using Unfold.Numerics;
using Unfold.Text;

namespace Unfold.Tests.Text;

public class TokenStoreTests
{
    [Theory]
    [InlineData(1, true)]
    [InlineData(256, true)]
    [InlineData(256, false)]
    [InlineData(257, true)]
    [InlineData(257, false)]
    [InlineData(65_536, false)]
    [InlineData(65_537, true)]
    [InlineData(65_537, false)]
    public void Tokens_come_back_from_every_place(int vocabularySize, bool inMemory)
    {
        int[] tokens = new int[200_001];
        SeededRandom random = new(7);
        TokenStoreBuilder builder = new(vocabularySize, tokens.Length, inMemory ? long.MaxValue : 100);
        for (int i = 0; i < tokens.Length; i++)
        {
            tokens[i] = i % 97 == 0 ? vocabularySize - 1 : random.NextInt32(vocabularySize);
            builder.Add(tokens[i]);
        }

        TokenStore store = builder.Build();
        Assert.Equal(inMemory, store.IsInMemory);
        Assert.Equal(tokens.Length, store.Count);
        int[] read = new int[tokens.Length];
        store.Read(0, read);
        Assert.Equal(tokens, read);
        Assert.Equal(tokens, store.Walk(cancellation: TestContext.Current.CancellationToken));
        TokenStore slice = store.Slice(33, 150_000).Slice(7, 149_000);
        Assert.Equal(149_000, slice.Count);
        for (int length = 0; length <= 70; length++)
        {
            int start = random.NextInt32(149_000 - length);
            int[] part = new int[length];
            slice.Read(start, part);
            Assert.Equal(tokens[(40 + start)..(40 + start + length)], part);
        }
    }

    [Fact]
    public void Reading_outside_is_refused()
    {
        TokenStore slice = TokenStore.FromTokens([1, 2, 3, 4, 5], 6).Slice(1, 3);
        Assert.Throws<ArgumentOutOfRangeException>(() => slice.Read(2, new int[2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => slice.Read(-1, new int[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => slice.Slice(1, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => slice.Slice(long.MaxValue, 1));
        int[] last = new int[1];
        slice.Read(2, last);
        Assert.Equal([4], last);
    }

    [Fact]
    public void Only_the_end_before_the_first_sentence_is_taken_away()
    {
        TokenStore text = TokenStore.FromTokens([Vocabulary.EndId, Vocabulary.EndId, 5], 6);
        Assert.Same(text, text.WithoutLeadingEnd(TextMode.Running));
        TokenStore sentences = text.WithoutLeadingEnd(TextMode.Sentences);
        Assert.Equal([Vocabulary.EndId, 5], sentences.Walk(cancellation: TestContext.Current.CancellationToken));
        TokenStore words = text.Slice(2, 1);
        Assert.Same(words, words.WithoutLeadingEnd(TextMode.Sentences));
        Assert.Equal(0, text.Slice(0, 0).WithoutLeadingEnd(TextMode.Sentences).Count);
    }

    [Fact]
    public void The_announced_count_is_held_to()
    {
        TokenStoreBuilder builder = new(4, 2);
        builder.Add(3);
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.Add(4));
        Assert.Throws<InvalidOperationException>(builder.Build);
        builder.Add(0);
        Assert.Throws<InvalidOperationException>(() => builder.Add(1));
        Assert.Equal(2, builder.Build().Count);
    }

    [Fact]
    public void The_temporary_file_has_no_name_to_leave_behind()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows deletes the file when the process ends.");
        string folder = Directory.CreateTempSubdirectory("unfold-test-").FullName;
        TokenStoreBuilder builder = new(300, 3, memoryLimit: 1, folder);
        builder.Add(299);
        builder.Add(0);
        builder.Add(257);
        TokenStore store = builder.Build();
        Assert.Empty(Directory.GetFileSystemEntries(folder));
        Directory.Delete(folder);
        int[] tokens = new int[3];
        store.Read(0, tokens);
        Assert.Equal([299, 0, 257], tokens);
    }

    [Fact]
    public void A_temporary_folder_that_is_not_there_is_named()
    {
        UnfoldException failure = Assert.Throws<UnfoldException>(() => new TokenStoreBuilder(10, 1000, 10, Path.Combine(Path.GetTempPath(), "unfold-no-such-folder")));
        Assert.Contains("unfold-no-such-folder", failure.Message, StringComparison.Ordinal);
    }
}
