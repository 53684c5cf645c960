using System.Buffers;
using Parley.Server.Queue;
using Parley.Smtp.Sending;
using Parley.Smtp.Serving;

namespace Parley.Server.Delivery;

/// <summary>One message for those of its recipients who go the same way.</summary>
internal sealed record Parcel(ClaimedMessage Message, IReadOnlyList<ClaimedRecipient> Recipients, IDeliveryItems Items)
{
    /// <summary>The same outcome for all.</summary>
    public IReadOnlyList<SendOutcome> All(SendOutcome outcome) => [.. Recipients.Select(_ => outcome)];

    /// <summary>The octets of the message.</summary>
    public ValueTask<Stream?> OpenContent(CancellationToken cancellation) => Items.OpenContent(Message, cancellation);

    /// <summary>
    /// The envelope as this hop can take it, without harm to the content: clients declare 8BITMIME and SMTPUTF8 also for
    /// messages that are ASCII throughout, and those may go anywhere (RFC 6152 §3, RFC 6531 §3.4).
    /// </summary>
    public async ValueTask<OutgoingMessage> ToOutgoing(HopCapabilities hop, CancellationToken cancellation)
    {
        var envelope = Message.Envelope;
        var message = new OutgoingMessage(envelope.Sender, [.. Recipients.Select(ToOutgoing)], Message.Size)
        {
            Body = envelope.Body,
            SmtpUtf8 = envelope.Utf8,
            RequireTls = envelope.RequireTls,
            Return = envelope.Return,
            EnvelopeId = envelope.EnvelopeId,
        };
        var lacks = (message.Body == BodyType.EightBitMime && !hop.EightBitMime) || (message.SmtpUtf8 && !hop.SmtpUtf8);
        return lacks && message.Body != BodyType.BinaryMime && await IsAscii(cancellation)
            ? message with { Body = BodyType.SevenBit, SmtpUtf8 = false }
            : message;
    }

    private static OutgoingRecipient ToOutgoing(ClaimedRecipient recipient) => new(recipient.Recipient.Address)
    {
        Notify = recipient.Recipient.Notify,
        OriginalRecipient = recipient.Recipient.OriginalRecipient,
    };

    private async ValueTask<bool> IsAscii(CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            await using var content = await OpenContent(cancellation);
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
