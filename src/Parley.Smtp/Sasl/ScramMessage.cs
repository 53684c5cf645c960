using System.Buffers;
using System.Text;

namespace Parley.Smtp.Sasl;

/// <summary>The parts of SCRAM's messages (RFC 5802 §7).</summary>
internal static class ScramMessage
{
    /// <summary>The longest nonce we take: it comes back in our reply and must stay far below a line.</summary>
    public const int MaximumNonceLength = 512;

    // RFC 5802 §7: printable = %x21-2B / %x2D-7E, that is, ASCII without space and comma.
    private static readonly SearchValues<byte> Printable =
        SearchValues.Create([.. Enumerable.Range(0x21, 0x7E - 0x21 + 1).Where(c => c != ',').Select(c => (byte)c)]);

    /// <summary>Takes the next attribute, <c>key=value</c> up to a comma or the end, off the front.</summary>
    public static bool TryTake(ref ReadOnlySpan<byte> message, byte key, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (message.Length < 2 || message[0] != key || message[1] != '=')
        {
            return false;
        }

        var comma = message.IndexOf((byte)',');
        value = comma < 0 ? message[2..] : message[2..comma];
        message = comma < 0 ? [] : message[(comma + 1)..];
        return true;
    }

    /// <summary>Reads a saslname, in which <c>=2C</c> stands for a comma and <c>=3D</c> for an equals sign.</summary>
    public static bool TryReadName(ReadOnlySpan<byte> escaped, out string name)
    {
        name = "";
        var plain = new byte[escaped.Length];
        var length = 0;
        for (var i = 0; i < escaped.Length; i++)
        {
            var octet = escaped[i];
            if (octet == '=')
            {
                // RFC 5802 §5.1: "=" followed by anything else fails the authentication.
                var rest = escaped[(i + 1)..];
                octet = rest.StartsWith("2C"u8) ? (byte)',' : rest.StartsWith("3D"u8) ? (byte)'=' : (byte)0;
                i += 2;
            }

            if (octet == 0)
            {
                return false;
            }

            plain[length++] = octet;
        }

        return SaslName.TryRead(plain.AsSpan(0, length), out name);
    }

    /// <summary>Writes a saslname.</summary>
    public static string WriteName(string name) =>
        name.Replace("=", "=3D", StringComparison.Ordinal).Replace(",", "=2C", StringComparison.Ordinal);

    /// <summary>Whether octets are a nonce.</summary>
    public static bool IsNonce(ReadOnlySpan<byte> value) =>
        value.Length is > 0 and <= MaximumNonceLength && !value.ContainsAnyExcept(Printable);

    /// <summary>
    /// Whether the rest of a message is empty or more attributes, which we pass over (RFC 5802 §5.1); but for <c>m=</c>,
    /// which is kept for what nobody may pass over.
    /// </summary>
    public static bool AreExtensions(ReadOnlySpan<byte> rest)
    {
        while (!rest.IsEmpty)
        {
            if (!char.IsAsciiLetter((char)rest[0]) || rest[0] == 'm' || !TryTake(ref rest, rest[0], out _))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The text of the message that both sides sign (RFC 5802 §3).</summary>
    public static byte[] Join(ReadOnlySpan<byte> clientFirstBare, ReadOnlySpan<byte> serverFirst, ReadOnlySpan<byte> clientFinal) =>
        [.. clientFirstBare, (byte)',', .. serverFirst, (byte)',', .. clientFinal];

    /// <summary>ASCII or UTF-8 text as octets.</summary>
    public static byte[] Octets(string text) => Encoding.UTF8.GetBytes(text);
}
