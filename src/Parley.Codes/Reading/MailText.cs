using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using System.Text.Unicode;

namespace Parley.Codes.Reading;

/// <summary>
/// What a mail says that was pasted as it travels: its text and its report for programs, decoded. The message that a
/// bounce returns is left out, as what stands in it answers nothing.
/// </summary>
internal sealed partial class MailText
{
    private const int Milliseconds = 5000;
    private const int Deepest = 5;
    private const int MostHeaderLines = 2000; // large providers set hundreds

    private readonly StringBuilder _text = new();
    private readonly StringBuilder _html = new();

    /// <summary>The words of a mail; null when the text does not begin with the header of one.</summary>
    public static string? Of(string text)
    {
        var lines = text.Length > ReplyReader.MaxCharacters ? text[..ReplyReader.MaxCharacters].Split('\n') : text.Split('\n');
        var (from, to) = (Array.FindIndex(lines, l => l.Trim().Length > 0), lines.Length);
        if (from >= 0 && lines[from].StartsWith("From ", StringComparison.Ordinal))
        {
            from++;
        }

        var (fields, body) = from < 0 ? ([], to) : Header(lines, from, to);
        if (!IsMail(fields) || body >= to)
        {
            return null;
        }

        var mail = new MailText();
        mail.Take(fields, lines.AsSpan(body, to - body), depth: 0);
        var words = mail._text.ToString();
        return string.IsNullOrWhiteSpace(words) ? mail._html.ToString() : words;
    }

    private static bool IsMail(Dictionary<string, string> fields) =>
        fields.Count >= 3 && fields.ContainsKey("from") && (fields.ContainsKey("date") || fields.ContainsKey("received") || fields.ContainsKey("message-id"));

    // RFC 5322 §2.2: name, colon, value; a line that begins with a space goes on with the one before; an empty line ends it.
    private static (Dictionary<string, string> Fields, int Body) Header(ReadOnlySpan<string> lines, int from, int to)
    {
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var name = "";
        for (var i = from; i < to && i - from < MostHeaderLines; i++)
        {
            var line = lines[i].TrimEnd('\r');
            if (line.Length == 0)
            {
                return (fields, i + 1);
            }

            if (line[0] is ' ' or '\t')
            {
                if (name.Length > 0 && fields[name].Length < ReplyReader.MaxLine)
                {
                    fields[name] += " " + line.Trim();
                }
            }
            else if (line.IndexOf(':') is > 0 and var at && !line.AsSpan(0, at).Contains(' '))
            {
                name = line[..at];
                fields[name] = line[(at + 1)..].Trim();
            }
            else
            {
                return ([], to);
            }
        }

        return (fields, to);
    }

    // RFC 2046 §5.1; RFC 6522: text for people, a report for programs, the message or its header.
    private void Take(Dictionary<string, string> fields, ReadOnlySpan<string> body, int depth)
    {
        var content = fields.GetValueOrDefault("content-type", "text/plain");
        var type = content.Split(';')[0].Trim().ToLowerInvariant();
        if (type.StartsWith("multipart/", StringComparison.Ordinal))
        {
            if (depth < Deepest && Boundary().Match(content) is { Success: true } m)
            {
                TakeParts(body, "--" + (m.Groups["quoted"].Success ? m.Groups["quoted"].Value : m.Groups["bare"].Value), depth + 1);
            }
        }
        else if (type == "text/html")
        {
            _html.Append(Bare(Decoded(fields, body))).Append("\n\n");
        }
        else if (type is "message/delivery-status" or "message/global-delivery-status" or "message/feedback-report"
            || (type.StartsWith("text/", StringComparison.Ordinal) && type is not ("text/rfc822-headers" or "text/calendar")))
        {
            _text.Append(Decoded(fields, body)).Append("\n\n");
        }
    }

    private void TakeParts(ReadOnlySpan<string> body, string delimiter, int depth)
    {
        var start = -1;
        for (var i = 0; i <= body.Length; i++)
        {
            if (i < body.Length && !body[i].StartsWith(delimiter, StringComparison.Ordinal))
            {
                continue;
            }

            if (start >= 0 && start < i)
            {
                var part = body[start..i];
                var (fields, at) = Header(part, 0, part.Length);
                Take(fields, at < part.Length ? part[at..] : [], depth);
            }

            start = i + 1;
        }
    }

    private static string Decoded(Dictionary<string, string> fields, ReadOnlySpan<string> body)
    {
        var text = string.Join('\n', body.ToArray());
        return fields.GetValueOrDefault("content-transfer-encoding", "").Trim().ToLowerInvariant() switch
        {
            "base64" => FromBase64(text),
            "quoted-printable" => FromQuotedPrintable(text),
            _ => text,
        };
    }

    private static string FromBase64(string text)
    {
        var buffer = new byte[text.Length];
        return Convert.TryFromBase64String(text, buffer, out var n) ? Words(buffer.AsSpan(0, n)) : text;
    }

    // RFC 2045 §6.7: "=3D" is an octet, "=" at the end of a line, or before spaces there, joins it with the next.
    private static string FromQuotedPrintable(string text)
    {
        using var bytes = new MemoryStream(text.Length);
        var at = 0;
        while (text.IndexOf('=', at) is >= 0 and var sign)
        {
            bytes.Write(Encoding.UTF8.GetBytes(text[at..sign]));
            if (sign + 2 < text.Length && byte.TryParse(text.AsSpan(sign + 1, 2), NumberStyles.AllowHexSpecifier, null, out var octet))
            {
                bytes.WriteByte(octet);
                at = sign + 3;
            }
            else if (text.AsSpan(sign + 1).TrimStart(" \t\r") is var rest && (rest.IsEmpty || rest[0] == '\n'))
            {
                at = Math.Min(text.Length, text.Length - rest.Length + 1);
            }
            else
            {
                bytes.WriteByte((byte)'='); // of a program that did not encode it
                at = sign + 1;
            }
        }

        bytes.Write(Encoding.UTF8.GetBytes(text[at..]));
        return Words(bytes.ToArray());
    }

    private static string Words(ReadOnlySpan<byte> bytes) =>
        Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : Encoding.Latin1.GetString(bytes);

    private static string Bare(string html)
    {
        foreach (var element in new[] { "style", "script", "head" })
        {
            html = Without(html, "<" + element, "</" + element);
        }

        return WebUtility.HtmlDecode(Tag().Replace(LineEnd().Replace(html, "\n"), ""));
    }

    private static string Without(string html, string opens, string closes)
    {
        var kept = new StringBuilder(html.Length);
        var at = 0;
        while (html.IndexOf(opens, at, StringComparison.OrdinalIgnoreCase) is >= 0 and var open
            && html.IndexOf(closes, open, StringComparison.OrdinalIgnoreCase) is >= 0 and var close)
        {
            kept.Append(html, at, open - at);
            at = close + closes.Length;
        }

        return kept.Append(html, at, html.Length - at).ToString();
    }

    [GeneratedRegex(@"\bboundary=(?:""(?<quoted>[^""]{1,200})""|(?<bare>[^\s;""]{1,200}))", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, Milliseconds)]
    private static partial Regex Boundary();

    [GeneratedRegex(@"</?(?:br|p|div|tr|li|h\d|table|pre)\b[^<>]{0,1000}>", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, Milliseconds)]
    private static partial Regex LineEnd();

    [GeneratedRegex(@"</?[a-z!][^<>]{0,1000}>", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, Milliseconds)]
    private static partial Regex Tag();
}
