using System.Net;
using System.Net.NetworkInformation;
using Parley.Server.Configuration;

namespace Parley.Server.Delivery;

/// <summary>Whether a host is this server, so that mail is not sent in a circle (RFC 5321 §5.1).</summary>
internal static class Ourselves
{
    /// <summary>Whether the name is ours.</summary>
    public static bool Is(Settings settings, string host) => string.Equals(host, settings.Hostname, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a listener of ours answers there.</summary>
    public static bool Is(Settings settings, IPEndPoint end)
    {
        foreach (var listener in settings.Listeners)
        {
            if (listener.Address.Port != end.Port)
            {
                continue;
            }

            var any = listener.Address.Address.Equals(IPAddress.Any) || listener.Address.Address.Equals(IPAddress.IPv6Any);
            if (any ? IsLocal(end.Address) : listener.Address.Address.Equals(end.Address))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsLocal(IPAddress address) =>
        IPAddress.IsLoopback(address)
        || NetworkInterface.GetAllNetworkInterfaces().Any(card => card.GetIPProperties().UnicastAddresses.Any(own => own.Address.Equals(address)));
}
