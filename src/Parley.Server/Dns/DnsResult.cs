using System.Net;

namespace Parley.Server.Dns;

/// <summary>What DNS said; how long it may be believed is in <see cref="Ttl"/>.</summary>
public abstract record DnsResult
{
    private DnsResult()
    {
    }

    /// <summary>How long this holds; zero for what must not be kept.</summary>
    public TimeSpan Ttl { get; init; }

    /// <summary>Records of the type asked for, at least one, in the order in which they came.</summary>
    public sealed record Answer(IReadOnlyList<DnsRecord> Records) : DnsResult;

    /// <summary>The name exists, but not with this type (RFC 2308 §2.2).</summary>
    public sealed record NoData : DnsResult;

    /// <summary>The name does not exist (NXDOMAIN).</summary>
    public sealed record NoSuchDomain : DnsResult;

    /// <summary>No answer: asked again later it may come.</summary>
    /// <param name="Why">What happened, in words for an operator.</param>
    public sealed record Failed(string Why) : DnsResult;
}

/// <summary>One record.</summary>
public abstract record DnsRecord
{
    private DnsRecord()
    {
    }

    /// <summary>A or AAAA.</summary>
    public sealed record Address(IPAddress Value) : DnsRecord;

    /// <summary>MX (RFC 1035 §3.3.9). The host is in lower case without its last dot; the root is <c>.</c>.</summary>
    public sealed record Mx(int Preference, string Host) : DnsRecord;
}
