namespace Parley;

/// <summary>What a verb's end means to the script that called it.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>The answer is no: refused, failed, not found.</summary>
    public const int No = 1;

    /// <summary>Wrong usage or configuration, said in one line: what, where, how to mend it.</summary>
    public const int Usage = 2;

    /// <summary>A fault of ours.</summary>
    public const int Fault = 70;
}
