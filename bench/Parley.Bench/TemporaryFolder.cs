namespace Parley.Bench;

/// <summary>A new folder that goes away with all it holds. Others may pass through it, as Postfix's processes must.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private const UnixFileMode Passable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    public TemporaryFolder(string under)
    {
        Path = Directory.CreateDirectory(
            System.IO.Path.Combine(under, $"parley-bench-{Environment.ProcessId}-{Guid.NewGuid():N}"), Passable).FullName;
    }

    public string Path { get; }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
