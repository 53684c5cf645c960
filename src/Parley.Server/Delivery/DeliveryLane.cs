using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Parley.Server.Configuration;
using Parley.Smtp.Sasl;
using Parley.Smtp.Sending;

namespace Parley.Server.Delivery;

/// <summary>Messages to one next hop, one after the other, over one connection as long as that lasts.</summary>
internal sealed class DeliveryLane : IAsyncDisposable
{
    private const int MaxConnectionsForOne = 4; // that one message may use up before it waits for another attempt

    private readonly RemoteDelivery delivery;
    private readonly Settings settings;
    private readonly NextHop? next;
    private HopPlan? plan;
    private OutgoingConnection? connection;
    private (SendOutcome Outcome, string Peer)? unreachable;

    public DeliveryLane(RemoteDelivery delivery, Settings settings, NextHop? next)
    {
        this.delivery = delivery;
        this.settings = settings;
        this.next = next;
    }

    private RouteSettings? Route => next switch
    {
        NextHop.Smarthost smarthost => smarthost.Route,
        NextHop.Lmtp lmtp => lmtp.Route,
        _ => null,
    };

    private RouteTls Tls => Route?.Tls ?? RouteTls.Opportunistic;

    /// <summary>Tries one message; an outcome for each recipient.</summary>
    public async ValueTask<IReadOnlyList<RecipientResult>> Deliver(Parcel parcel, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        plan ??= await FindHops(cancellation);
        if (plan is HopPlan.Nowhere nowhere)
        {
            return parcel.All(nowhere.Outcome, peer: "");
        }

        return await Deliver(parcel, ((HopPlan.Try)plan).Hops, cancellation);
    }

    private async ValueTask<IReadOnlyList<RecipientResult>> Deliver(Parcel parcel, IReadOnlyList<Hop> hops, CancellationToken cancellation)
    {
        var message = parcel.ToOutgoing();
        var left = hops.ToList();
        IReadOnlyList<RecipientResult>? results = null;
        for (var n = 0; n < MaxConnectionsForOne && left.Count > 0; n++)
        {
            connection ??= await Connect(left, mayBeIdle: n == 0, cancellation);
            if (connection is not { } used)
            {
                return results ?? parcel.All(unreachable!.Value.Outcome, unreachable.Value.Peer);
            }

            var outcomes = await Send(used, message, parcel, cancellation);
            results = [.. parcel.Recipients.Zip(outcomes, (recipient, outcome) => new RecipientResult(recipient, outcome, used.Plan.Hop.Peer))];
            if (used.CanSend)
            {
                used.IsReused = true;
                return results;
            }

            connection = null;
            ConnectionCache.End(used);
            if (!DiedHarmlessly(outcomes))
            {
                return results;
            }

            // A connection that has served, and that the peer has closed since, says nothing about the peer: a new one may
            // go to the same place. A new one that dies does.
            if (!used.IsReused)
            {
                left.Remove(used.Plan.Hop);
                delivery.Troubled.Add(used.Plan.Hop.Peer);
            }
        }

        return results!;
    }

    /// <summary>Keeps a connection that still serves for whoever comes next.</summary>
    public ValueTask DisposeAsync()
    {
        if (connection is { CanSend: true })
        {
            delivery.Idle.Keep(connection);
        }
        else if (connection is not null)
        {
            ConnectionCache.End(connection);
        }

        connection = null;
        return default;
    }

    private async ValueTask<IReadOnlyList<SendOutcome>> Send(OutgoingConnection used, OutgoingMessage message, Parcel parcel, CancellationToken cancellation)
    {
        ValueTask<Stream?> Open() => delivery.Parts.OpenContent(parcel.Message.Id, CancellationToken.None);
        var fitted = await Parcel.Fit(message, used.Hop, Open);
        IReadOnlyList<SendOutcome> outcomes;
        await using (cancellation.UnsafeRegister(me => used.Stop(settings.Limits.ShutdownGrace), null))
        {
            outcomes = await used.Send(fitted, Open);
        }

        if (used.WasStopped)
        {
            throw new OperationCanceledException(cancellation);
        }

        return outcomes;
    }

    // The connection ended before any content went out: nothing is lost or doubled by trying elsewhere at once.
    private static bool DiedHarmlessly(IReadOnlyList<SendOutcome> outcomes) =>
        outcomes.All(outcome => outcome is SendOutcome.Deferred { Where: < SendPhase.Content });

    // ---- where to ----

