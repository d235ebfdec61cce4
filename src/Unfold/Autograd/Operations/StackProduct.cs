using System.Numerics.Tensors;
using Unfold.Numerics;
using Unfold.Numerics.Products;

namespace Unfold.Autograd.Operations;

/// <summary>Gives the values of a stack of matrices, at a time when they can be read.</summary>
internal delegate ReadOnlySpan<float> StackValues();

/// <summary>Gives the memory of a stack of matrices that is written.</summary>
internal delegate Span<float> StackDestination();

/// <summary>The matrices in the last two dimensions of a tensor, seen as they are stored or transposed.</summary>
internal readonly record struct MatrixStack
{
    private readonly int _rows;
    private readonly int _columns;
    private readonly bool _turned;

    /// <summary>The matrices as they are stored.</summary>
    public MatrixStack(Shape shape)
        : this(shape[shape.Rank - 2], shape.Columns, shape.Rank == 3 ? shape[0] : shape[0] * shape[1], turned: false)
    {
    }

    private MatrixStack(int rows, int columns, int count, bool turned)
    {
        (_rows, _columns, _turned) = (rows, columns, turned);
        Count = count;
    }

    /// <summary>The number of matrices.</summary>
    public int Count { get; }

    /// <summary>The number of rows of each, as it is seen.</summary>
    public int Rows => _turned ? _columns : _rows;

    /// <summary>The number of columns of each, as it is seen.</summary>
    public int Columns => _turned ? _rows : _columns;

    /// <summary>The same memory seen the other way.</summary>
    public MatrixStack Transposed => new(_rows, _columns, Count, !_turned);

    /// <summary>The number of values of one matrix.</summary>
    public int Size => _rows * _columns;

    /// <summary>One matrix of the stack.</summary>
    public MatrixView View(ReadOnlySpan<float> values, int index)
    {
        var view = new MatrixView(values.Slice(index * Size, Size), _rows, _columns);
        return _turned ? view.Transposed : view;
    }
}

/// <summary>The products of two stacks of matrices, matrix by matrix: forward and backward of one operation.</summary>
/// <remarks>
/// Each thread takes whole matrices, as a team of its own: a product of the size of an attention is over before a team of
/// several has met. Those teams hold what their products pack, and live as long as the operation.
/// </remarks>
internal sealed class StackProduct(Workers workers)
{
    // Packing an operand pays when each of its values is used more often than this.
    private const int Few = 2;

    // A product does so many multiply-adds in the time that other operations take for one value.
    private const int ProductsAValue = 8;

    private readonly Workers?[] _alone = workers.Count == 1 ? [workers] : new Workers?[workers.Count];

    /// <summary>c[i] = [c[i] +] a[i] b[i], where each c[i] is row-major.</summary>
    public void Multiply(MatrixStack a, StackValues aValues, MatrixStack b, StackValues bValues, StackDestination c, Accumulation accumulation)
    {
        int size = a.Rows * b.Columns;
        if (a.Count == 0 || size == 0)
        {
            return;
        }

        bool direct = IsDirect(a.View(aValues(), 0), b.View(bValues(), 0));
        int work = (int)Math.Min((long)a.Size * b.Columns / ProductsAValue, int.MaxValue);
        RowLoop.Run(workers, a.Count, work, (part, first, end) =>
        {
            for (int i = first; i < end; i++)
            {
                MatrixView left = a.View(aValues(), i), right = b.View(bValues(), i);
                Span<float> destination = c().Slice(i * size, size);
                if (direct)
                {
                    MultiplyDirectly(left, right, destination, accumulation);
                }
                else
                {
                    MatrixProduct.Multiply(_alone[part] ??= new Workers(1), left, right, destination, accumulation);
                }
            }
        });
    }

    /// <summary>Whether an operand is so narrow that packing the other would cost more than the product, and rows or columns lie so that it can be done by rows.</summary>
    private static bool IsDirect(MatrixView a, MatrixView b) =>
        b.ColumnStride == 1
            ? a.Rows <= Few || a.Columns <= Few
            : a.Rows <= Few && a.ColumnStride == 1;

    /// <summary>Each row of C as a sum of rows of B, or where B is transposed each value as the product of two rows.</summary>
    private static void MultiplyDirectly(MatrixView a, MatrixView b, Span<float> c, Accumulation accumulation)
    {
        int columns = b.Columns;
        if (accumulation == Accumulation.Overwrite)
        {
            c.Clear();
        }

        for (int row = 0; row < a.Rows; row++)
        {
            Span<float> destination = c.Slice(row * columns, columns);
            if (b.ColumnStride != 1)
            {
                ReadOnlySpan<float> values = a.Values.Slice(row * a.RowStride, a.Columns);
                for (int column = 0; column < columns; column++)
                {
                    destination[column] += TensorPrimitives.Dot(values, b.Values.Slice(column * b.ColumnStride, b.Rows));
                }

                continue;
            }

            for (int i = 0; i < b.Rows; i++)
            {
                TensorPrimitives.MultiplyAdd(b.Values.Slice(i * b.RowStride, columns), a.Values[(row * a.RowStride) + (i * a.ColumnStride)], destination, destination);
            }
        }
    }
}
