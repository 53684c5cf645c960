namespace Parley.Server.Mime;

/// <summary>Hexadecimal digits, as quoted-printable and RFC 2231 write octets.</summary>
internal static class Hex
{
    /// <summary>The value of a digit; the caller has made sure that it is one.</summary>
    public static int Value(int digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
