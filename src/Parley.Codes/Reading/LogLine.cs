using System.Text.RegularExpressions;

namespace Parley.Codes.Reading;

/// <summary>Lines of logs and bounces in which a program tells what the other side said.</summary>
internal static partial class LogLine
{
    private const int Milliseconds = 5000;

    /// <summary>Reads a line of Postfix, Exim, Sendmail or Exchange; null when it is none that speaks of a reply.</summary>
    public static Finding? Read(string line) =>
        Qmail(line) ?? PostfixClient(line) ?? Exim(line) ?? Server(line) ?? ExchangeReport(line)
        ?? PostfixStatus(line) ?? PostfixLogin(line) ?? Sendmail(line) ?? EximStatus(line);

    // qmail-send: delivery 7: failure: 192.0.2.25_does_not_like_recipient./Remote_host_said:_550_…/Giving_up_on_192.0.2.25./
    private static Finding? Qmail(string line) =>
        Delivery().Match(line) is { Success: true } m && m.Groups["text"].Value.Replace('_', ' ') is var text
            ? (RemoteHost().Match(text) is { Success: true } said ? ReplyText.Read(said.Groups["reply"].Value, line) : FreeText.Read(text) is { } told ? told with { Input = line } : null)
                ?? new Finding { Text = text, Input = line, Deferred = m.Groups["deferral"].Success }
            : null;

    private static Finding? Server(string line) => (PostfixServer(line) ?? EximServer(line) ?? SendmailServer(line)) is { } own ? own with { Own = true } : null;

    // postfix/smtp: … (host mx1.example.net[192.0.2.25] said: 550 5.1.1 … (in reply to RCPT TO command))
    private static Finding? PostfixClient(string line) =>
        Said().Match(line) is { Success: true } m
            ? ReplyText.Read(m.Groups["reply"].Value, line, m.Groups["refused"].Success ? "connect" : Phase(m.Groups["command"].Value))
            : null;

    // postfix/smtpd: NOQUEUE: reject: RCPT from unknown[198.51.100.7]: 554 5.7.1 <…>: Relay access denied; from=<…>
    private static Finding? PostfixServer(string line) =>
        Reject().Match(line) is { Success: true } m
            ? ReplyText.Read(m.Groups["reply"].Value, line, Phase(m.Groups["command"].Value))
            : null;

    // Postfix without a remote reply: dsn=4.4.1, status=deferred (connect to …: Connection timed out)
    private static Finding? PostfixStatus(string line)
    {
        if (Status().Match(line) is not { Success: true } m)
        {
            return null;
        }

        var reply = ReplyText.Read(m.Groups["text"].Value, line);
        return reply?.Code is not null ? reply : new Finding { Enhanced = m.Groups["dsn"].Value, Text = m.Groups["text"].Value, Input = line };
    }

    // postfix/smtpd tells the failed login and leaves out the 535 that it answers; postfix/qmgr: status=expired
    private static Finding? PostfixLogin(string line) =>
        FailedLogin().Match(line) is { Success: true } login ? new Finding { Code = "535", Text = login.Groups["text"].Value, Input = line, Phase = "auth" }
        : line.Contains("status=expired, returned to sender", StringComparison.Ordinal) ? new Finding { Text = "status=expired", Input = line }
        : null;

    // Exim as client: … SMTP error from remote mail server after RCPT TO:<…>: 550 5.1.1 …
    private static Finding? Exim(string line) =>
        RemoteError().Match(line) is { Success: true } m
            ? ReplyText.Read(m.Groups["reply"].Value, line, Phase(m.Groups["command"].Value))
            : null;

    // Exim as server leaves the code out; 550 and 451 are what its access lists answer.
    private static Finding? EximServer(string line) =>
        Rejected().Match(line) is { Success: true } m
            ? ReplyText.Read(m.Groups["text"].Value, line, Phase(m.Groups["command"].Value))
                ?? new Finding
                {
                    Code = m.Groups["temporarily"].Success ? "451" : Phase(m.Groups["command"].Value) == "ehlo" ? "501" : "550",
                    Text = m.Groups["text"].Value,
                    Input = line,
                    Phase = Phase(m.Groups["command"].Value),
                }
            : null;

