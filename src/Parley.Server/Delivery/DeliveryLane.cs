using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Parley.Server.Configuration;
using Parley.Smtp.Sasl;
using Parley.Smtp.Sending;

namespace Parley.Server.Delivery;

/// <summary>Messages one way, one after the other, over one connection as long as that lasts.</summary>
internal sealed class DeliveryLane : IAsyncDisposable
{
    private const int MaxConnectionsForOne = 4; // that one message may use up before it waits for another attempt

    private readonly RemoteDelivery delivery;
    private readonly Settings settings;
    private readonly Direction? direction;
    private readonly HopPlan plan;
    private readonly RouteSettings? route;
    private OutgoingConnection? connection;
    private LaneEnd? unreachable;
    private int deaths; // messages in a row that were the last of a connection

    public DeliveryLane(RemoteDelivery delivery, Settings settings, Direction? direction, HopPlan plan)
    {
        this.delivery = delivery;
        this.settings = settings;
        this.direction = direction;
        this.plan = plan;
        route = direction switch
        {
            Direction.Smarthost smarthost => smarthost.Route,
            Direction.Lmtp lmtp => lmtp.Route,
            _ => null,
        };
    }

    private RouteTls Tls => route?.Tls ?? RouteTls.Opportunistic;

    /// <summary>Tries one message.</summary>
    public async ValueTask<LaneEnd> Deliver(Parcel parcel, CancellationToken cancellation)
    {
        if (plan is not HopPlan.Try { Hops: var hops })
        {
            return new LaneEnd(null, ((HopPlan.Nowhere)plan).Outcome, string.Empty);
        }

        var before = deaths;
        var end = await Deliver(parcel, hops, cancellation);
        if (deaths == before)
        {
            deaths = 0;
            return connection is { } used && IsRefusedForNow(end) ? await AskAnother(parcel, hops, (used, end), cancellation) : end;
        }

        // One message may be the poison of its connection, and is to wait alone; a second in a row says it is the server.
        return before > 0 && end.Outcomes is { } outcomes ? end with { Trouble = outcomes[0] } : end;
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

    private async ValueTask<LaneEnd> Deliver(Parcel parcel, IReadOnlyList<Hop> hops, CancellationToken cancellation)
    {
        var left = hops.ToList();
        LaneEnd? end = null;
        for (var n = 0; n < MaxConnectionsForOne && left.Count > 0; n++)
        {
            using var either = connection is null ? CancellationTokenSource.CreateLinkedTokenSource(cancellation, parcel.Items.Stopping) : null;
            connection ??= await Connect(left, mayBeIdle: n == 0, either!.Token);
            if (connection is not { } used)
            {
                return end ?? unreachable!.Value;
            }

            var outcomes = await Send(used, parcel, cancellation);
            end = new LaneEnd(outcomes, null, used.Plan.Hop.Peer);
            if (used.CanSend)
            {
                used.IsReused = true;
                return end.Value;
            }

            connection = null;
            ConnectionCache.End(used);
            if (!used.HasDied || !DiedHarmlessly(outcomes) || (!used.IsReused && AsksToSlowDown(end.Value)))
            {
                return end.Value;
            }

            // A connection that has served, and that the peer has closed since, says nothing about the peer: a new one may
            // go to the same place. A new one that dies does.
            if (!used.IsReused)
            {
                left.Remove(used.Plan.Hop);
                delivery.Troubled.Add(used.Plan.Hop.Peer);
            }
        }

        deaths++;
        return end!.Value;
    }

    /// <summary>
    /// RFC 5321 §5.1: a host that works but takes nothing for now is not the last word; the domain's next one may take it,
    /// and at least two are asked. The first stays the one for the messages behind.
    /// </summary>
    private async ValueTask<LaneEnd> AskAnother(Parcel parcel, IReadOnlyList<Hop> hops, (OutgoingConnection Connection, LaneEnd End) first, CancellationToken cancellation)
    {
        // Other addresses of the same host are the same server.
        var others = hops.Where(hop => hop.Host != first.Connection.Plan.Hop.Host).ToList();
        if (others.Count == 0)
        {
            return first.End;
        }

        var before = deaths;
        connection = null;
        try
        {
            var second = await Deliver(parcel, others, cancellation);
            return deaths == before && second.Outcomes is not null ? second : first.End;
        }
        finally
        {
            await DisposeAsync();
            connection = first.Connection;
            unreachable = null;
            deaths = before;
        }
    }

    // A 4yz for everybody, said by a host that goes on serving.
    private bool IsRefusedForNow(LaneEnd end) =>
        end.Outcomes is { } outcomes && outcomes.All(static outcome => outcome is SendOutcome.Deferred { Why.Reply: not null }) && !AsksToSlowDown(end);

    // That is not circumvented by asking the site's next host.
    private bool AsksToSlowDown(LaneEnd end) =>
        end.Outcomes is { } outcomes && outcomes.Any(outcome => delivery.Throttling.IsAskedBy(Attempts.Reply(outcome, end.Peer)));

    private static async ValueTask<IReadOnlyList<SendOutcome>> Send(OutgoingConnection used, Parcel parcel, CancellationToken cancellation)
    {
        var (cargo, fault) = await Cargo.Open(parcel, cancellation);
        if (cargo is null)
        {
            return parcel.All(new SendOutcome.Deferred(fault!, SendPhase.Content));
        }

        await using (cargo)
        {
            var message = await cargo.Fit(used.Hop);
            await using var end = cancellation.UnsafeRegister(static me => ((OutgoingConnection)me!).Abort(), used);
            await using var harmlessEnd = parcel.Items.Stopping.UnsafeRegister(static me => ((OutgoingConnection)me!).AbortHarmlessly(), used);
            var outcomes = await used.Send(message, cargo.Read);
            if (!used.CanSend)
            {
                cancellation.ThrowIfCancellationRequested();
                if (DiedHarmlessly(outcomes))
                {
                    parcel.Items.Stopping.ThrowIfCancellationRequested();
                }
            }

            return outcomes;
        }
    }

    // The connection ended before any content went out: nothing is lost or doubled by trying elsewhere at once.
    private static bool DiedHarmlessly(IReadOnlyList<SendOutcome> outcomes) =>
        outcomes.All(outcome => outcome is SendOutcome.Deferred { Where: < SendPhase.Content });

    // ---- connections ----

    private async ValueTask<OutgoingConnection?> Connect(IReadOnlyList<Hop> hops, bool mayBeIdle, CancellationToken cancellation)
    {
        if (unreachable is not null)
        {
            return null; // it was found out by the message before
        }

        LaneEnd? told = null;
        foreach (var hop in hops.OrderBy(hop => delivery.Troubled.Contains(hop.Peer)))
        {
            var (opened, failure) = await Connect(hop, mayBeIdle, cancellation);
            if (opened is not null)
            {
                return opened;
            }

            delivery.Troubled.Add(hop.Peer);
            var end = new LaneEnd(null, failure, failure is SendOutcome.Deferred { Where: SendPhase.Connect } ? string.Empty : hop.Peer);
            told = told is { } before ? MoreTelling(before, end) : end;
        }

        unreachable = told;
        return null;
    }

    private async ValueTask<(OutgoingConnection? Connection, SendOutcome? Failure)> Connect(Hop hop, bool mayBeIdle, CancellationToken cancellation)
    {
        var how = new ConnectionPlan(hop, Options(hop), Tls);
        if (mayBeIdle && delivery.Idle.Take(how.Key) is { } idle)
        {
            return (idle, null);
        }

        var (opened, failure) = await OutgoingConnection.Open(how, delivery.Connections, cancellation);
        var isBroken = failure is SendOutcome.Deferred { Why.Id: var id } && id == SendCauses.TlsFailed.Id;
        if (!isBroken || Tls != RouteTls.Opportunistic || how.IsImplicitTls)
        {
            return (opened, failure);
        }

        // RFC 7435 §3: opportunistic means that mail does not stop for TLS that is broken. What the handshake left behind
        // cannot be used, so it is a new connection.
        delivery.Connections.Policy.NoteBroken(hop);
        return await OutgoingConnection.Open(how with { Options = Options(hop) }, delivery.Connections, cancellation);
    }

    private SendOptions Options(Hop hop) => new(settings.Hostname)
    {
        Lmtp = direction is Direction.Lmtp,
        Tls = hop.Address is UnixDomainSocketEndPoint ? SendTls.Never : delivery.Connections.Policy.For(Tls, hop),
        Login = route is { User: { } user, Password: { } password }
            ? new SendLogin(user, password, static () => SaslNonce.Create(RandomNumberGenerator.Fill))
            {
                Mechanism = route.Mechanism,
                // A route without TLS is the operator's own word; and what goes to this machine passes no wire.
                AllowClear = Tls == RouteTls.None || hop.IsThisMachine,
                Host = hop.Host,
                Port = (hop.Address as IPEndPoint)?.Port,
            }
            : null,
    };

    // Of several hosts' failures the one is told that got furthest; a host that may do better later keeps the mail waiting.
    private static LaneEnd MoreTelling(LaneEnd a, LaneEnd b) => (a.Trouble, b.Trouble) switch
    {
        (SendOutcome.Deferred first, SendOutcome.Deferred second) => second.Where > first.Where ? b : a,
        (SendOutcome.Failed, SendOutcome.Deferred) => b,
        _ => a,
    };
}
