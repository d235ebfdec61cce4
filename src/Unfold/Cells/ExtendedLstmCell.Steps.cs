using System.Numerics.Tensors;
using Unfold.Numerics.Kernels;
using Unfold.Numerics.Products;

namespace Unfold.Cells;

/// <content>The step and its gradient, a row of the batch at a time between the products.</content>
public sealed partial class ExtendedLstmCell
{
    internal override void Forward(in Step step)
    {
        _recurrent.AddProduct(step, step.PreviousHidden, step.Gates, GatesWidth);
        for (int row = 0; row < step.Rows; row++)
        {
            ForwardRow(step, row);
        }

        _projection?.Multiply(step, step.Saved[_layout.Revealed.Start..], SavedWidth, step.Saved[_layout.Projected.Start..], SavedWidth);
        for (int row = 0; (_projection is not null || LstmOptions.ZoneoutHidden > 0) && row < step.Rows; row++)
        {
            WriteHidden(step, row);
        }
    }

    internal override void Backward(in StepGradient step)
    {
        int width = WorkWidth;
        for (int row = 0; row < step.Rows; row++)
        {
            BackwardHidden(step, row);
        }

        _projection?.Transposed.Multiply(step.Saved[_layout.Projected.Start..], SavedWidth, step.Rows, step.Work, width, Accumulation.Overwrite);
        for (int row = 0; row < step.Rows; row++)
        {
            BackwardRow(step, row);
        }

        Accumulation keeps = LstmOptions.ZoneoutHidden > 0 ? Accumulation.Add : Accumulation.Overwrite;
        _recurrent.Transposed.Multiply(step.Gates, GatesWidth, step.Rows, step.HiddenGradient, HiddenSize, keeps);
    }

    /// <summary>From the sums to c and to the output before projection and zoneout.</summary>
    private void ForwardRow(in Step step, int row)
    {
        Span<float> gates = RowOf(step.Gates, row, GatesWidth), saved = RowOf(step.Saved, row, SavedWidth);
        ReadOnlySpan<float> noise = RowOf(step.Noise, row, NoiseWidth), previous = RowOf(step.PreviousMemory, row, MemorySize);
        Span<float> forget = _layout.Forget.Of(gates), candidate = _layout.Candidate.Of(gates), output = _layout.Output.Of(gates);
        Span<float> cell = _layout.Cell.Of(saved), squashed = _layout.Squashed.Of(saved);
        NormalizeGates(gates, saved);
        AddPeepholes(previous, _layout.InputAndForget.Of(gates));
        ActivationKernels.Forward(LstmOptions.GateActivation, _layout.InputAndForget.Of(gates), _layout.InputAndForget.Of(gates));
        ActivationKernels.Forward(LstmOptions.CellActivation, candidate, candidate);
        WriteDropped(candidate, noise, cell);
        if (LstmOptions.CoupledInputForget)
        {
            TensorPrimitives.Lerp(cell, previous, forget, cell);
        }
        else
        {
            TensorPrimitives.Multiply(cell, _layout.Input.Of(gates), cell);
            TensorPrimitives.MultiplyAdd(forget, previous, cell, cell);
        }

        NormalizeCell(cell, saved);
        Clip(cell, LstmOptions.CellClip);
        if (Peepholes is not null)
        {
            TensorPrimitives.MultiplyAdd(cell, Peepholes.Values[^MemorySize..], output, output);
        }

        ActivationKernels.Forward(LstmOptions.GateActivation, output, output);
        ActivationKernels.Forward(LstmOptions.OutputActivation, cell, squashed);
        bool whole = _layout.Revealed.Width == 0;
        TensorPrimitives.Multiply(output, squashed, whole ? RowOf(step.Hidden, row, HiddenSize) : _layout.Revealed.Of(saved));
        Mix(cell, previous, LstmOptions.ZoneoutCell, _layout.ZoneoutCell, noise, RowOf(step.Memory, row, MemorySize));
    }

    /// <summary>From the output before projection and zoneout, the projection done, to h.</summary>
    private void WriteHidden(in Step step, int row)
    {
        Span<float> saved = RowOf(step.Saved, row, SavedWidth);
        Span<float> fresh = _layout.Revealed.Of(saved);
        if (_projection is not null)
        {
            fresh = _layout.Projected.Of(saved);
            Clip(fresh, LstmOptions.ProjectionClip);
        }

        ReadOnlySpan<float> noise = RowOf(step.Noise, row, NoiseWidth), previous = RowOf(step.PreviousHidden, row, HiddenSize);
        Mix(fresh, previous, LstmOptions.ZoneoutHidden, _layout.ZoneoutHidden, noise, RowOf(step.Hidden, row, HiddenSize));
    }

