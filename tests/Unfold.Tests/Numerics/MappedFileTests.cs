using Unfold.Numerics;
using Unfold.Tests.Persistence;

namespace Unfold.Tests.Numerics;

public sealed class MappedFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_part_beyond_the_end_is_refused_however_far_it_lies()
    {
        string path = _folder["values"];
        File.WriteAllBytes(path, [1, 2, 3, 4, 5, 6, 7, 8]);
        using var file = new MappedFile(path);
        Assert.Equal([5, 6, 7, 8], file.Values<byte>(4, 4).ToArray());
        Assert.Equal(0, file.Values<byte>(8, 0).Length);
        foreach ((long offset, int count) in ((long, int)[])[(4, 5), (9, 0), (long.MaxValue - 1, 1), (long.MaxValue, 1), (long.MaxValue, int.MaxValue)])
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => file.Values<byte>(offset, count));
        }
    }
}
