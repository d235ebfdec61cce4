namespace Unfold.Experiments.Data;

/// <summary>The folder that holds the data of the experiments; none of it belongs to the project.</summary>
internal sealed class DataFolder
{
    private const string Advice = "name the folder that holds it with --data DIR or UNFOLD_DATA";

    private readonly string? _root;
    private readonly string _found;

    private DataFolder(string? root, string found)
    {
        _root = root;
        _found = found;
    }

    /// <summary>
    /// The named folder; else the one that the environment variable UNFOLD_DATA names; else shared/data in the working folder or in one
    /// above it. Whether it is there shows when something in it is wanted.
    /// </summary>
    public static DataFolder Find(string? named) => Find(named, Environment.GetEnvironmentVariable("UNFOLD_DATA"), Environment.CurrentDirectory);

    /// <summary>The same, with all that it depends on.</summary>
    public static DataFolder Find(string? named, string? environment, string start)
    {
        string? given = !string.IsNullOrEmpty(named) ? named : environment;
        if (!string.IsNullOrEmpty(given))
        {
            return new DataFolder(System.IO.Path.GetFullPath(given), given);
        }

        for (string? folder = System.IO.Path.GetFullPath(start); folder is not null; folder = System.IO.Path.GetDirectoryName(folder))
        {
            string candidate = System.IO.Path.Combine(folder, "shared", "data");
            if (Directory.Exists(candidate))
            {
                return new DataFolder(candidate, candidate);
            }
        }

        return new DataFolder(null, "");
    }

    /// <summary>The path of a file inside of the folder.</summary>
    /// <param name="name">The path inside of the folder, with '/' between its parts.</param>
    /// <exception cref="UnfoldException">There is no such folder or file.</exception>
    public string Path(string name)
    {
        string path = Require(name);
        return File.Exists(path) ? path : throw new UnfoldException($"{path} is a folder, but a file was wanted there: {Advice}.");
    }

    /// <summary>Whether the folder holds that file or folder.</summary>
    public bool Holds(string name) => _root is not null && System.IO.Path.Exists(System.IO.Path.Combine(_root, name));

    /// <summary>The path of a file or folder inside of the folder.</summary>
    /// <param name="name">The path inside of the folder, with '/' between its parts.</param>
    /// <exception cref="UnfoldException">There is no such folder, or nothing of that name in it.</exception>
    public string Require(string name)
    {
        if (_root is null)
        {
            throw new UnfoldException($"The data {name} are wanted, but no data folder is named: {Advice}.");
        }

        if (!Directory.Exists(_root))
        {
            throw new UnfoldException($"The data {name} are wanted in the data folder {_found}, but there is no such folder: {Advice}.");
        }

        string path = System.IO.Path.Combine([_root, .. name.Split('/')]);
        return System.IO.Path.Exists(path)
            ? path
            : throw new UnfoldException($"The data {name} are wanted in the data folder {_found}, but are not there: {Advice}.");
    }
}
