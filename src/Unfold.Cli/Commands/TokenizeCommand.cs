using System.CommandLine;
using Unfold.Text;

namespace Unfold.Cli.Commands;

/// <summary>unfold tokenize: the tokens of each line of a text.</summary>
internal sealed class TokenizeCommand(Terminal terminal)
{
    private readonly Argument<string> _file = Options.FileOrInput("A UTF-8 file, each line of which is cut, or - for standard input.");
    private readonly Option<TokenKind?> _tokens = Options.Choice("--tokens", "What one token is.", [.. Enum.GetValues<TokenKind>().Select(kind => (kind.Name, kind))]);
    private readonly Option<string?> _dictionary = DictionaryInput.Option();
    private readonly Option<bool> _lowercase = Options.Switch("--lowercase", "Lower all letters.");
    private readonly Option<string?> _vocabularyOf = Options.Path("--vocabulary-of", "MODEL", "Cut as this model does, a recurrent one or n-grams, which is the way to its subwords, and tell how many tokens it does not know.");
    private readonly Option<bool> _json = Options.Switch("--json", "Print one JSON object for each line: its tokens, and their numbers in the model of --vocabulary-of, 0 for an unknown one.");

    /// <summary>Makes the verb.</summary>
    public static Command Create(Terminal terminal)
    {
        var verb = new TokenizeCommand(terminal);
        var command = new Command("tokenize", "Cut each line of a text into tokens, with a space between them.") { verb._file, verb._tokens, verb._dictionary, verb._lowercase, verb._vocabularyOf, verb._json };
        command.SetAction(verb.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        using var interruption = new Interruption(terminal);
        Vocabulary? vocabulary = null;
        Tokenization tokenization = parsed.Gave(_vocabularyOf) ? (vocabulary = Known(parsed, interruption.Token)).Tokenization : Chosen(parsed);
        Tokenizer tokenizer = tokenization.CreateTokenizer();
        var lines = new ArrivingLines(terminal, parsed.GetRequiredValue(_file));
        bool json = parsed.GetValue(_json);
        long number = 0, count = 0, unknown = 0;
        using (var progress = new ProgressLine(terminal, $"Cutting {lines.Name}"))
        {
            foreach ((_, List<string> tokens) in lines.Answered(terminal, progress, line => Cut(line, tokenizer), interruption.Token))
            {
                number++;
                int[]? ids = vocabulary is null ? null : [.. tokens.Select(token => vocabulary.IdOf(token))];
                count += tokens.Count;
                unknown += ids?.Count(id => id == Vocabulary.UnknownId) ?? 0;
                progress.MakeRoom();
                if (json)
                {
                    WriteJson(number, tokens, ids);
                }
                else
                {
                    terminal.Output.Write(string.Join(' ', tokens.Select(token => SpacedTokens.Written(token, tokenization))));
                    terminal.Output.Write('\n');
                }
            }
        }

        if (vocabulary is not null)
        {
            terminal.Line(FormattableString.Invariant($"{unknown:N0} of {count:N0} {vocabulary.Kind.Noun}s are not known to the model."));
        }

        return ExitCode.Done;
    }

    /// <summary>The tokens of the model that is named.</summary>
    private Vocabulary Known(ParseResult parsed, CancellationToken cancellation)
    {
        foreach (Option own in (Option[])[_tokens, _dictionary, _lowercase])
        {
            parsed.Exclude(_vocabularyOf, own);
        }

        return VocabularyInput.Read(terminal, parsed.GetRequiredValue(_vocabularyOf)!, cancellation);
    }

    /// <summary>How the options say that text is cut: where white space is a token it is one at the beginning of a line, too.</summary>
    private Tokenization Chosen(ParseResult parsed)
    {
        TokenKind kind = parsed.GetValue(_tokens) ?? throw new UsageException($"How the text is cut was not said: give {_tokens.Name} ({_tokens.HelpName}), or {_vocabularyOf.Name} MODEL.");
        if (kind == TokenKind.BytePair)
        {
            throw new UsageException($"{_tokens.Name} bpe wants subwords, which a model has learned from its text: name such a model with {_vocabularyOf.Name} in its place.");
        }

        DictionaryInput.RequireUse(parsed, _dictionary, _tokens);
        return new Tokenization(kind)
        {
            Mode = kind == TokenKind.Character ? TextMode.Running : TextMode.Sentences,
            LetterCase = parsed.GetValue(_lowercase) ? LetterCase.Lowered : LetterCase.Kept,
            Dictionary = DictionaryInput.Read(terminal, parsed, _dictionary),
        };
    }

    private static List<string> Cut(string line, Tokenizer tokenizer)
    {
        List<string> tokens = [];
        TokenSink sink = token => tokens.Add(token.ToString());
        tokenizer.Push(line, sink);
        tokenizer.FlushPrefix(sink);
        return tokens;
    }

    private void WriteJson(long number, List<string> tokens, int[]? ids) => JsonOutput.Write(terminal, json =>
    {
        json.WriteNumber("line", number);
        json.WriteStartArray("tokens");
        tokens.ForEach(json.WriteStringValue);
        json.WriteEndArray();
        if (ids is not null)
        {
            json.WriteStartArray("ids");
            Array.ForEach(ids, json.WriteNumberValue);
            json.WriteEndArray();
        }
    });
}
