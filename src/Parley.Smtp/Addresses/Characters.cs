using System.Buffers;

namespace Parley.Smtp.Addresses;

/// <summary>The character classes of RFC 5321 §4.1.2 and RFC 5322 §3.2.3, as tables.</summary>
internal static class Characters
{
    // RFC 5322 §3.2.3: atext.
    public static readonly SearchValues<byte> AText = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_`{|}~"u8);

    // RFC 5321 §4.1.2: Let-dig and the hyphen of Ldh-str.
    public static readonly SearchValues<byte> LetterDigitHyphen = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-"u8);

    public static bool IsControl(byte b) => b is < 32 or 127;
}
