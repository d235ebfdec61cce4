using Unfold.Layers;

namespace Unfold.Tests.Layers;

public sealed class MachineMemoryTests
{
    [Theory]
    [InlineData(0, "0.0 MiB")]
    [InlineData(50_331_648, "48.0 MiB")]
    [InlineData((1L << 30) - (1L << 20), "1,023.0 MiB")]
    [InlineData(1L << 30, "1.0 GiB")]
    [InlineData(3L << 40, "3,072.0 GiB")]
    public void Small_sizes_are_shown_in_small_units(long bytes, string wanted) => Assert.Equal(wanted, MachineMemory.Shown(bytes));

    [Fact]
    public void What_does_not_fit_is_refused_with_what_there_is()
    {
        MachineMemory.Require(MachineMemory.Bytes, "All of it", "take less");
        var failure = Assert.Throws<UnfoldException>(() => MachineMemory.Require((Int128)1 << 80, "A thing", "take less", " at once"));
        Assert.Equal($"A thing needs 1,125,899,906,842,624.0 GiB at once, but this machine has {MachineMemory.Shown(MachineMemory.Bytes)}: take less.", failure.Message);
    }
}
