using Unfold.Autograd;

namespace Unfold.Tests.Autograd;

public sealed class ParameterSetTests
{
    [Fact]
    public void A_parameter_that_is_missing_is_refused() =>
        Assert.Contains("Parameter 1 of a set is null", Assert.Throws<ArgumentException>(() => new ParameterSet([new Parameter("a", new Shape(1)), null!])).Message, StringComparison.Ordinal);

    [Fact]
    public void ParametersAreViewsOfTheFlatBuffers()
    {
        Parameter[] parameters = Three();
        parameters[1].Edit()[4] = 2.5f;
        parameters[2].Gradient[0] = 9;
        var set = new ParameterSet(parameters);

        // 21 values take 32 places, 5 take 16, 12 take 16.
        Assert.Equal(64, set.Values.Length);
        Assert.Equal(64, set.Gradients.Length);
        Assert.Equal(3, set.Count);
        Assert.Equal(38, set.ValueCount);
        Assert.Equal(2.5f, set.Values[32 + 4]);

        set.Edit()[48 + 11] = -1;
        Assert.Equal(-1, parameters[2].Values[11]);
        parameters[0].Edit()[20] = 7;
        Assert.Equal(7, set.Values[20]);
        parameters[1].Gradient[0] = 3;
        Assert.Equal(3, set.Gradients[32]);
        set.Gradients[48] = 4;
        Assert.Equal(4, parameters[2].Gradient[0]);

        set.ClearGradients();
        Assert.All(parameters, p => Assert.Equal(-1, p.Gradient.IndexOfAnyExcept(0f)));
        Assert.Equal(2.5f, parameters[1].Values[4]);
    }

    [Fact]
    public void EditCountsAsAChangeOfEveryParameter()
    {
        Parameter[] parameters = Three();
        var set = new ParameterSet(parameters);
        long[] before = [.. parameters.Select(p => p.Version)];
        _ = set.Values;
        Assert.Equal(before, parameters.Select(p => p.Version));
        set.Edit();
        Assert.Equal(before.Select(v => v + 1), parameters.Select(p => p.Version));
    }

    [Fact]
    public void AtFindsTheParameterOfAPosition()
    {
        var set = new ParameterSet(Three());
        (int Position, string Name)[] table = [(0, "a"), (20, "a"), (31, "a"), (32, "b"), (47, "b"), (48, "c"), (63, "c")];
        Assert.All(table, row => Assert.Equal(row.Name, set.At(row.Position).Name));
        Assert.Throws<ArgumentOutOfRangeException>(() => set.At(64));
    }

    [Fact]
    public void ParametersKeepTheOrderOfCreation()
    {
        var set = new ParameterSet(Three());
        Assert.Equal(["a", "b", "c"], set.Select(p => p.Name));
        Assert.Equal("b", set[1].Name);
    }

    [Fact]
    public void TwoParametersOfOneNameAreRefused()
    {
        ArgumentException failure = Assert.Throws<ArgumentException>(() => new ParameterSet([new Parameter("w", new Shape(1)), new Parameter("w", new Shape(2))]));
        Assert.Contains("'w'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_parameter_of_another_set_is_refused_and_stays_where_it_is()
    {
        Parameter[] parameters = Three();
        var set = new ParameterSet(parameters);
        ArgumentException failure = Assert.Throws<ArgumentException>(() => new ParameterSet([new Parameter("new", new Shape(2)), parameters[1]]));
        Assert.Contains("'b'", failure.Message, StringComparison.Ordinal);
        set.Edit()[32] = 6;
        Assert.Equal(6, parameters[1].Values[0]);
    }

    private static Parameter[] Three() => [new("a", new Shape(3, 7)), new("b", new Shape(5)), new("c", new Shape(2, 2, 3))];
}
