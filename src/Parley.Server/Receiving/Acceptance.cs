using System.Globalization;
using System.Text;
using Parley.Server.Mime;
using Parley.Server.Queue;
using Parley.Smtp;
using Parley.Smtp.Serving;

namespace Parley.Server.Receiving;

/// <summary>What is looked at in the content before it is taken, and what a submission service adds to it.</summary>
internal static class Acceptance
{
    /// <summary>Received fields from which on a message is taken to go in circles; RFC 5321 §6.3 asks for 100 at least.</summary>
    public const int MaxHops = 100;

    // A content filter and a mailing list may lead through here again; more is a circle.
    private const int MaxOwnHops = 4;

    /// <summary>Why the content is refused, or null.</summary>
    public static Reply? Check(HeaderCounts header, SessionOptions options)
    {
        if (header.Received >= MaxHops)
        {
            return Replies.TooManyHops;
        }

        // RFC 6409 §8.1 and §6.3: the submission service refuses what it cannot make whole; a relay leaves content alone.
        return options.IsSubmission && (header.From != 1 || header.Date > 1 || header.MessageId > 1) ? Replies.HeadersBroken : null;
    }

    /// <summary>
    /// Whether an alias that leaves the house would send on what it has sent on before: the other side leads back here.
    /// Each turn doubles where an alias has two members, so this does not wait for <see cref="MaxHops"/>.
    /// </summary>
    public static bool GoesInCircles(ReadOnlySpan<byte> head, Envelope envelope, string hostname)
    {
        foreach (var recipient in envelope.Recipients)
        {
            if (recipient is { Given: not null, Destination: not null } && !Delivery.LocalDelivery.Knows(recipient.Destination))
            {
                return HeaderSection.CountReceivedBy(head, hostname) >= MaxOwnHops;
            }
        }

        return false;
    }

    /// <summary>The fields that a submission lacks (RFC 6409 §8.2, §8.3), to stand before the content; empty elsewhere.</summary>
    public static string Completion(HeaderCounts header, SessionOptions options, QueueId id, DateTimeOffset at)
    {
        if (!options.IsSubmission || (header.Date > 0 && header.MessageId > 0))
        {
            return string.Empty;
        }

        var fields = new StringBuilder();
        if (header.Date == 0)
        {
            fields.Append("Date: ").Append(TraceFields.Date(at)).Append("\r\n");
        }

        if (header.MessageId == 0)
        {
            fields.Append(CultureInfo.InvariantCulture, $"Message-ID: <{id}@{options.Hostname}>\r\n");
        }

        return fields.ToString();
    }
}
