using System.Text;

namespace Parley.Smtp.Addresses;

/// <summary>
/// A mailbox, <c>local-part@domain</c> (RFC 5321 §4.1.2, RFC 6531 §3.3). It cannot hold CR, LF, NUL or any other
/// control character. The local part is kept without its quotes: <c>"alice"@example.org</c> equals
/// <c>alice@example.org</c> (RFC 5321 §4.1.2).
/// </summary>
public sealed class Mailbox : IEquatable<Mailbox>
{
    /// <summary>Longest local part in octets as written, quotes included (RFC 5321 §4.5.3.1.1).</summary>
    public const int MaxLocalPartOctets = 64;

    private string? text;

    internal Mailbox(string localPart, MailDomain domain)
    {
        LocalPart = localPart;
        Domain = domain;
    }

    /// <summary>The local part without quotes and backslashes; its case is kept (RFC 5321 §2.4).</summary>
    public string LocalPart { get; }

    /// <summary>The domain or address literal.</summary>
    public MailDomain Domain { get; }

    /// <summary>Whether the mailbox can travel without SMTPUTF8.</summary>
    public bool IsAscii => Ascii.IsValid(LocalPart) && Domain.IsAscii;

    /// <summary>Parses <c>local@domain</c> without brackets; null when it is no mailbox.</summary>
    public static Mailbox? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return PathParser.TryParseMailbox(Encoding.UTF8.GetBytes(text), out var mailbox) == PathFault.None ? mailbox : null;
    }

    /// <summary>The same mailbox with another local part, such as one without its sub-address.</summary>
    /// <exception cref="ArgumentException">The local part is empty or holds a control character.</exception>
    public Mailbox WithLocalPart(string localPart)
    {
        ArgumentException.ThrowIfNullOrEmpty(localPart);
        foreach (var c in localPart)
        {
            if (char.IsControl(c))
            {
                throw new ArgumentException("a local part holds no control character", nameof(localPart));
            }
        }

        return new Mailbox(localPart, Domain);
    }

    /// <summary>Equal when the local parts are to the letter and the domains without regard to case.</summary>
    public bool Equals(Mailbox? other) =>
        other is not null && string.Equals(LocalPart, other.LocalPart, StringComparison.Ordinal) && Domain.Equals(other.Domain);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Mailbox);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(LocalPart, Domain);

    /// <summary>The mailbox as it goes on the wire, quoted where it must be.</summary>
    public override string ToString() => text ??= Write();

    private string Write() => NeedsQuotes(LocalPart) ? Quote(LocalPart) + "@" + Domain.Text : LocalPart + "@" + Domain.Text;

    internal static bool NeedsQuotes(string localPart)
    {
        // RFC 5321 §4.1.2: a Dot-string is 1*atext *("." 1*atext); anything else is a Quoted-string.
        var atomLength = 0;
        foreach (var c in localPart)
        {
            if (c == '.')
            {
                if (atomLength == 0)
                {
                    return true;
                }

                atomLength = 0;
            }
            else if (c < 128 && !Characters.AText.Contains((byte)c))
            {
                return true;
            }
            else
            {
                atomLength++;
            }
        }

        return atomLength == 0;
    }

    private static string Quote(string localPart)
    {
        var quoted = new StringBuilder(localPart.Length + 8).Append('"');
        foreach (var c in localPart)
        {
            if (c is '"' or '\\')
            {
                quoted.Append('\\');
            }

            quoted.Append(c);
        }

        return quoted.Append('"').ToString();
    }
}
