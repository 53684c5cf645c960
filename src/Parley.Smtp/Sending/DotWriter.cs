using System.Buffers;

namespace Parley.Smtp.Sending;

/// <summary>
/// Writes content as DATA carries it: a dot at the start of a line is doubled (RFC 5321 §4.5.2), and the end is CR LF
/// dot CR LF. It holds two bits of state, never the message. A CR or LF without the other is refused: a careless reader
/// on the way could take "LF . LF" for the end, and what follows for commands.
/// </summary>
public sealed class DotWriter
{
    private bool lineStart = true;
    private bool afterCr;

    /// <summary>Writes a piece of the content; false at a CR or LF alone, after which nothing more may be sent.</summary>
    public bool TryWrite(ReadOnlySpan<byte> content, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var run = 0; // start of what is not yet written
        var at = 0;
        while (at < content.Length)
        {
            if (afterCr)
            {
                if (content[at++] != '\n')
                {
                    return false;
                }

                afterCr = false;
                lineStart = true;
                continue;
            }

            if (lineStart && content[at] == '.')
            {
                output.Write(content[run..at]);
                output.Write("."u8);
                run = at;
            }

            lineStart = false;
            var end = content[at..].IndexOfAny((byte)'\r', (byte)'\n');
            if (end < 0)
            {
                break;
            }

            at += end;
            if (content[at++] == '\n')
            {
                return false;
            }

            afterCr = true;
        }

        output.Write(content[run..]);
        return true;
    }

    /// <summary>Writes the end; false where the content ends in a CR alone. A last line without CRLF gets one (RFC 5321 §4.1.1.4).</summary>
    public bool TryEnd(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (afterCr)
        {
            return false;
        }

        output.Write(lineStart ? ".\r\n"u8 : "\r\n.\r\n"u8);
        return true;
    }
}
