using System.Globalization;
using System.Text;
using Parley.Server.Queue;
using Parley.Smtp.Addresses;
using Parley.Smtp.Serving;

namespace Parley.Server.Receiving;

/// <summary>The trace fields that this server writes (RFC 5321 §4.4).</summary>
public static class TraceFields
{
    /// <summary>
    /// Received: from whom, by whom, how, under which id and when. The recipient is named only where there is one, so
    /// that no recipient learns of another (RFC 5321 §7.2).
    /// </summary>
    /// <param name="session">The session.</param>
    /// <param name="transaction">The transaction.</param>
    /// <param name="id">The message's name.</param>
    /// <param name="at">When it came.</param>
    /// <param name="completion">Fields that a submission lacked, each with its CRLF; they follow.</param>
    public static byte[] Received(SmtpSession session, MailTransaction transaction, QueueId id, DateTimeOffset at, string completion)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(transaction);
        var text = new StringBuilder(256);
        text.Append("Received: from ").Append(session.HelloName);
        if (session.Client is { } client)
        {
            text.Append(" (").Append(AddressLiteral.Of(client)).Append(')');
        }

        text.Append("\r\n\tby ").Append(session.Options.Hostname).Append(" with ").Append(session.Protocol);
        if (session.TlsDescription is { } tls)
        {
            text.Append("\r\n\t(").Append(tls).Append(')');
        }

        text.Append(" id ").Append(id);
        if (transaction.Recipients is [{ Path.Mailbox: { } only }])
        {
            text.Append("\r\n\tfor <").Append(Plain(only)).Append('>');
        }

        text.Append(";\r\n\t").Append(Date(at)).Append("\r\n").Append(completion);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    // In A-labels, which every next hop can carry: our own field must not be what needs SMTPUTF8.
    private static string Plain(Mailbox mailbox)
    {
        var address = mailbox.ToString();
        return Ascii.IsValid(mailbox.LocalPart) && !mailbox.Domain.IsAscii ? address[..^mailbox.Domain.Text.Length] + mailbox.Domain.Ascii : address;
    }

    /// <summary>Return-Path, written at final delivery and nowhere else.</summary>
    public static byte[] ReturnPath(ReversePath sender)
    {
        ArgumentNullException.ThrowIfNull(sender);
        return Encoding.UTF8.GetBytes($"Return-Path: <{sender}>\r\n");
    }

    /// <summary>A date as RFC 5322 §3.3 writes it, in UTC.</summary>
    public static string Date(DateTimeOffset at) =>
        at.UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture);
}
