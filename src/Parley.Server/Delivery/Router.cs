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

    /// <summary>Which way mail for a domain goes; null for a mailbox of ours.</summary>
    public static Direction? Find(Settings settings, MailDomain domain)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(domain);
        if (Route(settings, domain) is { } route)
        {
            return Direction.Of(route);
        }

        return settings.Domains.ContainsKey(domain) ? null : new Direction.Mx(domain);
    }

    /// <summary>
    /// Which way a destination leads now. A name of a domain may have got a route since; a route may have gone, and then
    /// there is none.
    /// </summary>
    public static Direction? Find(Settings settings, string destination)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(destination);
        var named = settings.Routes.Select(Direction.Of).FirstOrDefault(direction => string.Equals(direction.Key, destination, StringComparison.Ordinal));
        return named ?? (MailDomain.Parse(destination) is { } domain ? Find(settings, domain) : null);
    }

    /// <summary>The key of the next hop, by which deliveries are grouped; null for a mailbox of ours.</summary>
    public static string? Destination(Settings settings, MailDomain domain) => Find(settings, domain)?.Key;
}

/// <summary>The way to the next hop: which it is, not yet where.</summary>
public abstract record Direction
{
    private Direction()
    {
    }

    /// <summary>The name by which deliveries are grouped and shown.</summary>
    public abstract string Key { get; }

    /// <summary>The way that a route names.</summary>
    public static Direction Of(RouteSettings route)
    {
        ArgumentNullException.ThrowIfNull(route);
        return route.Lmtp is null ? new Smarthost(route) : new Lmtp(route);
    }

    /// <summary>To the mail exchangers of a domain, or to the host of an address literal.</summary>
    public sealed record Mx(MailDomain Domain) : Direction
    {
        /// <inheritdoc/>
        public override string Key => Domain.Ascii.ToLowerInvariant();
    }

    /// <summary>To the host that a route names. Two users at one host are two destinations: each logs in for itself.</summary>
    public sealed record Smarthost(RouteSettings Route) : Direction
    {
        /// <inheritdoc/>
        public override string Key => Route.User is null ? $"smtp:{Route.Smarthost}" : $"smtp:{Route.User}@{Route.Smarthost}";
    }

    /// <summary>To the LMTP server that a route names.</summary>
    public sealed record Lmtp(RouteSettings Route) : Direction
    {
        /// <inheritdoc/>
        public override string Key => $"lmtp:{Route.Lmtp}";
    }
}
