using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.Logging;
using Parley.Server.Accounts;
using Parley.Server.Configuration;
using Parley.Server.Mime;
using Parley.Server.Policy;
using Parley.Server.Queue;
using Parley.Smtp;
using Parley.Smtp.Addresses;
using Parley.Smtp.Serving;

namespace Parley.Server.Receiving;

/// <summary>The outside of every session: asks the policy about senders and recipients and hands messages to the queue.</summary>
internal sealed partial class Receiver : IMailReceiver, IDisposable
{
    private readonly IQueueStore store;
    private readonly Logins logins;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly Meter meter = new("Parley.Receiving");
    private readonly Counter<long> accepted;
    private volatile Settings settings;

    public Receiver(IQueueStore store, Logins logins, Settings settings, ILogger logger)
    {
        this.store = store;
        this.logins = logins;
        this.settings = settings;
        time = logins.Time;
        this.logger = logger;
        accepted = meter.CreateCounter<long>("parley_messages_accepted_total", unit: null, "Messages accepted: on disk, and answered with 250.");
    }

    /// <summary>The configuration in force; a reload sets another.</summary>
    public Settings Settings
    {
        get => settings;
        set => settings = value;
    }

    /// <summary>Told of every message that was stored, so that its deliveries begin.</summary>
    public Action<NewMessage>? Stored { get; init; }

    public async ValueTask<Reply> Sender(SmtpSession session, MailTransaction draft, CancellationToken cancellation)
    {
        if (session.User is not null)
        {
            try
            {
                if (await SenderOwnership.Check(settings, logins.Accounts, session, draft.ReversePath, cancellation) is { } refusal)
                {
                    return refusal;
                }
            }
            catch (IOException fault)
            {
                LogNoAccounts(logger, fault);
                return Replies.LoginUnavailable;
            }
        }

        // RFC 1870 §6.1: no room is said at MAIL where the size is known, before the octets travel.
        return store.HasRoomFor(draft.DeclaredSize ?? 0) ? Replies.SenderOk : Replies.NoRoom;
    }

    public ValueTask<Reply> Recipient(SmtpSession session, MailTransaction transaction, Recipient recipient, CancellationToken cancellation)
    {
        var verdict = RecipientChecks.Decide(new RecipientQuestion(settings, session, transaction, recipient));
        recipient.Resolution = verdict.Deliveries;
        return new(verdict.Reply);
    }

    public IMessageContent NewContent(SmtpSession session, MailTransaction transaction) =>
        store.NewContent(transaction.DeclaredSize ?? 0);

    public async ValueTask<Reply> Message(SmtpSession session, MailTransaction transaction, IMessageContent content, CancellationToken cancellation)
    {
        var octets = (MessageContent)content;
        var header = HeaderSection.Count(octets.Head.Span);
        var refusal = Acceptance.Check(header, session.Options);
        if (refusal is not null)
        {
            return refusal;
        }

        var envelope = Envelope(session, transaction);
        if (Acceptance.GoesInCircles(octets.Head.Span, envelope, session.Options.Hostname))
        {
            return Replies.TooManyHops;
        }

        var id = store.NextId();
        var now = time.GetUtcNow();
        var message = new NewMessage(id, envelope, octets, now)
        {
            Trace = TraceFields.Received(session, transaction, id, now, Acceptance.Completion(header, session.Options, id, now)),
            Session = session.Id,
            Subject = HeaderSection.Subject(octets.Head.Span),
        };
        try
        {
            if (await store.Enqueue(message, cancellation) == EnqueueResult.NoRoom)
            {
                return Replies.NoRoom;
            }
        }
        catch (IOException fault)
        {
            LogNotStored(logger, fault, id);
            return Replies.StoreFault;
        }

        accepted.Add(1);
        LogAccepted(logger, id, session.Client, envelope.Sender, octets.Length);
        Stored?.Invoke(message);
        return Replies.MessageAccepted.WithText($"Message accepted as {id}");
    }

    public ValueTask<Reply> Verify(SmtpSession session, string argument, CancellationToken cancellation) =>
        new(AddressAnswers.Verify(settings, argument));

    public ValueTask<Reply> Expand(SmtpSession session, string argument, CancellationToken cancellation) =>
        new(AddressAnswers.Expand(settings, argument));

    // Each place once, though two recipients may stand for the same mailbox; what rests here costs no delivery, and
    // keeps every address that RCPT gave.
    private static Envelope Envelope(SmtpSession session, MailTransaction transaction)
    {
        var deliveries = new List<EnvelopeRecipient>(transaction.Recipients.Count);
        HashSet<(ForwardPath, string?, ForwardPath?)>? seen = transaction.Recipients.Count > 1 ? [] : null;
        foreach (var recipient in transaction.Recipients)
        {
            foreach (var delivery in (IReadOnlyList<EnvelopeRecipient>)recipient.Resolution!)
            {
                if (seen is null || seen.Add((delivery.Address, delivery.Destination, delivery.Destination is null ? delivery.Given : null)))
                {
                    deliveries.Add(delivery);
                }
            }
        }

        return new Envelope(transaction.ReversePath, deliveries)
        {
            Body = transaction.Body,
            Utf8 = transaction.SmtpUtf8,
            Return = transaction.Return,
            EnvelopeId = transaction.EnvelopeId,
            User = session.User,
        };
    }

    public void Dispose() => meter.Dispose();

    [LoggerMessage(301, LogLevel.Information, "message {Id}: accepted from {Client}, sender <{Sender}>, {Octets} octets")]
    private static partial void LogAccepted(ILogger logger, QueueId id, IPAddress? client, ReversePath sender, long octets);

    [LoggerMessage(302, LogLevel.Error, "message {Id} could not be stored and was answered with 451")]
    private static partial void LogNotStored(ILogger logger, Exception fault, QueueId id);

    [LoggerMessage(303, LogLevel.Error, "the accounts could not be read and MAIL was answered with 454")]
    private static partial void LogNoAccounts(ILogger logger, Exception fault);
}
