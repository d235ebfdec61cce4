using Unfold.Bench;

(string Name, string Asks, Action<Options> Run)[] questions =
[
    ("peak", "how many multiply-adds the cores can do", PeakQuestion.Run),
    ("products", "how near to that the matrix products come", ProductsQuestion.Run),
    ("steps", "training steps and streamed tokens, beside PyTorch and oneDNN", StepsQuestion.Run),
    ("scan", "minGRU and minLSTM on long sequences, beside their steps, an LSTM and PyTorch", ScanQuestion.Run),
    ("attention", "encoder-decoder training steps with and without attention, beside PyTorch", AttentionQuestion.Run),
    ("softmax", "the output of 10,000 and 100,000 words: exact, adaptive, sampled", SoftmaxQuestion.Run),
    ("layers", "training steps of bidirectional, stacked and residual layers, beside PyTorch", LayersQuestion.Run),
    ("padding", "what a batch of unequal lengths costs a token, beside PyTorch", PaddingQuestion.Run),
    ("memory", "the memory and time of long sequences, with and without recomputation", MemoryQuestion.Run),
    ("stream", "the time of one streamed token", StreamQuestion.Run),
    ("rescore", "hypotheses a second through the small Penn Treebank model", RescoreQuestion.Run),
    ("complete", "how long a keystroke waits for the words that may be meant", CompleteQuestion.Run),
    ("lstm", "what the options of the LSTM cost, and that the plain one pays for none", LstmQuestion.Run),
    ("allocations", "the bytes that a training step allocates", AllocationsQuestion.Run),
    ("startup", "how soon the published command writes its first character", StartupQuestion.Run),
    ("demo", "what the command learns of the embedded text", DemoQuestion.Run),
    ("classic", "loss, speed and memory of the classic recipe (needs data)", ClassicQuestion.Run),
    ("streams", "what the command learns of a text within two minutes (needs data)", StreamsQuestion.Run),
    ("ngrams", "how long a 5-gram model takes, and how many questions a second it answers", NGramsQuestion.Run),
    ("corpus", "the memory that a text of a gigabyte takes", CorpusQuestion.Run),
];

string asked = args.Length > 0 ? args[0] : "";
(string Name, string Asks, Action<Options> Run)[] chosen = asked == "all" ? questions : [.. questions.Where(question => question.Name == asked)];
if (chosen.Length == 0)
{
    Console.Error.WriteLine("Usage: dotnet run -c Release --project bench/Unfold.Bench -- QUESTION [--repeats N] [--threads N] [--only WORKLOAD,..] [--no-peers] [--registers 256] [--data DIR] [--quick]");
    foreach ((string name, string asks, _) in questions)
    {
        Console.Error.WriteLine($"  {name,-12} {asks}");
    }

    Console.Error.WriteLine($"  {"all",-12} all of them");
    return 2;
}

try
{
    Options options = Options.Parse(args.AsSpan(1));
    if (options.Registers is not null)
    {
        if (!Registers.Questions.Contains(asked))
        {
            throw new ArgumentException($"--registers is for {string.Join(", ", Registers.Questions)}; found '{asked}'.");
        }

        if (!Registers.Limited())
        {
            return Registers.StartAgain(args);
        }
    }

    foreach ((_, _, Action<Options> run) in chosen)
    {
        try
        {
            run(options);
        }
        catch (MissingDataException missing) when (chosen.Length > 1)
        {
            Console.WriteLine($"  left out     {missing.Message}");
            Console.WriteLine();
        }
    }

    return 0;
}
catch (ArgumentException wrong)
{
    Console.Error.WriteLine(wrong.Message);
    return 2;
}
catch (InvalidOperationException failed)
{
    Console.Error.WriteLine(failed.Message);
    return 1;
}
