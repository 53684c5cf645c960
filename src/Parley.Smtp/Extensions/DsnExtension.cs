using System.Text;
using Parley.Smtp.Addresses;
using Parley.Smtp.Serving;

namespace Parley.Smtp.Extensions;

/// <summary>DSN (RFC 3461): RET and ENVID of MAIL, NOTIFY and ORCPT of RCPT, kept with the envelope.</summary>
public sealed class DsnExtension : Extension
{
    private const int MaxEnvelopeIdOctets = 100; // RFC 3461 §4.4
    private const int MaxOriginalRecipientOctets = 500; // RFC 3461 §4.2

    /// <inheritdoc/>
    public override int MailOctets => 100 + 9 + 7; // ENVID and its key, RET

    /// <inheritdoc/>
    public override int RcptOctets => 500 + 28; // ORCPT, NOTIFY

    /// <inheritdoc/>
    public override string EhloLine(SmtpSession session) => "DSN";

    /// <inheritdoc/>
    public override bool TakeMail(in Parameter parameter, MailTransaction draft, SmtpSession session, out Reply? refusal)
    {
        ArgumentNullException.ThrowIfNull(draft);
        refusal = null;
        if (parameter.Is("RET"u8))
        {
            draft.Return = parameter.ValueIs("FULL"u8) ? DsnReturn.Full
                : parameter.ValueIs("HDRS"u8) ? DsnReturn.Headers
                : DsnReturn.Unspecified;
            refusal = draft.Return == DsnReturn.Unspecified ? Replies.ParameterValue : null;
            return true;
        }

        if (parameter.Is("ENVID"u8))
        {
            var good = parameter.Value.Length is > 0 and <= MaxEnvelopeIdOctets && IsPrintable(parameter.Value);
            refusal = good ? null : Replies.ParameterValue;
            draft.EnvelopeId = good ? Encoding.ASCII.GetString(parameter.Value) : null;
            return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public override bool TakeRcpt(in Parameter parameter, Recipient recipient, SmtpSession session, out Reply? refusal)
    {
        ArgumentNullException.ThrowIfNull(recipient);
        refusal = null;
        if (parameter.Is("NOTIFY"u8))
        {
            refusal = TryNotify(parameter.Value, out var notify) ? null : Replies.ParameterValue;
            recipient.Notify = notify;
            return true;
        }

        if (parameter.Is("ORCPT"u8))
        {
            refusal = IsOriginalRecipient(parameter.Value) ? null : Replies.ParameterValue;
            recipient.OriginalRecipient = refusal is null ? Encoding.UTF8.GetString(parameter.Value) : null;
            return true;
        }

        return false;
    }

    // RFC 3461 §4.1: NEVER alone, or a list of the others.
    private static bool TryNotify(ReadOnlySpan<byte> value, out DsnNotify notify)
    {
        notify = DsnNotify.Unspecified;
        foreach (var range in value.Split((byte)','))
        {
            var word = value[range];
            var one = Ascii.EqualsIgnoreCase(word, "NEVER"u8) ? DsnNotify.Never
                : Ascii.EqualsIgnoreCase(word, "SUCCESS"u8) ? DsnNotify.Success
                : Ascii.EqualsIgnoreCase(word, "FAILURE"u8) ? DsnNotify.Failure
                : Ascii.EqualsIgnoreCase(word, "DELAY"u8) ? DsnNotify.Delay
                : DsnNotify.Unspecified;
            if (one == DsnNotify.Unspecified)
            {
                notify = DsnNotify.Unspecified;
                return false;
            }

            notify |= one;
        }

        if (!notify.HasFlag(DsnNotify.Never) || notify == DsnNotify.Never)
        {
            return true;
        }

        notify = DsnNotify.Unspecified;
        return false;
    }

    // RFC 3461 §4.2: addr-type ";" xtext. RFC 6533 §3: the type "utf-8" may hold UTF-8 as it is.
    private static bool IsOriginalRecipient(ReadOnlySpan<byte> value)
    {
        var semicolon = value.IndexOf((byte)';');
        if (semicolon < 1 || value.Length > MaxOriginalRecipientOctets || semicolon == value.Length - 1
            || value[..semicolon].ContainsAnyExcept(Characters.AText))
        {
            return false;
        }

        var address = value[(semicolon + 1)..];
        return Ascii.EqualsIgnoreCase(value[..semicolon], "utf-8"u8)
            ? System.Text.Unicode.Utf8.IsValid(address)
            : IsPrintable(address);
    }

    // RFC 3461 §4.2 and §4.4: what was encoded is printable ASCII; a report repeats it in a field of its own.
    private static bool IsPrintable(ReadOnlySpan<byte> xtext) =>
        XText.Decode(xtext) is { } octets && !octets.AsSpan().ContainsAnyExceptInRange((byte)' ', (byte)'~');
}
