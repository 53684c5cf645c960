using Parley.Smtp.Serving;

namespace Parley.Smtp.Commands;

/// <summary>QUIT (RFC 5321 §4.1.1.10): the end; an open transaction is forgotten.</summary>
internal static class Quit
{
    public static async ValueTask<Turn> Handle(SmtpSession session, ReadOnlyMemory<byte> argument, CancellationToken cancellation)
    {
        await session.EndTransaction();
        return new Turn(Replies.Closing.WithText($"{session.Options.Hostname} says goodbye"), Next.Close);
    }
}
