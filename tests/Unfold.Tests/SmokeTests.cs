namespace Unfold.Tests;

public sealed class SmokeTests { [Fact] public void Runs() => Assert.True(Environment.ProcessorCount > 0); }
