using System.Runtime.InteropServices;

namespace Parley.Bench.Measuring;

/// <summary>What the base library does not offer: a signal other than SIGKILL.</summary>
internal static partial class NativeMethods
{
    public const int SigTerm = 15;

    [LibraryImport("libc", EntryPoint = "kill")]
    public static partial int Kill(int process, int signal);
}
