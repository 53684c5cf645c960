using System.Net;
using System.Text;

namespace Parley.Smtp.Addresses;

/// <summary>
/// An address literal: <c>[192.0.2.1]</c>, <c>[IPv6:2001:db8::1]</c> or a general one, <c>[tag:content]</c>
/// (RFC 5321 §4.1.3). The text inside the brackets is ASCII and holds no control character.
/// </summary>
public sealed record AddressLiteral
{
    private AddressLiteral(string text, IPAddress? address)
    {
        Text = text;
        Address = address;
    }

    /// <summary>What stands between the brackets.</summary>
    public string Text { get; }

    /// <summary>The IP address, or null for a general literal.</summary>
    public IPAddress? Address { get; }

    /// <summary>The literal of an IP address.</summary>
    public static AddressLiteral Of(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        var isV4 = plain.GetAddressBytes().Length == 4;
        return new AddressLiteral(isV4 ? plain.ToString() : "IPv6:" + WithoutScope(plain), plain);
    }

    /// <summary>Parses the text with its brackets; false when it is no address literal.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bracketed, out AddressLiteral? literal)
    {
        literal = null;
        if (bracketed.Length < 3 || bracketed[0] != '[' || bracketed[^1] != ']')
        {
            return false;
        }

        var inside = bracketed[1..^1];
        if (inside.Length > 253 || inside.ContainsAnyExceptInRange((byte)33, (byte)126))
        {
            return false;
        }

        if (inside.Length > 5 && Ascii.EqualsIgnoreCase(inside[..5], "IPv6:"u8))
        {
            literal = ParseV6(inside);
            return literal is not null;
        }

        var colon = inside.IndexOf((byte)':');
        literal = colon < 0 ? ParseV4(inside) : ParseGeneral(inside, colon);
        return literal is not null;
    }

    private static AddressLiteral? ParseV4(ReadOnlySpan<byte> text)
    {
        // RFC 5321 §4.1.3: four decimal numbers, nothing shorter; .NET also takes "127.1" and hexadecimal.
        Span<byte> octets = stackalloc byte[4];
        var count = 0;
        foreach (var range in text.Split((byte)'.'))
        {
            var part = text[range];
            if (count == 4 || part.Length is 0 or > 3 || part.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
            {
                return null;
            }

            var value = 0;
            foreach (var digit in part)
            {
                value = (value * 10) + (digit - '0');
            }

            if (value > 255)
            {
                return null;
            }

            octets[count++] = (byte)value;
        }

        return count == 4 ? new AddressLiteral(Encoding.ASCII.GetString(text), new IPAddress(octets)) : null;
    }

    private static AddressLiteral? ParseV6(ReadOnlySpan<byte> inside)
    {
        // Only what the grammar allows reaches the parser: no scope ("%eth0"), no brackets, no prefix length.
        Span<char> text = stackalloc char[45];
        var digits = inside[5..];
        if (digits.Length > text.Length)
        {
            return null;
        }

        for (var i = 0; i < digits.Length; i++)
        {
            var c = (char)digits[i];
            if (!char.IsAsciiHexDigit(c) && c is not (':' or '.'))
            {
                return null;
            }

            text[i] = c;
        }

        return IPAddress.TryParse(text[..digits.Length], out var address) && address.GetAddressBytes().Length == 16
            ? new AddressLiteral("IPv6:" + Encoding.ASCII.GetString(digits), address)
            : null;
    }

    private static AddressLiteral? ParseGeneral(ReadOnlySpan<byte> inside, int colon)
    {
        // RFC 5321 §4.1.3: Standardized-tag ":" 1*dcontent, dcontent without "[", "\" and "]".
        var tag = inside[..colon];
        var content = inside[(colon + 1)..];
        if (tag.IsEmpty || content.IsEmpty || tag[^1] == '-' || tag.ContainsAnyExcept(Characters.LetterDigitHyphen)
            || content.ContainsAny((byte)'[', (byte)'\\', (byte)']'))
        {
            return null;
        }

        return new AddressLiteral(Encoding.ASCII.GetString(inside), null);
    }

    private static string WithoutScope(IPAddress address) =>
        address.ScopeId == 0 ? address.ToString() : new IPAddress(address.GetAddressBytes()).ToString();

    /// <inheritdoc/>
    public override string ToString() => "[" + Text + "]";
}
