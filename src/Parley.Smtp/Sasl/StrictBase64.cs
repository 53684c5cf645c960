using System.Buffers;
using System.Buffers.Text;

namespace Parley.Smtp.Sasl;

/// <summary>
/// Base64 as RFC 4954 §4 wants it: only the alphabet, whole groups of four, padding only at the end, and zero in the
/// bits that belong to no octet (RFC 4648 §3.5). The platform's own decoders skip white space, and what two sides read differently is how one slips something past the other.
/// </summary>
public static class StrictBase64
{
    private static readonly SearchValues<byte> Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8);

    /// <summary>Decodes; empty text is empty octets.</summary>
    /// <param name="text">The text as ASCII octets.</param>
    /// <param name="octets">What it says; the caller clears it when it is a secret. Empty when refused.</param>
    /// <returns>False for anything but strict base64.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> text, out byte[] octets)
    {
        octets = [];
        if (text.Length % 4 != 0)
        {
            return false;
        }

        var data = text.EndsWith("=="u8) ? text[..^2] : text.EndsWith("="u8) ? text[..^1] : text;
        if (data.ContainsAnyExcept(Alphabet))
        {
            return false;
        }

        var decoded = new byte[data.Length * 3 / 4];
        var status = Base64.DecodeFromUtf8(text, decoded, out _, out var written);
        if (status != OperationStatus.Done || written != decoded.Length)
        {
            return false;
        }

        octets = decoded;
        return true;
    }

    /// <summary>Encodes with padding, without line breaks.</summary>
    /// <param name="octets">The octets.</param>
    public static string Encode(ReadOnlySpan<byte> octets) => Convert.ToBase64String(octets);
}
