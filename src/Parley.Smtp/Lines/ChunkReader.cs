using System.Buffers;

namespace Parley.Smtp.Lines;

/// <summary>
/// Reads the chunks of one message that comes by BDAT: exactly as many octets as were announced (RFC 3030 §2). Unless
/// the body is binary, a CR or LF without the other is a fault, also where it lies across two chunks.
/// </summary>
/// <param name="binary">BODY=BINARYMIME: any octets are content.</param>
public sealed class ChunkReader(bool binary)
{
    private long remaining;
    private bool pendingCr;

    /// <summary>Whether the octets so far end in a CR that still needs its LF.</summary>
    public bool EndsInCr => pendingCr;

    /// <summary>A chunk of this many octets begins.</summary>
    public void Begin(long octets)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(octets);
        remaining = octets;
    }

    /// <summary>Takes octets of the chunk off the front of <paramref name="input"/>; <see cref="ContentStatus.End"/> when the chunk is whole.</summary>
    public ContentStatus Read(ref ReadOnlySequence<byte> input, IBufferWriter<byte>? output)
    {
        while (remaining > 0 && !input.IsEmpty)
        {
            var span = input.FirstSpan;
            span = span[..(int)Math.Min(span.Length, remaining)];
            if (!binary && !LineEndsMatch(span))
            {
                return ContentStatus.BareLineEnd;
            }

            output?.Write(span);
            input = input.Slice(span.Length);
            remaining -= span.Length;
        }

        return remaining == 0 ? ContentStatus.End : ContentStatus.More;
    }

    private bool LineEndsMatch(ReadOnlySpan<byte> span)
    {
        if (pendingCr)
        {
            if (span[0] != '\n')
            {
                return false;
            }

            pendingCr = false;
            span = span[1..];
        }

        while (true)
        {
            var end = span.IndexOfAny((byte)'\r', (byte)'\n');
            if (end < 0)
            {
                return true;
            }

            if (span[end] == '\n')
            {
                return false;
            }

            if (end + 1 == span.Length)
            {
                pendingCr = true;
                return true;
            }

            if (span[end + 1] != '\n')
            {
                return false;
            }

            span = span[(end + 2)..];
        }
    }
}
