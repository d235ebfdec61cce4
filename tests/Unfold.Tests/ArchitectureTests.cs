using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Unfold.Autograd;
using Unfold.Tests.Support;

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
        ["Cells"] = ["Autograd", "Initialization", "Reference"],
        ["Layers"] = ["Cells", "Autograd", "Initialization", "Reference"],
        ["Training"] = ["Autograd", "Pictures"],
        ["Text"] = [],
        ["NGrams"] = ["Text"],
        ["Models"] = ["Layers", "Cells", "Autograd", "Training", "Text", "Reference"],
        ["Scoring"] = ["Text"],
        ["Rescoring"] = ["Scoring", "Text"],
        ["Channels"] = ["Rescoring", "Text"],
        ["Generation"] = ["Models", "Scoring", "Text"],
        ["Persistence"] = ["Models", "NGrams", "Layers", "Cells", "Autograd", "Text"],
        ["Reference"] = [],
        ["Pictures"] = [],
    };

    [Fact]
    public void A_folder_uses_only_what_it_may()
    {
        List<string> breaches = [];
        string library = Path.Combine(Repository.Root, "src", "Unfold");
        foreach (string file in Sources("src/Unfold"))
        {
            string folder = Path.GetRelativePath(library, file).Split(Path.DirectorySeparatorChar)[0];
            if (folder.EndsWith(".cs", StringComparison.Ordinal))
            {
                continue;
            }

            Assert.True(MayUse.ContainsKey(folder), $"The folder {folder} is not in the table of the house.");
            breaches.AddRange(Breaches(folder, File.ReadAllText(file)).Select(used => $"{Path.GetRelativePath(Repository.Root, file)} uses {used}"));
        }

        Assert.Empty(breaches);
    }

    [Theory]
    [InlineData("using Unfold.Layers;")]
    [InlineData("global using Layers;")]
    [InlineData("using static Layers.Recurrent;")]
    [InlineData("using Driver = Layers.Recurrent;")]
    [InlineData("namespace Unfold.Layers;")]
    [InlineData("    private readonly Layers.Recurrent _layer;")]
    [InlineData("    private readonly List<Layers.Recurrent> _layers = [];")]
    [InlineData("    object made = new global::Unfold.Layers.Dense(2, 3, random);")]
    [InlineData("    object cast = (Layers.Dense)layer;")]
    [InlineData("    string name = $\"{nameof(Layers.Dense)}\";")]
    public void A_use_of_a_folder_is_seen_however_it_is_written(string line)
    {
        Assert.Equal(["Layers"], Breaches("Training", line));
        Assert.Empty(Breaches("Models", line));
    }

    [Theory]
    [InlineData("using Unfold.Autograd;")]
    [InlineData("using Numerics.Kernels;")]
    [InlineData("    int count = Layers.Count;")]
    [InlineData("    Dense last = model.Layers.Dense;")]
    [InlineData("    /// <summary>See <see cref=\"Layers.Dense\"/>.</summary>")]
    public void What_is_no_use_of_a_folder_is_not_taken_for_one(string line) => Assert.Empty(Breaches("Training", line));

    [Fact]
    public void No_file_is_longer_than_400_lines()
    {
        IEnumerable<string> tooLong = Sources("src", "tests", "bench", "experiments")
            .Select(file => (File: file, Lines: File.ReadLines(file).Count()))
            .Where(entry => entry.Lines > LongestFile)
            .Select(entry => $"{Path.GetRelativePath(Repository.Root, entry.File)} has {entry.Lines} lines");
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

    /// <summary>The folders that a source in <paramref name="folder"/> uses and may not.</summary>
    /// <remarks>Inside the namespace Unfold a folder can be named without it: then what follows tells it from a property of that name.</remarks>
    private static IEnumerable<string> Breaches(string folder, string source)
    {
        string code = CommentLine().Replace(source, "");
        return NamespaceUsed().Matches(code).Select(match => match.Groups[1].Value)
            .Concat(QualifiedName().Matches(code).Where(match => Members(match.Groups[1].Value).Contains(match.Groups[2].Value)).Select(match => match.Groups[1].Value))
            .Distinct()
            .Where(used => used != folder && MayUse.ContainsKey(used) && !MayUse[folder].Contains(used));
    }

    /// <summary>The types and the namespaces inside of a folder's namespace.</summary>
    private static HashSet<string> Members(string folder) => [.. typeof(Tensor).Assembly.GetTypes()
        .Where(type => type.Namespace is { } space && (space + ".").StartsWith($"Unfold.{folder}.", StringComparison.Ordinal))
        .SelectMany(type => type.Namespace!.Split('.').Skip(2).Append(type.Name.Split('`')[0]))];

    private static IEnumerable<string> Sources(params string[] folders) => folders
        .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories))
        .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"));

    [GeneratedRegex(@"(?:(?<![\w.])Unfold\.|^\s*(?:global )?using (?:static )?(?!Unfold\b))(\w+)", RegexOptions.Multiline)]
    private static partial Regex NamespaceUsed();

    [GeneratedRegex(@"(?<![\w.])(\w+)\.(\w+)")]
    private static partial Regex QualifiedName();

    [GeneratedRegex(@"^\s*//.*$", RegexOptions.Multiline)]
    private static partial Regex CommentLine();

    [GeneratedRegex(@"^\s*//\s*[A-Za-z_][\]A-Za-z0-9_.<>\[]*(\s*=|\().*;\s*$")]
    private static partial Regex CodeInComment();
}
