using Parley.Server.Queue;
using Parley.Smtp.Sending;

namespace Parley.Server.Delivery;

/// <summary>The sites that were visited lately. Safe for many threads; what it remembers is bounded.</summary>
/// <param name="time">The clock.</param>
internal sealed class Sites(TimeProvider time)
{
    // What an idle site has taught (how many visits it bears) is worth remembering, but not for ever.
    private const int MostIdle = 10_000;
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(15);

    private readonly Lock gate = new();
    private readonly Dictionary<string, Site> sites = new(StringComparer.Ordinal);

    /// <summary>Begins a visit, if the site is not left alone and has a place; else the destination waits for one.</summary>
    public SiteEntry Enter(string name, string destination, int most)
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            if (!sites.TryGetValue(name, out var site))
            {
                site = sites[name] = new Site(name);
            }

            if (site.IsPaused(now))
            {
                return new SiteEntry(site, site.Pause, false, site.Progress);
            }

            return new SiteEntry(site, null, site.TryEnter(destination, most, now), site.Progress);
        }
    }

    /// <summary>Ends a visit; answers the destinations whose turn it is.</summary>
    public List<string> Leave(Site site, int most)
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            site.Leave(now);
            return site.TakeWaiting(most, now);
        }
    }

    /// <summary>
    /// A message came to its end at the site; answers the destinations whose turn it is. They do not wait for the end of
    /// a visit: where each message takes its time, that is far, and the site has long shown that it bears more.
    /// </summary>
    public List<string> Ended(Site site, IReadOnlyList<SendOutcome> outcomes, int most)
    {
        lock (gate)
        {
            if (outcomes.Any(static outcome => outcome is SendOutcome.Delivered))
            {
                site.Succeeded(most);
                return site.Waiting > 0 ? site.TakeWaiting(most, time.GetUtcNow()) : [];
            }

            if (outcomes.Any(Attempts.IsJudgement))
            {
                site.Judged();
            }

            return [];
        }
    }

    /// <summary>
    /// A visit ended in trouble. When the site did nothing for anybody since the visit began, it is left alone for a
    /// time, and the pause is answered; else it bears fewer visits than it had.
    /// </summary>
    public SitePause? Trouble(SiteEntry visit, AttemptReply why, bool isThrottling, Func<int, TimeSpan> wait)
    {
        lock (gate)
        {
            var site = visit.Site;
            if (site.IsPaused(time.GetUtcNow()))
            {
                // Another visit met the same trouble; it counts once.
                return site.Pause;
            }

            if (site.Progress > visit.Progress && !(isThrottling && site.Visits <= 1))
            {
                site.Shrink();
                return null;
            }

            site.Suspend(why, isThrottling, wait, time.GetUtcNow());
            return site.Pause;
        }
    }

    /// <summary>The site asked to slow down: it is left alone for a time.</summary>
    public void Throttled(Site site, AttemptReply why, Func<int, TimeSpan> wait)
    {
        lock (gate)
        {
            // Visits under way hear the same answer; it counts once.
            if (!site.IsPaused(time.GetUtcNow()))
            {
                site.Suspend(why, isThrottling: true, wait, time.GetUtcNow());
            }
        }
    }

    /// <summary>Whether visits should end, because the site is left alone from now on or because others wait for the place.</summary>
    public (bool IsPaused, bool OthersWait) Look(Site site)
    {
        lock (gate)
        {
            return (site.IsPaused(time.GetUtcNow()), site.Waiting > 0);
        }
    }

    /// <summary>The pause that is in force, or null.</summary>
    public SitePause? PauseOf(Site site)
    {
        lock (gate)
        {
            return site.IsPaused(time.GetUtcNow()) ? site.Pause : null;
        }
    }

    /// <summary>An operator changed the queue: what he wants tried is tried, whatever was said before.</summary>
    public void ResumeAll()
    {
        lock (gate)
        {
            foreach (var site in sites.Values)
            {
                site.Resume();
            }
        }
    }

    /// <summary>Forgets sites that nobody has visited for long.</summary>
    public void Tidy()
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            var idle = sites.Values.Where(site => site is { Visits: 0, Waiting: 0 } && !site.IsPaused(now)).OrderBy(site => site.LastUsed).ToList();
            for (var i = 0; i < idle.Count; i++)
            {
                if (idle.Count - i > MostIdle || now - idle[i].LastUsed > Remembered)
                {
                    sites.Remove(idle[i].Name);
                }
            }
        }
    }
}

/// <summary>The answer to who wants to visit a site.</summary>
/// <param name="Site">The site.</param>
/// <param name="Pause">Why and until when it is left alone; null when it is not.</param>
/// <param name="Entered">Whether the visit may begin.</param>
/// <param name="Progress">What the site had done when the visit began.</param>
internal readonly record struct SiteEntry(Site Site, SitePause? Pause, bool Entered, long Progress);
