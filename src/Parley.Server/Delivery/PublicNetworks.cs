using System.Net;
using System.Net.Sockets;

namespace Parley.Server.Delivery;

/// <summary>
/// Which addresses MX delivery may go to unasked. A stranger's MX record is a stranger's choice of where we connect:
/// without this check it could name services of our own network.
/// </summary>
internal static class PublicNetworks
{
    // The IANA special-purpose registries (RFC 6890), as far as their addresses are no hosts of the Internet.
    private static readonly IPNetwork[] Special =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
            "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4",
            "::/128", "::1/128", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        }.Select(IPNetwork.Parse),
    ];

    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");

    public static bool Contains(IPAddress address)
    {
        var plain = Unwrap(address);
        return !Array.Exists(Special, network => network.BaseAddress.AddressFamily == plain.AddressFamily && network.Contains(plain));
    }

    // ::ffff:10.0.0.1 and 64:ff9b::10.0.0.1 are 10.0.0.1 (RFC 4291 §2.5.5.2, RFC 6052 §2.1).
    private static IPAddress Unwrap(IPAddress address) =>
        address.IsIPv4MappedToIPv6 ? address.MapToIPv4()
        : address.AddressFamily == AddressFamily.InterNetworkV6 && Nat64.Contains(address) ? new IPAddress(address.GetAddressBytes().AsSpan(12))
        : address;
}
