using Parley.Smtp.Serving;

namespace Parley.Smtp.Commands;

/// <summary>DATA (RFC 5321 §4.1.1.4): the content follows, up to a line with a dot alone.</summary>
internal static class Data
{
    public static ValueTask<Turn> Handle(SmtpSession session, ReadOnlyMemory<byte> argument, CancellationToken cancellation)
    {
        // RFC 3030 §3
        if (session.Transaction!.Body == BodyType.BinaryMime)
        {
            return new(Replies.BinaryNeedsChunks);
        }

        session.OpenContent();
        return new(new Turn(Replies.StartMailInput, Next.Data));
    }
}
