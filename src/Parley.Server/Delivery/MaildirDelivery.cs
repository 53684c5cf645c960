using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Parley.Server.Queue;
using Parley.Server.Receiving;

namespace Parley.Server.Delivery;

/// <summary>
/// Takes from the queue what goes to Maildirs, and delivers it there. Mail that rests in our mailboxes waits for it as
/// mail for any other next hop does: a full disk or a crash delays it and loses nothing.
/// </summary>
public sealed partial class MaildirDelivery : IAsyncDisposable
{
    /// <summary>The key of this next hop in the queue.</summary>
    public const string Destination = "maildir";

    private const int AtOnce = 100;
    private const int Writers = 4;
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly IQueueStore store;
    private readonly Maildir maildir;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly Channel<bool> wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ITimer timer;
    private readonly Task loop;
    private volatile bool stopping;

    /// <summary>Begins to deliver, with what an earlier run left.</summary>
    public MaildirDelivery(IQueueStore store, Maildir maildir, TimeProvider time, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(time);
        this.store = store;
        this.maildir = maildir;
        this.time = time;
        this.logger = logger;

        // Not only when woken: what was deferred, and what `parley queue retry` makes due, tells nobody.
        timer = time.CreateTimer(_ => Wake(), null, TimeSpan.Zero, Pause);
        loop = Task.Run(Loop);
    }

    /// <summary>A message for a Maildir was stored.</summary>
    public void Wake() => wake.Writer.TryWrite(true);

    /// <summary>Finishes the messages at hand and gives the rest back.</summary>
    public async ValueTask DisposeAsync()
    {
        stopping = true;
        wake.Writer.TryComplete();
        await loop;
        await timer.DisposeAsync();
    }

    private async Task Loop()
    {
        await foreach (var _ in wake.Reader.ReadAllAsync())
        {
            try
            {
                while (!stopping && await DeliverSome())
                {
                    // As long as there is some.
                }
            }
            catch (IOException fault)
            {
                LogFault(logger, fault);
            }
        }
    }

    private async Task<bool> DeliverSome()
    {
        if (await store.Claim([Destination], AtOnce, Lease, CancellationToken.None) is not [var claim])
        {
            return false;
        }

        await Parallel.ForEachAsync(claim.Messages, new ParallelOptions { MaxDegreeOfParallelism = Writers }, async (message, unused) =>
        {
            if (!stopping)
            {
                var outcomes = new List<Outcome>();
                foreach (var recipient in message.Recipients)
                {
                    outcomes.Add(await Deliver(message, recipient));
                }

                _ = await store.Record(claim.Lease, outcomes, report: null, CancellationToken.None);
            }
        });
        if (stopping)
        {
            await store.Release(claim.Lease, CancellationToken.None);
        }

        return true;
    }

    private async Task<Outcome> Deliver(ClaimedMessage message, ClaimedRecipient recipient)
    {
        var mailbox = recipient.Recipient.Address.Mailbox!;
        try
        {
            await using var content = await store.OpenContent(message.Id, CancellationToken.None)
                ?? throw new FileNotFoundException("its content is not in the store");
            await maildir.Deliver(mailbox, message.ReceivedAt, $"{message.Id}R{recipient.Number}", async file =>
            {
                // RFC 5321 §4.4: Return-Path is put on top at final delivery.
                await file.WriteAsync(TraceFields.ReturnPath(message.Envelope.Sender));
                await content.CopyToAsync(file);
            });
            return new Outcome.Delivered(message.Id, recipient.Number, new AttemptReply(0, string.Empty, "written to its Maildir", Destination));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            LogDeferred(logger, message.Id, mailbox.ToString(), fault.Message);
            var reply = new AttemptReply(0, string.Empty, fault.Message, Destination);
            return new Outcome.Deferred(message.Id, recipient.Number, reply, time.GetUtcNow() + Pause);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "message {Id} for {Mailbox} could not be written to its Maildir and is tried again: {Fault}")]
    private static partial void LogDeferred(ILogger logger, QueueId id, string mailbox, string fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "the queue could not be asked for mail to Maildirs; it is asked again")]
    private static partial void LogFault(ILogger logger, Exception fault);
}
