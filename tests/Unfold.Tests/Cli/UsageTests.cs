using Unfold.Cli;
using Unfold.Tests.Persistence;

namespace Unfold.Tests.Cli;

/// <summary>Command lines that cannot be meant: exit code 2, one sentence, where to find help.</summary>
public sealed class UsageTests
{
    public static TheoryData<string, string> Wrong => new()
    {
        { "learn", "learn" },
        { "", "A command is missing: train, generate, " },
        { "[parse] generate m", "'[parse]' is neither a command nor an option that fits here." },
        { "[suggest]", "'[suggest]' is neither" },
        { "--version [any:thing]", "'[any:thing]' is neither" },
        { "trian --help", "'trian' is neither a command nor an option that fits here. Did you mean train?" },
        { "ngram prune --help", "'prune' is neither a command nor an option that fits here." },
        { "trian", "'trian' is neither a command nor an option that fits here. Did you mean train?" },
        { "train -hidden 5", "Did you mean --hidden?" },
        { "train -p 5", "'-p' is neither a command nor an option that fits here.\n" },
        { "train --text a.txt --hiden 5", "written ./--hiden). Did you mean --hidden?" },
        { "train --cell", "--cell wants a value after it: --cell (rnn|lstm|gru)" },
        { "generate m --legnth 5", "Did you mean --length?" },
        { "generate -p x", "-p is no option of this command" },
        { "evaluate m", "--text is missing: give it as --text FILE" },
        { "train --hiden 5", "--hiden" },
        { "train --text a.txt --hiden 5", "--hiden" },
        { "train extra", "extra" },
        { "train --hidden 0", "--hidden must be a whole number of at least 1; found 0." },
        { "train --hidden -3", "found -3" },
        { "train --hidden 2.5", "found 2.5" },
        { "train --hidden", "--hidden" },
        { "train --hidden 5 --hidden 6", "--hidden is given twice" },
        { "train --json --json", "--json is given twice" },
        { "generate m --seed 1 --seed 2", "--seed is given twice" },
        { "train --hidden 99999999999999999999", "--hidden is too large: at most 2147483647 is possible; found 99999999999999999999." },
        { "train --min-count 0", "--min-count must be a whole number of at least 1; found 0." },
        { "train --tokens space", "--tokens space wants --text too" },
        { "train --text a.txt --dictionary words.txt", "--dictionary wants --tokens segmented too" },
        { "train --sentences", "--sentences wants --text too" },
        { "train --layers 0", "--layers" },
        { "train --embedding -1", "--embedding" },
        { "train --batch-size 0", "--batch-size" },
        { "train --seq-length 0", "--seq-length" },
        { "train --steps 0", "--steps" },
        { "train --epochs 0", "--epochs" },
        { "train --threads 0", "--threads" },
        { "train --checkpoint-every 0", "--checkpoint-every" },
        { "train --seed -1", "--seed must be a whole number of at least 0; found -1." },
        { "train --seed 18446744073709551616", "--seed is too large" },
        { "train --lr 1e300", "single precision" },
        { "train --lr 1e-60", "single precision" },
        { "train --forget-bias 1e300", "--forget-bias must be a number that single precision can hold" },
        { "train --cell-clip 1e-60", "--cell-clip must be a number of at least 0 that single precision can hold" },
        { "gradcheck --projection 2 --projection-clip 1e300", "--projection-clip" },
        { "train --lr abc", "--lr must be a number above 0 that single precision can hold (1.5e-45 to 3.4e38); found abc." },
        { "train --lr 0", "--lr" },
        { "train --lr NaN", "--lr" },
        { "train --lr 1e999", "--lr" },
        { "train --lr 0,002", "--lr" },
        { "train --dropout 1", "--dropout" },
        { "train --valid-fraction 1", "--valid-fraction" },
        { "train --clip-norm -1", "--clip-norm" },
        { "train --cell elman", "--cell must be one of rnn, lstm, gru, mingru, minlstm, jordan; found elman." },
        { "train --cell 1", "--cell" },
        { "train --activation relu", "activation" },
        { "train --optimizer adamx", "--optimizer" },
        { "train --schedule linear", "--schedule" },
        { "train --batching random", "--batching" },
        { "train --loss first", "--loss" },
        { "train --tokens byte", "--tokens must be one of char, word, space, bpe, segmented; found byte." },
        { "train --vocabulary 1", "--vocabulary must be a whole number of at least 2; found 1." },
        { "train --resume runs/a --vocabulary 9", "--vocabulary cannot be given with it" },
        { "train --steps 5 --epochs 5", "--steps and --epochs exclude each other" },
        { "train --text a --valid b --valid-fraction 0.1", "--valid and --valid-fraction exclude each other" },
        { "train --valid b", "--text" },
        { "train --resume runs/a --lr 0.1", "--lr cannot be given with it" },
        { "train --resume runs/a --out runs/b", "--out" },
        { "train --resume runs/a --force", "--force" },
        { "generate", "MODEL is missing" },
        { "generate m --length -1", "--length" },
        { "generate m --temperature -1", "--temperature" },
        { "generate m --top-k 0", "--top-k" },
        { "generate m --top-p 0", "--top-p" },
        { "generate m --top-p 1.5", "--top-p" },
        { "generate m --greedy --temperature 2", "--greedy and --temperature exclude each other" },
        { "generate m --next 3 --length 5", "--next and --length exclude each other" },
        { "generate m --next 0", "--next" },
        { "generate m --min-p 0", "--min-p must be a number above 0 and at most 1; found 0." },
        { "generate m --typical 2", "--typical must be a number above 0 and at most 1; found 2." },
        { "generate m --repetition-penalty 0.5", "--repetition-penalty must be a number of at least 1; found 0.5." },
        { "generate m --temperatures 0.2,,1", "--temperatures must be numbers of at least 0 with commas between; found 0.2,,1." },
        { "generate m --temperatures 0.2,-1", "found 0.2,-1." },
        { "generate m --temperatures 0.2 --temperature 1", "--temperature and --temperatures exclude each other" },
        { "generate m --greedy --min-p 0.1", "--greedy and --min-p exclude each other" },
        { "generate m --greedy --samples 2", "--greedy and --samples exclude each other" },
        { "generate m --samples 0", "--samples must be a whole number of at least 1; found 0." },
        { "generate m --beam 0", "--beam must be a whole number of at least 1; found 0." },
        { "generate m --beam 2 --samples 3", "A beam of 2 finds at most 2 texts, but --samples wants 3: raise --beam or lower --samples." },
        { "generate m --beam 5 --beam-groups 2", "--beam-groups must divide --beam evenly; found 2 groups in a beam of 5." },
        { "generate m --beam-groups 2", "--beam-groups is an option of the search: give --beam N with it." },
        { "generate m --diversity 1", "--diversity is an option of the search" },
        { "generate m --must-contain a", "--must-contain is an option of the search" },
        { "generate m --beam 2 --temperature 1", "--beam and --temperature exclude each other" },
        { "generate m --beam 2 --seed 1", "--beam and --seed exclude each other" },
        { "generate m --beam 2 --length 0", "--length must be at least 1 with --beam; found 0." },
        { "generate m --next 3 --beam 2", "--next and --beam exclude each other" },
        { "generate m n", "n" },
        { "cloze", "A command is missing: train, evaluate. To begin: unfold cloze train" },
        { "cloze train --text a", "--out is missing: give it as --out DIR" },
        { "cloze train --out a", "--text is missing: give it as --text FILE" },
        { "cloze train --text a --out b --hidden 0", "--hidden" },
        { "cloze train --text a --out b --valid c --valid-fraction 0.1", "--valid and --valid-fraction exclude each other" },
        { "cloze train --text a --out b --dictionary c", "--dictionary wants --tokens segmented too" },
        { "cloze evaluate --text a", "MODEL is missing: the folder of a model" },
        { "fill", "MODEL is missing" },
        { "fill m", "TEXT is missing: a sentence with one gap, written as two or more underscores; with - each line of standard input" },
        { "fill m a__b --count 0", "--count must be a whole number of at least 1; found 0." },
        { "data", "A command is missing: list, get. To begin: unfold data list" },
        { "data get", "NAME is missing: the corpora to fetch; unfold data list names them." },
        { "data got x", "Did you mean get?" },
        { "data get ptb", "There is no known corpus ptb: choose one of tinyshakespeare, " },
        { "generate --leng 5", "--leng" },
        { "evaluate --text a", "MODEL is missing" },
        { "inspect", "MODEL is missing" },
        { "ngram", "A command is missing: train, count, evaluate, convert, mix. To begin: unfold ngram train" },
        { "ngram trian", "Did you mean train?" },
        { "ngram train", "--text is missing" },
        { "ngram train --text a", "--out is missing: give it as --out FILE" },
        { "ngram train --text a --out b.arpa --order 0", "--order must be a whole number of at least 1; found 0." },
        { "ngram train --text a --out b.arpa --order 8", "--order must be a whole number of 1 to 7; found 8." },
        { "ngram train --text a --out b.arpa --min-count 2", "--min-count must begin with 1; found 2." },
        { "ngram train --text a --out b.arpa --min-count 1,0", "--min-count must be a whole number of at least 1; found 0." },
        { "ngram train --text a --out b.arpa --min-count 1,,2", "--min-count must be a whole number of at least 1; found nothing." },
        { "ngram train --text a --out b.arpa --order 2 --min-count 1,1,2", "--min-count has 3 numbers, but the order is 2" },
        { "ngram train --text a --out b.arpa --smoothing witten-bell", "--smoothing must be one of modified-kneser-ney, kneser-ney, add-k; found witten-bell." },
        { "ngram train --text a --out b.arpa --k 0", "--k must be a number of 1e-30 to 1e30" },
        { "ngram train --text a --out b.arpa --k 1", "--k is what add-k adds" },
        { "ngram train --text a --out b.arpa --prune -1", "--prune must be a number of at least 0" },
        { "ngram train --text a --out b.arpa --sentences --running", "--sentences and --running exclude each other" },
        { "ngram train --text a --out b.arpa --tokens byte", "--tokens must be one of char, word, space, bpe, segmented; found byte." },
        { "ngram train --text a --out b.bin --dictionary c", "--dictionary wants --tokens segmented too" },
        { "ngram train --text a --out b.bin --tokens bpe --vocabulary 256", "--vocabulary must be above 256 with --tokens bpe" },
        { "ngram train --text a --out b.arpa --vocabulary 0", "--vocabulary" },
        { "ngram train --text a --out b.arpa --min-token-count 0", "--min-token-count" },
        { "ngram evaluate", "MODEL is missing: the folder of a model" },
        { "ngram evaluate a.arpa", "--text is missing" },
        { "ngram evaluate --jsn a.arpa", "--jsn is no option of this command" },
        { "ngram convert", "IN is missing" },
        { "ngram convert a.arpa", "OUT is missing: the file to write" },
        { "ngram convert a.arpa b.bin c.bin", "c.bin" },
        { "ngram mix a.arpa --out c.arpa", "SECOND is missing: the file of another one" },
        { "ngram mix a.arpa b.arpa", "--out is missing: give it as --out FILE" },
        { "ngram mix a.arpa b.arpa --out c.arpa --share 1", "--share must be a number above 0 and below 1; found 1." },
        { "ngram mix a.arpa b.arpa --out c.arpa --share 0.5 --tune d", "--share and --tune exclude each other" },
        { "inspect --jsn", "--jsn" },
        { "gradcheck --hidden 100000", "--hidden must be a whole number of 1 to 1024; found 100000." },
        { "gradcheck --cell lstm --activation relu", "activation" },
        { "gradcheck --tolerance 0", "--tolerance" },
        { "gradcheck --hidden 1024 --layers 16", "over 27 tokens with 130,145,291 parameters, which takes about 14.8 hours" },
        { "gradcheck --hidden 1024 --layers 16", "lower --hidden, --layers, --batch-size or --seq-length" },
        { "gradcheck --batch-size 1024 --seq-length 1024", "over 1,048,576 tokens with 1,040 parameters" },
        { "gradcheck --cell gru --embedding 1024 --hidden 1000 --batch-size 40", "hours" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_wrong_command_line_is_refused_in_one_sentence(string line, string word)
    {
        Said said = CommandLine.Run(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        said.Refuses(2);
        Assert.Contains(word.Split('|'), one => said.Error.Contains(one, StringComparison.Ordinal));
    }

    [Fact]
    public void Lines_end_as_the_stream_ends_them()
    {
        using var output = new StringWriter { NewLine = "\r\n" };
        using var error = new StringWriter { NewLine = "\r\n" };
        Assert.Equal(2, Program.Run(["learn"], new Terminal(output, error, TerminalKind.Plain)));
        Assert.EndsWith("--help\r\n", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(error.ToString().Count(letter => letter == '\n'), error.ToString().Count(letter => letter == '\r'));
    }

    [Fact]
    public void A_text_without_its_option_is_recognized()
    {
        using var folder = new TemporaryFolder();
        string text = CommandLine.WriteText(folder["text.txt"]);
        CommandLine.Run("train", text).Refuses(2, $"'{text}'", $"A text is given with: --text {text}");
    }

    [Fact]
    public void An_empty_stop_text_is_refused() => CommandLine.Run("generate", "m", "--stop", "").Refuses(2, "--stop");

    [Fact]
    public void An_empty_text_that_must_be_written_is_refused() => CommandLine.Run("generate", "m", "--beam", "2", "--must-contain", "").Refuses(2, "--must-contain");

    [Fact]
    public void Settings_that_contradict_the_first_model_are_refused()
    {
        using var folder = new TemporaryFolder();
        string text = CommandLine.WriteText(folder["text.txt"]);
        Assert.Equal(0, CommandLine.Train(text, folder["first"], "--steps", "2").Code);

        CommandLine.Run("train", "--text", text, "--out", folder["second"], "--init-from", folder["first"], "--hidden", "9").Refuses(2, "--hidden", "which has hidden 8");
        CommandLine.Run("train", "--text", text, "--out", folder["second"], "--init-from", folder["first"], "--cell", "gru").Refuses(2, "--cell", "lstm");
        CommandLine.Run("train", "--text", text, "--out", folder["second"], "--init-from", folder["first"], "--tokens", "word").Refuses(2, "--tokens", "char");
        CommandLine.Run("train", "--text", text, "--out", folder["second"], "--init-from", folder["first"], "--lowercase").Refuses(2, "--lowercase");
        CommandLine.Run("train", "--text", text, "--out", folder["second"], "--init-from", folder["first"], "--vocabulary", "9").Refuses(2, "--vocabulary", "tokens");
        Assert.False(Directory.Exists(folder["second"]));
    }

    [Fact]
    public void The_help_of_gradcheck_says_what_becomes_of_chance()
    {
        string help = string.Join(' ', CommandLine.Run("gradcheck", "--help").Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("Nothing is drawn: zoneout is checked as its mean, as it is used, and dropout, which drops nothing then, has no option here.", help, StringComparison.Ordinal);
        Assert.DoesNotContain("--recurrent-dropout", help, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("train")]
    [InlineData("generate")]
    [InlineData("evaluate")]
    [InlineData("inspect")]
    [InlineData("gradcheck")]
    [InlineData("data", "list")]
    [InlineData("cloze", "train")]
    [InlineData("cloze", "evaluate")]
    [InlineData("fill")]
    [InlineData("data", "get")]
    public void Help_is_data_and_names_the_options(params string[] verb)
    {
        Said said = CommandLine.Run([.. verb, "--help"]);

        Assert.Equal(0, said.Code);
        Assert.Contains("--json", said.Output, StringComparison.Ordinal);
        Assert.Equal("", said.Error);
    }
}
