using System.Text.RegularExpressions;

namespace Parley.Codes.Reading;

/// <summary>The machine-readable fields of a bounce (RFC 3464 §2.3): one finding for each recipient.</summary>
internal sealed partial class DeliveryReport
{
    private const int Milliseconds = 5000;

    private readonly List<string> _lines = [];
    private string? _status;
    private string? _diagnostic;
    private string _comment = "";

    /// <summary>The codes that the other server itself gave for the recipient that <see cref="Finish"/> ended last.</summary>
    public (string? Code, string? Enhanced) Repeats { get; private set; }

    /// <summary>Takes a field in; true when the line was one.</summary>
    public bool Take(string line, out Finding? finished)
    {
        finished = null;
        if (Field().Match(line) is not { Success: true } m)
        {
            return false;
        }

        var (name, value) = (m.Groups["name"].Value.ToUpperInvariant(), m.Groups["value"].Value);
        var opens = name is "FINAL-RECIPIENT" or "ORIGINAL-RECIPIENT" || (name == "STATUS" && _status is not null) || (name == "DIAGNOSTIC-CODE" && _diagnostic is not null);
        if (opens && (_status ?? _diagnostic) is not null)
        {
            finished = Finish();
        }

        switch (name)
        {
            case "STATUS" when Status().Match(value) is { Success: true } status:
                _status = status.Value;
                _comment = value[status.Length..].Trim();
                _lines.Add(line);
                break;
            case "STATUS" when ReplyText.Read(value, value)?.Code is not null:
                _diagnostic ??= value;
                _lines.Add(line);
                break;
            case "DIAGNOSTIC-CODE":
                _diagnostic = value;
                _lines.Add(line);
                break;
        }

        return true;
    }

    /// <summary>Ends the recipient's group; null when nothing was gathered.</summary>
    public Finding? Finish()
    {
        if (_status is null && _diagnostic is null)
        {
            return null;
        }

        // RFC 3464 §2.3.6: the type, a semicolon, what the other server said.
        var said = _diagnostic is null ? _comment : _diagnostic[(_diagnostic.IndexOf(';') + 1)..].Trim();
        var input = string.Join('\n', _lines);
        // Older reports repeat the line that people read: host mx1.example.net[192.0.2.25] said: 550 …
        var reply = ReplyText.Read(said, input) ?? (LogLine.Read(said) is { Code: not null } told ? told with { Input = input } : null);
        // X.0.0 is what a reporter writes who knows no better.
        var status = _status is not null && _status.EndsWith(".0.0", StringComparison.Ordinal) && reply?.Code is not null ? null : _status;
        Repeats = reply is null ? (null, _status) : (reply.Code, reply.Enhanced);
        var finding = reply is null
            ? new Finding { Enhanced = _status, Text = said, Input = input }
            : reply with { Enhanced = reply.Enhanced ?? status };
        _lines.Clear();
        (_status, _diagnostic, _comment) = (null, null, "");
        return finding.Code is null && finding.Enhanced is null && said.Length == 0 ? null : finding;
    }

    [GeneratedRegex(@"^(?<name>Original-Recipient|Final-Recipient|Action|Status|Diagnostic-Code|Remote-MTA|Reporting-MTA|Last-Attempt-Date|Final-Log-ID|Will-Retry-Until|Arrival-Date|Received-From-MTA|Original-Envelope-Id|X-Postfix-[A-Za-z-]{1,40}):[ \t]*(?<value>.*)$", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, Milliseconds)]
    private static partial Regex Field();

    [GeneratedRegex(@"^[245]\.\d{1,3}\.\d{1,3}(?![\d.])", RegexOptions.None, Milliseconds)]
    private static partial Regex Status();
}
