using Parley.Server.Configuration;

namespace Parley.Server.Delivery;

/// <summary>When a deferred recipient is tried again, when its sender is told that it is late, and when it is given up.</summary>
/// <param name="settings">The waits and the bounds.</param>
/// <param name="random">A number from 0 to 1, for the jitter; a seam for tests.</param>
internal sealed class RetryPlan(DeliverySettings settings, Func<double> random)
{
    // So that what failed together does not come back together.
    private const double Jitter = 0.1;

    /// <summary>The wait after so many attempts (1 or more), a tenth shorter or longer at random.</summary>
    public TimeSpan Wait(int attempts)
    {
        var wait = settings.Retry[Math.Clamp(attempts - 1, 0, settings.Retry.Count - 1)];
        return wait * (1 - Jitter + (2 * Jitter * random()));
    }

    /// <summary>Whether a message has waited as long as it may: what fails now for a time fails for good.</summary>
    public bool IsOver(DateTimeOffset receivedAt, DateTimeOffset now) => now >= receivedAt + settings.GiveUpAfter;

    /// <summary>Whether the sender of a message is to be told that it is late.</summary>
    public bool IsLate(DateTimeOffset receivedAt, DateTimeOffset now) => settings.WarnAfter is { } warn && now >= receivedAt + warn;

    /// <summary>When a message is given up.</summary>
    public DateTimeOffset End(DateTimeOffset receivedAt) => receivedAt + settings.GiveUpAfter;

    /// <summary>
    /// Draws an attempt forward to the moment at which the sender is warned, or at which the message is given up: either
    /// is then told on time, and after one more try.
    /// </summary>
    public DateTimeOffset Bounded(DateTimeOffset next, DateTimeOffset receivedAt, DateTimeOffset now)
    {
        foreach (var bound in new[] { receivedAt + settings.WarnAfter, End(receivedAt) })
        {
            if (bound is { } at && at > now && at < next)
            {
                next = at;
            }
        }

        return next;
    }
}
