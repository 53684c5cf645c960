using System.Net;
using Parley.Server.Configuration;
using Parley.Server.Dns;
using Parley.Smtp.Addresses;
using Parley.Smtp.Sending;

namespace Parley.Server.Delivery;

/// <summary>From a domain to the addresses that take its mail (RFC 5321 §5).</summary>
/// <param name="dns">Whom to ask.</param>
/// <param name="pick">A random number below its argument, to order exchangers of one preference.</param>
internal sealed class MxLookup(IDns dns, Func<int, int> pick)
{
    private const int MaxHosts = 10;
    private const int MaxHops = 16;

    private sealed record Host(int Preference, string Name);

    /// <summary>The addresses, the best first.</summary>
    public async ValueTask<HopPlan> Find(Settings settings, MailDomain domain, CancellationToken cancellation)
    {
        if (domain.Literal is { } literal)
        {
            // RFC 5321 §5: an address literal is where to go; no MX is asked for.
            return literal.Address is { } address
                ? Plan(settings, domain, [new Hop(address.ToString(), new IPEndPoint(address, settings.Delivery.Port))])
                : HopPlan.Failed(SendCauses.UnknownLiteral.For(domain.Text));
        }

        return await dns.Resolve(domain.Ascii, DnsType.Mx, cancellation) switch
        {
            DnsResult.NoSuchDomain => HopPlan.Failed(SendCauses.NoSuchDomain.For(domain.Text)),
            DnsResult.Failed failed => HopPlan.Deferred(SendCauses.DnsFailed.For($"{domain.Text} MX: {failed.Why}")),
            // RFC 5321 §5.1: without an MX the domain is its own exchanger; with one, however useless, it is not.
            DnsResult.NoData => await FindHosts(settings, domain, [new Host(0, domain.Ascii)], cancellation),
            DnsResult.Answer answer => await FindExchangers(settings, domain, [.. answer.Records.OfType<DnsRecord.Mx>()], cancellation),
            _ => throw new InvalidOperationException("DNS has no other result"),
        };
    }

    /// <summary>
    /// The site of a domain: the provider of its best exchanger, told by the end of the host's name. Domains of one
    /// provider share its limits, whatever their own names.
    /// </summary>
    public async ValueTask<string> Site(MailDomain domain, CancellationToken cancellation)
    {
        if (domain.Literal is not null || await dns.Resolve(domain.Ascii, DnsType.Mx, cancellation) is not DnsResult.Answer answer)
        {
            return domain.Ascii.ToLowerInvariant();
        }

        var best = answer.Records.OfType<DnsRecord.Mx>().OrderBy(mx => mx.Preference).ThenBy(mx => mx.Host, StringComparer.Ordinal).First().Host;
        return IPAddress.TryParse(best, out _) || best == "." ? domain.Ascii.ToLowerInvariant() : Provider(best);
    }

    private async ValueTask<HopPlan> FindExchangers(Settings settings, MailDomain domain, List<DnsRecord.Mx> records, CancellationToken cancellation)
    {
        // RFC 7505 §3: one record with the root as host says that the domain takes no mail.
        var named = records.Where(mx => mx.Host != ".").Select(mx => new Host(mx.Preference, mx.Host)).ToArray();
        if (named.Length == 0)
        {
            return HopPlan.Failed(SendCauses.NullMx.For(domain.Text));
        }

        // RFC 5321 §5.1: equal preferences in random order, to share the load.
        for (var i = named.Length - 1; i > 0; i--)
        {
            var other = pick(i + 1);
            (named[i], named[other]) = (named[other], named[i]);
        }

        return await FindHosts(settings, domain, [.. named.OrderBy(host => host.Preference).Take(MaxHosts)], cancellation);
    }

    private async ValueTask<HopPlan> FindHosts(Settings settings, MailDomain domain, IReadOnlyList<Host> hosts, CancellationToken cancellation)
    {
        var found = await Task.WhenAll(hosts.Select(host => HostAddresses.Find(dns, host.Name, cancellation).AsTask()));
        var own = int.MaxValue;
        var hops = new List<(int Preference, Hop Hop)>();
        string? failure = null;
        for (var i = 0; i < hosts.Count; i++)
        {
            failure ??= found[i].Failure is { } why ? $"{hosts[i].Name}: {why}" : null;
            var ends = found[i].Addresses.Select(address => new IPEndPoint(address, settings.Delivery.Port)).ToList();
            if (Ourselves.Is(settings, hosts[i].Name) || ends.Exists(end => Ourselves.Is(settings, end)))
            {
                own = Math.Min(own, hosts[i].Preference);
            }

            hops.AddRange(ends.Select(end => (hosts[i].Preference, new Hop(hosts[i].Name, end))));
        }

        // RFC 5321 §5.1: as one of a domain's exchangers, we hand on only to better ones, else mail would go in circles.
        var better = hops.Where(hop => hop.Preference < own).Select(hop => hop.Hop).Take(MaxHops).ToList();
        if (better.Count > 0)
        {
            return Plan(settings, domain, better);
        }

        if (failure is not null)
        {
            return HopPlan.Deferred(SendCauses.DnsFailed.For(failure));
        }

        return own < int.MaxValue ? HopPlan.Failed(SendCauses.LoopsBack.For(domain.Text))
            : HopPlan.Failed(SendCauses.NoAddress.For(domain.Text));
    }

    private static HopPlan Plan(Settings settings, MailDomain domain, IReadOnlyList<Hop> hops)
    {
        var allowed = settings.Delivery.AllowPrivateAddresses
            ? hops
            : [.. hops.Where(hop => PublicNetworks.Contains(((IPEndPoint)hop.Address).Address))];
        return allowed.Count > 0 ? new HopPlan.Try(allowed) : HopPlan.Failed(SendCauses.PrivateAddress.For(domain.Text));
    }

    // The registered part of a host's name, near enough: two labels, or three below co.uk and its like.
    private static string Provider(string host)
    {
        var labels = host.Split('.');
        var two = labels.Length > 2 && labels[^1].Length == 2 && labels[^2] is "co" or "com" or "net" or "org" or "ac" or "gov" or "edu" or "ne" or "or" or "go";
        return string.Join('.', labels[^Math.Min(labels.Length, two ? 3 : 2)..]);
    }
}
