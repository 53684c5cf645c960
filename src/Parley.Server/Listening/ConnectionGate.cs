using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Parley.Server.Accounts;
using Parley.Smtp;

namespace Parley.Server.Listening;

/// <summary>How many connections there may be, in all and of one address, over every listener.</summary>
internal sealed class ConnectionGate(TimeProvider time)
{
    // In TLS the handshake costs more than all else about a refusal: so often one address is told, and else closed.
    private static readonly TimeSpan ToldInTlsEvery = TimeSpan.FromSeconds(1);
    private const int MostRemembered = 20_000;

    private readonly ConcurrentDictionary<IPAddress, int> bySite = new();
    private readonly FailureCounter toldInTls = new(time, ToldInTlsEvery, MostRemembered);
    private int all;
    private int told;

    /// <summary>Most connections at one time.</summary>
    public int Most { get; set; } = 20_000;

    /// <summary>Most that are told a refusal at one time. Each holds a socket for a while, in clear some two seconds, with TLS up to a minute.</summary>
    public int MostTold { get; set; } = 200;

    /// <summary>Most of one address; of IPv6 a /64 counts as one.</summary>
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

        var now = bySite.AddOrUpdate(Site(peer), 1, static (_, count) => count + 1);
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
        var site = Site(peer);
        var left = bySite.AddOrUpdate(site, 0, static (_, count) => count - 1);
        if (left <= 0)
        {
            // Only a zero is taken out: somebody may have come in since.
            bySite.TryRemove(new KeyValuePair<IPAddress, int>(site, 0));
        }
    }

    /// <summary>
    /// Whether a refusal may be said, and <see cref="Told"/> after it. Else the connection is closed at once: who is
    /// refused is not counted, and must neither hold more sockets nor cost more than who came in.
    /// </summary>
    public bool MayTell(IPAddress peer, bool inTls)
    {
        if (Interlocked.Increment(ref told) <= MostTold && (!inTls || IsWorthHandshake(peer)))
        {
            return true;
        }

        Interlocked.Decrement(ref told);
        return false;
    }

    /// <summary>A refusal was said.</summary>
    public void Told() => Interlocked.Decrement(ref told);

    // A /64 is one site (RFC 6177 §2 gives no less), whose addresses cost nothing.
    private static IPAddress Site(IPAddress peer)
    {
        if (peer.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return peer;
        }

        var octets = peer.GetAddressBytes();
        octets.AsSpan(8).Clear();
        return new IPAddress(octets);
    }

    private bool IsWorthHandshake(IPAddress peer)
    {
        var site = Site(peer).ToString();
        if (toldInTls.Level(site) > 0)
        {
            return false;
        }

        toldInTls.Add(site, 1);
        return true;
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
