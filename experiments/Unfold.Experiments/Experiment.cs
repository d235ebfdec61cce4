namespace Unfold.Experiments;

/// <summary>One published task, set up, learned and measured: a file that reads like the section of the paper.</summary>
internal abstract class Experiment
{
    /// <summary>The word that names it on the command line, in lower case.</summary>
    public abstract string Name { get; }

    /// <summary>One line for the list: the task, and what is to be seen.</summary>
    public abstract string Summary { get; }

    /// <summary>
    /// The files that it reads, or folders of them, as paths inside of the data folder with '/' between the parts; none where it
    /// makes its own data. They are looked for before anything runs.
    /// </summary>
    public virtual IReadOnlyList<string> DataNeeded => [];

    /// <summary>
    /// Runs it and reports each result as soon as it is known. Under <see cref="ExperimentContext.Quick"/> it does a few seconds
    /// of the same work on a part of the data.
    /// </summary>
    /// <exception cref="UnfoldException">The data are missing or damaged.</exception>
    public abstract void Run(ExperimentContext context);
}
