namespace Unfold.Experiments.Data;

/// <summary>A family name and the number of its language.</summary>
internal sealed record Name(string Text, int Language);

/// <summary>Family names by language: one text file a language, one name a line.</summary>
/// <remarks>Some names stand there twice, so a fold of them is not wholly unseen: compare only with others on the same folds.</remarks>
/// <param name="Languages">The names of the files, in alphabetical order.</param>
/// <param name="All">All names, file after file.</param>
internal sealed record Names(IReadOnlyList<string> Languages, IReadOnlyList<Name> All)
{
    private const string Folder = "names_18_languages";
    private const int Longest = 100;

    /// <summary>What it reads, inside of the data folder.</summary>
    public static IReadOnlyList<string> Needed { get; } = [Folder];

    /// <summary>Reads the names of all languages; lines without a name are passed over.</summary>
    /// <exception cref="UnfoldException">The folder is missing, or holds less than two languages, or a file is damaged.</exception>
    public static Names Read(DataFolder folder)
    {
        string path = folder.Require(Folder);
        string[] files = Directory.Exists(path)
            ? [.. Directory.GetFiles(path, "*.txt").Where(file => Path.GetFileName(file) != "ORIGIN.txt").Order(StringComparer.Ordinal)]
            : [];
        if (files.Length < 2)
        {
            throw new UnfoldException($"{path}: a folder with at least two files LANGUAGE.txt was wanted; found {files.Length}.");
        }

        List<Name> names = [];
        for (int language = 0; language < files.Length; language++)
        {
            int before = names.Count;
            foreach (DataLine line in DataFile.Utf8Lines(files[language]))
            {
                string name = line.Text.Trim();
                if (name.Length > Longest || name.Any(char.IsControl))
                {
                    throw line.Damaged($"a name of at most {Longest} characters was wanted; found {line.Shown}");
                }

                if (name.Length > 0)
                {
                    names.Add(new Name(name, language));
                }
            }

            if (names.Count == before)
            {
                throw new UnfoldException($"{files[language]}: at least one name was wanted; found none.");
            }
        }

        return new Names([.. files.Select(file => Path.GetFileNameWithoutExtension(file))], names);
    }
}
