using System.Buffers;
using System.Net.Sockets;
using System.Security.Authentication;
using Parley.Server.Journal;
using Parley.Smtp;
using Parley.Smtp.Lines;
using Parley.Smtp.Serving;

namespace Parley.Server.Listening;

/// <summary>
/// One client's connection: reads octets, gives lines and content to the session, and is the only one that writes.
/// It works on any pair of pipes, so that tests need no socket. Replies are collected while there is input and go out
/// together (RFC 2920 §3.2), always before the connection waits.
/// </summary>
internal sealed class Connection
{
    private const int MostUnflushed = 16 * 1024;

    private readonly ITransport transport;
    private readonly SmtpSession session;
    private readonly SessionRecord record;
    private readonly SessionJournal journal;
    private readonly ConnectionLimits limits;
    private readonly string? explainUrl;
    private LineReader lines;
    private DotReader? dots;
    private Next mode = Next.Line;
    private ReadOnlySequence<byte> input;
    private bool unflushed;
    private long deadline = long.MaxValue;
    private long? lineDeadline; // of a line that has begun
    private long? patience; // with a message that has begun
    private bool ended;
    private volatile bool timedOut;
    private volatile bool stopping;

    public Connection(ITransport transport, SmtpSession session, SessionJournal journal, SessionRecord record, ListenerState state)
    {
        this.transport = transport;
        this.session = session;
        this.journal = journal;
        this.record = record;
        limits = state.Limits;
        explainUrl = state.ExplainUrl;
        lines = new LineReader(session.MaxLineOctets);
    }

    /// <summary>Serves the client until one side closes. Throws only for faults of ours.</summary>
    /// <param name="refusal">Said instead of the greeting, or null.</param>
    /// <param name="implicitTls">TLS from the first octet (RFC 8314 §3.3).</param>
    /// <param name="cancellation">Ends it now.</param>
    public async Task Run(Reply? refusal, bool implicitTls, CancellationToken cancellation)
    {
        try
        {
            if (implicitTls)
            {
                await StartTls(cancellation);
            }

            if (refusal is not null)
            {
                Write(refusal);
                await Close(cancellation);
                return;
            }

            Write(session.Greeting());
            await Converse(cancellation);
        }
        catch (Exception lost) when (lost is IOException or SocketException or OperationCanceledException or ObjectDisposedException or AuthenticationException)
        {
            // A peer that is gone, or ended by us: nobody is left to be told.
        }
        catch (Exception fault)
        {
            // RFC 5321 §4.2.2: the one place where a fault of ours becomes an answer.
            journal.ConnectionFault(fault);
            Write(Replies.InternalFault);
            await Close(cancellation);
        }
        finally
        {
            await session.DisposeAsync();
            await transport.DisposeAsync();
        }
    }

    /// <summary>The time at which the wait of now is too long, in the units of the listener's clock; read by its sweep.</summary>
    public long Deadline => Volatile.Read(ref deadline);

    /// <summary>The wait took too long.</summary>
    public void TimeOut()
    {
        timedOut = true;
        transport.Input.CancelPendingRead();
    }

    /// <summary>The peer does not even take the last reply: end it.</summary>
    public void Abort() => transport.Abort();

    /// <summary>The server stops: an idle session is told now, an open transaction may finish.</summary>
    public void Stop()
    {
        stopping = true;
        transport.Input.CancelPendingRead();
    }

    // RFC 5321 §3.8: between transactions a server that stops says 421 at once.
    private bool MayStopNow => stopping && session.Phase is Phase.Start or Phase.Ready;

    private async Task Converse(CancellationToken cancellation)
    {
        while (true)
        {
            var refusal = await Wait(cancellation);
            if (refusal is not null)
            {
                Write(refusal);
                break;
            }

            var reader = transport.Input;
            if (!await Process(cancellation))
            {
                break;
            }

            // After STARTTLS there is another reader, and nothing of the old one is left.
            if (ReferenceEquals(reader, transport.Input))
            {
                reader.AdvanceTo(input.Start, input.End);
                if (ended)
                {
                    break;
                }
            }
        }

        await Close(cancellation);
    }

    // Sends what is pending, then waits for input. Answers the 421 that is due instead, if one is.
    private async ValueTask<Reply?> Wait(CancellationToken cancellation)
    {
        if (MayStopNow)
        {
            return Replies.ShuttingDown;
        }

        Volatile.Write(ref deadline, WaitUntil());
        await Flush(cancellation);
        var since = limits.Time.GetTimestamp();
        var result = await transport.Input.ReadAsync(cancellation);
        Volatile.Write(ref deadline, long.MaxValue);
        patience -= limits.Time.GetTimestamp() - since;
        input = result.Buffer;
        ended = result.IsCompleted;
        return !result.IsCanceled ? null
            : MayStopNow ? Replies.ShuttingDown
            : !timedOut ? null // told to stop as a transaction began: it may finish
            : patience is null ? Replies.IdleTooLong : Replies.DataTimeout;
    }

