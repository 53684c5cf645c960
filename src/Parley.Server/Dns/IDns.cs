namespace Parley.Server.Dns;

/// <summary>Questions to DNS. An implementation may be asked from any thread, follows aliases, and never throws for what it is told.</summary>
public interface IDns
{
    /// <summary>Asks for the records of one type at a name.</summary>
    /// <param name="name">An absolute name in A-labels, with or without its last dot, in any case.</param>
    /// <param name="type">The type.</param>
    /// <param name="cancellation">Ends the caller's wait.</param>
    ValueTask<DnsResult> Resolve(string name, DnsType type, CancellationToken cancellation);
}

/// <summary>The record types that delivery asks for (RFC 1035 §3.2.2, RFC 3596).</summary>
public enum DnsType
{
    /// <summary>An IPv4 address.</summary>
    A = 1,

    /// <summary>A mail exchanger.</summary>
    Mx = 15,

    /// <summary>An IPv6 address.</summary>
    Aaaa = 28,
}
