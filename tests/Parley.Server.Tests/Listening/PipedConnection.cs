using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Server.Journal;
using Parley.Server.Listening;
using Parley.Smtp;
using Parley.Smtp.Serving;

namespace Parley.Server.Tests.Listening;

/// <summary>
/// A connection over pipes and a clock that stands until it is moved. Everything happens within the call that causes it:
/// when <see cref="Send"/> returns, the connection waits for more.
/// </summary>
internal sealed class PipedConnection : IAsyncDisposable
{
    private static readonly PipeOptions Inline = new(pauseWriterThreshold: 0, readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false);

    private readonly Pipe toServer = new(Inline);
    private readonly Pipe toClient;
    private readonly StandingClock clock = new();
    private readonly SessionJournal journal;
    private readonly Connection connection;
    private readonly Task running;

    /// <summary>A connection that waits for the first command.</summary>
    /// <param name="unreadOctets">How much of its replies goes out while nobody reads them; 0 for all.</param>
    public PipedConnection(long unreadOctets = 0)
    {
        toClient = new Pipe(new PipeOptions(pauseWriterThreshold: unreadOctets, resumeWriterThreshold: unreadOctets / 2, readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false));
        journal = new SessionJournal(clock, NullLogger.Instance);
        var limits = new ConnectionLimits(clock, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10));
        var options = new SessionOptions { Hostname = "mx.example.org" };
        var state = new ListenerState(options, limits, Tls: null, TlsUsable: static () => false, ImplicitTls: false, ExplainUrl: null, Logins: null);
        connection = new Connection(new PipeTransport(toServer.Reader, toClient.Writer), new SmtpSession(options, new TakingReceiver(), null), journal, journal.Begin("192.0.2.1"), state);
        running = connection.Run(refusal: null, implicitTls: false, CancellationToken.None);
    }

    /// <summary>How long it will wait now.</summary>
    public TimeSpan Patience => TimeSpan.FromTicks(connection.Deadline - clock.GetTimestamp());

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => running.IsCompleted;

    /// <summary>Replies that it has given out and nobody has read, in octets.</summary>
    public long Unread
    {
        get
        {
            if (!toClient.Reader.TryRead(out var result))
            {
                return 0;
            }

            toClient.Reader.AdvanceTo(result.Buffer.Start);
            return result.Buffer.Length;
        }
    }

    public ValueTask<FlushResult> Send(string octets) => toServer.Writer.WriteAsync(Encoding.ASCII.GetBytes(octets));

    public void Wait(TimeSpan span) => clock.Advance(span);

    /// <summary>What the listener does once the deadline is past.</summary>
    public void TimeOut() => connection.TimeOut();

    /// <summary>What it has said since it was last asked.</summary>
    public async Task<string> Read()
    {
        var result = await toClient.Reader.ReadAsync();
        var text = Encoding.ASCII.GetString(result.Buffer);
        toClient.Reader.AdvanceTo(result.Buffer.End);
        return text;
    }

    /// <summary>The last line of that.</summary>
    public async Task<string> LastReply() => (await Read()).TrimEnd().Split("\r\n")[^1];

    public async ValueTask DisposeAsync()
    {
        await toServer.Writer.CompleteAsync();
        await toClient.Reader.CompleteAsync();
        await running;
        journal.Dispose();
    }

    /// <summary>A clock of ten million ticks a second that stands until it is moved.</summary>
    private sealed class StandingClock : TimeProvider
    {
        private long now = 1;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Advance(TimeSpan span) => now += span.Ticks;

        public override long GetTimestamp() => now;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(now);
    }

    private sealed class PipeTransport(PipeReader input, PipeWriter output) : ITransport
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;

        public ValueTask<string> StartTls(CancellationToken cancellation) => throw new NotSupportedException("pipes have no TLS");

        public ValueTask Close(CancellationToken cancellation) => default;

        public void Abort() => output.CancelPendingFlush();

        public async ValueTask DisposeAsync()
        {
            await input.CompleteAsync();
            await output.CompleteAsync();
        }
    }

    /// <summary>Takes everything and keeps nothing.</summary>
    private sealed class TakingReceiver : IMailReceiver
    {
        public ValueTask<Reply> Sender(SmtpSession session, MailTransaction draft, CancellationToken cancellation) => new(Replies.SenderOk);

        public ValueTask<Reply> Recipient(SmtpSession session, MailTransaction transaction, Recipient recipient, CancellationToken cancellation) => new(Replies.RecipientOk);

        public IMessageContent NewContent(SmtpSession session, MailTransaction transaction) => new Content();

        public ValueTask<Reply> Message(SmtpSession session, MailTransaction transaction, IMessageContent content, CancellationToken cancellation) => new(Replies.MessageAccepted);

        public ValueTask<Reply> Verify(SmtpSession session, string argument, CancellationToken cancellation) => new(Replies.CannotVerify);

        public ValueTask<Reply> Expand(SmtpSession session, string argument, CancellationToken cancellation) => new(Replies.CommandDisabled);
    }

    private sealed class Content : IMessageContent
    {
        private readonly ArrayBufferWriter<byte> octets = new();

        public long Length => octets.WrittenCount;

        public Reply? Refusal => null;

        public void Advance(int count) => octets.Advance(count);

        public Memory<byte> GetMemory(int sizeHint = 0) => octets.GetMemory(sizeHint);

        public Span<byte> GetSpan(int sizeHint = 0) => octets.GetSpan(sizeHint);

        public ValueTask Flush(CancellationToken cancellation) => default;

        public ValueTask DisposeAsync() => default;
    }
}