    // Takes all that can be taken from the input; false when the connection is to be closed.
    private async ValueTask<bool> Process(CancellationToken cancellation)
    {
        while (true)
        {
            Turn turn;
            switch (mode)
            {
                case Next.Data:
                    {
                        var before = input.Length;
                        var status = dots!.Read(ref input, session.Content);
                        Prolong(before - input.Length);
                        await session.ContentWritten(cancellation);
                        if (status == ContentStatus.More)
                        {
                            return true;
                        }

                        turn = await session.ContentEnded(status, cancellation);
                        break;
                    }

                case Next.Chunk:
                    {
                        var before = input.Length;
                        var status = session.Chunk!.Read(ref input, session.Content);
                        Prolong(before - input.Length);
                        await session.ContentWritten(cancellation);
                        if (status == ContentStatus.More)
                        {
                            return true;
                        }

                        turn = await session.ChunkEnded(status, cancellation);
                        break;
                    }

                default:
                    {
                        var status = lines.Read(ref input, out var line);
                        if (status == LineStatus.Incomplete)
                        {
                            lineDeadline ??= lines.HasBegun(input) ? limits.Time.GetTimestamp() + limits.CommandTicks : null;
                            return true;
                        }

                        lineDeadline = null;
                        turn = await Command(status, line, cancellation);
                        break;
                    }
            }

            if (turn.Reply is not null)
            {
                Write(turn.Reply);
                await FlushMany(cancellation);
            }

            switch (turn.Next)
            {
                case Next.Close:
                    return false;
                case Next.Data:
                    dots = new DotReader();
                    break;
                case Next.StartTls:
                    await StartTls(cancellation);
                    return true;
            }

            mode = turn.Next;
            patience = mode is Next.Data or Next.Chunk || session.Phase == Phase.Chunks ? patience ?? limits.MessageTicks : null;
            if (MayStopNow)
            {
                Write(Replies.ShuttingDown);
                return false;
            }
        }
    }

    // A line is waited for as a whole: a client that sends an octet a minute would else keep its connection for ever.
    // So is a message that comes octet by octet, though longer, and the longer the more of it comes.
    private long WaitUntil()
    {
        var now = limits.Time.GetTimestamp();
        var piece = mode is Next.Line or Next.SaslResponse ? lineDeadline ?? now + limits.CommandTicks : now + limits.DataTicks;
        return patience is null ? piece : Math.Min(piece, now + Math.Max(0, patience.Value));
    }

    private void Prolong(long octets) => patience = Math.Min(limits.MessageTicks, patience!.Value + (octets * limits.OctetTicks));

    private void Expect(long ticks) => Volatile.Write(ref deadline, limits.Time.GetTimestamp() + ticks);

    private async ValueTask<Turn> Command(LineStatus status, CommandLine line, CancellationToken cancellation)
    {
        if (status != LineStatus.Line)
        {
            record.Client("(a line that was refused)"u8);
            return session.LineFault(status, lines.TooLongWasLogin);
        }

        if (mode == Next.SaslResponse)
        {
            record.ClientSecret();
            return await session.SaslResponse(line, cancellation);
        }

        record.Client(line.Octets.Span);
        return await session.Receive(line, cancellation);
    }

    private void Write(Reply reply)
    {
        transport.Output.Write((reply.IsRefusal && explainUrl is not null ? reply.WireWithLink(explainUrl) : reply.Wire).Span);
        unflushed = true;
        record.Server(reply, session);
    }

    private async ValueTask Flush(CancellationToken cancellation)
    {
        if (unflushed)
        {
            unflushed = false;
            await transport.Output.FlushAsync(cancellation);
        }
    }

    // Replies are longer than commands: a client that sends many and reads nothing must not be owed half a megabyte.
    private async ValueTask FlushMany(CancellationToken cancellation)
    {
        if (transport.Output.UnflushedBytes >= MostUnflushed)
        {
            Expect(limits.CommandTicks);
            await Flush(cancellation);
            Volatile.Write(ref deadline, long.MaxValue);
        }
    }

    // RFC 3207 §4.2, CVE-2011-0411: what came in clear behind STARTTLS is thrown away with its reader.
    private async ValueTask StartTls(CancellationToken cancellation)
    {
        Expect(limits.HandshakeTicks);
        await Flush(cancellation);
        var description = await transport.StartTls(cancellation);
        Volatile.Write(ref deadline, long.MaxValue);
        lines = new LineReader(session.MaxLineOctets);
        mode = Next.Line;
        input = default;
        record.TlsStarted(description);
        await session.TlsStarted(description);
    }

    private async ValueTask Close(CancellationToken cancellation)
    {
        Expect(limits.CloseTicks);
        await Flush(cancellation);
        await transport.Close(cancellation);
        Volatile.Write(ref deadline, long.MaxValue);
    }
}
