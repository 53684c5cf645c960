using System.Net;
using System.Net.Sockets;

namespace Parley.Server.Dns;

/// <summary>Names that are known without DNS: localhost, and those of the system's hosts file, hosts(5).</summary>
internal sealed class HostTable
{
    private readonly Dictionary<string, List<IPAddress>> addresses = new(StringComparer.Ordinal);

    /// <summary>The system's file.</summary>
    public static string SystemFile =>
        OperatingSystem.IsWindows() ? Path.Combine(Environment.SystemDirectory, "drivers", "etc", "hosts") : "/etc/hosts";

    /// <summary>Reads a hosts file.</summary>
    public static HostTable Parse(string text)
    {
        var table = new HostTable();
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            var comment = line.IndexOf('#');
            var words = (comment < 0 ? line : line[..comment]).ToString().Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 1 && IPAddress.TryParse(words[0], out var address))
            {
                foreach (var name in words.Skip(1))
                {
                    table.Add(DnsName.Normalize(name), address);
                }
            }
        }

        return table;
    }

    /// <summary>The answer for a normalized name; null where DNS is to be asked.</summary>
    public DnsResult? Find(string name, DnsType type)
    {
        if (type is not (DnsType.A or DnsType.Aaaa))
        {
            return null;
        }

        // RFC 6761 §6.3: never asked of DNS, always loopback.
        if (name == "localhost" || name.EndsWith(".localhost", StringComparison.Ordinal))
        {
            return new DnsResult.Answer([new DnsRecord.Address(type == DnsType.A ? IPAddress.Loopback : IPAddress.IPv6Loopback)]);
        }

        if (!addresses.TryGetValue(name, out var all))
        {
            return null;
        }

        var family = type == DnsType.A ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
        var found = all.Where(address => address.AddressFamily == family).Select(address => (DnsRecord)new DnsRecord.Address(address)).ToList();
        return found.Count > 0 ? new DnsResult.Answer(found) : new DnsResult.NoData();
    }

    private void Add(string name, IPAddress address)
    {
        if (!addresses.TryGetValue(name, out var all))
        {
            addresses[name] = all = [];
        }

        all.Add(address);
    }
}
