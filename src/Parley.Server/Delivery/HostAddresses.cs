using System.Net;
using Parley.Server.Dns;

namespace Parley.Server.Delivery;

/// <summary>What is known of a host's addresses.</summary>
/// <param name="Addresses">IPv6 and IPv4 in turns, IPv6 first; a few at most.</param>
/// <param name="Failure">Why DNS did not answer a part of the question, or null.</param>
internal sealed record HostAddresses(IReadOnlyList<IPAddress> Addresses, string? Failure)
{
    private const int MaxAddresses = 8;

    /// <summary>Asks for both kinds at once.</summary>
    public static async ValueTask<HostAddresses> Find(IDns dns, string host, CancellationToken cancellation)
    {
        if (IPAddress.TryParse(host, out var literal))
        {
            return new HostAddresses([literal], null);
        }

        var asked6 = dns.Resolve(host, DnsType.Aaaa, cancellation).AsTask();
        var asked4 = dns.Resolve(host, DnsType.A, cancellation).AsTask();
        await Task.WhenAll(asked6, asked4);
        var (six, four) = (await asked6, await asked4);
        var failure = (six as DnsResult.Failed ?? four as DnsResult.Failed)?.Why;
        var v6 = Of(six);
        var v4 = Of(four);
        var all = new List<IPAddress>();
        for (var i = 0; i < Math.Max(v6.Count, v4.Count); i++)
        {
            all.AddRange([.. v6.Skip(i).Take(1), .. v4.Skip(i).Take(1)]);
        }

        return new HostAddresses([.. all.Take(MaxAddresses)], failure);
    }

    private static List<IPAddress> Of(DnsResult result) =>
        result is DnsResult.Answer answer ? [.. answer.Records.OfType<DnsRecord.Address>().Select(record => record.Value)] : [];
}
