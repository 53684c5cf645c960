using Parley.Server.Queue;

namespace Parley.Server.Delivery;

/// <summary>
/// What is known of the servers behind one or many destinations: how many visits they bear at a time, and until when
/// they are left alone. Not for several threads.
/// </summary>
/// <param name="name">The site.</param>
internal sealed class Site(string name)
{
    private readonly Queue<string> waiting = new();
    private readonly HashSet<string> waitingOnce = new(StringComparer.Ordinal);
    private double window = 1; // a stranger gets one visit until it has taken something
    private bool slowStart = true;

    public string Name => name;

    /// <summary>Visits under way.</summary>
    public int Visits { get; private set; }

    /// <summary>Messages that the site has taken or judged, ever; what rises during a visit shows that the site is alive.</summary>
    public long Progress { get; private set; }

    /// <summary>Troubles and throttlings in a row.</summary>
    public int Failures { get; private set; }

    /// <summary>Destinations that wait for a place.</summary>
    public int Waiting => waiting.Count;

    /// <summary>Until when nothing goes there, and what was said; null when it may.</summary>
    public SitePause? Pause { get; private set; }

    /// <summary>When it was last visited, paused or waited for.</summary>
    public DateTimeOffset LastUsed { get; private set; }

    /// <summary>Begins a visit; false when there is no place, and the destination waits for one.</summary>
    public bool TryEnter(string destination, int most, DateTimeOffset now)
    {
        LastUsed = now;
        if (Visits < Math.Min((int)window, most))
        {
            Visits++;
            return true;
        }

        if (waitingOnce.Add(destination))
        {
            waiting.Enqueue(destination);
        }

        return false;
    }

    /// <summary>Ends a visit.</summary>
    public void Leave(DateTimeOffset now)
    {
        Visits--;
        LastUsed = now;
    }

    /// <summary>The destinations that can go on now: as many as there are places, or all when the site is left alone anyway.</summary>
    public List<string> TakeWaiting(int most, DateTimeOffset now)
    {
        var free = IsPaused(now) ? waiting.Count : Math.Min((int)window, most) - Visits;
        var taken = new List<string>();
        while (taken.Count < free && waiting.TryDequeue(out var destination))
        {
            waitingOnce.Remove(destination);
            taken.Add(destination);
        }

        return taken;
    }

    /// <summary>A message was taken: one more visit each time at first, then one more a round.</summary>
    public void Succeeded(int most)
    {
        Progress++;
        Failures = 0;
        window = Math.Min(most, window + (slowStart ? 1 : 1 / window));
    }

    /// <summary>A message was refused by a site that works.</summary>
    public void Judged()
    {
        Progress++;
        Failures = 0;
    }

    /// <summary>A visit did not go well although others do: fewer at a time.</summary>
    public void Shrink()
    {
        slowStart = false;
        window = Math.Max(1, window / 2);
    }

    /// <summary>The site does not answer, or asks to slow down: nothing goes there for a time that grows with each failure in a row.</summary>
    public void Suspend(AttemptReply why, bool isThrottling, Func<int, TimeSpan> wait, DateTimeOffset now)
    {
        slowStart = false;
        window = 1;
        Failures++;
        LastUsed = now;

        // The store keeps whole milliseconds: what is due at the end must not come a moment before it.
        Pause = new SitePause(DateTimeOffset.FromUnixTimeMilliseconds((now + wait(Failures)).ToUnixTimeMilliseconds()), why, isThrottling);
    }

    /// <summary>Whether the site is left alone.</summary>
    public bool IsPaused(DateTimeOffset now) => Pause is { } pause && now < pause.Until;

    /// <summary>An operator wants it tried now.</summary>
    public void Resume() => Pause = null;
}

/// <summary>Why and until when a site is left alone.</summary>
/// <param name="Until">The end.</param>
/// <param name="Why">What was said, or what happened.</param>
/// <param name="IsThrottling">Whether the site asked to slow down, rather than not to have answered.</param>
internal sealed record SitePause(DateTimeOffset Until, AttemptReply Why, bool IsThrottling);
