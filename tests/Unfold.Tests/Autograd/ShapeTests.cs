using Unfold.Autograd;

namespace Unfold.Tests.Autograd;

public sealed class ShapeTests
{
    [Fact]
    public void A_tensor_writes_its_shape() => Assert.Equal("Tensor (2, 3)", new Tensor(new Shape(2, 3)).ToString());

    [Fact]
    public void The_sizes_of_every_rank_come_out_in_order()
    {
        Assert.Equal([7], new Shape(7).ToArray());
        Assert.Equal([7, 3], new Shape(7, 3).ToArray());
        Assert.Equal([7, 3, 5], new Shape(7, 3, 5).ToArray());
        Assert.Equal([7, 3, 5, 2], new Shape(7, 3, 5, 2).ToArray());
        Assert.Equal("(7, 3, 5, 2)", $"{new Shape(7, 3, 5, 2)}");
        Assert.Equal("(7)", $"{new Shape(7)}");
        Assert.Equal("()", $"{default(Shape)}");
    }

    [Fact]
    public void Other_columns_leave_the_outer_dimensions()
    {
        Assert.Equal(new Shape(4), new Shape(7).WithColumns(4));
        Assert.Equal(new Shape(7, 4), new Shape(7, 3).WithColumns(4));
        Assert.Equal(new Shape(7, 3, 4), new Shape(7, 3, 5).WithColumns(4));
        Assert.Equal(new Shape(7, 3, 5, 4), new Shape(7, 3, 5, 2).WithColumns(4));
        Assert.Throws<ArgumentException>(() => default(Shape).WithColumns(4));
        Assert.Throws<ArgumentException>(() => new Shape(7, 3).WithColumns(-1));
    }
}
