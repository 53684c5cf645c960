using System.Buffers.Text;
using System.Globalization;
using Parley.Smtp.Serving;

namespace Parley.Smtp.Extensions;

/// <summary>SIZE (RFC 1870): announces the limit and refuses a declared size over it at MAIL.</summary>
public sealed class SizeExtension : Extension
{
    /// <inheritdoc/>
    public override int MailOctets => 26; // RFC 1870 §3

    /// <inheritdoc/>
    public override string EhloLine(SmtpSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        return string.Create(CultureInfo.InvariantCulture, $"SIZE {session.Options.MaxMessageOctets}");
    }

    /// <inheritdoc/>
    public override bool TakeMail(in Parameter parameter, MailTransaction draft, SmtpSession session, out Reply? refusal)
    {
        ArgumentNullException.ThrowIfNull(draft);
        ArgumentNullException.ThrowIfNull(session);
        refusal = null;
        if (!parameter.Is("SIZE"u8))
        {
            return false;
        }

        // RFC 1870 §4: size-value = 1*20DIGIT. Twenty digits may be more than a long holds; they are over any limit.
        var value = parameter.Value;
        if (value.Length is 0 or > 20 || value.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            refusal = Replies.ParameterValue;
            return true;
        }

        var size = Utf8Parser.TryParse(value, out long parsed, out _) ? parsed : long.MaxValue;
        if (size > session.Options.MaxMessageOctets)
        {
            refusal = Replies.MessageTooBig; // RFC 1870 §6.1
            return true;
        }

        draft.DeclaredSize = size;
        return true;
    }
}
