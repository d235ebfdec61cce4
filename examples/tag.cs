#:project ../src/Unfold/Unfold.csproj
#:property PublishAot=false
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Persistence;

// Which words stand between quotation marks? Each word has to be seen in its context.
string[] words = ["the", "rain", "falls", "says", "Ann", "again", "and", "we", "wait"];
var random = new SeededRandom(1);
List<TaggedSequence> sentences = [.. Enumerable.Range(0, 600).Select(_ => Write())];

var settings = new SequenceEncoderSettings { Hidden = 24, Embedding = 12 };
var options = new FitOptions { Epochs = 8, LearningRate = 0.01, Patience = 3 };
SequenceTagger tagger = SequenceTagger.Fit(sentences[..400], settings, options, sentences[400..500]);
Console.WriteLine(tagger);
Console.WriteLine($"validation loss {tagger.Training!.Best.Validation:F4} nats per word");

tagger.Save("runs/tagger");
SequenceTagger loaded = SequenceTagger.Load("runs/tagger");
List<TaggedSequence> unseen = sentences[500..];
IReadOnlyList<IReadOnlyList<Classification>> found = loaded.Predict([.. unseen.Select(sentence => sentence.Input)]);
int right = found.Zip(unseen, (tags, sentence) => tags.Zip(sentence.Labels, (tag, label) => tag.Label == label ? 1 : 0).Sum()).Sum();
Console.WriteLine($"{right} of {unseen.Sum(sentence => sentence.Labels.Count)} words right");
Console.WriteLine(string.Join(" ", unseen[0].Input.Columns[0].Zip(found[0], (word, tag) => $"{word}/{tag.Label}")));

TaggedSequence Write()
{
    List<string> tokens = [], labels = [];
    for (bool spoken = false; tokens.Count < 20 && (tokens.Count < 6 || random.NextInt32(8) > 0);)
    {
        bool mark = random.NextInt32(4) == 0;
        tokens.Add(mark ? "\"" : words[random.NextInt32(words.Length)]);
        labels.Add(mark ? "mark" : spoken ? "speech" : "tale");
        spoken ^= mark;
    }

    return new TaggedSequence(Sequence.OfSymbols(tokens), labels);
}
