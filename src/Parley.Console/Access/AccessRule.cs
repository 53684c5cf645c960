using System.Net;
using System.Text;
using Microsoft.Extensions.Primitives;
using Parley.Smtp.Sasl;

namespace Parley.Console.Access;

/// <summary>What becomes of a request for something that is not public.</summary>
internal enum AccessVerdict
{
    Allowed,

    /// <summary>A token would let it in, and none came.</summary>
    TokenMissing,

    /// <summary>A token came, and it is not ours.</summary>
    TokenWrong,

    /// <summary>No token is configured, so that only this machine is let in.</summary>
    LoopbackOnly,
}

/// <summary>Who may see what is not public: this machine, or who holds the token.</summary>
internal static class AccessRule
{
    private const string Scheme = "Bearer ";

    /// <param name="remote">Where the connection comes from; null for a socket without an address.</param>
    /// <param name="forwarded">
    /// Whether the request says that somebody passed it on. A proxy on this machine would else let in all the world.
    /// </param>
    /// <param name="authorization">The Authorization field.</param>
    /// <param name="token">The configured token, or null.</param>
    public static AccessVerdict Decide(IPAddress? remote, bool forwarded, StringValues authorization, Secret? token)
    {
        var given = authorization.ToString();
        if (token is not null && given.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return token.IsEqualTo(Encoding.UTF8.GetBytes(given[Scheme.Length..].Trim())) ? AccessVerdict.Allowed : AccessVerdict.TokenWrong;
        }

        if (remote is not null && IPAddress.IsLoopback(remote) && !forwarded)
        {
            return AccessVerdict.Allowed;
        }

        return token is null ? AccessVerdict.LoopbackOnly : AccessVerdict.TokenMissing;
    }
}
