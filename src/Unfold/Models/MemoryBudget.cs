using Unfold.Layers;

namespace Unfold.Models;

/// <summary>Says how much memory a model or a training step needs before it is asked for.</summary>
internal static class MemoryBudget
{
    /// <summary>Throws where the weights alone do not fit.</summary>
    public static void RequireModel(LanguageModelSettings settings, int vocabulary)
    {
        RequireParameters(settings.CountParameters(vocabulary), $"A model of {settings.Layers} layers of {settings.Hidden} with {vocabulary} tokens");
    }

    /// <summary>Throws where so many weights do not fit.</summary>
    public static void RequireParameters(Int128 parameters, string what)
    {
        // Values, gradients and the packed copies of the weights.
        Int128 bytes = parameters * sizeof(float) * 4;
        if (parameters > Array.MaxLength)
        {
            throw new UnfoldException(string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"{what} has {parameters:N0} parameters and would need {MachineMemory.Shown(bytes)}; at most {Array.MaxLength:N0} fit into one array: choose fewer or smaller layers."));
        }

        MachineMemory.Require(bytes, what, "choose fewer or smaller layers");
    }

    /// <summary>Throws where a training step does not fit.</summary>
    public static void RequireTraining(LanguageModelSettings settings, int vocabulary, int batchSize, int sequenceLength, int moments)
    {
        Int128 rows = (Int128)batchSize * sequenceLength;
        Int128[] kept = [.. settings.Hidden.Values.Select(width => CellTable.Of(settings.Cell).Kept(settings, width))];
        Int128 inLayers = settings.Hidden.Values.Zip(kept, (width, values) => values + ((Int128)width * 4)).Aggregate((Int128)0, (sum, values) => sum + values);
        Int128 perRow = (inLayers * (settings.Hidden.IsOneForAll ? settings.Layers : 1)) + ((Int128)settings.Embedding * 2) + settings.LogitsEach(vocabulary);
        Int128 parameters = (Int128)settings.CountParameters(vocabulary) * (4 + moments);
        MachineMemory.Require(
            ((rows * perRow) + parameters) * sizeof(float),
            $"A training step of {batchSize} sequences of {sequenceLength} tokens through {settings.Layers} layers of {settings.Hidden} with {vocabulary} tokens",
            "lower the hidden size, the batch size, the sequence length or the length of a segment");

        if (rows * kept.Max() > Array.MaxLength || rows * settings.LogitsEach(vocabulary) > Array.MaxLength)
        {
            throw new UnfoldException($"A batch of {batchSize} sequences of {sequenceLength} tokens is too large for one array: lower the batch size or the sequence length.");
        }
    }

    /// <summary>Throws where the hypotheses that a search follows side by side do not fit.</summary>
    public static void RequireSearch(long hypotheses, long valuesOfEach)
    {
        Int128 values = (Int128)hypotheses * valuesOfEach;
        string what = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"A search that follows {hypotheses:N0} hypotheses side by side");
        const string advice = "lower the beam";
        if (values > Array.MaxLength)
        {
            throw new UnfoldException($"{what} needs {MachineMemory.Shown(values * sizeof(float))} in a step, more than one array holds: {advice}.");
        }

        MachineMemory.Require(values * sizeof(float), what, advice);
    }

    /// <summary>Throws where the texts that a search follows side by side do not fit.</summary>
    public static void RequireTexts(Int128 texts, int valuesOfEach) => MachineMemory.Require(
        texts * valuesOfEach * sizeof(float),
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"A search that follows {texts:N0} texts side by side"),
        "lower the beam, or force fewer texts");

    /// <summary>Throws where the outputs that a cache remembers do not fit.</summary>
    public static void RequireCache(int size, int width)
    {
        Int128 values = (Int128)size * width;
        string what = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"A cache of {size:N0} outputs of {width:N0}");
        const string advice = "remember fewer";
        if (values > Array.MaxLength)
        {
            throw new UnfoldException($"{what} needs {MachineMemory.Shown(values * sizeof(float))}, more than one array holds: {advice}.");
        }

        MachineMemory.Require(values * sizeof(float), what, advice);
    }
}
