using System.Net;
using System.Net.Sockets;
using Parley.Server.Dns;

namespace Parley.Server.Tests.Dns;

/// <summary>DNS out of a table. A name that nothing was said about does not exist.</summary>
internal sealed class TableDns : IDns
{
    private readonly Dictionary<string, List<(DnsType Type, DnsRecord Record)>> records = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> failures = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Every question, in order.</summary>
    public List<string> Asked { get; } = [];

    public TableDns Mx(string domain, int preference, string host)
    {
        At(domain).Add((DnsType.Mx, new DnsRecord.Mx(preference, host)));
        return this;
    }

    public TableDns Address(string host, params string[] addresses)
    {
        foreach (var address in addresses.Select(IPAddress.Parse))
        {
            At(host).Add((address.AddressFamily == AddressFamily.InterNetwork ? DnsType.A : DnsType.Aaaa, new DnsRecord.Address(address)));
        }

        return this;
    }

    /// <summary>The name exists and has nothing.</summary>
    public TableDns Empty(string name)
    {
        At(name);
        return this;
    }

    /// <summary>Questions of a type at this name get no answer; without a type, all do.</summary>
    public TableDns Fails(string name, DnsType? type = null)
    {
        failures[$"{name} {type}"] = "no answer in time";
        return this;
    }

    public ValueTask<DnsResult> Resolve(string name, DnsType type, CancellationToken cancellation)
    {
        lock (Asked)
        {
            Asked.Add($"{name} {type}");
        }

        return new(Answer(name, type));
    }

    private DnsResult Answer(string name, DnsType type)
    {
        if (failures.TryGetValue($"{name} ", out var why) || failures.TryGetValue($"{name} {type}", out why))
        {
            return new DnsResult.Failed(why);
        }

        if (!records.TryGetValue(name, out var all))
        {
            return new DnsResult.NoSuchDomain();
        }

        var found = all.Where(r => r.Type == type).Select(r => r.Record).ToList();
        return found.Count > 0 ? new DnsResult.Answer(found) : new DnsResult.NoData();
    }

    private List<(DnsType Type, DnsRecord Record)> At(string name)
    {
        if (!records.TryGetValue(name, out var all))
        {
            records[name] = all = [];
        }

        return all;
    }
}