    /// <summary>Back through zoneout and the clip of the projection; where h is not projected, the gradient of r is then at the start of the work.</summary>
    private void BackwardHidden(in StepGradient step, int row)
    {
        Span<float> slope = RowOf(step.HiddenGradient, row, HiddenSize), work = RowOf(step.Work, row, WorkWidth);
        ReadOnlySpan<float> noise = RowOf(step.Noise, row, NoiseWidth);
        if (_projection is null)
        {
            Unmix(slope, LstmOptions.ZoneoutHidden, _layout.ZoneoutHidden, noise, work[..HiddenSize]);
            return;
        }

        Span<float> projected = _layout.Projected.Of(RowOf(step.Saved, row, SavedWidth)), fresh = work[..HiddenSize];
        Unmix(slope, LstmOptions.ZoneoutHidden, _layout.ZoneoutHidden, noise, fresh);
        Unclip(projected, LstmOptions.ProjectionClip, fresh);
        fresh.CopyTo(projected);
    }

    /// <summary>From the gradients of r and c to those of the sums and of c_(t-1), and to the terms of the parameters' gradients.</summary>
    private void BackwardRow(in StepGradient step, int row)
    {
        int h = MemorySize;
        Span<float> gates = RowOf(step.Gates, row, GatesWidth), saved = RowOf(step.Saved, row, SavedWidth), work = RowOf(step.Work, row, WorkWidth);
        Span<float> revealed = work[..h], fresh = work[h..(2 * h)], slope = work[(2 * h)..(3 * h)], other = work[(3 * h)..(4 * h)];
        Span<float> carried = RowOf(step.MemoryGradient, row, h);
        ReadOnlySpan<float> noise = RowOf(step.Noise, row, NoiseWidth), previous = RowOf(step.PreviousMemory, row, h);
        Span<float> cell = _layout.Cell.Of(saved), squashed = _layout.Squashed.Of(saved);
        Span<float> forget = _layout.Forget.Of(gates), candidate = _layout.Candidate.Of(gates), output = _layout.Output.Of(gates);

        TensorPrimitives.Multiply(revealed, squashed, slope);
        TensorPrimitives.Multiply(revealed, output, revealed);
        ActivationKernels.Backward(LstmOptions.GateActivation, output, slope, output);
        ActivationKernels.Backward(LstmOptions.OutputActivation, squashed, revealed, revealed);
        Unmix(carried, LstmOptions.ZoneoutCell, _layout.ZoneoutCell, noise, fresh);
        TensorPrimitives.Add(fresh, revealed, fresh);
        if (Peepholes is not null)
        {
            TensorPrimitives.MultiplyAdd(output, Peepholes.Values[^h..], fresh, fresh);
            TensorPrimitives.Multiply(output, cell, _layout.Peepholes.Of(saved)[^h..]);
        }

        Unclip(cell, LstmOptions.CellClip, fresh);
        UnnormalizeCell(fresh, saved);
        TensorPrimitives.MultiplyAdd(fresh, forget, carried, carried);

        // What g is multiplied with, i or 1 - f, and its mask.
        if (LstmOptions.CoupledInputForget)
        {
            TensorPrimitives.Subtract(1, forget, slope);
        }
        else
        {
            _layout.Input.Of(gates).CopyTo(slope);
        }

        TensorPrimitives.Multiply(fresh, slope, slope);
        WriteDropped(slope, noise, slope);
        WriteDropped(candidate, noise, revealed);
        TensorPrimitives.Multiply(fresh, previous, other);
        if (LstmOptions.CoupledInputForget)
        {
            TensorPrimitives.Multiply(fresh, revealed, revealed);
            TensorPrimitives.Subtract(other, revealed, other);
        }
        else
        {
            TensorPrimitives.Multiply(fresh, revealed, revealed);
            ActivationKernels.Backward(LstmOptions.GateActivation, _layout.Input.Of(gates), revealed, _layout.Input.Of(gates));
        }

        ActivationKernels.Backward(LstmOptions.GateActivation, forget, other, forget);
        ActivationKernels.Backward(LstmOptions.CellActivation, candidate, slope, candidate);
        BackwardPeepholes(gates, previous, carried, saved);
        UnnormalizeGates(gates, saved);
    }

    /// <summary>The sums of i and f gain k * c_(t-1).</summary>
    private void AddPeepholes(ReadOnlySpan<float> previous, Span<float> sums)
    {
        for (int start = 0; Peepholes is not null && start < sums.Length; start += previous.Length)
        {
            Span<float> gate = sums.Slice(start, previous.Length);
            TensorPrimitives.MultiplyAdd(previous, Peepholes.Values.Slice(start, previous.Length), gate, gate);
        }
    }

    private void BackwardPeepholes(ReadOnlySpan<float> gates, ReadOnlySpan<float> previous, Span<float> carried, Span<float> saved)
    {
        for (int start = 0; Peepholes is not null && start < _layout.InputAndForget.Width; start += previous.Length)
        {
            ReadOnlySpan<float> gate = gates.Slice(start, previous.Length);
            TensorPrimitives.MultiplyAdd(gate, Peepholes.Values.Slice(start, previous.Length), carried, carried);
            TensorPrimitives.Multiply(gate, previous, _layout.Peepholes.Of(saved).Slice(start, previous.Length));
        }
    }

