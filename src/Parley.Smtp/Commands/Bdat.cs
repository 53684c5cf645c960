using System.Buffers.Text;
using System.Text;
using Parley.Smtp.Serving;

namespace Parley.Smtp.Commands;

/// <summary>BDAT (RFC 3030 §2): a counted piece of the content. Its octets are read whatever the answer is.</summary>
internal static class Bdat
{
    public static ValueTask<Turn> Handle(SmtpSession session, ReadOnlyMemory<byte> argument, CancellationToken cancellation) =>
        TryRead(argument.Span, out var octets, out var last)
            ? new(session.OpenChunk(octets, last))
            : new(new Turn(Replies.ChunkSize, Next.Close)); // the place in the stream is lost

    /// <summary>Out of order: the octets follow all the same and must not be taken for commands.</summary>
    public static Turn Refused(SmtpSession session, ReadOnlyMemory<byte> argument, Reply refusal) =>
        !TryRead(argument.Span, out var octets, out _) ? new Turn(Replies.ChunkSize, Next.Close)
        // A line too long, between two chunks: a message that lacks one must not be ended by the next.
        : session.Phase == Phase.Chunks ? new Turn(refusal, Next.Close)
        : session.SkipChunk(octets, refusal);

    private static bool TryRead(ReadOnlySpan<byte> text, out long octets, out bool last)
    {
        last = false;
        if (!Utf8Parser.TryParse(text, out octets, out var consumed) || octets < 0 || text[0] is (byte)'+' or (byte)'-')
        {
            return false;
        }

        var rest = text[consumed..];
        if (rest.IsEmpty)
        {
            return true;
        }

        last = rest[0] == ' ' && Ascii.EqualsIgnoreCase(rest.TrimStart((byte)' '), "LAST"u8);
        return last;
    }
}
