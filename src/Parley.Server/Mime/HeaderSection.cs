namespace Parley.Server.Mime;

/// <summary>What the receiver asks of a message's header section, read from its first octets in one pass each.</summary>
public static class HeaderSection
{
    /// <summary>Longest subject that is kept, in characters; RFC 5322 §2.1.1 ends a line at 998.</summary>
    public const int LongestSubject = 1000;

    /// <summary>The subject, unfolded and decoded (RFC 2047); empty when there is none.</summary>
    /// <param name="head">The first octets of the message; fields that lie beyond are not seen.</param>
    public static string Subject(ReadOnlySpan<byte> head)
    {
        var fields = new HeaderFields(head);
        while (fields.MoveNext())
        {
            if (fields.Is("Subject"u8))
            {
                return EncodedWords.Decode(fields.Body, LongestSubject);
            }
        }

        return string.Empty;
    }

    /// <summary>Counts the Received fields that one host wrote (RFC 5321 §4.4: "by" and its name).</summary>
    /// <param name="head">The first octets of the message; fields that lie beyond are not seen.</param>
    /// <param name="host">The host's name.</param>
    public static int CountReceivedBy(ReadOnlySpan<byte> head, string host)
    {
        var fields = new HeaderFields(head);
        var count = 0;
        while (fields.MoveNext())
        {
            if (fields.Is("Received"u8))
            {
                var words = System.Text.Encoding.Latin1.GetString(fields.Body).Split([' ', '\t', '\r', '\n', ';'], StringSplitOptions.RemoveEmptyEntries);
                var by = Array.FindIndex(words, static word => word.Equals("by", StringComparison.OrdinalIgnoreCase));
                count += by >= 0 && by + 1 < words.Length && words[by + 1].Equals(host, StringComparison.OrdinalIgnoreCase) ? 1 : 0;
            }
        }

        return count;
    }

    /// <summary>Counts the fields that the loop guard and the checks of a submission look at.</summary>
    /// <param name="head">The first octets of the message; fields that lie beyond are not seen.</param>
    public static HeaderCounts Count(ReadOnlySpan<byte> head)
    {
        var fields = new HeaderFields(head);
        var counts = default(HeaderCounts);
        while (fields.MoveNext())
        {
            counts = fields.Name.Length switch
            {
                8 when fields.Is("Received"u8) => counts with { Received = counts.Received + 1 },
                4 when fields.Is("From"u8) => counts with { From = counts.From + 1 },
                4 when fields.Is("Date"u8) => counts with { Date = counts.Date + 1 },
                10 when fields.Is("Message-ID"u8) => counts with { MessageId = counts.MessageId + 1 },
                _ => counts,
            };
        }

        return counts with { IsWhole = fields.Ended, Octets = fields.Position };
    }
}

/// <summary>How often some fields occur in a header section.</summary>
public readonly record struct HeaderCounts
{
    /// <summary>Received fields: one a hop (RFC 5321 §6.3).</summary>
    public int Received { get; init; }

    /// <summary>From fields; RFC 5322 §3.6 asks for one.</summary>
    public int From { get; init; }

    /// <summary>Date fields; RFC 5322 §3.6 asks for one.</summary>
    public int Date { get; init; }

    /// <summary>Message-ID fields; at most one (RFC 5322 §3.6.4).</summary>
    public int MessageId { get; init; }

    /// <summary>Whether the end of the section was seen in the octets that were read.</summary>
    public bool IsWhole { get; init; }

    /// <summary>Octets of the section; when it is whole, where the body begins.</summary>
    public int Octets { get; init; }
}
