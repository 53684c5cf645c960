using Parley.Smtp;
using Parley.Smtp.Serving;

namespace Parley.Sink;

/// <summary>Takes everything and keeps nothing: what is left is the cost of the protocol.</summary>
public sealed class ForgettingReceiver : IMailReceiver
{
    public ValueTask<Reply> Sender(SmtpSession session, MailTransaction draft, CancellationToken cancellation)
        => new(Replies.SenderOk);

    public ValueTask<Reply> Recipient(SmtpSession session, MailTransaction transaction, Recipient recipient, CancellationToken cancellation)
        => new(Replies.RecipientOk);

    public IMessageContent NewContent(SmtpSession session, MailTransaction transaction) => new ForgottenContent();

    public ValueTask<Reply> Message(SmtpSession session, MailTransaction transaction, IMessageContent content, CancellationToken cancellation)
        => new(Replies.MessageAccepted);

    public ValueTask<Reply> Verify(SmtpSession session, string argument, CancellationToken cancellation)
        => new(Replies.CannotVerify);

    public ValueTask<Reply> Expand(SmtpSession session, string argument, CancellationToken cancellation)
        => new(Replies.CommandDisabled);
}
