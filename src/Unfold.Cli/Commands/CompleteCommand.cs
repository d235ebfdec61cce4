using System.CommandLine;
using System.Globalization;
using Unfold.Generation;
using Unfold.Text;

namespace Unfold.Cli.Commands;

/// <summary>unfold complete: the next word, or the rest of the word, while a line is typed.</summary>
internal sealed class CompleteCommand(Terminal terminal)
{
    private readonly ModelChoice _model = new(terminal);
    private readonly Argument<string?> _text = new Argument<string?>("TEXT") { Description = "The line up to the cursor; without it, or with -, each line of standard input, answered with one line.", Arity = ArgumentArity.ZeroOrOne }
        .RefusingOptions("a line that begins with dashes is given on standard input");

    private readonly Option<int?> _count = Options.WholeNumber("--count", 1, 1000, "How many words to propose; default 5.");
    private readonly Option<bool> _json = Options.Switch("--json", "Print one JSON object for each line.");

    /// <summary>Makes the verb.</summary>
    public static Command Create(Terminal terminal)
    {
        var verb = new CompleteCommand(terminal);
        var command = new Command("complete", "Propose the next word, or the rest of the word, while a line is typed.") { verb._model.Argument, verb._text, verb._count, verb._json };
        verb._model.AddTo(command);
        command.SetAction(verb.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        string? text = parsed.GetValue(_text) is { } given and not "-" ? given : null;
        if (text is not null && text.AsSpan().ContainsAny('\n', '\r'))
        {
            throw new UsageException("TEXT must be one line, but a line feed stands in it: give what stands after the last one.");
        }

        using var interruption = new Interruption(terminal);
        NextTokenModel model = _model.Open(parsed, interruption.Token);
        var completer = new WordCompleter(model);
        int count = parsed.GetValue(_count) ?? 5;
        bool json = parsed.GetValue(_json);
        if (text is not null)
        {
            TellUnknown(text, model.Vocabulary);
            Write(text, completer.Complete(text, count), json);
            return ExitCode.Done;
        }

        var lines = new ArrivingLines(terminal, ArrivingLines.Input);
        foreach ((string line, IReadOnlyList<Completion> completions) in lines.Answered(terminal, progress: null, line => completer.Complete(line, count), interruption.Token))
        {
            if (json)
            {
                WriteJson(line, completions);
            }
            else
            {
                terminal.Output.WriteLine(string.Join('\t', completions.Select(completion => completion.Word.Printable)));
            }
        }

        return ExitCode.Done;
    }

    /// <summary>Of words the last one may only have begun, so that nothing is unknown for certain.</summary>
    private void TellUnknown(string text, Vocabulary vocabulary)
    {
        int unknown = vocabulary.Kind == TokenKind.Character ? vocabulary.EncodePrefix(text).Count(token => token == Vocabulary.UnknownId) : 0;
        if (unknown > 0)
        {
            terminal.Line($"{unknown} of the characters of this line {(unknown == 1 ? "is" : "are")} not in the model's vocabulary, and read as unknown.");
        }
    }

    private void Write(string text, IReadOnlyList<Completion> completions, bool json)
    {
        if (json)
        {
            WriteJson(text, completions);
            return;
        }

        if (completions.Count == 0)
        {
            terminal.Line("No word that the model knows goes on from the end of this line.");
        }

        foreach (Completion completion in completions)
        {
            terminal.Output.WriteLine($"{completion.Probability.ToString("0.000000", CultureInfo.InvariantCulture)}  {completion.Word.Printable}");
        }
    }

    private void WriteJson(string text, IReadOnlyList<Completion> completions) => JsonOutput.Write(terminal, json =>
    {
        json.WriteString("text", text);
        json.WriteStartArray("completions");
        foreach (Completion completion in completions)
        {
            json.WriteStartObject();
            json.WriteString("word", completion.Word);
            json.WriteString("rest", completion.Rest);
            json.WriteNumber("probability", completion.Probability);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });
}
