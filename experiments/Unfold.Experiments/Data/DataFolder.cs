namespace Unfold.Experiments.Data;

/// <summary>The folder that holds the data of the experiments; none of it belongs to the project.</summary>
internal sealed class DataFolder
{
    private const string Advice = "name the folder that holds it with --data DIR or UNFOLD_DATA";

    private readonly string? _given;
    private readonly string _start;

    private DataFolder(string? given, string start)
    {
        _given = given;
        _start = start;
    }

    /// <summary>
    /// The named folder; else the one that the environment variable UNFOLD_DATA names; else, for each file that is wanted, the first folder
    /// data that holds it, in the working folder or in one above it.
    /// </summary>
    public static DataFolder Find(string? named) => Find(named, Environment.GetEnvironmentVariable("UNFOLD_DATA"), Environment.CurrentDirectory);

    /// <summary>The same, with all that it depends on.</summary>
    public static DataFolder Find(string? named, string? environment, string start)
    {
        string? given = !string.IsNullOrEmpty(named) ? named : environment;
        return new DataFolder(string.IsNullOrEmpty(given) ? null : given, System.IO.Path.GetFullPath(start));
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
    public bool Holds(string name) => Place(name) is not null;

    /// <summary>The path of a file or folder inside of the folder.</summary>
    /// <param name="name">The path inside of the folder, with '/' between its parts.</param>
    /// <exception cref="UnfoldException">There is no such folder, or nothing of that name in it.</exception>
    public string Require(string name) => Place(name) ?? throw new UnfoldException(_given switch
    {
        null => $"The data {name} are wanted, but no data folder is named, and no folder data in {_start} or above it holds them: {Advice}.",
        _ when !Directory.Exists(_given) => $"The data {name} are wanted in the data folder {_given}, but there is no such folder: {Advice}.",
        _ => $"The data {name} are wanted in the data folder {_given}, but are not there: {Advice}.",
    });

    private string? Place(string name)
    {
        static string? In(string folder, string name)
        {
            string path = System.IO.Path.GetFullPath(System.IO.Path.Combine([folder, .. name.Split('/')]));
            return System.IO.Path.Exists(path) ? path : null;
        }

        if (_given is not null)
        {
            return In(_given, name);
        }

        string? found = null;
        for (string? folder = _start; found is null && folder is not null; folder = System.IO.Path.GetDirectoryName(folder))
        {
            found = In(System.IO.Path.Combine(folder, "data"), name);
        }

        return found;
    }
}