    // Exim without a remote reply: == user@example.net R=dnslookup T=remote_smtp defer (110): Connection timed out,
    // or given up: ** user@example.net: retry timeout exceeded
    private static Finding? EximStatus(string line) =>
        Deferred().Match(line) is { Success: true } m ? new Finding { Text = m.Groups["text"].Value, Input = line, Deferred = m.Groups["defer"].Success } : null;

    // sendmail: ruleset=check_rcpt, …, reject=550 5.7.1 <…>... Relaying denied
    private static Finding? SendmailServer(string line) =>
        Ruleset().Match(line) is { Success: true } m
            ? ReplyText.Read(m.Groups["reply"].Value, line, Phase(m.Groups["command"].Value))
            : null;

    // sendmail: dsn=4.7.1, stat=Deferred: 451 4.7.1 Greylisted
    private static Finding? Sendmail(string line)
    {
        if (Stat().Match(line) is not { Success: true } m)
        {
            return null;
        }

        var text = m.Groups["text"].Value;
        var at = text.IndexOf(": ", StringComparison.Ordinal);
        var reply = at > 0 ? ReplyText.Read(text[(at + 2)..], line) : ReplyText.Read(text, line);
        return reply?.Code is not null ? reply : new Finding { Enhanced = m.Groups["dsn"].Value, Text = text, Input = line };
    }

    // Exchange: Remote Server returned '550 5.1.1 RESOLVER.ADR.RecipNotFound; not found'
    private static Finding? ExchangeReport(string line) =>
        Returned().Match(line) is { Success: true } m ? ReplyText.Read(m.Groups["reply"].Value.TrimEnd('\'', '"', '>', '#', ' '), line) : null;

    /// <summary>The step of the dialogue for the words that programs use for it.</summary>
    public static string? Phase(string words) => words.Trim().ToUpperInvariant() switch
    {
        "" => null,
        var w when w.Contains("END OF DATA", StringComparison.Ordinal) || w.Contains("END-OF-MESSAGE", StringComparison.Ordinal) || w == "DATA END" || w == "AFTER DATA" || w == "DOT" || w.Contains("END OF MESSAGE", StringComparison.Ordinal) => "content",
        var w when w.Contains("RCPT", StringComparison.Ordinal) || w is "RECIPIENT" or "ADDRESS" => "rcpt",
        var w when (w.Contains("MAIL", StringComparison.Ordinal) && !w.Contains("MAILER", StringComparison.Ordinal)) || w == "SENDER" => "mail",
        var w when w.Contains("STARTTLS", StringComparison.Ordinal) => "starttls",
        var w when w.Contains("EHLO", StringComparison.Ordinal) || w.Contains("HELO", StringComparison.Ordinal) => "ehlo",
        var w when w.Contains("BDAT", StringComparison.Ordinal) => "bdat",
        var w when w.Contains("DATA", StringComparison.Ordinal) => "data",
        var w when w.Contains("AUTH", StringComparison.Ordinal) || w is "PASSWORD" or "USERNAME" => "auth",
        var w when w.Contains("VRFY", StringComparison.Ordinal) => "vrfy",
        var w when w.Contains("CONN", StringComparison.Ordinal) || w.Contains("RELAY", StringComparison.Ordinal) => "connect",
        _ => null,
    };

    /// <summary>
    /// A line without the time, the host and the program that syslog sets before it; empty where a program speaks of its
    /// own trouble, which is no reply and no bounce.
    /// </summary>
    public static string WithoutHead(string line) => Head().Match(line) is { Success: true } head ? head.Groups["trouble"].Success ? "" : line[head.Length..] : line;

    [GeneratedRegex(@"^(?:<\d{1,3}>)?(?:[A-Z][a-z]{2} [ \d]\d [\d:]{8}|\d{4}-\d\d-\d\d[T ][\d:.,+Z-]{5,40}) \S{1,255} [\w./-]{1,60}(?:\[\d{1,9}\])?: (?<trouble>(?:[0-9A-Za-z]{6,20}: )?(?:warning|fatal|panic|error): )?", RegexOptions.CultureInvariant, Milliseconds)]
    private static partial Regex Head();

