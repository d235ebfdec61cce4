using System.Diagnostics;

namespace Unfold.Tests.Persistence;

/// <summary>A small file system in memory, mounted for one test; the test is skipped where mounting is not permitted.</summary>
internal sealed class MountedFolder : IDisposable
{
    private readonly TemporaryFolder _point = new();

    public MountedFolder(string options)
    {
        if (!OperatingSystem.IsLinux() || Run("mount", "-t", "tmpfs", "-o", options, "tmpfs", _point.Path) != 0)
        {
            _point.Dispose();
            Assert.Skip("Needs the right to mount a small file system (root on Linux); not permitted here.");
        }
    }

    public string this[string name] => _point[name];

    public void Resize(string size) => Assert.Equal(0, Run("mount", "-o", $"remount,size={size}", _point.Path));

    public void MakeReadOnly() => Assert.Equal(0, Run("mount", "-o", "remount,ro", _point.Path));

    public void Dispose()
    {
        Assert.Equal(0, Run("umount", _point.Path));
        _point.Dispose();
    }

    private static int Run(string program, params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
            using Process process = Process.Start(start)!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1;
        }
    }
}
