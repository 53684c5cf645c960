using Parley.Smtp.Serving;

namespace Parley.Smtp.Commands;

/// <summary>RSET (RFC 5321 §4.1.1.5): forgets the transaction; login and TLS stay.</summary>
internal static class Rset
{
    public static async ValueTask<Turn> Handle(SmtpSession session, ReadOnlyMemory<byte> argument, CancellationToken cancellation)
    {
        await session.EndTransaction();
        return Replies.ResetOk;
    }
}
