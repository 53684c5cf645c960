using System.Net;
using System.Net.Sockets;
using Parley.Smtp.Sending;

namespace Parley.Server.Delivery;

/// <summary>One address of one host that may take the mail.</summary>
/// <param name="Host">Its name, for TLS and for people; an address where it has no name.</param>
/// <param name="Address">Where to connect.</param>
internal sealed record Hop(string Host, EndPoint Address)
{
    /// <summary>The host with its address, as the queue shows it.</summary>
    public string Peer => Address switch
    {
        UnixDomainSocketEndPoint socket => $"unix:{socket}",
        IPEndPoint ip when Host == ip.Address.ToString() => $"[{ip.Address}]:{ip.Port}",
        IPEndPoint ip => $"{Host} [{ip.Address}]:{ip.Port}",
        _ => Host,
    };

    /// <summary>Whether the other end is this machine.</summary>
    public bool IsThisMachine => Address is UnixDomainSocketEndPoint || (Address is IPEndPoint ip && IPAddress.IsLoopback(ip.Address));
}

/// <summary>The addresses to try, the best first; or why there are none.</summary>
internal abstract record HopPlan
{
    private HopPlan()
    {
    }

    /// <summary>At least one.</summary>
    public sealed record Try(IReadOnlyList<Hop> Hops) : HopPlan;

    /// <summary>None.</summary>
    public sealed record Nowhere(SendOutcome Outcome) : HopPlan;

    public static Nowhere Deferred(SendCause why) => new(new SendOutcome.Deferred(why, SendPhase.Route));

    public static Nowhere Failed(SendCause why) => new(new SendOutcome.Failed(why, SendPhase.Route));
}
