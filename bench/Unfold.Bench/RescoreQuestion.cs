using Unfold.Models;
using Unfold.Numerics;
using Unfold.Text;

namespace Unfold.Bench;

/// <summary>How many hypotheses a second run through the small Penn Treebank model, beginnings shared and not?</summary>
internal static class RescoreQuestion
{
    private const int Words = 10_000, Length = 22, Hypotheses = 100;
    private const double Target = 1000, Tolerance = 1e-5;

    public static void Run(Options options)
    {
        Console.WriteLine($"Rescoring: hypotheses a second, 2x200 LSTM and {Words:N0} words, lists of {Hypotheses} hypotheses of {Length} words");
        Machine.Print(options);
        var random = new SeededRandom(8);
        var model = new LanguageModel(
            new LanguageModelSettings { Cell = CellKind.Lstm, Hidden = 200, Layers = 2, Embedding = 200 }, Workload.CreateVocabulary(Words), random);
        int[][][] lists = [.. Enumerable.Range(0, options.Quick ? 1 : 10).Select(_ => List(random))];
        var workers = new Workers(options.Threads);
        Console.WriteLine($"  check        each word's log-probability against one hypothesis at a time: largest difference {Checked.Below(Tolerance, Difference(model, lists[0], workers, options.Quick ? 2 : 10), "rescore"):0.0e+00}");
        var shared = new Samples();
        for (int i = 0; i < (options.Quick ? 1 : options.Repeats); i++)
        {
            shared.Time(() =>
            {
                foreach (int[][] list in lists)
                {
                    model.LogProbabilities(Tree(list), workers);
                }
            });
        }

        var single = new Samples();
        single.Time(() =>
        {
            foreach (int[] hypothesis in lists[0].Take(options.Quick ? 1 : 20))
            {
                Alone(model, hypothesis);
            }
        });

        double all = lists.Length * Hypotheses, nodes = lists.Average(list => Tree(list).Count - 1);
        var table = new Table("", "hypotheses/s", "target");
        table.Add("one at a time, one thread", Table.Number((options.Quick ? 1 : 20) / single.Median, 0));
        table.Add($"a list as a tree, {options.Threads} threads", Table.Number(all / shared.Median, 0), Bench.Target.AtLeast(Target, all / shared.Median, 0));
        table.Print();
        Console.WriteLine($"  words computed of {Hypotheses * Length:N0} in a list: {nodes:N0} on average");
        Console.WriteLine();
    }

    /// <summary>
    /// What a recogniser hands over: at a few places of a sentence it wavers among some words, and each hypothesis is one choice.
    /// </summary>
    private static int[][] List(SeededRandom random)
    {
        const int Places = 6, Choices = 4;
        int[] sentence = [.. Enumerable.Range(0, Length).Select(_ => Word(random))];
        var alternatives = new Dictionary<int, int[]>();
        while (alternatives.Count < Places)
        {
            int place = random.NextInt32(Length);
            alternatives[place] = [sentence[place], .. Enumerable.Range(1, Choices - 1).Select(_ => Word(random))];
        }

        var found = new HashSet<string>();
        var list = new List<int[]>();
        while (list.Count < Hypotheses)
        {
            int[] hypothesis = [.. sentence];
            foreach ((int place, int[] words) in alternatives)
            {
                hypothesis[place] = words[random.NextDouble() < 0.5 ? 0 : random.NextInt32(Choices)];
            }

            if (found.Add(string.Join(' ', hypothesis)))
            {
                list.Add(hypothesis);
            }
        }

        return [.. list];
    }

    private static int Word(SeededRandom random) => Vocabulary.SpecialCount + random.NextInt32(Words - Vocabulary.SpecialCount);

    private static TokenTree Tree(int[][] list)
    {
        var tree = new TokenTree();
        foreach (int[] hypothesis in list)
        {
            tree.Add(hypothesis);
        }

        return tree;
    }

    private static double Difference(LanguageModel model, int[][] list, Workers workers, int count)
    {
        TokenTree tree = Tree(list);
        double[] values = model.LogProbabilities(tree, workers);
        return list.Take(count).Max(hypothesis => tree.Along(values, tree.Add(hypothesis)).Zip(Alone(model, hypothesis), (one, other) => Math.Abs(one - other)).Max());
    }

    private static double[] Alone(LanguageModel model, int[] hypothesis)
    {
        LanguageModelSession session = model.StartLine();
        return [.. hypothesis.Select(word =>
        {
            double value = session.LogProbability(word);
            session.Feed(word);
            return value;
        })];
    }
}
