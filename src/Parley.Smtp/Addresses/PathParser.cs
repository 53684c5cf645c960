using System.Text;
using System.Text.Unicode;

namespace Parley.Smtp.Addresses;

/// <summary>Why a path was not taken.</summary>
public enum PathFault
{
    /// <summary>The path is good.</summary>
    None,

    /// <summary>No angle brackets around the path, or none that closes (RFC 5321 §4.1.2).</summary>
    NoBrackets,

    /// <summary>The mailbox between the brackets does not follow the grammar.</summary>
    Malformed,

    /// <summary>Local part over 64 octets, domain over 255, or path over 256 (RFC 5321 §4.5.3.1).</summary>
    TooLong,
}

/// <summary>
/// Reads paths and mailboxes from octets (RFC 5321 §4.1.2; RFC 6531 §3.3 for UTF-8). Source routes are read and
/// forgotten (RFC 5321 appendix C). Never throws, never reads past the input, allocates only what it returns.
/// </summary>
internal static class PathParser
{
    /// <summary>Longest path in octets, brackets included (RFC 5321 §4.5.3.1.3).</summary>
    public const int MaxPathOctets = 256;

    /// <summary>
    /// Reads one path at the start of <paramref name="input"/>: what is between the brackets, and how many octets
    /// the path took. Brackets inside a quoted local part do not end it.
    /// </summary>
    public static PathFault Cut(ReadOnlySpan<byte> input, out ReadOnlySpan<byte> inside, out int consumed)
    {
        inside = default;
        consumed = 0;
        if (input.IsEmpty || input[0] != '<')
        {
            return PathFault.NoBrackets;
        }

        var quoted = false;
        for (var i = 1; i < input.Length; i++)
        {
            switch (input[i])
            {
                case (byte)'\\' when quoted:
                    i++;
                    break;
                case (byte)'"':
                    quoted = !quoted;
                    break;
                case (byte)'>' when !quoted:
                    inside = input[1..i];
                    consumed = i + 1;
                    return PathFault.None;
            }
        }

        return PathFault.NoBrackets;
    }

    /// <summary>Reads what stood between the brackets: an optional source route and a mailbox.</summary>
    public static PathFault TryParseInside(ReadOnlySpan<byte> inside, out Mailbox? mailbox)
    {
        mailbox = null;
        if (inside.Length > 0 && inside[0] == '@')
        {
            var fault = SkipSourceRoute(ref inside);
            if (fault != PathFault.None)
            {
                return fault;
            }
        }

        // The route is forgotten before the length is measured: it does not go on from here.
        return inside.Length > MaxPathOctets - 2 ? PathFault.TooLong : TryParseMailbox(inside, out mailbox);
    }

    /// <summary>Reads <c>local-part@domain</c> that fills the whole input.</summary>
    public static PathFault TryParseMailbox(ReadOnlySpan<byte> input, out Mailbox? mailbox)
    {
        mailbox = null;
        var quoted = input.Length > 0 && input[0] == '"';
        var end = quoted ? QuotedEnd(input) : input.IndexOf((byte)'@');
        if (end < 1 || end >= input.Length - 1 || input[end] != '@')
        {
            return PathFault.Malformed;
        }

        var local = input[..end];
        var domainOctets = input[(end + 1)..];
        if (local.Length > Mailbox.MaxLocalPartOctets || domainOctets.Length > MailDomain.MaxOctets)
        {
            return PathFault.TooLong;
        }

        var localPart = quoted ? Unquote(local) : DotString(local);
        if (localPart is null || !MailDomain.TryParse(domainOctets, out var domain))
        {
            return PathFault.Malformed;
        }

        mailbox = new Mailbox(localPart, domain!);
        return PathFault.None;
    }

    // RFC 5321 §4.1.2: A-d-l = At-domain *( "," At-domain ), followed by ":".
    private static PathFault SkipSourceRoute(ref ReadOnlySpan<byte> inside)
    {
        while (true)
        {
            if (inside.IsEmpty || inside[0] != '@')
            {
                return PathFault.Malformed;
            }

            inside = inside[1..];
            // The domain may be a literal with colons of its own.
            var end = inside.Length > 0 && inside[0] == '[' ? inside.IndexOf((byte)']') + 1 : inside.IndexOfAny((byte)',', (byte)':');
            if (end <= 0 || end >= inside.Length || !MailDomain.TryParse(inside[..end], out _))
            {
                return PathFault.Malformed;
            }

            var separator = inside[end];
            inside = inside[(end + 1)..];
            if (separator == ':')
            {
                return PathFault.None;
            }

            if (separator != ',')
            {
                return PathFault.Malformed;
            }
        }
    }

    // The index behind the closing quote, or -1.
    private static int QuotedEnd(ReadOnlySpan<byte> input)
    {
        for (var i = 1; i < input.Length; i++)
        {
            if (input[i] == '\\')
            {
                i++;
            }
            else if (input[i] == '"')
            {
                return i + 1;
            }
        }

        return -1;
    }

    private static string? DotString(ReadOnlySpan<byte> local)
    {
        var ascii = true;
        var atomLength = 0;
        foreach (var b in local)
        {
            if (b == '.')
            {
                if (atomLength == 0)
                {
                    return null;
                }

                atomLength = 0;
            }
            else if (b >= 128)
            {
                ascii = false;
                atomLength++;
            }
            else if (Characters.AText.Contains(b))
            {
                atomLength++;
            }
            else
            {
                return null;
            }
        }

        return atomLength == 0 ? null : Decode(local, ascii);
    }

    private static string? Unquote(ReadOnlySpan<byte> local)
    {
        // RFC 5321 §4.1.2: qtextSMTP is 32-33, 35-91, 93-126; quoted-pairSMTP is a backslash and 32-126.
        Span<byte> plain = stackalloc byte[Mailbox.MaxLocalPartOctets];
        var length = 0;
        var ascii = true;
        for (var i = 1; i < local.Length - 1; i++)
        {
            var b = local[i];
            if (b == '\\')
            {
                b = local[++i];
                if (i == local.Length - 1 || b >= 127)
                {
                    return null;
                }
            }

            if (Characters.IsControl(b))
            {
                return null;
            }

            ascii &= b < 128;
            plain[length++] = b;
        }

        return Decode(plain[..length], ascii);
    }

    private static string? Decode(ReadOnlySpan<byte> octets, bool ascii)
    {
        if (ascii)
        {
            return Encoding.ASCII.GetString(octets);
        }

        if (!Utf8.IsValid(octets))
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(octets);
        foreach (var c in text)
        {
            // C1 controls (U+0080-U+009F) are control characters too, and line separators break what prints them.
            if (char.IsControl(c) || c is '\u2028' or '\u2029')
            {
                return null;
            }
        }

        return text;
    }
}
