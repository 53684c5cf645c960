using Microsoft.Extensions.Logging.Abstractions;
using Parley.Server.Journal;
using Parley.Smtp;
using Parley.Smtp.Serving;

namespace Parley.Server.Tests.Journal;

public sealed class SessionRecordTests : IDisposable
{
    private readonly SessionJournal journal = new(TimeProvider.System, NullLogger.Instance);
    private readonly SmtpSession session = new(new SessionOptions { Hostname = "mx.example.org" }, new NobodyReceives(), null);

    public void Dispose() => journal.Dispose();

    [Fact]
    public void What_is_kept_of_a_session_is_bounded_by_the_replies_words_too()
    {
        var record = journal.Begin("198.51.100.1");
        for (var i = 0; i < 1000; i++)
        {
            record.Client("EHLO a"u8);
            record.Server(Replies.Ehlo.WithText(new string('x', 400)), session);
        }

        var transcript = record.Transcript();
        Assert.True(transcript.Truncated);
        Assert.InRange(transcript.Lines.Sum(line => line.Text.Length), 400, 16 * 1024);
    }

    [Fact]
    public void Replies_that_all_sessions_share_cost_little()
    {
        var record = journal.Begin("198.51.100.1");
        for (var i = 0; i < 200; i++)
        {
            record.Client("RSET"u8);
            record.Server(Replies.ResetOk, session);
        }

        Assert.False(record.Transcript().Truncated);
    }

    private sealed class NobodyReceives : IMailReceiver
    {
        public ValueTask<Reply> Sender(SmtpSession session, MailTransaction draft, CancellationToken cancellation) => new(Replies.NoRoom);

        public ValueTask<Reply> Recipient(SmtpSession session, MailTransaction transaction, Recipient recipient, CancellationToken cancellation) => new(Replies.NoRoom);

        public IMessageContent NewContent(SmtpSession session, MailTransaction transaction) => throw new NotSupportedException();

        public ValueTask<Reply> Message(SmtpSession session, MailTransaction transaction, IMessageContent content, CancellationToken cancellation) => new(Replies.NoRoom);

        public ValueTask<Reply> Verify(SmtpSession session, string argument, CancellationToken cancellation) => new(Replies.CannotVerify);

        public ValueTask<Reply> Expand(SmtpSession session, string argument, CancellationToken cancellation) => new(Replies.NoSuchMailbox);
    }
}
