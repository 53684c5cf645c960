using System.Globalization;
using System.Text;
using Parley.Smtp.Addresses;
using Parley.Smtp.Serving;

namespace Parley.Smtp.Sending;

/// <summary>MAIL and RCPT as this hop understands them. Nothing is said that it did not offer.</summary>
internal static class CommandLines
{
    public static string Mail(OutgoingMessage message, HopCapabilities hop)
    {
        var utf8 = message.NeedsSmtpUtf8;
        var line = new StringBuilder("MAIL FROM:<").Append(Address(message.Sender.Mailbox, utf8)).Append('>');
        if (hop.Size)
        {
            line.Append(CultureInfo.InvariantCulture, $" SIZE={message.Octets}"); // RFC 1870 §5
        }

        if (message.Body != BodyType.SevenBit)
        {
            line.Append(message.Body == BodyType.BinaryMime ? " BODY=BINARYMIME" : " BODY=8BITMIME");
        }

        if (utf8)
        {
            line.Append(" SMTPUTF8"); // RFC 6531 §3.4
        }

        if (message.RequireTls)
        {
            line.Append(" REQUIRETLS"); // RFC 8689 §2
        }

        if (hop.Dsn && message.Return != DsnReturn.Unspecified)
        {
            line.Append(message.Return == DsnReturn.Full ? " RET=FULL" : " RET=HDRS");
        }

        if (hop.Dsn && message.EnvelopeId is { } id)
        {
            line.Append(" ENVID=").Append(id);
        }

        return line.ToString();
    }

    public static string Recipient(OutgoingRecipient recipient, HopCapabilities hop, bool utf8)
    {
        var address = recipient.Address.Mailbox is { } mailbox ? Address(mailbox, utf8) : "postmaster";
        var line = new StringBuilder("RCPT TO:<").Append(address).Append('>');
        if (hop.Dsn && recipient.Notify != DsnNotify.Unspecified)
        {
            line.Append(" NOTIFY=").Append(Notify(recipient.Notify));
        }

        if (hop.Dsn && recipient.OriginalRecipient is { } original)
        {
            line.Append(" ORCPT=").Append(utf8 ? original : AsciiOriginal(original));
        }

        return line.ToString();
    }

    // A domain in U-labels goes to a hop without SMTPUTF8 in A-labels: the same domain (RFC 5890 §2.3.2.1).
    private static string Address(Mailbox? mailbox, bool utf8)
    {
        if (mailbox is null)
        {
            return string.Empty;
        }

        var text = mailbox.ToString();
        return utf8 || mailbox.Domain.IsAscii ? text : string.Concat(text.AsSpan(0, text.Length - mailbox.Domain.Text.Length), mailbox.Domain.Ascii);
    }

    private static string Notify(DsnNotify notify)
    {
        if (notify.HasFlag(DsnNotify.Never))
        {
            return "NEVER";
        }

        var words = new List<string>(3);
        if (notify.HasFlag(DsnNotify.Success))
        {
            words.Add("SUCCESS");
        }

        if (notify.HasFlag(DsnNotify.Failure))
        {
            words.Add("FAILURE");
        }

        if (notify.HasFlag(DsnNotify.Delay))
        {
            words.Add("DELAY");
        }

        return string.Join(',', words);
    }

    // RFC 6533 §3: utf-8-addr-xtext writes a character as \x{HEX} where the hop has no SMTPUTF8.
    private static string AsciiOriginal(string original)
    {
        if (Ascii.IsValid(original))
        {
            return original;
        }

        var text = new StringBuilder(original.Length + 16);
        foreach (var rune in original.EnumerateRunes())
        {
            _ = rune.IsAscii ? text.Append((char)rune.Value) : text.Append(CultureInfo.InvariantCulture, $"\\x{{{rune.Value:X}}}");
        }

        return text.ToString();
    }
}
