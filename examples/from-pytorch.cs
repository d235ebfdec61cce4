#:project ../src/Unfold/Unfold.csproj
#:property PublishAot=false
using Unfold.Autograd;
using Unfold.Cells;
using Unfold.Layers;
using Unfold.Numerics;
using Unfold.Persistence;

// A file of torch.nn.LSTM(I, H) or torch.nn.GRU(I, H), as safetensors.torch.save_file(layer.state_dict(), path) writes it;
// here with an input x (T, B, I) and the output y (T, B, H) that PyTorch has for it.
if (args.Length != 1)
{
    Console.Error.WriteLine("One safetensors file was wanted: dotnet run -c Release examples/from-pytorch.cs FILE");
    return 2;
}

using SafeTensorsFile file = SafeTensorsFile.Open(args[0]);
string[] wanted = ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0", "x", "y"], others = ["weight_ih_l1", "weight_ih_l0_reverse", "weight_hr_l0"];
if (!wanted.All(file.Contains) || others.Any(file.Contains) || file.Entry("weight_ih_l0").Shape[0] / file.Entry("weight_hh_l0").Shape[1] is not (3 or 4))
{
    Console.Error.WriteLine($"{args[0]} is no file of one layer of torch.nn.LSTM or torch.nn.GRU with biases, in one direction and without projection, beside x and y.");
    return 2;
}

int input = (int)file.Entry("weight_ih_l0").Shape[1], hidden = (int)file.Entry("weight_hh_l0").Shape[1];
bool gru = file.Entry("weight_ih_l0").Shape[0] == 3 * hidden;
float[] inputBias = Read("bias_ih_l0"), recurrentBias = Read("bias_hh_l0");

FusedCell cell;
if (gru)
{
    // r, z, n: the biases of r and z add up, those of n stay two.
    var unit = new GruCell(input, hidden, new SeededRandom(1));
    recurrentBias[(2 * hidden)..].CopyTo(unit.RecurrentBias!.Edit());
    Array.Clear(recurrentBias, 2 * hidden, hidden);
    cell = unit;
}
else
{
    // i, f, g, o: the biases add up.
    cell = new LstmCell(input, hidden, new SeededRandom(1));
}

Transpose(Read("weight_ih_l0"), cell.InputWeights);
Transpose(Read("weight_hh_l0"), cell.RecurrentWeights!);
for (int gate = 0; gate < inputBias.Length; gate++)
{
    cell.Bias.Edit()[gate] = inputBias[gate] + recurrentBias[gate];
}

IReadOnlyList<long> shape = file.Entry("x").Shape;
var x = new Tensor(new Shape((int)shape[0], (int)shape[1], (int)shape[2]), Read("x"));
var tape = new Tape(new Workers(1)) { Recording = false };
Tensor y = new Recurrent(cell).Forward(tape, SequenceInput.Of(x)).Outputs;
float furthest = y.Values.ToArray().Zip(Read("y"), (found, wanted) => Math.Abs(found - wanted)).Max();
Console.WriteLine($"{cell}: the outputs are within {furthest:0.0e+00} of PyTorch's");
return furthest < 1e-5 ? 0 : 1;

float[] Read(string name)
{
    SafeTensorsEntry entry = file.Entry(name);
    float[] values = new float[entry.Count];
    file.ReadSingles(name, values, [.. entry.Shape.Select(size => (int)size)]);
    return values;
}

// PyTorch has (gates, inputs), Unfold (inputs, gates).
static void Transpose(float[] values, Parameter weights)
{
    (int rows, int columns) = (weights.Shape[0], weights.Shape[1]);
    for (int row = 0; row < rows; row++)
    {
        for (int column = 0; column < columns; column++)
        {
            weights.Edit()[(row * columns) + column] = values[(column * rows) + row];
        }
    }
}
