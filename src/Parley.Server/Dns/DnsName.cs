using System.Globalization;
using System.Text;

namespace Parley.Server.Dns;

/// <summary>
/// Names on the wire (RFC 1035 §3.1, §4.1.4) and as text: lower case, without the last dot, the root as <c>.</c>, odd
/// octets as <c>\DDD</c> (RFC 4343 §2.1), so that equal texts are equal names.
/// </summary>
internal static class DnsName
{
    public const int MaxOctets = 255;

    private const int MaxLabelOctets = 63;

    /// <summary>Lower case, without the last dot.</summary>
    public static string Normalize(string name)
    {
        var lower = name.ToLowerInvariant();
        return lower.Length > 1 && lower[^1] == '.' ? lower[..^1] : lower;
    }

    /// <summary>Writes a name, uncompressed; false for what cannot be one.</summary>
    public static bool TryWrite(string name, Span<byte> output, out int written)
    {
        written = 0;
        if (name != ".")
        {
            foreach (var range in name.AsSpan().Split('.'))
            {
                var label = name.AsSpan(range);
                if (label.Length is 0 or > MaxLabelOctets || written + label.Length + 2 > MaxOctets || label.ContainsAnyExceptInRange('!', '~') || label.Contains('\\'))
                {
                    return false;
                }

                output[written++] = (byte)label.Length;
                written += Encoding.ASCII.GetBytes(label, output[written..]);
            }
        }

        output[written++] = 0;
        return true;
    }

    /// <summary>
    /// Reads a name at <paramref name="at"/> and moves behind it; null for what breaks the rules. A pointer must lead
    /// further to the front than where the name or the last pointer began, so that no name goes in circles.
    /// </summary>
    public static string? Read(ReadOnlySpan<byte> message, ref int at)
    {
        var text = new StringBuilder(64);
        var octets = 1;
        var limit = at;
        var end = -1; // behind the first pointer
        var here = at;
        while (here < message.Length)
        {
            int length = message[here];
            if (length == 0)
            {
                at = end < 0 ? here + 1 : end;
                return text.Length == 0 ? "." : text.ToString();
            }

            if ((length & 0xC0) == 0xC0)
            {
                if (here + 1 >= message.Length)
                {
                    return null;
                }

                var target = ((length & 0x3F) << 8) | message[here + 1];
                end = end < 0 ? here + 2 : end;
                if (target >= limit)
                {
                    return null;
                }

                here = limit = target;
                continue;
            }

            octets += length + 1;
            if (length > MaxLabelOctets || here + length >= message.Length || octets > MaxOctets)
            {
                return null;
            }

            Append(text, message.Slice(here + 1, length));
            here += length + 1;
        }

        return null;
    }

    private static void Append(StringBuilder text, ReadOnlySpan<byte> label)
    {
        if (text.Length > 0)
        {
            text.Append('.');
        }

        foreach (var b in label)
        {
            if (b is > 32 and < 127 and not ((byte)'.' or (byte)'\\'))
            {
                text.Append(char.ToLowerInvariant((char)b));
            }
            else
            {
                text.Append(CultureInfo.InvariantCulture, $"\\{b:D3}");
            }
        }
    }
}
