using System.Buffers;

namespace Parley.Smtp.Lines;

/// <summary>What a content reader found.</summary>
public enum ContentStatus
{
    /// <summary>All input is taken, more is to come.</summary>
    More,

    /// <summary>The end of the content was read; what follows it is left in the input.</summary>
    End,

    /// <summary>A CR or LF without the other (RFC 5321 §2.3.8): the content cannot be trusted, nor what follows.</summary>
    BareLineEnd,
}

/// <summary>
/// Reads the content that follows 354: takes the stuffed dots out (RFC 5321 §4.5.2) and stops at CR LF . CR LF and at
/// nothing else. This is where message smuggling dies: a CR or LF alone ends the reading with a fault.
/// </summary>
public sealed class DotReader
{
    private enum State
    {
        LineStart,
        Text,
        Cr,
        Dot,
        DotCr,
    }

    private State state = State.LineStart;

    /// <summary>Takes content off the front of <paramref name="input"/> and writes it, dots unstuffed, to <paramref name="output"/>, or nowhere when that is null.</summary>
    public ContentStatus Read(ref ReadOnlySequence<byte> input, IBufferWriter<byte>? output)
    {
        while (!input.IsEmpty)
        {
            var status = ReadSpan(input.FirstSpan, output, out var consumed);
            input = input.Slice(consumed);
            if (status != ContentStatus.More)
            {
                return status;
            }
        }

        return ContentStatus.More;
    }

    private ContentStatus ReadSpan(ReadOnlySpan<byte> span, IBufferWriter<byte>? output, out int consumed)
    {
        var run = 0; // start of what is to be copied
        var at = 0;
        while (at < span.Length)
        {
            switch (state)
            {
                case State.LineStart when span[at] == '.':
                    Copy(span[run..at], output);
                    state = State.Dot;
                    run = ++at;
                    break;

                case State.LineStart:
                case State.Text:
                    var end = span[at..].IndexOfAny((byte)'\r', (byte)'\n');
                    if (end < 0)
                    {
                        state = State.Text;
                        at = span.Length;
                        break;
                    }

                    at += end;
                    if (span[at] == '\n')
                    {
                        consumed = at;
                        return ContentStatus.BareLineEnd;
                    }

                    state = State.Cr;
                    at++;
                    break;

                case State.Cr when span[at] == '\n':
                    state = State.LineStart;
                    at++;
                    break;

                // A dot, then neither CR nor LF: the dot was stuffed and is gone already.
                case State.Dot when span[at] is not ((byte)'\r' or (byte)'\n'):
                    state = State.Text;
                    break;

                case State.Dot when span[at] == '\r':
                    state = State.DotCr;
                    run = ++at;
                    break;

                case State.DotCr when span[at] == '\n':
                    consumed = at + 1;
                    return ContentStatus.End;

                default:
                    consumed = at;
                    return ContentStatus.BareLineEnd;
            }
        }

        Copy(span[run..], output);
        consumed = span.Length;
        return ContentStatus.More;
    }

    private static void Copy(ReadOnlySpan<byte> run, IBufferWriter<byte>? output)
    {
        if (!run.IsEmpty && output is not null)
        {
            output.Write(run);
        }
    }
}
