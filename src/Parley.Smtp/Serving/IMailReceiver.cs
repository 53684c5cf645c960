using System.Buffers;
using Parley.Smtp.Addresses;

namespace Parley.Smtp.Serving;

/// <summary>
/// The outside of a session: who decides about senders and recipients, and where messages go. Every answer is a
/// <see cref="Reply"/>; a positive one takes the thing, any other refuses it and leaves the session as it was.
/// Called by one session at a time, in the order of its commands.
/// </summary>
public interface IMailReceiver
{
    /// <summary>May this transaction begin? The draft holds the reverse-path and the parameters of MAIL.</summary>
    ValueTask<Reply> Sender(SmtpSession session, MailTransaction draft, CancellationToken cancellation);

    /// <summary>Is this recipient taken? The receiver may note what it found in <see cref="Recipient.Resolution"/>.</summary>
    ValueTask<Reply> Recipient(SmtpSession session, MailTransaction transaction, Recipient recipient, CancellationToken cancellation);

    /// <summary>A place for the octets of the message that is about to come. The session disposes it.</summary>
    IMessageContent NewContent(SmtpSession session, MailTransaction transaction);

    /// <summary>
    /// The whole message is here. A positive reply means that it is on disk: it survives a crash and a loss of power
    /// from here on (RFC 5321 §6.1).
    /// </summary>
    ValueTask<Reply> Message(SmtpSession session, MailTransaction transaction, IMessageContent content, CancellationToken cancellation);

    /// <summary>VRFY's argument, as it came (RFC 5321 §3.5).</summary>
    ValueTask<Reply> Verify(SmtpSession session, string argument, CancellationToken cancellation);

    /// <summary>EXPN's argument, as it came (RFC 5321 §3.5).</summary>
    ValueTask<Reply> Expand(SmtpSession session, string argument, CancellationToken cancellation);
}

/// <summary>
/// Where the octets of one message go while they come: dots are unstuffed, nothing else is changed. The writer asks
/// for room, fills it, advances, and awaits <see cref="Flush"/> after each piece, so that a slow disk slows the client
/// down and memory stays bounded.
/// </summary>
public interface IMessageContent : IBufferWriter<byte>, IAsyncDisposable
{
    /// <summary>Octets written so far.</summary>
    long Length { get; }

    /// <summary>Why no more can be taken (no room, a fault of the disk), or null; the rest is then read and thrown away.</summary>
    Reply? Refusal { get; }

    /// <summary>Lets the content move what it holds to disk, if it wants to.</summary>
    ValueTask Flush(CancellationToken cancellation);
}
