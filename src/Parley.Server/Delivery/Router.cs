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

    /// <summary>The key of the next hop, by which deliveries are grouped; null for a mailbox of ours.</summary>
    public static string? Destination(Settings settings, MailDomain domain)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(domain);
        if (Route(settings, domain) is { } route)
        {
            return route.Lmtp is { } lmtp ? "lmtp:" + lmtp : "smtp:" + route.Smarthost;
        }

        return settings.Domains.ContainsKey(domain) ? null : domain.Ascii.ToLowerInvariant();
    }
}
