using System.Buffers;
using System.Net;
using Parley.Server.Listening;
using Parley.Smtp.Sending;

namespace Parley.Server.Delivery;

/// <summary>How one connection is opened.</summary>
/// <param name="Hop">Where to.</param>
/// <param name="Options">What its dialogue does.</param>
/// <param name="Tls">The route's word on TLS.</param>
internal sealed record ConnectionPlan(Hop Hop, SendOptions Options, Configuration.RouteTls Tls)
{
    /// <summary>Whether TLS begins with the first octet.</summary>
    public bool IsImplicitTls => Hop.Address is IPEndPoint ip && TlsPolicy.IsImplicit(Tls, ip.Port);

    /// <summary>Whether a connection that was opened by the one plan serves the other.</summary>
    public string Key => $"{Hop.Peer} {Options.Lmtp} {Tls} {Options.Login?.User}";
}

/// <summary>What connections need of the server.</summary>
internal sealed record ConnectionParts(TimeProvider Time, SendTimeouts Timeouts, TlsPolicy Policy, ChannelBinding? Binding);

/// <summary>
/// A connection to a next hop: drives a <see cref="SendDialogue"/> over a <see cref="Wire"/>. It decides nothing; it
/// writes what the dialogue says, waits as long as the phase allows, and tells it what happened.
/// </summary>
internal sealed class OutgoingConnection : IAsyncDisposable
{
    private const int BlockOctets = 64 * 1024;

    private readonly ConnectionPlan plan;
    private readonly ConnectionParts parts;
    private readonly Wire wire;
    private readonly SendDialogue dialogue;
    private readonly ArrayBufferWriter<byte> block = new(4096);

    private OutgoingConnection(ConnectionPlan plan, ConnectionParts parts, Wire wire)
    {
        this.plan = plan;
        this.parts = parts;
        this.wire = wire;
        dialogue = new SendDialogue(plan.Options);
    }

    public ConnectionPlan Plan => plan;

    public HopCapabilities Hop => dialogue.Hop;

    /// <summary>Whether another message may go over it.</summary>
    public bool CanSend => dialogue.CanSend;

    /// <summary>Whether it ended by itself; one that only has served long enough did not.</summary>
    public bool HasDied => dialogue.IsClosed;

    /// <summary>Whether it has served before: the peer may have tired of it meanwhile.</summary>
    public bool IsReused { get; set; }

    /// <summary>Why no message can be sent over it; null when one can.</summary>
    public SendOutcome? Failure { get; private set; }

    /// <summary>Connects and comes to the point where messages can be sent. What went wrong is in <see cref="Failure"/>.</summary>
    /// <returns>The connection; null with the outcome where there is none.</returns>
    public static async ValueTask<(OutgoingConnection? Connection, SendOutcome? Failure)> Open(ConnectionPlan plan, ConnectionParts parts, CancellationToken cancellation)
    {
        var (wire, fault) = await Wire.Connect(plan.Hop, parts.Timeouts.Connect, parts.Time, cancellation);
        if (wire is null)
        {
            return (null, new SendOutcome.Deferred(fault!, SendPhase.Connect));
        }

        var connection = new OutgoingConnection(plan, parts, wire);
        await using (cancellation.UnsafeRegister(static w => ((Wire)w!).Abort(), wire))
        {
            await connection.Begin();
        }

        if (connection.Failure is null && !cancellation.IsCancellationRequested)
        {
            return (connection, null);
        }

        await connection.DisposeAsync();
        cancellation.ThrowIfCancellationRequested();
        return (null, connection.Failure);
    }

    /// <summary>Sends one message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="open">Opens its content; asked once for each round of recipients.</param>
    /// <returns>An outcome for each recipient, in order.</returns>
    public async ValueTask<IReadOnlyList<SendOutcome>> Send(OutgoingMessage message, Func<ValueTask<Stream?>> open)
    {
        await Run(dialogue.Send(message), message, open);
        return dialogue.Outcomes;
    }

    /// <summary>Ends every wait of it, unless content is on its way: a message that is cut off behind its last dot may arrive twice.</summary>
    public void AbortHarmlessly()
    {
        if (dialogue.Phase is not (SendPhase.Content or SendPhase.Answer))
        {
            wire.Abort();
        }
    }

    /// <summary>Ends every wait of it.</summary>
    public void Abort() => wire.Abort();

    /// <summary>Says QUIT, waits a moment for the answer, and closes.</summary>
    public async ValueTask Quit()
    {
        await Run(dialogue.Quit(), message: null, open: null);
        await DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await wire.DisposeAsync();
        dialogue.Dispose();
    }

    private async ValueTask Begin()
    {
        if (plan.IsImplicitTls)
        {
            if (await Handshake() is { } fault)
            {
                Failure = new SendOutcome.Deferred(fault, SendPhase.Tls);
                return;
            }

            await Run(dialogue.Begin(Facts()), message: null, open: null);
        }
        else
        {
            await Run(dialogue.Begin(), message: null, open: null);
        }

        Failure = dialogue.SessionFailure;
    }

    private async ValueTask Run(SendTurn turn, OutgoingMessage? message, Func<ValueTask<Stream?>>? open)
    {
        while (turn.Action is not (SendAction.Ready or SendAction.Close))
        {
            turn = turn.Action switch
            {
                SendAction.Read => await WriteAndRead(turn),
                SendAction.StartTls => await Handshake() is { } fault ? dialogue.Fault(fault) : dialogue.TlsStarted(Facts()),
                _ => await SendContent(turn, message!, open!),
            };
        }
    }

