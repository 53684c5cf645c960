using System.Globalization;
using System.Text;

namespace Parley.Smtp.Addresses;

/// <summary>
/// What stands right of the @: a domain name (RFC 5321 §4.1.2, with U-labels by RFC 6531 §3.3) or an address literal.
/// At most 255 octets, 63 a label. Two domains are equal when their A-label forms are, without regard to case.
/// </summary>
public sealed class MailDomain : IEquatable<MailDomain>
{
    /// <summary>Longest domain in octets (RFC 5321 §4.5.3.1.2).</summary>
    public const int MaxOctets = 255;

    private const int MaxLabelOctets = 63; // RFC 1035 §2.3.4

    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = true, AllowUnassigned = true };

    private MailDomain(string text, string ascii, AddressLiteral? literal)
    {
        Text = text;
        Ascii = ascii;
        Literal = literal;
    }

    /// <summary>The domain as it was given, a literal with its brackets.</summary>
    public string Text { get; }

    /// <summary>The form for DNS and comparison: A-labels (RFC 5890 §2.3.2.1), a literal with its brackets.</summary>
    public string Ascii { get; }

    /// <summary>The address literal, or null for a name.</summary>
    public AddressLiteral? Literal { get; }

    /// <summary>Whether every octet of the domain as given is ASCII.</summary>
    public bool IsAscii => ReferenceEquals(Text, Ascii) || System.Text.Ascii.IsValid(Text);

    /// <summary>Parses a domain; null when it is none. Configuration and tests use this form.</summary>
    public static MailDomain? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(Encoding.UTF8.GetBytes(text), out var domain) ? domain : null;
    }

    /// <summary>Parses a domain name or an address literal in brackets.</summary>
    public static bool TryParse(ReadOnlySpan<byte> octets, out MailDomain? domain)
    {
        domain = null;
        if (octets.IsEmpty || octets.Length > MaxOctets)
        {
            return false;
        }

        if (octets[0] == '[')
        {
            if (!AddressLiteral.TryParse(octets, out var literal))
            {
                return false;
            }

            var bracketed = literal!.ToString();
            domain = new MailDomain(bracketed, bracketed, literal);
            return true;
        }

        if (System.Text.Ascii.IsValid(octets))
        {
            if (!HasValidLabels(octets))
            {
                return false;
            }

            var name = Encoding.ASCII.GetString(octets);
            domain = new MailDomain(name, name, null);
            return true;
        }

        return TryParseInternational(octets, out domain);
    }

    private static bool TryParseInternational(ReadOnlySpan<byte> octets, out MailDomain? domain)
    {
        domain = null;
        if (!System.Text.Unicode.Utf8.IsValid(octets))
        {
            return false;
        }

        // RFC 6531 §3.3: sub-domain =/ U-label. IdnMapping also maps other full stops to "."; the wire knows only one.
        var text = Encoding.UTF8.GetString(octets);
        if (text.AsSpan().ContainsAny('\u3002', '\uff0e', '\uff61') || text.Any(IsNoLetter))
        {
            return false;
        }

        string ascii;
        try
        {
            ascii = Idn.GetAscii(text.ToLowerInvariant()); // RFC 5890 §2.3.2.1: a U-label has no capitals; domains know no case
        }
        catch (ArgumentException)
        {
            return false; // not a valid U-label; the class offers no form that answers without throwing
        }

        if (!HasValidLabels(Encoding.ASCII.GetBytes(ascii)))
        {
            return false;
        }

        domain = new MailDomain(text, ascii, null);
        return true;
    }

    // RFC 5892 §2.1: a label is letters and digits; IdnMapping also lets controls, spaces and marks of direction through,
    // and the text goes to terminals and header fields. RFC 5892 §2.8: joiners stand in words of some scripts.
    private static bool IsNoLetter(char c) => c is not ('\u200c' or '\u200d') && char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator or UnicodeCategory.PrivateUse;

    // RFC 5321 §4.1.2: sub-domain = Let-dig [Ldh-str]; RFC 1035 §2.3.4: at most 63 octets a label.
    private static bool HasValidLabels(ReadOnlySpan<byte> name)
    {
        if (name.Length > MaxOctets)
        {
            return false;
        }

        while (true)
        {
            var dot = name.IndexOf((byte)'.');
            var label = dot < 0 ? name : name[..dot];
            if (label.Length is 0 or > MaxLabelOctets || label[0] == '-' || label[^1] == '-'
                || label.ContainsAnyExcept(Characters.LetterDigitHyphen))
            {
                return false;
            }

            if (dot < 0)
            {
                return true;
            }

            name = name[(dot + 1)..];
        }
    }

    /// <inheritdoc/>
    public bool Equals(MailDomain? other) =>
        other is not null && string.Equals(Ascii, other.Ascii, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as MailDomain);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.OrdinalIgnoreCase.GetHashCode(Ascii);

    /// <inheritdoc/>
    public override string ToString() => Text;
}
