using System.Net;
using Parley.Smtp.Addresses;
using Parley.Smtp.Sasl;

namespace Parley.Server.Configuration;

/// <summary>Where mail for some domains goes instead of to their MX: a smarthost or an LMTP server, never both.</summary>
public sealed record RouteSettings
{
    /// <summary>`*` every domain, `example.org` that one, `*.example.org` the domains below it; A-labels, lower case.</summary>
    public required string Match { get; init; }

    public required HostPort? Smarthost { get; init; }

    public required LmtpAddress? Lmtp { get; init; }

    public required RouteTls Tls { get; init; }

    /// <summary>Whom to log in as at the next hop; null: no login.</summary>
    public required string? User { get; init; }

    /// <summary>The first line of `passwordFile`; for XOAUTH2 and OAUTHBEARER the token.</summary>
    public required Secret? Password { get; init; }

    /// <summary>The SASL mechanism, upper case; null: the best that both know.</summary>
    public required string? Mechanism { get; init; }

    /// <summary>Whether this route covers the domain.</summary>
    public bool Covers(MailDomain domain)
    {
        ArgumentNullException.ThrowIfNull(domain);
        if (Match == "*")
        {
            return true;
        }

        return Match.StartsWith("*.", StringComparison.Ordinal)
            ? domain.Ascii.EndsWith(Match[1..], StringComparison.OrdinalIgnoreCase)
            : domain.Ascii.Equals(Match, StringComparison.OrdinalIgnoreCase);
    }
}

/// <summary>How TLS is used with the next hop.</summary>
public enum RouteTls
{
    None,

    /// <summary>When it is offered, without checking the certificate.</summary>
    Opportunistic,

    /// <summary>Always, with a certificate that names the host and leads to a trusted authority.</summary>
    Required,
}

/// <summary>A host, by name (A-labels) or address (without brackets), and a port.</summary>
public sealed record HostPort(string Host, int Port)
{
    /// <summary>`host:port`, an IPv6 address in brackets.</summary>
    public override string ToString() =>
        Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}

/// <summary>An LMTP server (RFC 2033): a Unix socket or a host, exactly one of both.</summary>
public sealed record LmtpAddress(string? UnixPath, HostPort? Host)
{
    public override string ToString() => UnixPath is null ? Host!.ToString() : "unix:" + UnixPath;
}

/// <summary>Whom to ask for DNS records.</summary>
public sealed record DnsSettings
{
    /// <summary>Null: the system's own.</summary>
    public required IReadOnlyList<IPEndPoint>? Servers { get; init; }
}

/// <summary>How mail leaves.</summary>
public sealed record DeliverySettings
{
    /// <summary>The port of MX hosts.</summary>
    public required int Port { get; init; }

    /// <summary>Waits between attempts; the last repeats. Never empty.</summary>
    public required IReadOnlyList<TimeSpan> Retry { get; init; }

    /// <summary>After this age a recipient fails and the sender is told.</summary>
    public required TimeSpan GiveUpAfter { get; init; }

    /// <summary>After this age the sender is told, once, that delivery is delayed; null: never.</summary>
    public required TimeSpan? WarnAfter { get; init; }

    /// <summary>The language of reports where the message names none that the catalogue has; null: English.</summary>
    public required string? ReportLanguage { get; init; }

    /// <summary>How long a worker owns what it claimed; a dead worker's work is taken up after it.</summary>
    public required TimeSpan Lease { get; init; }

    /// <summary>Connections at one time to one site.</summary>
    public required int ConcurrencyPerSite { get; init; }

    /// <summary>Whether MX delivery may go to loopback, link-local and private addresses.</summary>
    public required bool AllowPrivateAddresses { get; init; }
}
