using System.Buffers;
using System.Text;
using Microsoft.Extensions.Logging;
using Parley.Server.Configuration;
using Parley.Server.Policy;
using Parley.Server.Queue;
using Parley.Server.Receiving;
using Parley.Smtp.Addresses;
using Parley.Smtp.Serving;

namespace Parley.Server.Reports;

/// <summary>
/// Writes delivery status notifications (RFC 3461, 3464, 6522, 6533): one for all recipients of a message whose fate was
/// decided in one stroke. It goes to the envelope's sender, from nobody, so that it is never answered with another.
/// </summary>
internal sealed partial class DeliveryStatus(IQueueStore store, TimeProvider time, ILogger logger)
{
    private readonly ReportLanguages languages = new();

    /// <summary>Whether the sender gets a report of this kind about a recipient (RFC 3461 §4.1, §6.2).</summary>
    public static bool Wants(ClaimedMessage message, ClaimedRecipient recipient, ReportedAction action)
    {
        // RFC 5321 §4.5.5, RFC 3461 §6.2: never about a message from the null sender, or two servers would write for ever.
        if (message.Envelope.Sender.IsNull)
        {
            return false;
        }

        var notify = recipient.Recipient.Notify;
        return action switch
        {
            ReportedAction.Failed => notify == DsnNotify.Unspecified || notify.HasFlag(DsnNotify.Failure),
            ReportedAction.Delayed => notify == DsnNotify.Unspecified || notify.HasFlag(DsnNotify.Delay),
            _ => notify.HasFlag(DsnNotify.Success),
        };
    }

    /// <summary>Writes a report. The caller stores it together with what it tells, and disposes its content.</summary>
    /// <returns>The report, or null when the sender's address leads nowhere.</returns>
    public async ValueTask<NewMessage?> Write(Settings settings, ClaimedMessage message, IReadOnlyList<RecipientStatus> told, CancellationToken cancellation)
    {
        var sender = message.Envelope.Sender.Mailbox!;
        var recipients = ReportRecipients(settings, sender);
        if (recipients.Count == 0)
        {
            LogNowhere(logger, message.Id, sender.ToString());
            return null;
        }

        var returned = await ReturnedMessage.Read(store, message, told, cancellation);
        var id = store.NextId();
        var content = store.NewContent();
        try
        {
            var draft = new ReportDraft(settings, message, told, returned, id, time.GetUtcNow());
            var catalogue = languages.For(returned.ContentLanguage, settings);
            var text = new ReportText(catalogue, draft);
            Write(content, Header(draft, text, catalogue.Language));
            Write(content, Part(draft, "text/plain; charset=utf-8", "quoted-printable") + QuotedPrintable.Encode(text.Body()));
            Write(content, Part(draft, draft.StatusType, draft.Utf8 ? "8bit" : "7bit") + StatusFields.Write(draft));
            Write(content, Part(draft, returned.Type, returned.Encoding));
            await returned.CopyTo(content, store, message, cancellation);
            Write(content, $"\r\n--{draft.Boundary}--\r\n");
            await content.Flush(cancellation);
            return new NewMessage(id, Envelope(draft, recipients), content, draft.At)
            {
                Trace = Encoding.ASCII.GetBytes($"Received: by {settings.Hostname} id {id};\r\n\t{TraceFields.Date(draft.At)}\r\n"),
                Subject = text.Subject(),
            };
        }
        catch
        {
            await content.DisposeAsync();
            throw;
        }
    }

    // RFC 3461 §6.2: the null sender; NOTIFY=NEVER besides, for servers that look at that only.
    private static Envelope Envelope(ReportDraft draft, IReadOnlyList<EnvelopeRecipient> recipients) => new(ReversePath.Null, recipients)
    {
        Body = draft.Utf8 || draft.Returned.Is8Bit ? BodyType.EightBitMime : BodyType.SevenBit,
        Utf8 = draft.Utf8,
    };

    private static List<EnvelopeRecipient> ReportRecipients(Settings settings, Mailbox sender) =>
        [.. (RecipientDeliveries.Of(settings, sender) ?? []).Select(static recipient => recipient with { Notify = DsnNotify.Never })];

    private static string Header(ReportDraft draft, ReportText text, string language)
    {
        var header = new StringBuilder(1024);
        void Field(string name, string body) => header.Append(name).Append(": ").Append(body).Append("\r\n");
        var host = draft.Settings.Hostname;
        Field("From", $"{EncodedText.Phrase(text.From())} <MAILER-DAEMON@{host}>");
        Field("To", $"<{draft.Message.Envelope.Sender}>");
        Field("Subject", EncodedText.Unstructured(text.Subject()));
        Field("Date", TraceFields.Date(draft.At));
        Field("Message-ID", $"<{draft.Id}@{host}>");
        if (draft.Returned.MessageId is { } original)
        {
            Field("In-Reply-To", original);
            Field("References", original);
        }

        Field("Auto-Submitted", "auto-replied"); // RFC 3834 §5
        Field("Content-Language", language);
        Field("MIME-Version", "1.0");

        // RFC 6522 §3
        Field("Content-Type", $"multipart/report; report-type=delivery-status;\r\n\tboundary=\"{draft.Boundary}\"");
        return header.Append("\r\n").ToString();
    }

    private static string Part(ReportDraft draft, string type, string encoding) =>
        $"\r\n--{draft.Boundary}\r\nContent-Type: {type}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n";

    private static void Write(MessageContent content, string text) => content.Write(Encoding.UTF8.GetBytes(text));

    [LoggerMessage(601, LogLevel.Warning, "message {Id} failed, and its sender {Sender} has no mailbox here: no report was written")]
    private static partial void LogNowhere(ILogger logger, QueueId id, string sender);
}

/// <summary>A report while it is written.</summary>
/// <param name="Settings">The settings in force.</param>
/// <param name="Message">The message that it is about.</param>
/// <param name="Told">The recipients that it tells of.</param>
/// <param name="Returned">What it brings back of the message.</param>
/// <param name="Id">The report's name.</param>
/// <param name="At">When it is written.</param>
internal sealed record ReportDraft(
    Settings Settings, ClaimedMessage Message, IReadOnlyList<RecipientStatus> Told, ReturnedMessage Returned, QueueId Id, DateTimeOffset At)
{
    /// <summary>Whether it may hold UTF-8 as it is (RFC 6533): its reader sent such a message.</summary>
    public bool Utf8 => Message.Envelope.Utf8 || Message.Envelope.Sender.Mailbox is { IsAscii: false };

    public string StatusType => Utf8 ? "message/global-delivery-status" : "message/delivery-status";

    // No line of a message of ours or of a stranger can begin with it by chance, and it is the same in every test.
    public string Boundary => $"=_parley_{Id}";
}
