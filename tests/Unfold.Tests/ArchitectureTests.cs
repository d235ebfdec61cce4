using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Unfold.Autograd;

namespace Unfold.Tests;

/// <summary>The rules of the house that the compiler does not hold.</summary>
public sealed partial class ArchitectureTests
{
    private const int LongestFile = 400;

    /// <summary>Which folder of src/Unfold may use which; Unfold.Numerics is open to all.</summary>
    private static readonly Dictionary<string, string[]> MayUse = new(StringComparer.Ordinal)
    {
        ["Initialization"] = [],
        ["Autograd"] = ["Initialization"],
        ["Cells"] = ["Autograd", "Initialization"],
        ["Layers"] = ["Cells", "Autograd", "Initialization"],
        ["Training"] = ["Autograd"],
        ["Text"] = [],
        ["Models"] = ["Layers", "Cells", "Autograd", "Training", "Text"],
        ["Generation"] = ["Models", "Text"],
        ["Persistence"] = ["Models", "Cells", "Autograd", "Text"],
        ["Reference"] = ["Layers", "Cells"],
        ["Pictures"] = [],
    };

    [Fact]
    public void A_folder_uses_only_what_it_may()
    {
        List<string> breaches = [];
        string library = Path.Combine(Root(), "src", "Unfold");
        foreach (string file in Sources("src/Unfold"))
        {
            string folder = Path.GetRelativePath(library, file).Split(Path.DirectorySeparatorChar)[0];
            if (folder.EndsWith(".cs", StringComparison.Ordinal))
            {
                continue;
            }

            Assert.True(MayUse.ContainsKey(folder), $"The folder {folder} is not in the table of the house.");
            breaches.AddRange(NamespaceUsed().Matches(File.ReadAllText(file))
                .Select(match => match.Groups[1].Value)
                .Where(used => used != folder && used != "Numerics" && MayUse.ContainsKey(used) && !MayUse[folder].Contains(used))
                .Select(used => $"{Path.GetRelativePath(Root(), file)} uses {used}"));
        }

        Assert.Empty(breaches);
    }

    [Fact]
    public void No_file_is_longer_than_400_lines()
    {
        IEnumerable<string> tooLong = Sources("src", "tests", "bench", "experiments")
            .Select(file => (File: file, Lines: File.ReadLines(file).Count()))
            .Where(entry => entry.Lines > LongestFile)
            .Select(entry => $"{Path.GetRelativePath(Root(), entry.File)} has {entry.Lines} lines");
        Assert.Empty(tooLong);
    }

    [Fact]
    public void Nothing_static_can_change()
    {
        const BindingFlags all = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        IEnumerable<string> mutable = new[] { typeof(Tensor).Assembly, typeof(Unfold.Numerics.Workers).Assembly }
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type => !type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false) && !type.Name.Contains('<', StringComparison.Ordinal))
            .SelectMany(type => type.GetFields(all))
            .Where(field => !field.IsInitOnly && !field.IsLiteral && !field.Name.Contains('<', StringComparison.Ordinal))
            .Select(field => $"{field.DeclaringType}.{field.Name}");
        Assert.Empty(mutable);
    }

    [Fact]
    public void No_code_is_commented_out()
    {
        IEnumerable<string> comments = Sources("src", "tests", "bench", "experiments")
            .SelectMany(file => File.ReadLines(file).Where(line => CodeInComment().IsMatch(line)).Select(line => $"{Path.GetFileName(file)}: {line.Trim()}"));
        Assert.Empty(comments);
    }

    private static IEnumerable<string> Sources(params string[] folders) => folders
        .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root(), folder), "*.cs", SearchOption.AllDirectories))
        .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"));

    private static string Root()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Unfold.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests run outside the repository.");
        }

        return folder;
    }

    [GeneratedRegex(@"(?:^using |[ (<])Unfold\.(\w+)", RegexOptions.Multiline)]
    private static partial Regex NamespaceUsed();

    [GeneratedRegex(@"^\s*//\s*[A-Za-z_][\]A-Za-z0-9_.<>\[]*(\s*=|\().*;\s*$")]
    private static partial Regex CodeInComment();
}