    [GeneratedRegex(@"(?:\bsaid:|\b(?<refused>refused to talk to me):|server responded:|remote server was:|Remote host said:)\s*(?<reply>#?[245][\d.]{2,9}[ -].*?)(?:\s{0,3}\(in reply to (?<command>[^)]{1,60})\)\)*)?\s{0,3}$", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, Milliseconds)]
    private static partial Regex Said();

    [GeneratedRegex(@"\bdelivery \d{1,10}: (?:success|failure|(?<deferral>deferral)): (?<text>.*)$", RegexOptions.ExplicitCapture, Milliseconds)]
    private static partial Regex Delivery();

    [GeneratedRegex(@"\bRemote host said: (?<reply>[245]\d\d.*?)(?:/(?:Giving up on .*)?)?$", RegexOptions.ExplicitCapture, Milliseconds)]
    private static partial Regex RemoteHost();

    [GeneratedRegex(@"\breject(?:_warning)?: (?<command>[A-Z-]{4,20})(?: [^:]{1,200}?)? from [^ ]{1,300}: (?<reply>[245][\d.]{2,9} .*?)(?:; (?:from|to|proto|client)=.*)?$", RegexOptions.ExplicitCapture, Milliseconds)]
    private static partial Regex Reject();

    [GeneratedRegex(@"\bdsn=(?<dsn>[245]\.\d{1,3}\.\d{1,3}), status=[a-z]{3,20} \((?<text>.*)\)\s*$", RegexOptions.ExplicitCapture, Milliseconds)]
    private static partial Regex Status();

    [GeneratedRegex(@": SASL [A-Z0-9-]{1,20} (?<text>authentication failed(?!: Connection lost).*)$", RegexOptions.ExplicitCapture, Milliseconds)]
    private static partial Regex FailedLogin();

    [GeneratedRegex(@"(?:SMTP|LMTP) error from remote (?:mail server|mailer) after (?<command>.{1,200}?):\s+(?:host .{1,200}?:\s+)?(?<reply>[245]\d\d[ -].*)$", RegexOptions.ExplicitCapture, Milliseconds)]
    private static partial Regex RemoteError();

    [GeneratedRegex(@"\b(?<temporarily>temporarily )?rejected (?<command>after DATA|connection|RCPT|MAIL|DATA|EHLO|HELO|AUTH|VRFY|STARTTLS)\b.{0,400}?: (?<text>.*)$", RegexOptions.ExplicitCapture, Milliseconds)]
    private static partial Regex Rejected();

    [GeneratedRegex(@"\s(?:==|\*\*) \S{1,320} .{0,400}?\b(?<defer>defer) \(-?\d{1,5}\)[^:]{0,200}: (?<text>.*)$|\s\*\* [^\s@]{1,64}@[^\s:]{1,255}[^:]{0,200}: (?<text>.*)$", RegexOptions.ExplicitCapture, Milliseconds)]
    private static partial Regex Deferred();

    [GeneratedRegex(@"\bruleset=check_(?<command>[a-z]{3,12}), .*\breject=(?<reply>[245]\d\d .*)$", RegexOptions.ExplicitCapture, Milliseconds)]
    private static partial Regex Ruleset();

    [GeneratedRegex(@"\bdsn=(?<dsn>[245]\.\d{1,3}\.\d{1,3}), stat=(?<text>.*)$", RegexOptions.ExplicitCapture, Milliseconds)]
    private static partial Regex Stat();

    [GeneratedRegex(@"(?:\breturned (?:error: )?['""<]?|#< ?#?[245]\.\d{1,3}\.\d{1,3} smtp; ?|\bsmtp;\s*|\bLED=)(?<reply>#?[245]\d\d[ -].*?)(?:\}.*)?$", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, Milliseconds)]
    private static partial Regex Returned();
}
