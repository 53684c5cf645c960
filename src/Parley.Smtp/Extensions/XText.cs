using System.Text;

namespace Parley.Smtp.Extensions;

/// <summary>xtext: how DSN and AUTH parameters carry any ASCII text (RFC 3461 §4).</summary>
public static class XText
{
    /// <summary>Decodes xtext to octets; null when it is not xtext.</summary>
    public static byte[]? Decode(ReadOnlySpan<byte> text)
    {
        var octets = new byte[text.Length];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var b = text[i];
            if (b == '+')
            {
                // RFC 3461 §4: hexchar = "+" and two upper-case hexadecimal digits.
                if (i + 2 >= text.Length || Hex(text[i + 1]) is not { } high || Hex(text[i + 2]) is not { } low)
                {
                    return null;
                }

                octets[length++] = (byte)((high << 4) | low);
                i += 2;
            }
            else if (b is >= 33 and <= 126 and not (byte)'=')
            {
                octets[length++] = b;
            }
            else
            {
                return null;
            }
        }

        return octets[..length];
    }

    /// <summary>Encodes octets as xtext.</summary>
    public static string Encode(ReadOnlySpan<byte> octets)
    {
        var text = new StringBuilder(octets.Length);
        foreach (var b in octets)
        {
            if (b is >= 33 and <= 126 and not ((byte)'+' or (byte)'='))
            {
                text.Append((char)b);
            }
            else
            {
                text.Append('+').Append(b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
            }
        }

        return text.ToString();
    }

    private static int? Hex(byte b) => b switch
    {
        >= (byte)'0' and <= (byte)'9' => b - '0',
        >= (byte)'A' and <= (byte)'F' => b - 'A' + 10,
        _ => null,
    };
}
