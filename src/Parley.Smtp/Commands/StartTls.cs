using Parley.Smtp.Serving;

namespace Parley.Smtp.Commands;

/// <summary>STARTTLS (RFC 3207 §4): TLS begins behind the 220; everything said before is forgotten.</summary>
internal static class StartTls
{
    public static ValueTask<Turn> Handle(SmtpSession session, ReadOnlyMemory<byte> argument, CancellationToken cancellation) =>
        session.IsTls ? new(Replies.TlsActive)
        : !session.Options.StartTls ? new(Replies.TlsNotOffered)
        : !session.TlsUsable() ? new(Replies.TlsUnavailable)
        : new(new Turn(Replies.TlsReady, Next.StartTls));
}
