namespace Parley.Server.Delivery;

/// <summary>
/// Which destination has work when, as far as memory holds it: the soonest ones, a bounded number. What does not fit is
/// forgotten, and the time of the first of those is when the store has to be asked again. Not for several threads.
/// </summary>
/// <param name="capacity">Most destinations to hold.</param>
internal sealed class Schedule(int capacity)
{
    private static readonly Comparer<(DateTimeOffset At, string Destination)> Order = Comparer<(DateTimeOffset At, string Destination)>.Create(
        static (a, b) => a.At.CompareTo(b.At) is not 0 and var order ? order : string.CompareOrdinal(a.Destination, b.Destination));

    private readonly SortedSet<(DateTimeOffset At, string Destination)> soonest = new(Order);
    private readonly Dictionary<string, DateTimeOffset> times = new(StringComparer.Ordinal);

    /// <summary>Destinations held.</summary>
    public int Count => soonest.Count;

    /// <summary>When the first forgotten destination is due; null when none is forgotten.</summary>
    public DateTimeOffset? Forgotten { get; private set; }

    /// <summary>When the first destination is due; null when there is none.</summary>
    public DateTimeOffset? First => soonest.Count == 0 ? null : soonest.Min.At;

    /// <summary>A destination has work at this time; a sooner time that is known already stays.</summary>
    /// <returns>Whether it is the first now, so that whoever waits has to wake up sooner.</returns>
    public bool Add(string destination, DateTimeOffset at)
    {
        if (times.TryGetValue(destination, out var known))
        {
            if (known <= at)
            {
                return false;
            }

            soonest.Remove((known, destination));
        }

        times[destination] = at;
        soonest.Add((at, destination));
        if (soonest.Count > capacity)
        {
            Forget(soonest.Max);
        }

        return soonest.Count > 0 && ReferenceEquals(soonest.Min.Destination, destination);
    }

    /// <summary>Takes the destination that has been due for longest; null when none is due.</summary>
    public string? Take(DateTimeOffset now)
    {
        var first = soonest.Min;
        if (soonest.Count == 0 || first.At > now)
        {
            return null;
        }

        soonest.Remove(first);
        times.Remove(first.Destination);
        return first.Destination;
    }

    /// <summary>The store is about to be asked for all destinations: nothing is forgotten from here on but what does not fit then.</summary>
    public void BeginSweep() => Forgotten = null;

    private void Forget((DateTimeOffset At, string Destination) last)
    {
        soonest.Remove(last);
        times.Remove(last.Destination);
        Forgotten = Forgotten is { } at && at <= last.At ? at : last.At;
    }
}
