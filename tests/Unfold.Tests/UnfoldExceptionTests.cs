namespace Unfold.Tests;

public sealed class UnfoldExceptionTests
{
    [Theory]
    [InlineData("The list is empty.", "Line 3: the list is empty.")]
    [InlineData("A word is missing.", "Line 3: a word is missing.")]
    [InlineData("ICU is missing.", "Line 3: ICU is missing.")]
    [InlineData("a.txt is missing.", "Line 3: a.txt is missing.")]
    [InlineData("", "Line 3: ")]
    public void A_failure_ends_a_longer_sentence(string message, string expected)
    {
        var failure = new UnfoldException(message);
        UnfoldException longer = failure.After("Line 3: ");
        Assert.Equal(expected, longer.Message);
        Assert.Same(failure, longer.InnerException);
    }
}
