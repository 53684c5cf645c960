using System.Globalization;
using System.Text;

namespace Parley.Smtp;

/// <summary>
/// One reply: a named entry of <see cref="Replies"/> with its code, its enhanced code and its text. Immutable; the
/// octets are made once. The text can hold no CR, LF or NUL, and no line is longer than 512 octets with its CRLF
/// (RFC 5321 §4.5.3.1.5).
/// </summary>
public sealed class Reply
{
    /// <summary>Longest reply line in octets, code and CRLF included (RFC 5321 §4.5.3.1.5).</summary>
    public const int MaxLineOctets = 512;

    private readonly byte[] wire;

    internal Reply(string id, int code, string? enhanced, params IReadOnlyList<string> lines)
    {
        Id = id;
        Code = new ReplyCode(code);
        Enhanced = enhanced is null ? null : EnhancedStatusCode.Parse(enhanced);
        Lines = [.. lines.Select(line => Clean(line, RoomForText))];
        wire = Write(null);
    }

    private Reply(Reply entry, IReadOnlyList<string> lines)
    {
        Id = entry.Id;
        Code = entry.Code;
        Enhanced = entry.Enhanced;
        Lines = [.. lines.Select(line => Clean(line, RoomForText))];
        wire = Write(null);
    }

    /// <summary>The entry's name: event, metric label, key of the explanation and end of the link, such as <c>relay-denied</c>.</summary>
    public string Id { get; }

    /// <summary>The reply code.</summary>
    public ReplyCode Code { get; }

    /// <summary>The enhanced status code; null on the greeting, EHLO, HELO and 3yz (RFC 2034 §4).</summary>
    public EnhancedStatusCode? Enhanced { get; }

    /// <summary>The text, at least one line.</summary>
    public IReadOnlyList<string> Lines { get; }

    /// <summary>The octets of the reply, each line with its code and CRLF.</summary>
    public ReadOnlyMemory<byte> Wire => wire;

    /// <summary>Whether the reply is 4yz or 5yz.</summary>
    public bool IsRefusal => Code.Severity is ReplySeverity.TransientNegative or ReplySeverity.PermanentNegative;

    // RFC 4954 §4: a line of a SASL exchange may be longer, in both directions.
    private int RoomForText => (Code.Value == 334 ? Sasl.SaslDialogue.MaximumLineLength : MaxLineOctets) - 2 - 4 - (Enhanced is { } e ? e.ToString().Length + 1 : 0);

    /// <summary>The same entry with other words.</summary>
    public Reply WithText(params IReadOnlyList<string> lines) => new(this, lines);

    /// <summary>
    /// The octets with a link to the page of this reply at the end of the last line, where the line has room for it.
    /// </summary>
    public ReadOnlyMemory<byte> WireWithLink(string explainUrl) => Write(explainUrl.TrimEnd('/') + "/" + Id);

    private byte[] Write(string? link)
    {
        var text = new StringBuilder();
        for (var i = 0; i < Lines.Count; i++)
        {
            var last = i == Lines.Count - 1;
            var line = Lines[i];
            if (last && link is not null && Encoding.UTF8.GetByteCount(line) + 1 + link.Length <= RoomForText)
            {
                line = line.Length == 0 ? link : line + " " + link;
            }

            text.Append(CultureInfo.InvariantCulture, $"{Code.Value}{(last ? ' ' : '-')}");
            if (Enhanced is { } enhanced)
            {
                text.Append(CultureInfo.InvariantCulture, $"{enhanced} ");
            }

            text.Append(line).Append("\r\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    // Danger dies at the door: what a client sent may come back in a text, but never as a line of its own.
    private static string Clean(string line, int room)
    {
        var clean = line.AsSpan().ContainsAnyInRange('\0', '\u001f') || line.Contains('\u007f', StringComparison.Ordinal)
            ? string.Create(line.Length, line, static (span, source) =>
            {
                for (var i = 0; i < span.Length; i++)
                {
                    span[i] = char.IsControl(source[i]) ? '?' : source[i];
                }
            })
            : line;
        while (Encoding.UTF8.GetByteCount(clean) > room)
        {
            clean = clean[..Math.Max(0, Math.Min(clean.Length - 1, room))];
        }

        return clean;
    }

    /// <summary>The reply as one line for people and logs.</summary>
    public override string ToString() =>
        $"{Code}{(Enhanced is { } e ? " " + e : string.Empty)} {string.Join(" / ", Lines)}";
}
