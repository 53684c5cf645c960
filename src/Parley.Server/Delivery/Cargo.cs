using System.Buffers;
using Parley.Server.Queue;
using Parley.Smtp.Sending;
using Parley.Smtp.Serving;

namespace Parley.Server.Delivery;

/// <summary>The content of one message on its way: opened before MAIL, whose SIZE it tells, and again for every further round of recipients.</summary>
internal sealed class Cargo : IAsyncDisposable
{
    private readonly Parcel parcel;
    private readonly CancellationToken cancellation;
    private Stream? unread;

    private Cargo(Parcel parcel, Stream content, CancellationToken cancellation)
    {
        this.parcel = parcel;
        this.cancellation = cancellation;
        unread = content;
        Octets = content.Length;
    }

    /// <summary>The length of the content, trace fields counted.</summary>
    public long Octets { get; }

    /// <summary>Opens it; the cause where it cannot be had.</summary>
    public static async ValueTask<(Cargo? Cargo, SendCause? Fault)> Open(Parcel parcel, CancellationToken cancellation)
    {
        try
        {
            return await parcel.OpenContent(cancellation) is { } content
                ? (new Cargo(parcel, content, cancellation), null)
                : (null, SendCauses.ContentUnreadable.For("the message is no longer in the store"));
        }
        catch (IOException fault)
        {
            return (null, SendCauses.ContentUnreadable.For(fault.Message));
        }
    }

    /// <summary>
    /// The octets from their beginning, to be sent now: what went before is on disk. The caller disposes the stream. Null when
    /// the message is no longer there.
    /// </summary>
    public async ValueTask<Stream?> Read()
    {
        await parcel.Items.Settled();
        var content = unread ?? await parcel.OpenContent(cancellation);
        unread = null;
        return content;
    }

    /// <summary>
    /// The envelope as this hop can take it, without harm to the content: clients declare 8BITMIME and SMTPUTF8 also for
    /// messages that are ASCII throughout, and those may go anywhere (RFC 6152 §3, RFC 6531 §3.4).
    /// </summary>
    public async ValueTask<OutgoingMessage> Fit(HopCapabilities hop)
    {
        var envelope = parcel.Message.Envelope;
        var message = new OutgoingMessage(envelope.Sender, [.. parcel.Recipients.Select(Recipient)], Octets)
        {
            Body = envelope.Body,
            SmtpUtf8 = envelope.Utf8,
            RequireTls = envelope.RequireTls,
            Return = envelope.Return,
            EnvelopeId = envelope.EnvelopeId,
        };
        var lacks = (message.Body == BodyType.EightBitMime && !hop.EightBitMime) || (message.SmtpUtf8 && !hop.SmtpUtf8);
        return lacks && message.Body != BodyType.BinaryMime && await IsAscii()
            ? message with { Body = BodyType.SevenBit, SmtpUtf8 = false }
            : message;
    }

    public async ValueTask DisposeAsync()
    {
        if (unread is not null)
        {
            await unread.DisposeAsync();
        }
    }

    private static OutgoingRecipient Recipient(ClaimedRecipient recipient) => new(recipient.Recipient.Address)
    {
        Notify = recipient.Recipient.Notify,
        OriginalRecipient = recipient.Recipient.OriginalRecipient,
    };

    private async ValueTask<bool> IsAscii()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            await using var content = await Read();
            while (content is not null)
            {
                var length = await content.ReadAsync(buffer, cancellation);
                if (length == 0)
                {
                    return true;
                }

                if (!System.Text.Ascii.IsValid(buffer.AsSpan(0, length)))
                {
                    return false;
                }
            }

            return false;
        }
        catch (IOException)
        {
            return false; // sending it will meet the same fault, and tell of it
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}

/// <summary>One message for those of its recipients who go the same way.</summary>
internal sealed record Parcel(ClaimedMessage Message, IReadOnlyList<ClaimedRecipient> Recipients, IDeliveryItems Items)
{
    /// <summary>The same outcome for all.</summary>
    public IReadOnlyList<SendOutcome> All(SendOutcome outcome) => [.. Recipients.Select(_ => outcome)];

    /// <summary>The octets of the message.</summary>
    public ValueTask<Stream?> OpenContent(CancellationToken cancellation) => Items.OpenContent(Message, cancellation);
}
