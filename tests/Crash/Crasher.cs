using System.Diagnostics;
using System.Globalization;

namespace Parley.Crash;

/// <summary>Kills the process at the step that the environment names, as <c>kill -9</c> does: nothing is cleaned up.</summary>
internal sealed class Crasher
{
    private readonly string? step;
    private int left;

    public Crasher()
    {
        if (Environment.GetEnvironmentVariable("PARLEY_CRASH_AT")?.Split(':') is [var name, var times])
        {
            step = name;
            left = int.Parse(times, CultureInfo.InvariantCulture);
        }
    }

    public void Step(string name)
    {
        if (string.Equals(name, step, StringComparison.Ordinal) && Interlocked.Decrement(ref left) == 0)
        {
            Process.GetCurrentProcess().Kill();
            Thread.Sleep(Timeout.Infinite);
        }
    }
}
