using System.Net;
using Microsoft.AspNetCore.Http;
using Parley.Server.Configuration;

namespace Parley.Console.Access;

/// <summary>
/// Which names the server answers to. A name of somebody else's that leads here is DNS rebinding: a page of theirs
/// would read our mail with the browser of a person on this machine.
/// </summary>
internal static class HostRule
{
    /// <param name="host">The Host field.</param>
    /// <param name="local">The address that the connection came in on; null for a socket without an address.</param>
    /// <param name="settings">The settings in force.</param>
    public static bool Allows(HostString host, IPAddress? local, Settings settings)
    {
        if (!host.HasValue)
        {
            return false;
        }

        var name = host.Host;
        if (IPAddress.TryParse(name.AsSpan().Trim("[]"), out var address))
        {
            // An address cannot be rebound. Ours are those that a client could reach us by.
            return IPAddress.IsLoopback(address) || Same(address, local) || Same(address, settings.Http.Address?.Address);
        }

        return Is(name, "localhost") || Is(name, settings.Hostname)
            || Uri.TryCreate(settings.Replies.ExplainUrl, UriKind.Absolute, out var explain) && Is(name, explain.IdnHost);
    }

    private static bool Is(string name, string ours) => name.TrimEnd('.').Equals(ours.TrimEnd('.'), StringComparison.OrdinalIgnoreCase);

    private static bool Same(IPAddress address, IPAddress? ours) => ours is not null && address.MapToIPv6().Equals(ours.MapToIPv6());
}
