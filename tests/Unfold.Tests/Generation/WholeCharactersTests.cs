using System.Buffers;
using System.Text;
using Unfold.Generation;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Text;

namespace Unfold.Tests.Generation;

/// <summary>Texts of subwords, in which bytes stand for rare characters, hold nothing but whole characters.</summary>
public sealed class WholeCharactersTests
{
    [Fact]
    public void Bytes_may_follow_where_a_decoder_finds_no_fault()
    {
        // All beginnings of up to three bytes, and the last byte of four.
        Walk([], default, 4);

        static void Walk(byte[] before, Utf8Progress progress, int left)
        {
            for (int value = 1; value <= 0xFF; value++)
            {
                byte[] bytes = [.. before, (byte)value];
                OperationStatus status = Rune.DecodeFromUtf8(bytes, out _, out int used);
                bool good = status == OperationStatus.NeedMoreData || (status == OperationStatus.Done && used == bytes.Length);
                Assert.True(good == progress.Allows((byte)value, left), Convert.ToHexString(bytes));
                if (good)
                {
                    Utf8Progress after = progress.After((byte)value);
                    Assert.Equal(status == OperationStatus.Done, after.IsBetween);
                    if (!after.IsBetween && (value is 0xE0 or 0xED or 0xF0 or 0xF4 or 0xC2 or 0xE5 or 0xF2 || before.Length == 1 || value is 0x80 or 0xBF))
                    {
                        Walk(bytes, after, left - 1);
                    }
                }
            }
        }

        Assert.False(default(Utf8Progress).Allows(0, 4));
    }

    [Fact]
    public void A_character_is_begun_only_where_there_is_room_for_its_end()
    {
        foreach ((byte first, int length) in (ReadOnlySpan<(byte, int)>)[(0x41, 1), (0xC3, 2), (0xE4, 3), (0xF0, 4)])
        {
            Assert.All(Enumerable.Range(1, 5), left => Assert.Equal(left >= length, default(Utf8Progress).Allows(first, left)));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(6)]
    public void What_is_drawn_or_found_can_be_read_again(int beam)
    {
        // Nothing is learned, so nearly all tokens are bytes.
        Corpus corpus = Corpus.Load(TextSource.FromString("the cat sat on the mat, the cat sat\n"), new CorpusOptions { Kind = TokenKind.BytePair, MaximumSymbols = 270, ValidationFraction = 0 }, cancellation: TestContext.Current.CancellationToken);
        var model = new LanguageModel(new LanguageModelSettings { Hidden = 8 }, corpus.Vocabulary, new SeededRandom(4));
        for (int length = 1; length <= 40; length++)
        {
            string text = beam == 0
                ? string.Concat(TextGenerator.Generate(model, "the", new GenerationOptions { Length = length }, new SeededRandom((ulong)length), cancellation: TestContext.Current.CancellationToken))
                : TextSearch.Search(new Prompt(model, "the"), new BeamOptions { Beam = beam, Length = Math.Min(length, 12) }, cancellation: TestContext.Current.CancellationToken)[0].Text;
            Assert.DoesNotContain('\uFFFD', text);
            Assert.DoesNotContain('\0', text);
            Assert.NotEqual("", text);
        }
    }
}
