using Parley.Server.Configuration;
using Parley.Server.Queue;
using Parley.Server.Receiving;
using Parley.Smtp;
using Parley.Smtp.Addresses;
using Parley.Smtp.Sending;

namespace Parley.Server.Delivery;

/// <summary>
/// What is done through the queue for mail that already rests in a mailbox of ours: its copy is written to the Maildir,
/// if there are some, and its success is recorded, so that who asked for that hears of it.
/// </summary>
/// <param name="settings">The settings in force.</param>
public sealed class LocalDelivery(Func<Settings> settings) : IDeliverer
{
    /// <summary>The destination of mailboxes.</summary>
    public const string Mailboxes = "local:mailboxes";

    /// <summary>The destination of a list, which only says that it was expanded.</summary>
    public const string Expansion = "local:expansion";

    private static readonly SendCause NotWritten = new(
        "maildir-not-written", new EnhancedStatusCode(4, 3, 0), "the Maildir could not be written; check its rights and the disk; tried again later");

    private static readonly SendOutcome Done = new SendOutcome.Delivered(new PeerReply(new ReplyCode(250), ["2.1.5 delivered to the mailbox"]));

    /// <summary>Whether a destination is one of these.</summary>
    public static bool Knows(string destination) => destination is Mailboxes or Expansion;

    /// <inheritdoc/>
    public ValueTask<NextHop> Find(string destination, CancellationToken cancellation) =>
        new(new NextHop(destination, destination) { IsFinal = true });

    /// <inheritdoc/>
    public async Task<Visit> Deliver(NextHop hop, IDeliveryItems items, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(hop);
        ArgumentNullException.ThrowIfNull(items);
        var now = settings();
        var maildir = hop.Destination == Mailboxes && now.Maildir is { } folder ? new Maildir(folder, now.Hostname) : null;
        while (await items.Next(cancellation) is { } message)
        {
            var outcomes = new SendOutcome[message.Recipients.Count];
            for (var i = 0; i < outcomes.Length; i++)
            {
                var mailbox = message.Recipients[i].Recipient.Address.Mailbox;
                outcomes[i] = maildir is null || mailbox is null ? Done : await Write(maildir, mailbox, items, message, message.Recipients[i].Number, cancellation);
            }

            await items.End(message, outcomes, string.Empty);
        }

        return Visit.Done;
    }

    private static async Task<SendOutcome> Write(
        Maildir maildir, Mailbox mailbox, IDeliveryItems items, ClaimedMessage message, int number, CancellationToken cancellation)
    {
        try
        {
            await using var content = await items.OpenContent(message, cancellation)
                ?? throw new FileNotFoundException("its content is not in the store");
            await maildir.Deliver(mailbox, message.ReceivedAt, $"{message.Id}R{number}", async file =>
            {
                // RFC 5321 §4.4: Return-Path is put on top at final delivery.
                await file.WriteAsync(TraceFields.ReturnPath(message.Envelope.Sender), cancellation);
                await content.CopyToAsync(file, cancellation);
            });
            return Done;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new SendOutcome.Deferred(NotWritten.For(fault.Message), SendPhase.Content);
        }
    }
}
