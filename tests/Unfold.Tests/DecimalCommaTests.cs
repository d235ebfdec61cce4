namespace Unfold.Tests;

public sealed class DecimalCommaTests
{
    [Fact]
    public void Numbers_without_a_culture_of_their_own_have_a_comma_on_every_thread()
    {
        string other = "";
        var thread = new Thread(() => other = $"{1234.5:N1}");
        thread.Start();
        thread.Join();

        Assert.Equal("1.234,5", $"{1234.5:N1}");
        Assert.Equal("1.234,5", other);
    }
}
