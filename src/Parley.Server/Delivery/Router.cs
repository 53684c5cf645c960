using Parley.Server.Configuration;
using Parley.Smtp.Addresses;

namespace Parley.Server.Delivery;

/// <summary>Where mail for a domain goes: the first route that covers it, a mailbox of ours, or its MX.</summary>
public static class Router
{
    /// <summary>Whether a route covers the domain.</summary>
    public static bool HasRoute(Settings settings, MailDomain domain) => Route(settings, domain) is not null;

    /// <summary>The first route that covers the domain, or null.</summary>
    public static RouteSettings? Route(Settings settings, MailDomain domain)
    {
        ArgumentNullException.ThrowIfNull(settings);
        foreach (var route in settings.Routes)
        {
            // "*" is the way out of the house; mailboxes of ours are replaced only by a route that names their domain.
            if (route.Covers(domain) && (route.Match != "*" || !settings.Domains.ContainsKey(domain)))
            {
                return route;
            }
        }

        return null;
    }

    /// <summary>The next hop for a domain; null for a mailbox of ours.</summary>
    public static NextHop? Find(Settings settings, MailDomain domain)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(domain);
        if (Route(settings, domain) is { } route)
        {
            return route.Lmtp is null ? new NextHop.Smarthost(route) : new NextHop.Lmtp(route);
        }

        return settings.Domains.ContainsKey(domain) ? null : new NextHop.Mx(domain);
    }

    /// <summary>The key of the next hop, by which deliveries are grouped; null for a mailbox of ours.</summary>
    public static string? Destination(Settings settings, MailDomain domain) => Find(settings, domain)?.Key;
}

/// <summary>Who is to take a message next.</summary>
public abstract record NextHop
{
    private NextHop()
    {
    }

    /// <summary>The name by which deliveries are grouped and shown.</summary>
    public abstract string Key { get; }

    /// <summary>The mail exchangers of a domain, or the host of an address literal.</summary>
    public sealed record Mx(MailDomain Domain) : NextHop
    {
        /// <inheritdoc/>
        public override string Key => Domain.Ascii.ToLowerInvariant();
    }

    /// <summary>The host that a route names. Two users at one host are two destinations: each logs in for itself.</summary>
    public sealed record Smarthost(RouteSettings Route) : NextHop
    {
        /// <inheritdoc/>
        public override string Key => Route.User is null ? $"smtp:{Route.Smarthost}" : $"smtp:{Route.User}@{Route.Smarthost}";
    }

    /// <summary>The LMTP server that a route names.</summary>
    public sealed record Lmtp(RouteSettings Route) : NextHop
    {
        /// <inheritdoc/>
        public override string Key => $"lmtp:{Route.Lmtp}";
    }
}
