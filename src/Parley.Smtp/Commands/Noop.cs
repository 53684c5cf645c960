using Parley.Smtp.Serving;

namespace Parley.Smtp.Commands;

/// <summary>NOOP (RFC 5321 §4.1.1.9): nothing, with any argument.</summary>
internal static class Noop
{
    public static ValueTask<Turn> Handle(SmtpSession session, ReadOnlyMemory<byte> argument, CancellationToken cancellation) =>
        new(Replies.NoopOk);
}
