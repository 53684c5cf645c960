using System.Buffers;
using Parley.Server.Queue;
using Parley.Smtp.Sending;
using Parley.Smtp.Serving;

namespace Parley.Server.Delivery;

/// <summary>One message for those of its recipients who share a next hop.</summary>
internal sealed record Parcel(ClaimedMessage Message, IReadOnlyList<ClaimedRecipient> Recipients)
{
    /// <summary>The envelope for the dialogue.</summary>
    public OutgoingMessage ToOutgoing()
    {
        var envelope = Message.Envelope;
        return new OutgoingMessage(envelope.Sender, [.. Recipients.Select(ToOutgoing)], Message.Size)
        {
            Body = envelope.Body,
            SmtpUtf8 = envelope.Utf8,
            RequireTls = envelope.RequireTls,
            Return = envelope.Return,
            EnvelopeId = envelope.EnvelopeId,
        };
    }

    /// <summary>The same outcome for all.</summary>
    public IReadOnlyList<RecipientResult> All(SendOutcome outcome, string peer) =>
        [.. Recipients.Select(recipient => new RecipientResult(recipient, outcome, peer))];

    /// <summary>
    /// The envelope as this hop can take it, without harm to the content: clients declare 8BITMIME and SMTPUTF8 also for
    /// messages that are ASCII throughout, and those may go anywhere (RFC 6152 §3, RFC 6531 §3.4).
    /// </summary>
    public static async ValueTask<OutgoingMessage> Fit(OutgoingMessage message, HopCapabilities hop, Func<ValueTask<Stream?>> open)
    {
        var lacks = (message.Body == BodyType.EightBitMime && !hop.EightBitMime) || (message.SmtpUtf8 && !hop.SmtpUtf8);
        if (!lacks || message.Body == BodyType.BinaryMime || !await IsAscii(open))
        {
            return message;
        }

        return message with { Body = BodyType.SevenBit, SmtpUtf8 = false };
    }

    private static OutgoingRecipient ToOutgoing(ClaimedRecipient recipient) => new(recipient.Recipient.Address)
    {
        Notify = recipient.Recipient.Notify,
        OriginalRecipient = recipient.Recipient.OriginalRecipient,
    };

    private static async ValueTask<bool> IsAscii(Func<ValueTask<Stream?>> open)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            await using var content = await open();
            while (content is not null)
            {
                var length = await content.ReadAsync(buffer);
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
