#:project ../src/Unfold/Unfold.csproj
#:property PublishAot=false
using Unfold.Generation;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Text;

string text = Grammar.CreateEmbedded().WriteText(new SeededRandom(1), 300_000);
Corpus corpus = Corpus.Load(TextSource.FromString(text), new CorpusOptions { ValidationFraction = 0.05 });

var model = new LanguageModel(new LanguageModelSettings { Hidden = 96 }, corpus.Vocabulary, new SeededRandom(1));
var settings = new TrainingSettings { Steps = 600, LearningRate = 0.005 };
var trainer = new LanguageModelTrainer(model, settings, corpus.Train, corpus.Validation, new Workers(2));
while (!trainer.Finished)
{
    trainer.Step();
}

Console.WriteLine($"perplexity {trainer.Validate().Score.Perplexity:F2}");
model.FindLineEnd(corpus.Train, new Workers(2)); // a text begins as lines of the training text do
foreach (string piece in TextGenerator.Generate(model, "我昨天", new GenerationOptions { Stops = ["\n"] }, new SeededRandom(1)))
{
    Console.Write(piece);
}
