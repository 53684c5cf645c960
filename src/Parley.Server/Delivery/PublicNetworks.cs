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
            "2001::/32", // Teredo hides an IPv4 address of the client's choice (RFC 4380 §4)
        }.Select(IPNetwork.Parse),
    ];

    // RFC 4291 §2.4: all hosts of the Internet are in here. Unique local, link-local, IPv4-compatible, SIIT and the local
    // prefix of NAT64 (64:ff9b:1::/48) are not.
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");
    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");

    public static bool Contains(IPAddress address)
    {
        var plain = Unwrap(address);
        return (plain.AddressFamily == AddressFamily.InterNetwork || GlobalUnicast.Contains(plain))
            && !Array.Exists(Special, network => network.BaseAddress.AddressFamily == plain.AddressFamily && network.Contains(plain));
    }

    // ::ffff:10.0.0.1, 64:ff9b::10.0.0.1 and 2002:a00:1:: lead to 10.0.0.1 (RFC 4291 §2.5.5.2, RFC 6052 §2.1, RFC 3056 §2).
    private static IPAddress Unwrap(IPAddress address) =>
        address.IsIPv4MappedToIPv6 ? address.MapToIPv4()
        : address.AddressFamily != AddressFamily.InterNetworkV6 ? address
        : Nat64.Contains(address) ? new IPAddress(address.GetAddressBytes().AsSpan(12))
        : SixToFour.Contains(address) ? new IPAddress(address.GetAddressBytes().AsSpan(2, 4))
        : address;
}
