using System.Net;
using System.Net.Sockets;
using Parley.Server.Configuration;
using Parley.Server.Dns;
using Parley.Smtp.Sending;

namespace Parley.Server.Delivery;

/// <summary>From a direction to addresses.</summary>
internal sealed class Roads(IDns dns, Func<int, int> pick)
{
    private readonly MxLookup exchangers = new(dns, pick);

    /// <summary>The addresses to try.</summary>
    public async ValueTask<HopPlan> Find(Settings settings, Direction? direction, CancellationToken cancellation) => direction switch
    {
        Direction.Mx mx => await exchangers.Find(settings, mx.Domain, cancellation),
        Direction.Lmtp { Route.Lmtp.UnixPath: { } path } => new HopPlan.Try([new Hop("localhost", new UnixDomainSocketEndPoint(path))]),
        Direction.Lmtp { Route.Lmtp.Host: { } host } => await FindHost(host, cancellation),
        Direction.Smarthost { Route.Smarthost: { } host } => await FindHost(host, cancellation),
        _ => HopPlan.Deferred(SendCauses.RouteGone),
    };

    /// <summary>Who stands behind a direction, so that what is learned of the servers counts for all their names.</summary>
    public async ValueTask<string> Site(Direction? direction, string destination, CancellationToken cancellation) => direction switch
    {
        Direction.Mx mx => await exchangers.Site(mx.Domain, cancellation),
        Direction.Smarthost smarthost => $"smtp:{smarthost.Route.Smarthost}",
        _ => destination,
    };

    // What the configuration names is never given up for: its name, or the DNS, may be mended.
    private async ValueTask<HopPlan> FindHost(HostPort host, CancellationToken cancellation)
    {
        var found = await HostAddresses.Find(dns, host.Host, cancellation);
        if (found.Addresses.Count > 0)
        {
            return new HopPlan.Try([.. found.Addresses.Select(address => new Hop(host.Host, new IPEndPoint(address, host.Port)))]);
        }

        return HopPlan.Deferred(found.Failure is { } why ? SendCauses.DnsFailed.For($"{host.Host}: {why}") : SendCauses.RouteHostUnknown.For(host.Host));
    }
}
