using System.Globalization;
using System.Net;
using System.Text;
using Parley.Server.Receiving;
using Parley.Smtp.Addresses;
using Parley.Smtp.Extensions;

namespace Parley.Server.Reports;

/// <summary>The part of a report that programs read (RFC 3464 §2, RFC 6533 §3).</summary>
internal static class StatusFields
{
    private const int MaxDiagnostic = 900;

    public static string Write(ReportDraft draft)
    {
        var text = new StringBuilder(1024);
        var envelope = draft.Message.Envelope;
        Field(text, "Reporting-MTA", $"dns; {draft.Settings.Hostname}");
        if (envelope.EnvelopeId is { } id && Printable(XText.Decode(Encoding.ASCII.GetBytes(id))) is { } decoded)
        {
            Field(text, "Original-Envelope-Id", decoded);
        }

        Field(text, "Arrival-Date", TraceFields.Date(draft.Message.ReceivedAt));
        Field(text, "X-Parley-Queue-Id", draft.Message.Id.ToString());
        foreach (var told in draft.Told)
        {
            text.Append("\r\n");
            Recipient(text, draft, told);
        }

        return text.ToString();
    }

    private static void Recipient(StringBuilder text, ReportDraft draft, RecipientStatus told)
    {
        if (OriginalRecipient(told.Recipient.Recipient.OriginalRecipient, draft.Utf8) is { } original)
        {
            Field(text, "Original-Recipient", original);
        }

        Field(text, "Final-Recipient", Address(FinalRecipient(told), draft.Utf8));
        Field(text, "Action", told.Action.ToString().ToLowerInvariant());
        Field(text, "Status", Delivery.Attempts.Status(told.Outcome).ToString());
        if (told.Reply is { Peer.Length: > 0 })
        {
            Field(text, "Remote-MTA", Clean(RemoteMta(told.Reply.Peer), draft.Utf8));
        }

        // RFC 3464 §2.3.6: of a mailbox of ours no server said anything.
        if (told is { Outcome: not Smtp.Sending.SendOutcome.Delivered, Reply.Text.Length: > 0 } or { Reply.Peer.Length: > 0 })
        {
            Field(text, "Diagnostic-Code", Diagnostic(told, draft.Utf8));
        }

        Field(text, "Last-Attempt-Date", TraceFields.Date(told.AttemptedAt));
        if (told.Action == ReportedAction.Delayed)
        {
            Field(text, "Will-Retry-Until", TraceFields.Date(told.RetryUntil));
        }
    }

    // RFC 3461 §5.2.7: of a list the report names the list, whose members are nobody's business.
    private static ForwardPath FinalRecipient(RecipientStatus told) =>
        told.Action == ReportedAction.Expanded ? told.Given : told.Recipient.Recipient.Address;

    // RFC 3464 §2.3.5: a name or an address literal, without a port; what DNS does not know has a type of its own.
    private static string RemoteMta(string peer) =>
        peer.StartsWith("unix:", StringComparison.Ordinal) ? "x-unix; " + peer["unix:".Length..]
        : peer.StartsWith('[') && peer.IndexOf(']', StringComparison.Ordinal) is > 0 and var close && IPAddress.TryParse(peer[1..close], out var address) ? $"dns; {AddressLiteral.Of(address)}"
        : "dns; " + peer.Split(' ')[0];

    // RFC 3464 §2.3.6: the reply as it was said; our own words are of no other's diagnostic type.
    private static string Diagnostic(RecipientStatus told, bool utf8)
    {
        var reply = told.Reply;
        var isReply = told.Outcome is Smtp.Sending.SendOutcome.Delivered || Delivery.Attempts.Cause(told.Outcome) is { Reply: not null };
        var words = new[] { reply.Code > 0 ? reply.Code.ToString(CultureInfo.InvariantCulture) : string.Empty, reply.Enhanced, reply.Text };
        var said = Clean(string.Join(' ', words.Where(static word => word.Length > 0)), utf8);
        return (isReply ? "smtp; " : "x-parley; ") + (said.Length <= MaxDiagnostic ? said : said[..MaxDiagnostic]);
    }

    private static string? OriginalRecipient(string? given, bool utf8)
    {
        var semicolon = given?.IndexOf(';', StringComparison.Ordinal) ?? -1;
        if (semicolon < 0)
        {
            return null;
        }

        var (type, address) = (given![..semicolon], given[(semicolon + 1)..]);
        if (string.Equals(type, "utf-8", StringComparison.OrdinalIgnoreCase))
        {
            return $"{type};{Clean(address, utf8)}";
        }

        return Printable(XText.Decode(Encoding.UTF8.GetBytes(address))) is { } decoded ? $"{type};{decoded}" : null;
    }

    // RFC 6533 §3: an address beyond ASCII has a type of its own, and in an ASCII report a form in ASCII.
    private static string Address(ForwardPath path, bool utf8)
    {
        var address = path.ToString();
        if (Ascii.IsValid(address))
        {
            return "rfc822;" + address;
        }

        return "utf-8;" + (utf8 ? address : Utf8AddrXText(address));
    }

    private static string Utf8AddrXText(string address)
    {
        var text = new StringBuilder(address.Length * 2);
        foreach (var rune in address.EnumerateRunes())
        {
            if (rune.Value is >= 33 and <= 126 and not ('+' or '=' or '\\'))
            {
                text.Append((char)rune.Value);
            }
            else
            {
                text.Append("\\x{").Append(rune.Value.ToString("X2", CultureInfo.InvariantCulture)).Append('}');
            }
        }

        return text.ToString();
    }

    // What was hidden in xtext may be anything, line ends too; only what a field can hold comes out.
    private static string? Printable(byte[]? octets) =>
        octets is not null && !octets.AsSpan().ContainsAnyExceptInRange((byte)' ', (byte)'~') ? Encoding.ASCII.GetString(octets) : null;

    private static string Clean(string text, bool utf8) =>
        string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c > '~' && !utf8 ? '?' : c));

    private static void Field(StringBuilder text, string name, string body) =>
        text.Append(Folding.Fold(name + ": " + body)).Append("\r\n");
}
