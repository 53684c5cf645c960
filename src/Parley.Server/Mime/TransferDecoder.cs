using System.Buffers;
using System.Buffers.Text;

namespace Parley.Server.Mime;

/// <summary>How a part's octets were made fit for transport (RFC 2045 §6).</summary>
internal enum TransferEncoding
{
    /// <summary>7bit, 8bit, binary, and whatever is unknown: the octets stand as they are.</summary>
    Identity,

    /// <summary>base64.</summary>
    Base64,

    /// <summary>quoted-printable.</summary>
    QuotedPrintable,
}

/// <summary>Takes octets of a body piece by piece, and hands on what they stand for. Faults are passed over, as every reader does.</summary>
internal sealed class TransferDecoder(TransferEncoding encoding, TransferDecoder.Sink sink)
{
    private const int BufferSize = 4096;

    private readonly byte[] buffer = encoding == TransferEncoding.Identity ? [] : new byte[BufferSize];
    private int used;

    // base64: sextets that do not make three octets yet. quoted-printable: what follows an equals sign.
    private int bits;
    private int sextets;
    private Escape escape;
    private int firstDigit;
    private int spaces;

    /// <summary>Takes decoded octets.</summary>
    internal delegate void Sink(ReadOnlySpan<byte> octets);

    private enum Escape
    {
        None,
        Equals,
        Digit,
        SoftBreak,
    }

    /// <summary>The encoding by its name in Content-Transfer-Encoding.</summary>
    public static TransferEncoding Named(string name) => name.Trim().ToLowerInvariant() switch
    {
        "base64" => TransferEncoding.Base64,
        "quoted-printable" => TransferEncoding.QuotedPrintable,
        _ => TransferEncoding.Identity,
    };

    /// <summary>Takes a piece.</summary>
    public void Write(ReadOnlySpan<byte> octets)
    {
        switch (encoding)
        {
            case TransferEncoding.Base64:
                WriteBase64(octets);
                break;
            case TransferEncoding.QuotedPrintable:
                WriteQuoted(octets);
                break;
            default:
                sink(octets);
                return;
        }

        Flush();
    }

    /// <summary>The body has ended; hands on what was held back.</summary>
    public void End()
    {
        if (encoding == TransferEncoding.Base64)
        {
            EndQuantum();
        }
        else if (escape is Escape.Equals or Escape.Digit)
        {
            Literal();
        }

        Flush();
    }

    private void WriteBase64(ReadOnlySpan<byte> octets)
    {
        if (sextets == 0 && octets.Length % 4 == 0 && octets.Length <= BufferSize - used
            && Base64.DecodeFromUtf8(octets, buffer.AsSpan(used), out _, out var written, isFinalBlock: true) == OperationStatus.Done)
        {
            used += written;
            return;
        }

        foreach (var octet in octets)
        {
            var sextet = Sextet(octet);
            if (sextet >= 0)
            {
                bits = bits << 6 | sextet;
                if (++sextets == 4)
                {
                    Put((byte)(bits >> 16));
                    Put((byte)(bits >> 8));
                    Put((byte)bits);
                    (bits, sextets) = (0, 0);
                }
            }
            else if (octet == '=')
            {
                EndQuantum();
            }
        }
    }

    private void EndQuantum()
    {
        if (sextets >= 2)
        {
            bits <<= 6 * (4 - sextets);
            Put((byte)(bits >> 16));
            if (sextets == 3)
            {
                Put((byte)(bits >> 8));
            }
        }

        (bits, sextets) = (0, 0);
    }

    private static int Sextet(byte octet) => octet switch
    {
        >= (byte)'A' and <= (byte)'Z' => octet - 'A',
        >= (byte)'a' and <= (byte)'z' => octet - 'a' + 26,
        >= (byte)'0' and <= (byte)'9' => octet - '0' + 52,
        (byte)'+' => 62,
        (byte)'/' => 63,
        _ => -1,
    };

    // RFC 2045 §6.7; white space at the end of a line was added on the way and is dropped (rule 3).
    private void WriteQuoted(ReadOnlySpan<byte> octets)
    {
        foreach (var octet in octets)
        {
            switch (escape)
            {
                case Escape.Equals when octet is (byte)' ' or (byte)'\t' or (byte)'\r':
                    escape = Escape.SoftBreak;
                    break;
                case Escape.Equals when octet == '\n':
                    escape = Escape.None;
                    break;
                case Escape.Equals when char.IsAsciiHexDigit((char)octet):
                    (escape, firstDigit) = (Escape.Digit, octet);
                    break;
                case Escape.Digit when char.IsAsciiHexDigit((char)octet):
                    escape = Escape.None;
                    Put((byte)(Hex.Value(firstDigit) << 4 | Hex.Value(octet)));
                    break;
                case Escape.SoftBreak when octet is (byte)' ' or (byte)'\t' or (byte)'\r':
                    break;
                case Escape.SoftBreak when octet == '\n':
                    escape = Escape.None;
                    break;
                default:
                    Literal();
                    Plain(octet);
                    break;
            }
        }
    }

    private void Plain(byte octet)
    {
        if (octet is (byte)' ')
        {
            spaces++;
            return;
        }

        if (octet is not ((byte)'\r' or (byte)'\n'))
        {
            PutSpaces();
        }

        spaces = 0;
        if (octet == '=')
        {
            escape = Escape.Equals;
        }
        else
        {
            Put(octet);
        }
    }

    // An equals sign that began nothing is text.
    private void Literal()
    {
        if (escape is Escape.Equals or Escape.Digit)
        {
            Put((byte)'=');
        }

        if (escape == Escape.Digit)
        {
            Put((byte)firstDigit);
        }

        escape = Escape.None;
    }

    private void PutSpaces()
    {
        for (; spaces > 0; spaces--)
        {
            Put((byte)' ');
        }
    }

    private void Put(byte octet)
    {
        if (used == buffer.Length)
        {
            Flush();
        }

        buffer[used++] = octet;
    }

    private void Flush()
    {
        if (used > 0)
        {
            sink(buffer.AsSpan(0, used));
            used = 0;
        }
    }
}
