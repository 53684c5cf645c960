using System.Net;
using System.Security.Cryptography;
using Parley.Server.Configuration;
using Parley.Server.Dns;
using Parley.Smtp.Sasl;
using Parley.Smtp.Sending;

namespace Parley.Server.Delivery;

/// <summary>Where and how one message is handed over without a queue.</summary>
/// <param name="Server">The server.</param>
/// <param name="Tls">As of a route.</param>
/// <param name="Hostname">Our name, for EHLO.</param>
public sealed record DirectRoute(HostPort Server, RouteTls Tls, string Hostname)
{
    /// <summary>Whom to log in as; null: nobody.</summary>
    public string? User { get; init; }

    /// <summary>The password of <see cref="User"/>.</summary>
    public Secret? Password { get; init; }
}

/// <summary>Hands one message to one server and waits for its answer, as a mail program does.</summary>
/// <param name="dns">For the server's name.</param>
/// <param name="time">The clock.</param>
public sealed class DirectSending(IDns dns, TimeProvider time)
{
    private static readonly SendCause ServerUnknown = new(
        "server-unknown", new Smtp.EnhancedStatusCode(4, 4, 4), "this server's name has no address; check how it is written, and the DNS");

    /// <summary>Sends; an outcome for each recipient, in order, and who answered.</summary>
    public async Task<(IReadOnlyList<SendOutcome> Outcomes, string Peer)> Send(
        DirectRoute route, OutgoingMessage message, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(route);
        ArgumentNullException.ThrowIfNull(message);
        var found = await HostAddresses.Find(dns, route.Server.Host, cancellation);
        SendOutcome failure = new SendOutcome.Deferred(
            found.Failure is { } why ? SendCauses.DnsFailed.For($"{route.Server.Host}: {why}") : ServerUnknown.For(route.Server.Host), SendPhase.Route);
        var peer = route.Server.ToString();
        foreach (var address in found.Addresses)
        {
            var hop = new Hop(route.Server.Host, new IPEndPoint(address, route.Server.Port));
            var (connection, fault) = await OutgoingConnection.Open(Plan(route, hop), new ConnectionParts(time, new SendTimeouts(), new TlsPolicy(time), null), cancellation);
            peer = hop.Peer;
            if (connection is null)
            {
                failure = fault!;
                continue;
            }

            await using var stop = cancellation.UnsafeRegister(static open => ((OutgoingConnection)open!).Abort(), connection);
            var outcomes = await connection.Send(message, () => new(new MemoryStream(content.ToArray(), writable: false)));
            await connection.Quit();
            return (outcomes, peer);
        }

        return ([.. message.Recipients.Select(_ => failure)], peer);
    }

    private static ConnectionPlan Plan(DirectRoute route, Hop hop)
    {
        var tls = route.Tls switch
        {
            RouteTls.None => SendTls.Never,
            RouteTls.Required => SendTls.Always,
            _ => SendTls.WhenOffered,
        };
        var login = route is { User: { } user, Password: { } password }
            ? new SendLogin(user, password, static () => SaslNonce.Create(RandomNumberGenerator.Fill))
            {
                // Whoever says "none" has decided; and what goes to this machine passes no wire.
                AllowClear = route.Tls == RouteTls.None || hop.IsThisMachine,
            }
            : null;
        return new ConnectionPlan(hop, new SendOptions(route.Hostname) { Tls = tls, Login = login }, route.Tls);
    }
}
