using Unfold.Models;
using Unfold.Persistence;
using Unfold.Tests.Models.Sequences;
using Unfold.Tests.Support;

namespace Unfold.Tests.Persistence.Sequences;

/// <summary>Every type of model comes back with the same bits, and nothing that is damaged comes back at all.</summary>
public sealed class SequenceModelFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Types => SavedModels.Types;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Types))]
    public void A_model_comes_back_with_the_same_bits(string type)
    {
        SavedModels.Row row = SavedModels.Rows[type];
        for (int number = 0; number < SequenceCases.Settings.Length; number++)
        {
            SequenceModel model = row.Create(SequenceCases.Settings[number]);
            row.Save(model, _folder["model"]);
            SequenceModel loaded = row.Load(_folder["model"]);
            for (int i = 0; i < model.Parameters.Count; i++)
            {
                Close.Same(model.Parameters[i].Values, loaded.Parameters[i].Values, $"{model.Parameters[i]} of {type} {number}");
            }

            Close.Same(row.Predict(model), row.Predict(loaded), $"the predictions of {type} {number}");
            Assert.Equal(model.ToString(), loaded.ToString());
            Assert.Equal(["README.md", "config.json", "model.safetensors"], Directory.GetFiles(_folder["model"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_damaged_config_is_named(string type)
    {
        SavedModels.Row row = Saved(type);
        string config = File.ReadAllText(Config);
        RefusesConfig(row, "{ \"unfold_format\": 1,", Config, "not valid JSON");
        RefusesConfig(row, "{}", Config, "unfold_format");
        RefusesConfig(row, config.Replace("\"unfold_format\": 1", "\"unfold_format\": 2", StringComparison.Ordinal), Config, "newer Unfold");
        RefusesConfig(row, config.Replace($"\"{type}\"", "\"Something\"", StringComparison.Ordinal), "holds a Something and not a " + type);
        RefusesConfig(row, config.Replace($"\"type\": \"{type}\",", "", StringComparison.Ordinal), "holds a LanguageModel and not a " + type);
        RefusesConfig(row, config.Replace("\"hidden\": 5", "\"hidden\": 900000", StringComparison.Ordinal), "does not fit together", "parameters");
        RefusesConfig(row, config.Replace("\"hidden\": 5", "\"hidden\": 0", StringComparison.Ordinal), Config, "hidden");
        RefusesConfig(row, config.Replace("\"dropout\": 0", "\"dropout\": 1", StringComparison.Ordinal), Config, "dropout");
        RefusesConfig(row, config.Replace("\"cell\": \"lstm\"", "\"cell\": \"brain\"", StringComparison.Ordinal), Config, "encoder.cell");
        RefusesConfig(row, config.Replace("\"w1\"", "\"w2\"", StringComparison.Ordinal), Config, "each symbol once; 'w2' comes twice");
        RefusesConfig(row, config.Replace("\"w1\"", "1", StringComparison.Ordinal), Config, "symbols");
        RefusesConfig(row, config.Replace("\"layers\": 1", "\"layers\": 1, \"extra\": 1", StringComparison.Ordinal), Config, "extra");
        File.WriteAllText(Config, config);
        row.Load(_folder["model"]);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_config_that_says_something_else_is_noticed_and_one_that_is_laid_out_otherwise_is_not(string type)
    {
        SavedModels.Row row = Saved(type);
        string config = File.ReadAllText(Config);
        RefusesConfig(row, config.Replace("\"w1\"", "\"w1x\"", StringComparison.Ordinal), Config, "damaged or was changed");
        RefusesConfig(row, config.Replace("\"pooling\": \"last\"", "\"pooling\": \"max\"", StringComparison.Ordinal), Config, "damaged or was changed");
        int digit = config.IndexOfAny([.. "123456789"], config.IndexOf("\"means\"", StringComparison.Ordinal));
        RefusesConfig(row, string.Concat(config.AsSpan(0, digit), config[digit] == '9' ? "8" : "9", config.AsSpan(digit + 1)), Config, "damaged or was changed");
        RefusesConfig(row, config.Replace("\"config_sha256\"", "\"config\"", StringComparison.Ordinal), Config, "config_sha256");
        File.WriteAllText(Config, config.Replace("\n", "\r\n", StringComparison.Ordinal).Replace("  ", " ", StringComparison.Ordinal));
        row.Load(_folder["model"]);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Damaged_weights_are_named(string type)
    {
        SavedModels.Row row = Saved(type);
        byte[] whole = File.ReadAllBytes(Weights);
        void Refused(byte[] bytes, params string[] words)
        {
            File.WriteAllBytes(Weights, bytes);
            Refuses(row, words);
        }

        Refused([], Weights);
        Refused(whole[..(whole.Length / 2)], Weights);
        byte[] other = [.. whole];
        other[^2] ^= 0x10;
        Refused(other, "other weights than those that config.json was written with");
        other[^1] = other[^2] = 0xFF;
        Refused(other, Weights, "damaged");
        File.Delete(Weights);
        Refuses(row, "no model.safetensors");
        File.Delete(Config);
        Refuses(row, "no config.json");
        Directory.Delete(_folder["model"], recursive: true);
        Refuses(row, _folder["model"], $"Save of a {type}");
        File.WriteAllText(_folder["model"], "a file");
        Refuses(row, "is a file");
    }

    [Fact]
    public void A_folder_without_a_name_is_refused_as_it_is_called()
    {
        Assert.Throws<ArgumentNullException>("folder", () => SequenceTagger.Load(null!));
        Assert.Throws<ArgumentException>("folder", () => ClozeModel.Load(" "));
    }

    [Fact]
    public void The_weights_of_another_fit_are_noticed()
    {
        SavedModels.Row row = SavedModels.Rows[nameof(SequenceTagger)];
        row.Save(row.Create(SequenceCases.Settings[0]), _folder["model"]);
        SequenceModel other = row.Create(SequenceCases.Settings[0]);
        other.Parameters.Edit()[0] += 1;
        row.Save(other, _folder["other"]);
        File.Copy(Path.Combine(_folder["other"], "model.safetensors"), Weights, overwrite: true);
        Refuses(row, "other weights");
    }

    [Fact]
    public void Models_and_language_models_do_not_take_each_other_for_their_own()
    {
        SavedModels.Row tagger = Saved(nameof(SequenceTagger));
        Refuses(SavedModels.Rows[nameof(SequenceClassifier)], "holds a SequenceTagger and not a SequenceClassifier");
        File.WriteAllText(Path.Combine(_folder["model"], "vocabulary.json"), "{}");
        string message = Assert.Throws<UnfoldException>(() => new ModelFolder(_folder["model"]).Load()).Message;
        Assert.Contains("describes a SequenceTagger and not a language model", message, StringComparison.Ordinal);

        var vocabulary = new Unfold.Text.Vocabulary(Unfold.Text.TokenKind.Character, Unfold.Text.LetterCase.Kept, ["a"]);
        new ModelFolder(_folder["model"]).Save(new LanguageModel(new() { Hidden = 2 }, vocabulary, new Unfold.Numerics.SeededRandom(1)));
        Refuses(tagger, "holds a LanguageModel and not a SequenceTagger");
    }

    [Fact]
    public void A_model_whose_weights_are_no_numbers_is_not_saved_over_a_good_one()
    {
        SavedModels.Row row = Saved(nameof(SequenceTagger));
        SequenceModel model = row.Load(_folder["model"]);
        float[] before = row.Predict(model);
        model.Parameters.Edit()[3] = float.NaN;
        string message = Assert.Throws<UnfoldException>(() => row.Save(model, _folder["model"])).Message;
        Assert.Contains("encoder.embeddings.0.weights", message, StringComparison.Ordinal);
        Close.Same(before, row.Predict(row.Load(_folder["model"])), "the model of before");
    }

    [Fact]
    public void A_full_disk_leaves_the_model_of_before()
    {
        using var mounted = new MountedFolder("size=64k");
        SavedModels.Row row = SavedModels.Rows[nameof(SequenceTagger)];
        SequenceModel small = row.Create(SequenceCases.Settings[0]), large = row.Create(SequenceCases.Settings[0] with { Hidden = 60 });
        row.Save(small, mounted["model"]);
        string message = Assert.Throws<UnfoldException>(() => row.Save(large, mounted["model"])).Message;
        Assert.Contains("the disk is full", message, StringComparison.Ordinal);
        Close.Same(row.Predict(small), row.Predict(row.Load(mounted["model"])), "the model of before");
        Assert.Equal(3, Directory.GetFiles(mounted["model"]).Length);
        Assert.Contains(small.ToString(), File.ReadAllText(Path.Combine(mounted["model"], "README.md")), StringComparison.Ordinal);
    }

    private string Config => Path.Combine(_folder["model"], "config.json");

    private string Weights => Path.Combine(_folder["model"], "model.safetensors");

    private SavedModels.Row Saved(string type)
    {
        SavedModels.Row row = SavedModels.Rows[type];
        row.Save(row.Create(SequenceCases.Settings[0]), _folder["model"]);
        return row;
    }

    private void RefusesConfig(SavedModels.Row row, string config, params string[] words)
    {
        Assert.NotEqual(File.Exists(Config) ? File.ReadAllText(Config) : "", config);
        File.WriteAllText(Config, config);
        Refuses(row, words);
    }

    private void Refuses(SavedModels.Row row, params string[] words)
    {
        string message = Assert.Throws<UnfoldException>(() => row.Load(_folder["model"])).Message;
        Assert.All(words, word => Assert.Contains(word, message, StringComparison.Ordinal));
    }
}
