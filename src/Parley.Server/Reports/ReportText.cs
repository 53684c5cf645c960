using System.Globalization;
using System.Text;
using Parley.Codes;
using Parley.Smtp.Sending;

namespace Parley.Server.Reports;

/// <summary>
/// The part of a report that people read: what happened, what the other server said, what that means, whose move it is.
/// Every sentence comes from the catalogue.
/// </summary>
internal sealed class ReportText(Catalogue catalogue, ReportDraft draft)
{
    private const int Width = 72;
    private const int MaxSubject = 200;

    // The worst first: what somebody has to act upon.
    private static readonly ReportedAction[] InOrder =
        [ReportedAction.Failed, ReportedAction.Delayed, ReportedAction.Delivered, ReportedAction.Relayed, ReportedAction.Expanded];

    private readonly StringBuilder text = new(2048);

    /// <summary>Who writes, for the From field.</summary>
    public string From() => catalogue.ReportText("from");

    /// <summary>The subject: the worst of what happened, and of which message.</summary>
    public string Subject()
    {
        var worst = InOrder.First(action => draft.Told.Any(told => told.Action == action));
        var key = worst switch
        {
            ReportedAction.Failed => "subject.failed",
            ReportedAction.Delayed => "subject.delayed",
            ReportedAction.Delivered => "subject.delivered",
            _ => "subject.relayed",
        };
        return Sentence(key, ("subject", OriginalSubject()));
    }

    /// <summary>The whole text, lines ending in LF.</summary>
    public string Body()
    {
        text.Clear();
        Paragraph(Sentence("intro", ("host", draft.Settings.Hostname), ("subject", OriginalSubject()), ("date", Date(draft.Message.ReceivedAt))));
        foreach (var action in InOrder)
        {
            var told = draft.Told.Where(one => one.Action == action).ToList();
            if (told.Count > 0)
            {
                Paragraph(Sentence(action.ToString().ToLowerInvariant(), ("until", Date(told[0].RetryUntil))));
                told.ForEach(Recipient);
            }
        }

        Paragraph(Sentence(draft.Returned.IsWhole ? "attached.message" : "attached.header"));
        return text.ToString();
    }

    private void Recipient(RecipientStatus told)
    {
        var address = told.Recipient.Recipient.Address.ToString();
        var given = told.Given.ToString();
        var isVia = !string.Equals(address, given, StringComparison.Ordinal) && told.Action != ReportedAction.Expanded;
        Lines(isVia ? Sentence("via", ("given", given), ("address", address)) : given, "  ");
        if (told.Action is ReportedAction.Failed or ReportedAction.Delayed)
        {
            Why(told);
        }

        text.Append('\n');
    }

    private void Why(RecipientStatus told)
    {
        var cause = Delivery.Attempts.Cause(told.Outcome)!;
        var said = string.Join(' ', new[] { told.Reply.Code > 0 ? Number(told.Reply.Code) : string.Empty, told.Reply.Enhanced, told.Reply.Text }.Where(static word => word.Length > 0));
        var explanation = Explainer.Explain(catalogue, said) is [var found, ..] ? found : Meaning(cause);
        if (cause is { Id: "refused" })
        {
            Lines(Sentence("said", ("peer", told.Reply.Peer), ("step", Step(Delivery.Attempts.Phase(told.Outcome)))), "    ");
            Lines(said, "      ");
            if (explanation is not null)
            {
                Lines(Sentence("meaning", ("text", explanation is ReplyExplanation { IsRecognised: true, Cause: var known } ? known : explanation.Meaning)), "    ");
            }
        }
        else
        {
            var happened = catalogue.ReportCause(cause.Id) ?? cause.Text;
            Lines(Sentence("happened", ("text", told.Reply.Peer.Length > 0 ? $"{happened} ({told.Reply.Peer})" : happened)), "    ");
            if (cause.Id == "site-waits")
            {
                Lines(said, "      "); // it ends in the words that made the site wait
            }
        }

        if (explanation is not null)
        {
            // For a fault that passes the advice is to wait, which is over; what is left to do stands in `expired`.
            if (!told.Expired)
            {
                Lines(Sentence("toDo", ("text", explanation.HowToFix.Sender)), "    ");
            }

            Lines(Sentence("whoseMove", ("who", catalogue.Label("whoseMove." + explanation.WhoseMove))), "    ");
        }

        if (told.Expired)
        {
            Lines(Sentence("expired", ("date", Date(draft.Message.ReceivedAt))), "    ");
        }
    }

    private Explanation? Meaning(SendCause cause) =>
        catalogue.Explain(cause.Status.ToString()) ?? catalogue.Explain($"{cause.Status.Class}.0.0") ?? catalogue.Explain($"{cause.Status.Class}.X.X");

    private string Step(SendPhase phase) => catalogue.Label("phase." + phase switch
    {
        SendPhase.Route or SendPhase.Connect or SendPhase.Greeting => "connect",
        SendPhase.Hello => "ehlo",
        SendPhase.Tls => "starttls",
        SendPhase.Login => "auth",
        SendPhase.Reset => "rset",
        SendPhase.Mail => "mail",
        SendPhase.Recipient => "rcpt",
        SendPhase.Data => "data",
        SendPhase.Quit => "quit",
        _ => "content",
    });

    private string OriginalSubject()
    {
        var subject = draft.Returned.Subject.Trim();
        return subject.Length == 0 ? catalogue.ReportText("subject.none")
            : subject.Length <= MaxSubject ? subject : subject[..MaxSubject] + " …";
    }

    private string Sentence(string key, params ReadOnlySpan<(string Name, string Value)> values)
    {
        var sentence = catalogue.ReportText(key);
        var filled = new StringBuilder(sentence.Length + 64);
        var at = 0;

        // In one pass: a value may hold braces of its own.
        while (sentence.IndexOf('{', at) is >= 0 and var open && sentence.IndexOf('}', open) is >= 0 and var close)
        {
            filled.Append(sentence, at, open - at);
            var name = sentence[(open + 1)..close];
            foreach (var value in values)
            {
                if (value.Name == name)
                {
                    filled.Append(value.Value);
                }
            }

            at = close + 1;
        }

        return filled.Append(sentence, at, sentence.Length - at).ToString();
    }

    private void Paragraph(string words)
    {
        Lines(words, string.Empty);
        text.Append('\n');
    }

    private void Lines(string words, string indent)
    {
        var line = new StringBuilder(indent);
        foreach (var word in words.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > indent.Length && line.Length + 1 + word.Length > Width)
            {
                text.Append(line).Append('\n');
                line.Clear().Append(indent);
            }

            line.Append(line.Length > indent.Length ? " " : string.Empty).Append(word);
        }

        text.Append(line).Append('\n');
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Date(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