    private async ValueTask<HopPlan> FindHops(CancellationToken cancellation)
    {
        switch (next)
        {
            case NextHop.Mx mx:
                return await delivery.Exchangers.Find(settings, mx.Domain, cancellation);
            case NextHop.Lmtp { Route.Lmtp.UnixPath: { } path }:
                return new HopPlan.Try([new Hop("localhost", new UnixDomainSocketEndPoint(path))]);
            case NextHop.Lmtp { Route.Lmtp.Host: { } host }:
                return await FindHost(host, cancellation);
            case NextHop.Smarthost { Route.Smarthost: { } host }:
                return await FindHost(host, cancellation);
            default:
                return HopPlan.Deferred(SendCauses.RouteGone);
        }
    }

    // What the configuration names is never given up for: its name, or the DNS, may be mended.
    private async ValueTask<HopPlan> FindHost(HostPort host, CancellationToken cancellation)
    {
        var found = await HostAddresses.Find(delivery.Parts.Dns, host.Host, cancellation);
        if (found.Addresses.Count > 0)
        {
            return new HopPlan.Try([.. found.Addresses.Select(address => new Hop(host.Host, new IPEndPoint(address, host.Port)))]);
        }

        return HopPlan.Deferred(found.Failure is { } why ? SendCauses.DnsFailed.For($"{host.Host}: {why}") : SendCauses.RouteHostUnknown.For(host.Host));
    }

    // ---- connections ----

    private async ValueTask<OutgoingConnection?> Connect(IReadOnlyList<Hop> hops, bool mayBeIdle, CancellationToken cancellation)
    {
        if (unreachable is not null)
        {
            return null; // it was found out by the message before
        }

        (SendOutcome Outcome, string Peer)? told = null;
        foreach (var hop in hops.OrderBy(hop => delivery.Troubled.Contains(hop.Peer)))
        {
            var (opened, failure) = await Connect(hop, mayBeIdle, cancellation);
            if (opened is not null)
            {
                return opened;
            }

            delivery.Troubled.Add(hop.Peer);
            var peer = failure is SendOutcome.Deferred { Where: SendPhase.Connect } ? "" : hop.Peer;
            told = told is null ? (failure!, peer) : MoreTelling(told.Value, (failure!, peer));
        }

        unreachable = told;
        return null;
    }

    private async ValueTask<(OutgoingConnection? Connection, SendOutcome? Failure)> Connect(Hop hop, bool mayBeIdle, CancellationToken cancellation)
    {
        var policy = delivery.Connections.Policy;
        var how = new ConnectionPlan(hop, Options(hop), Tls);
        if (mayBeIdle && delivery.Idle.Take(how.Key) is { } idle)
        {
            return (idle, null);
        }

        var (opened, failure) = await OutgoingConnection.Open(how, delivery.Connections, cancellation);
        var tlsBroke = failure is SendOutcome.Deferred { Why.Id: var id } && id == SendCauses.TlsFailed.Id;
        if (!tlsBroke || Tls != RouteTls.Opportunistic || how.Options.Tls == SendTls.Never || TlsPolicy.IsImplicit(Tls, (hop.Address as IPEndPoint)?.Port ?? 0))
        {
            return (opened, failure);
        }

        // RFC 7435 §3: opportunistic means that mail does not stop for TLS that is broken. What the handshake left behind
        // cannot be used, so it is a new connection.
        policy.NoteBroken(hop);
        return await OutgoingConnection.Open(how with { Options = Options(hop) }, delivery.Connections, cancellation);
    }

    private SendOptions Options(Hop hop) => new(settings.Hostname)
    {
        Lmtp = next is NextHop.Lmtp,
        Tls = hop.Address is UnixDomainSocketEndPoint ? SendTls.Never : delivery.Connections.Policy.For(Tls, hop),
        Login = Route is { User: { } user, Password: { } password }
            ? new SendLogin(user, Smtp.Sasl.Secret.FromText(password.Reveal()), static () => SaslNonce.Create(RandomNumberGenerator.Fill))
            {
                Mechanism = Route.Mechanism,
                // A route without TLS is the operator's own word; and what goes to this machine passes no wire.
                AllowClear = Tls == RouteTls.None || hop.IsThisMachine,
                Host = hop.Host,
                Port = (hop.Address as IPEndPoint)?.Port,
            }
            : null,
    };

    // Of several hosts' failures the one is told that got furthest; a host that may do better later keeps the mail waiting.
    private static (SendOutcome Outcome, string Peer) MoreTelling((SendOutcome Outcome, string Peer) a, (SendOutcome Outcome, string Peer) b) =>
        (a.Outcome, b.Outcome) switch
        {
            (SendOutcome.Deferred first, SendOutcome.Deferred second) => second.Where > first.Where ? b : a,
            (SendOutcome.Failed, SendOutcome.Deferred) => b,
            _ => a,
        };
}
