using System.Collections.Concurrent;
using System.Net;
using Parley.Smtp;

namespace Parley.Server.Listening;

/// <summary>How many connections there may be, in all and of one address, over every listener.</summary>
internal sealed class ConnectionGate
{
    private readonly ConcurrentDictionary<IPAddress, int> byAddress = new();
    private int all;

    /// <summary>Most connections at one time.</summary>
    public int Most { get; set; } = 20_000;

    /// <summary>Most of one address.</summary>
    public int MostPerAddress { get; set; } = 50;

    /// <summary>Networks that the limit for one address spares; loopback is always spared.</summary>
    public IReadOnlyList<IPNetwork> Trusted { get; set; } = [];

    /// <summary>Connections now.</summary>
    public int Count => Volatile.Read(ref all);

    /// <summary>Null: come in, and <see cref="Leave"/> later. Else the refusal, and nothing is counted.</summary>
    public Reply? Enter(IPAddress peer)
    {
        if (Interlocked.Increment(ref all) > Most)
        {
            Interlocked.Decrement(ref all);
            return Replies.TooManyConnections;
        }

        var now = byAddress.AddOrUpdate(peer, 1, static (_, count) => count + 1);
        if (now > MostPerAddress && !IsSpared(peer))
        {
            Leave(peer);
            return Replies.TooManyFromAddress;
        }

        return null;
    }

    public void Leave(IPAddress peer)
    {
        Interlocked.Decrement(ref all);
        var left = byAddress.AddOrUpdate(peer, 0, static (_, count) => count - 1);
        if (left <= 0)
        {
            // Only a zero is taken out: somebody may have come in since.
            byAddress.TryRemove(new KeyValuePair<IPAddress, int>(peer, 0));
        }
    }

    private bool IsSpared(IPAddress peer)
    {
        if (IPAddress.IsLoopback(peer))
        {
            return true;
        }

        foreach (var network in Trusted)
        {
            if (network.Contains(peer))
            {
                return true;
            }
        }

        return false;
    }
}
