using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;

namespace Parley.Server.Dns;

/// <summary>Whom a stub resolver asks, and how patiently.</summary>
public sealed record ResolverSettings
{
    private const int MaxServers = 3; // resolv.conf(5)
    private const int MaxAttempts = 5;
    private const int MaxTimeoutSeconds = 30;

    /// <summary>The servers, in the order in which they are asked; at least one.</summary>
    public required IReadOnlyList<IPEndPoint> Servers { get; init; }

    /// <summary>The wait for one server's answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often the list of servers is gone through.</summary>
    public int Attempts { get; init; } = 2;

    /// <summary>Whether TCP is used from the start.</summary>
    public bool TcpOnly { get; init; }

    /// <summary>What the network interfaces were given, where there is no resolv.conf.</summary>
    public static ResolverSettings OfInterfaces()
    {
        var servers = NetworkInterface.GetAllNetworkInterfaces()
            .Where(card => card.OperationalStatus == OperationalStatus.Up)
            .SelectMany(card => card.GetIPProperties().DnsAddresses)
            .Distinct()
            .Take(MaxServers)
            .Select(address => new IPEndPoint(address, 53))
            .ToList();
        return new ResolverSettings { Servers = servers.Count > 0 ? servers : [Local] };
    }

    internal const string SystemFile = "/etc/resolv.conf";

    private static IPEndPoint Local => new(IPAddress.Loopback, 53);

    /// <summary>
    /// Reads resolv.conf(5): <c>nameserver</c>, and <c>timeout</c>, <c>attempts</c> and <c>use-vc</c> of <c>options</c>,
    /// within the bounds of that page. Names that are asked for here are absolute, so that <c>search</c> does not matter.
    /// </summary>
    public static ResolverSettings Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var servers = new List<IPEndPoint>();
        var settings = new ResolverSettings { Servers = servers };
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            var words = line.ToString().Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            switch (words)
            {
                case ["nameserver", var address, ..] when servers.Count < MaxServers && IPAddress.TryParse(address, out var server):
                    servers.Add(new IPEndPoint(server, 53));
                    break;
                case ["options", .. var options]:
                    settings = options.Aggregate(settings, static (now, option) => now.With(option));
                    break;
            }
        }

        if (servers.Count == 0)
        {
            servers.Add(Local);
        }

        return settings;
    }

    private ResolverSettings With(string option) => option.Split(':', 2) switch
    {
        ["timeout", var n] when Number(n) is { } seconds => this with { Timeout = TimeSpan.FromSeconds(Math.Clamp(seconds, 1, MaxTimeoutSeconds)) },
        ["attempts", var n] when Number(n) is { } attempts => this with { Attempts = Math.Clamp(attempts, 1, MaxAttempts) },
        ["use-vc"] => this with { TcpOnly = true },
        _ => this,
    };

    private static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : null;
}
