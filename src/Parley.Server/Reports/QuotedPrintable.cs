using System.Text;

namespace Parley.Server.Reports;

/// <summary>Quoted-printable (RFC 2045 §6.7): any text in 7 bits and short lines.</summary>
internal static class QuotedPrintable
{
    private const int Width = 76;

    /// <summary>Encodes text whose lines end in LF or CRLF; each becomes a line that ends in CRLF.</summary>
    public static string Encode(string text) => Encode(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\n").TrimEnd('\n')));

    /// <summary>Encodes octets whose lines end in LF or CRLF.</summary>
    public static string Encode(ReadOnlySpan<byte> octets)
    {
        var encoded = new StringBuilder(octets.Length + (octets.Length / 8));
        while (true)
        {
            var end = octets.IndexOf((byte)'\n');
            Line(encoded, (end < 0 ? octets : octets[..end]).TrimEnd((byte)'\r'));
            if (end < 0)
            {
                return encoded.ToString();
            }

            octets = octets[(end + 1)..];
        }
    }

    private static void Line(StringBuilder encoded, ReadOnlySpan<byte> line)
    {
        var column = 0;
        for (var i = 0; i < line.Length; i++)
        {
            var b = line[i];
            var isLast = i == line.Length - 1;

            // White space at the end of a line, and a dot alone on one, do not survive every hop.
            var plain = b is >= 33 and <= 126 and not (byte)'=' || (b is (byte)' ' or (byte)'\t' && !isLast);
            plain &= !(b == '.' && column == 0 && isLast);
            var width = plain ? 1 : 3;
            if (column + width > Width - (isLast ? 0 : 1))
            {
                encoded.Append("=\r\n");
                column = 0;
            }

            _ = plain ? encoded.Append((char)b) : encoded.Append('=').Append(b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
            column += width;
        }

        encoded.Append("\r\n");
    }
}