    private async ValueTask<SendTurn> WriteAndRead(SendTurn turn)
    {
        if (!turn.Write.IsEmpty)
        {
            // A reply that is here before its command was written answers something else.
            if (wire.HasUnread)
            {
                return await Unasked();
            }

            if (await wire.Write(turn.Write, parts.Timeouts.For(turn.Phase)) is { } fault)
            {
                return await LastWords(fault);
            }
        }

        var heard = await wire.Read(parts.Timeouts.For(turn.Phase));
        return heard.Reply is null ? dialogue.Fault(heard.Fault!) : dialogue.Receive(heard.Reply);
    }

    // RFC 5321 §3.8: a server that closes says 421 first; it may stand in the buffer when our write fails.
    private async ValueTask<SendTurn> LastWords(SendCause fault)
    {
        if (fault.Id != SendCauses.ConnectionLost.Id || !wire.HasUnread)
        {
            return dialogue.Fault(fault);
        }

        var heard = await wire.Read(parts.Timeouts.Quit);
        return heard.Reply is { IsRefusal: true } reply ? dialogue.Unasked(reply) : dialogue.Fault(fault);
    }

    private async ValueTask<SendTurn> Unasked()
    {
        var heard = await wire.Read(parts.Timeouts.Quit);
        return heard.Reply is null ? dialogue.Fault(heard.Fault!) : dialogue.Unasked(heard.Reply);
    }

    private async ValueTask<SendCause?> Handshake()
    {
        string? complaint = null;
        return await wire.StartTls(parts.Policy.Handshake(plan.Tls, plan.Hop, why => complaint = why), () => complaint, parts.Timeouts.Handshake);
    }

    private SendTlsFacts Facts()
    {
        foreach (var type in new[] { ChannelBinding.Exporter, ChannelBinding.ServerEndPoint })
        {
            if (plan.Options.Login is not null && parts.Binding?.FindAtClient(wire.Ssl!, type) is { } data)
            {
                return new SendTlsFacts(type, data);
            }
        }

        return new SendTlsFacts();
    }

    // ---- content ----

    private async ValueTask<SendTurn> SendContent(SendTurn turn, OutgoingMessage message, Func<ValueTask<Stream?>> open)
    {
        if (wire.HasUnread)
        {
            return await Unasked();
        }

        // The command that announces a chunk goes out with the chunk.
        block.ResetWrittenCount();
        block.Write(turn.Write.Span);
        Stream? content;
        try
        {
            content = await open();
        }
        catch (IOException fault)
        {
            return dialogue.Fault(SendCauses.ContentUnreadable.For(fault.Message));
        }

        if (content is null)
        {
            return dialogue.Fault(SendCauses.ContentUnreadable.For("the message is no longer in the store"));
        }

        await using (content)
        {
            if (content.Length != message.Octets)
            {
                return dialogue.Fault(SendCauses.ContentUnreadable.For($"the message has {content.Length} octets instead of {message.Octets}"));
            }

            return turn.Action == SendAction.SendDotted ? await SendDotted(content) : await SendChunk(content, message.Octets);
        }
    }

    private async ValueTask<SendTurn> SendDotted(Stream content)
    {
        var dots = new DotWriter();
        var buffer = ArrayPool<byte>.Shared.Rent(BlockOctets);
        try
        {
            while (true)
            {
                var (length, fault) = await ReadContent(content, buffer);
                if (fault is not null)
                {
                    return dialogue.Fault(fault);
                }

                var good = length > 0 ? dots.TryWrite(buffer.AsSpan(0, length), block) : dots.TryEnd(block);
                if (!good)
                {
                    return dialogue.Fault(SendCauses.BareLineEnd);
                }

                if (await Flush(last: length == 0) is { } ended)
                {
                    return ended;
                }

                if (length == 0)
                {
                    return dialogue.ContentSent();
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // RFC 3030 §2: exactly as many octets as were announced, or the peer takes what follows for content.
    private async ValueTask<SendTurn> SendChunk(Stream content, long octets)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BlockOctets);
        try
        {
            while (octets > 0)
            {
                var (length, fault) = await ReadContent(content, buffer.AsMemory(0, (int)Math.Min(buffer.Length, octets)));
                if (fault is not null || length == 0)
                {
                    return dialogue.Fault(fault ?? SendCauses.ContentUnreadable.For("the message is shorter than its size"));
                }

                block.Write(buffer.AsSpan(0, length));
                octets -= length;
                if (await Flush(last: octets == 0) is { } ended)
                {
                    return ended;
                }
            }

            // An empty message is an empty chunk, whose command was not written yet.
            return await Flush(last: true) ?? dialogue.ContentSent();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async ValueTask<(int Length, SendCause? Fault)> ReadContent(Stream content, Memory<byte> buffer)
    {
        try
        {
            return (await content.ReadAsync(buffer), null);
        }
        catch (IOException fault)
        {
            return (0, SendCauses.ContentUnreadable.For(fault.Message));
        }
    }

    // Writes what has gathered: a whole small message at once, a large one block by block. Null to go on.
    private async ValueTask<SendTurn?> Flush(bool last)
    {
        if (block.WrittenCount == 0 || (!last && block.WrittenCount < BlockOctets / 2))
        {
            return null;
        }

        // What is said before the last octets are written is no answer to them, whatever it says.
        if (wire.HasUnread)
        {
            return await Unasked();
        }

        // A message of one block is written before a peer could have a reason to refuse it halfway.
        var fault = last && !wire.IsListening
            ? await wire.Write(block.WrittenMemory, parts.Timeouts.Content)
            : await wire.WriteListening(block.WrittenMemory, parts.Timeouts.Content);
        block.ResetWrittenCount();
        return fault is null ? null
            : fault.Id == SendCauses.EarlyReply.Id ? await Unasked()
            : await LastWords(fault);
    }
}
