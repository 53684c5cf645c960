using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Parley.Server.Mime;
using Parley.Server.Receiving;
using Parley.Server.Reports;

namespace Parley;

/// <summary>Makes a message of what was piped in, as sendmail does for cron: lines end in CRLF, and what a message must have is there.</summary>
internal static class SendText
{
    /// <summary>The whole message.</summary>
    public static byte[] Complete(ReadOnlySpan<byte> text, SendOrder order, DateTimeOffset now)
    {
        var lines = order.ReadsHeader ? HeaderAddresses.WithoutBlindCopies(Lines(text)) : Lines(text);
        var found = HeaderSection.Count(lines);
        var isMessage = order.Subject is null && found.Octets > 0 && HasField(lines);
        var message = new ArrayBufferWriter<byte>(lines.Length + 512);
        var header = isMessage ? Missing(found, order, now) : Header(order, now, Ascii.IsValid(lines));
        Encoding.UTF8.GetBytes(header, message);
        message.Write(lines);
        return message.WrittenSpan.ToArray();
    }

    private static bool HasField(ReadOnlySpan<byte> lines)
    {
        var fields = new HeaderFields(lines);
        return fields.MoveNext();
    }

    private static string Missing(HeaderCounts found, SendOrder order, DateTimeOffset now)
    {
        var header = new StringBuilder();
        if (found.From == 0)
        {
            header.Append(From(order));
        }

        if (found.Date == 0)
        {
            header.Append("Date: ").Append(TraceFields.Date(now)).Append("\r\n");
        }

        if (found.MessageId == 0)
        {
            header.Append(MessageId(order));
        }

        return header.ToString();
    }

    private static string Header(SendOrder order, DateTimeOffset now, bool isAscii) => new StringBuilder()
        .Append(From(order))
        .Append("To: ").AppendJoin(",\r\n ", order.To).Append("\r\n")
        .Append("Subject: ").Append(EncodedText.Unstructured(order.Subject ?? "")).Append("\r\n")
        .Append("Date: ").Append(TraceFields.Date(now)).Append("\r\n")
        .Append(MessageId(order))
        .Append("MIME-Version: 1.0\r\nContent-Type: text/plain; charset=").Append(isAscii ? "us-ascii" : "utf-8")
        .Append("\r\nContent-Transfer-Encoding: ").Append(isAscii ? "7bit" : "8bit").Append("\r\n\r\n").ToString();

    // The null sender is nobody's name; a person who answers should find somebody.
    private static string From(SendOrder order) => $"From: {(order.From.IsNull ? $"postmaster@{order.Route.Hostname}" : order.From)}\r\n";

    private static string MessageId(SendOrder order) =>
        string.Create(CultureInfo.InvariantCulture, $"Message-ID: <{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}@{order.From.Mailbox?.Domain.Ascii ?? order.Route.Hostname}>\r\n");

    // Whatever ends the lines of a file, CRLF ends those of a message (RFC 5321 §2.3.8).
    public static byte[] Lines(ReadOnlySpan<byte> text)
    {
        var lines = new ArrayBufferWriter<byte>(text.Length + 256);
        while (!text.IsEmpty)
        {
            var end = text.IndexOfAny((byte)'\r', (byte)'\n');
            lines.Write(end < 0 ? text : text[..end]);
            lines.Write("\r\n"u8);
            if (end < 0)
            {
                break;
            }

            text = text[(end + (text[end..].StartsWith("\r\n"u8) ? 2 : 1))..];
        }

        return lines.WrittenSpan.ToArray();
    }
}
