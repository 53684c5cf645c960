using System.Text.RegularExpressions;

namespace Parley.Codes.Reading;

/// <summary>Replies inside ordinary sentences: bounces for people, messages of exceptions, questions in a forum.</summary>
internal static partial class FreeText
{
    private const int Milliseconds = 5000;

    // System.Net.Mail leaves the code out and writes a sentence of its own for it.
    private static readonly (string Sentence, string Code)[] DotNet =
    [
        ("The SMTP server requires a secure connection or the client was not authenticated", "530"),
        ("Client does not have permission to submit mail to this server", "454"),
        ("Service not available, closing transmission channel", "421"),
        ("Insufficient system storage", "452"),
        ("Error in processing", "451"),
        ("Mailbox name not allowed", "553"),
        ("Exceeded storage allocation", "552"),
        ("User not local; please try a different path", "551"),
        ("Mailbox unavailable", "550"),
        ("Transaction failed", "554"),
        ("Bad sequence of commands", "503"),
        ("Syntax error in parameters or arguments", "501"),
        ("Syntax error, command unrecognized", "500"),
        ("Command parameter not implemented", "504"),
        ("Command not implemented", "502"),
    ];

    /// <summary>The reply in a sentence, or null.</summary>
    public static Finding? Read(string line) => Both(line) ?? Named(line) ?? Quoted(line) ?? Alone(line);

    /// <summary>The replies in an exception of Python's smtplib, each in a tuple; for several recipients there are several.</summary>
    public static IReadOnlyList<Finding> Tuples(string line)
    {
        var tuples = Tuple().Matches(line);
        return [.. tuples.Select(m => ReplyText.Read($"{m.Groups["code"].Value} {m.Groups["text"].Value.Replace("\\n", " ", StringComparison.Ordinal)}", tuples.Count > 1 ? m.Value : line, Step(line))).OfType<Finding>()];
    }

    /// <summary>The step that a program names beside the reply, or null.</summary>
    public static string? Step(string line) => StepNamed().Match(line) is { Success: true } m ? LogLine.Phase(m.Groups["step"].Value) : null;

    /// <summary>Whether a program repeats in this line what the server said before: PHPMailer, Nodemailer, curl.</summary>
    public static bool IsEcho(string line) => Echo().IsMatch(line);

    /// <summary>The message of an exception of System.Net.Mail, or null.</summary>
    public static Finding? Exception(string line)
    {
        var at = line.IndexOf("The server response was:", StringComparison.Ordinal);
        foreach (var (sentence, code) in DotNet)
        {
            if (at < 0 || !line[..at].Contains(sentence, StringComparison.Ordinal))
            {
                continue;
            }

            var said = line[(at + "The server response was:".Length)..].Trim();
            var reply = ReplyText.Read(said, line);
            // 450 and 550 share a sentence in .NET; the enhanced code tells them apart.
            var fitting = code == "550" && reply?.Enhanced is { } e && e[0] == '4' ? "450" : code;
            return reply is null ? new Finding { Code = fitting, Text = said, Input = line } : reply with { Code = reply.Code ?? fitting };
        }

        return null;
    }

    // 550 5.1.1, 550-5.1.1, 550 #5.1.1, 550, 5.1.1
    private static Finding? Both(string line) =>
        CodeAndEnhanced().Match(line) is { Success: true } m ? From(m, line) : null;

    // error 550, code: 535, "SMTP 421 …"
    private static Finding? Named(string line) => NamedCode().Match(line) is { Success: true } m ? From(m, line) : null;

    // … failed: bob@example.com: 550 relay not permitted
    private static Finding? Quoted(string line) => QuotedCode().Match(line) is { Success: true } m ? From(m, line) : null;

    // #5.1.1, (5.1.1), Status: 5.1.1
    private static Finding? Alone(string line) => EnhancedAlone().Match(line) is { Success: true } m ? From(m, line) : null;

    private static Finding From(Match m, string line) => new()
    {
        Code = m.Groups["code"] is { Success: true, Value: var code } ? code : null,
        Enhanced = m.Groups["enh"] is { Success: true, Value: var enhanced } ? enhanced : null,
        // The wording may stand before the codes as well as behind them.
        Text = line.Trim(),
        Input = line,
        Phase = Step(line),
    };

    [GeneratedRegex(@"(?:(?<a>['""])[^'""\s]{1,320}\k<a>: )?\((?<code>[245]\d\d), b?(?<q>['""])(?<text>.{0,2000}?)\k<q>(?=[,)])", RegexOptions.ExplicitCapture, Milliseconds)]
    private static partial Regex Tuple();

    [GeneratedRegex(@"\bin reply to (?<step>[^)]{1,60})|\bSMTP(?<step>Authentication|Sender|Recipient|Address|Helo|Connect)s?(?:Error|Refused|FailedException)\b|\b(?<step>MAIL(?: FROM)?|RCPT(?: TO)?|DATA(?: END)?|AUTH|EHLO|HELO|STARTTLS|Password|Username)(?: command)? failed\b|\bcommand: '(?<step>[A-Z ]{3,20})'", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, Milliseconds)]
    private static partial Regex StepNamed();

    [GeneratedRegex(@"\bresponse: ['""]|\bSMTP ERROR: |\bSMTP server error: |\bSMTP code: |^curl: \(\d{1,3}\)", RegexOptions.CultureInvariant, Milliseconds)]
    private static partial Regex Echo();

    [GeneratedRegex(@"(?<![\d.])(?<code>[245]\d\d)(?:[ -]|[,:] ?(?:b?['""])?| ?\(| ?#)#?(?<enh>[245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)", RegexOptions.ExplicitCapture, Milliseconds)]
    private static partial Regex CodeAndEnhanced();

    [GeneratedRegex(@"\b(?:error|code|reply|replied|response|responded|answer|answered|said|returned|status|smtp|esmtp|failed|with|got|LMTP|bounce[ds]?|rejected)(?: code| error| reply| with| a)?['""]?[:=;#,]?\s?['""(\[<]?(?<code>[245]\d\d)(?![\d.,/%]|:\d|\s?(?:ms|bytes|KB|MB|octets|messages|seconds|times|recipients)\b)", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, Milliseconds)]
    private static partial Regex NamedCode();

    [GeneratedRegex(@"\b(?:server|smtp|recipients?|failed|error|rejected|refused|bounced)\b.{0,200}?:\s['""]?(?<code>[245]\d\d)[ -](?=[A-Za-z<\[])", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, Milliseconds)]
    private static partial Regex QuotedCode();

    [GeneratedRegex(@"(?:#|\(|\b(?:status|dsn|code|error|\w{0,60}exception|was|said|smtp;)[:= ]{1,3}|^\s*)(?<enh>[245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)(?=[\s):;,.>#']|$)", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, Milliseconds)]
    private static partial Regex EnhancedAlone();
}
