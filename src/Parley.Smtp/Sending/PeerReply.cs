namespace Parley.Smtp.Sending;

/// <summary>
/// What another server answered. Unlike <see cref="Reply"/>, which is ours, this is anybody's text: it is shown and
/// passed on, and only the first digit of its code is trusted (RFC 5321 §4.2.1).
/// </summary>
public sealed class PeerReply
{
    /// <summary>A reply.</summary>
    /// <param name="code">The code; of a reply whose lines disagree, the last line's.</param>
    /// <param name="lines">The text of each line behind the code, without control characters; at least one.</param>
    public PeerReply(ReplyCode code, IReadOnlyList<string> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        Code = code;
        Lines = lines;
        Enhanced = EnhancedOf(code, lines[0]);
    }

    /// <summary>The reply code.</summary>
    public ReplyCode Code { get; }

    /// <summary>The enhanced status code at the front of the text, if there is one whose class is the code's first digit (RFC 2034 §4).</summary>
    public EnhancedStatusCode? Enhanced { get; }

    /// <summary>The text of each line as it came, behind the code.</summary>
    public IReadOnlyList<string> Lines { get; }

    /// <summary>The text as one line, without the enhanced codes.</summary>
    public string Text => Lines.Count == 1 ? WithoutEnhanced(Lines[0]) : string.Join(' ', Lines.Select(WithoutEnhanced));

    /// <summary>Whether the first digit is this one.</summary>
    public bool Is(ReplySeverity severity) => Code.Severity == severity;

    /// <summary>Whether the reply is 4yz or 5yz.</summary>
    public bool IsRefusal => Code.Severity is ReplySeverity.TransientNegative or ReplySeverity.PermanentNegative;

    private string WithoutEnhanced(string line)
    {
        if (Enhanced is not { } enhanced)
        {
            return line;
        }

        var prefix = enhanced.ToString();
        return line.StartsWith(prefix, StringComparison.Ordinal) ? line[prefix.Length..].TrimStart() : line;
    }

    private static EnhancedStatusCode? EnhancedOf(ReplyCode code, string line)
    {
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        var enhanced = EnhancedStatusCode.Parse(space < 0 ? line : line.AsSpan(0, space));
        return enhanced is { } found && found.Class == (int)code.Severity ? enhanced : null;
    }

    /// <summary>The reply as one line for people and logs.</summary>
    public override string ToString() => $"{Code} {string.Join(" / ", Lines)}".TrimEnd();
}
