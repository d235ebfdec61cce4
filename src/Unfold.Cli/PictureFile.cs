using System.Text;
using Unfold.Persistence;
using Unfold.Pictures;

namespace Unfold.Cli;

/// <summary>Writes a picture where the user wants it.</summary>
internal static class PictureFile
{
    /// <summary>Writes it, whole or not at all, and says where it is.</summary>
    /// <exception cref="UnfoldException">The file cannot be written.</exception>
    public static void Write(Terminal terminal, string path, LineChart chart)
    {
        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(chart.ToSvg())));
        terminal.Line($"The picture is in {path}");
    }
}