    /// <summary>With layer normalization: a = n * norm(s) + b, in the place of s.</summary>
    private void NormalizeGates(Span<float> gates, Span<float> saved)
    {
        if (Gains is null)
        {
            return;
        }

        Span<float> normalized = _layout.NormalizedGates.Of(saved), scales = _layout.Scales.Of(saved);
        gates.CopyTo(normalized);
        for (int block = 0; block < _layout.Blocks; block++)
        {
            scales[block] = NormalizationKernels.Forward(normalized.Slice(block * MemorySize, MemorySize));
        }

        TensorPrimitives.MultiplyAdd(normalized, Gains.Values, Bias.Values, gates);
    }

    private void UnnormalizeGates(Span<float> gates, Span<float> saved)
    {
        if (Gains is null)
        {
            return;
        }

        Span<float> normalized = _layout.NormalizedGates.Of(saved), slopes = _layout.GateGradients.Of(saved), scales = _layout.Scales.Of(saved);
        gates.CopyTo(slopes);
        TensorPrimitives.Multiply(gates, Gains.Values, gates);
        for (int block = 0; block < _layout.Blocks; block++)
        {
            int start = block * MemorySize;
            NormalizationKernels.Backward(normalized.Slice(start, MemorySize), scales[block], gates.Slice(start, MemorySize));
        }

        TensorPrimitives.Multiply(normalized, slopes, normalized);
    }

    private void NormalizeCell(Span<float> cell, Span<float> saved)
    {
        if (CellGain is null)
        {
            return;
        }

        Span<float> normalized = _layout.NormalizedCell.Of(saved);
        cell.CopyTo(normalized);
        _layout.Scales.Of(saved)[^1] = NormalizationKernels.Forward(normalized);
        TensorPrimitives.MultiplyAdd(normalized, CellGain.Values, CellShift!.Values, cell);
    }

    private void UnnormalizeCell(Span<float> slope, Span<float> saved)
    {
        if (CellGain is null)
        {
            return;
        }

        Span<float> normalized = _layout.NormalizedCell.Of(saved);
        slope.CopyTo(_layout.Cell.Of(saved));
        TensorPrimitives.Multiply(slope, normalized, _layout.Squashed.Of(saved));
        TensorPrimitives.Multiply(slope, CellGain.Values, slope);
        NormalizationKernels.Backward(normalized, _layout.Scales.Of(saved)[^1], slope);
    }

    /// <summary>Destination = values times the mask of dropout, or the values where nothing is dropped.</summary>
    private void WriteDropped(ReadOnlySpan<float> values, ReadOnlySpan<float> noise, Span<float> destination)
    {
        if (!noise.IsEmpty && _layout.Dropout.Width > 0)
        {
            TensorPrimitives.Multiply(values, _layout.Dropout.Of(noise), destination);
        }
        else if (values != destination)
        {
            values.CopyTo(destination);
        }
    }

    /// <summary>Zoneout: destination = z * previous + (1 - z) * fresh, where z is drawn, or in use its mean.</summary>
    private static void Mix(
        ReadOnlySpan<float> fresh, ReadOnlySpan<float> previous, double probability, ExtendedLstmLayout.Part drawn, ReadOnlySpan<float> noise, Span<float> destination)
    {
        if (probability == 0)
        {
            fresh.CopyTo(destination);
        }
        else if (noise.IsEmpty)
        {
            TensorPrimitives.Lerp(fresh, previous, (float)probability, destination);
        }
        else
        {
            TensorPrimitives.Lerp(fresh, previous, drawn.Of(noise), destination);
        }
    }

    /// <summary>The gradient of <see cref="Mix"/>: that of the fresh values into <paramref name="fresh"/>, and that of the previous ones in place.</summary>
    private static void Unmix(Span<float> slope, double probability, ExtendedLstmLayout.Part drawn, ReadOnlySpan<float> noise, Span<float> fresh)
    {
        slope.CopyTo(fresh);
        if (probability == 0)
        {
            slope.Clear();
        }
        else if (noise.IsEmpty)
        {
            TensorPrimitives.Multiply(slope, (float)probability, slope);
        }
        else
        {
            TensorPrimitives.Multiply(slope, drawn.Of(noise), slope);
        }

        TensorPrimitives.Subtract(fresh, slope, fresh);
    }

    private static void Clip(Span<float> values, double bound)
    {
        if (bound > 0)
        {
            TensorPrimitives.Clamp(values, -(float)bound, (float)bound, values);
        }
    }

    /// <summary>The gradient of <see cref="Clip"/> from the values after it: none flows where it has acted.</summary>
    private static void Unclip(ReadOnlySpan<float> clipped, double bound, Span<float> slope)
    {
        for (int i = 0; bound > 0 && i < slope.Length; i++)
        {
            slope[i] = Math.Abs(clipped[i]) < (float)bound ? slope[i] : 0;
        }
    }

    private static Span<float> RowOf(Span<float> rows, int row, int width) => rows.Slice(row * width, width);

    // There is no noise where the cell is used.
    private static ReadOnlySpan<float> RowOf(ReadOnlySpan<float> rows, int row, int width) => rows.IsEmpty ? [] : rows.Slice(row * width, width);
}
