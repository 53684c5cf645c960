using System.Runtime.InteropServices;

namespace Parley;

/// <summary>Where a list of any length goes: in large pieces where that is standard output, and only for as long as somebody reads.</summary>
internal sealed partial class LongOutput : IDisposable
{
    private const int PieceCharacters = 32 * 1024;

    private readonly StreamWriter? standard;

    public LongOutput(TextWriter output)
    {
        // The runtime's own writer hands the system 256 characters at a time.
        standard = ReferenceEquals(output, System.Console.Out)
            ? new StreamWriter(System.Console.OpenStandardOutput(), output.Encoding, PieceCharacters)
            : null;
        Text = standard ?? output;
    }

    /// <summary>To be written to.</summary>
    public TextWriter Text { get; }

    /// <summary>Hands on what was written; false when nobody reads it any more, as behind <c>| head</c>.</summary>
    public bool Flush()
    {
        Text.Flush();
        return standard is null || OperatingSystem.IsWindows() || !IsClosed();
    }

    public void Dispose() => standard?.Dispose();

    // The runtime takes a write to a closed pipe for done, so that it has to be asked for.
    private static unsafe bool IsClosed()
    {
        const short Error = 8, HungUp = 16;
        var output = new PollDescriptor { Descriptor = 1 };
        return Poll(&output, 1, 0) > 0 && (output.Found & (Error | HungUp)) != 0;
    }

    [LibraryImport("libc", EntryPoint = "poll")]
    private static unsafe partial int Poll(PollDescriptor* descriptors, nuint count, int milliseconds);

    // struct pollfd
    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Wanted;
        public short Found;
    }
}
