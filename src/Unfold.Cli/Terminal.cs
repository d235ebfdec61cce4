using System.Text;

namespace Unfold.Cli;

/// <summary>How lively stderr may be.</summary>
internal enum TerminalKind
{
    /// <summary>Lines that stay, without colour: not a terminal, a dumb one, or NO_COLOR is set.</summary>
    Plain,

    /// <summary>Colours, and lines that are drawn again.</summary>
    Live,
}

/// <summary>Where the command writes: data to stdout, everything that is for the reader's eye to stderr.</summary>
/// <param name="output">stdout: data only.</param>
/// <param name="error">stderr: progress, advice, failures.</param>
/// <param name="kind">How lively stderr may be.</param>
/// <param name="input">stdin; that of the process where it is not given.</param>
internal sealed class Terminal(TextWriter output, TextWriter error, TerminalKind kind, Stream? input = null)
{
    private readonly TextWriter _error = QuietWriter.Around(error);

    /// <summary>stdout, buffered: flush what should be seen at once.</summary>
    public TextWriter Output => output;

    /// <summary>stderr. Writing to it never fails: work is not lost because nobody can watch it.</summary>
    public TextWriter Error => _error;

    /// <summary>How lively stderr may be.</summary>
    public TerminalKind Kind => kind;

    /// <summary>Whether stdout goes to the screen too, so that data and talk stand among each other.</summary>
    public bool OutputIsShown { get; init; }

    /// <summary>stdin, opened anew.</summary>
    public Stream OpenInput() => input ?? Console.OpenStandardInput();

    /// <summary>
    /// The streams of this process, in UTF-8 whatever the locale says, and with line feeds at the ends of lines on every system: a model's texts must come
    /// out as they are.
    /// </summary>
    public static Terminal OfProcess()
    {
        if (OperatingSystem.IsWindows())
        {
            UseUtf8Console();
        }

        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        bool plain = Console.IsErrorRedirected
            || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
            || Environment.GetEnvironmentVariable("TERM") is "dumb";
        return new Terminal(
            new StreamWriter(StandardOutput.Open(), utf8, 1 << 12) { NewLine = "\n" },
            new StreamWriter(Console.OpenStandardError(), utf8, 1 << 10) { AutoFlush = true, NewLine = "\n" },
            plain ? TerminalKind.Plain : TerminalKind.Live)
        {
            OutputIsShown = !Console.IsOutputRedirected,
        };
    }

    /// <summary>Writes a line to stderr; a control character, which a file may have brought, does not come through.</summary>
    public void Line(string text = "") => _error.WriteLine(text.Printable);

    /// <summary>Writes the sentence of a failure to stderr, without control characters as in <see cref="Line"/>.</summary>
    public void Failure(string sentence)
    {
        Flush();
        _error.WriteLine($"{(kind == TerminalKind.Live ? "\e[31merror:\e[0m" : "error:")} {sentence.Printable}");
    }

    /// <summary>Shows the cursor again, on a line of its own, where a live view may have hidden it.</summary>
    public void ShowCursor()
    {
        if (kind == TerminalKind.Live)
        {
            _error.WriteLine("\e[?25h");
        }
    }

    /// <summary>Sends what was written to stdout on its way.</summary>
    public void Flush()
    {
        try
        {
            output.Flush();
        }
        catch (IOException)
        {
            // Nobody reads any more, or the disk behind stdout is full: the write that noticed it first has failed already.
        }
    }

    private static void UseUtf8Console()
    {
        try
        {
            Console.OutputEncoding = Encoding.UTF8;
        }
        catch (IOException)
        {
            // There is no console: the streams are pipes or files.
        }
    }
}
