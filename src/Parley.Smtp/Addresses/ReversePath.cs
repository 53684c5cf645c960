using System.Text;

namespace Parley.Smtp.Addresses;

/// <summary>The reverse-path of MAIL FROM: where failures are reported; <c>&lt;&gt;</c> is the null sender (RFC 5321 §4.5.5).</summary>
public sealed record ReversePath
{
    /// <summary>The null reverse-path, used for notifications so that they are never answered.</summary>
    public static readonly ReversePath Null = new((Mailbox?)null);

    /// <summary>A reverse-path with this mailbox.</summary>
    public ReversePath(Mailbox? mailbox) => Mailbox = mailbox;

    /// <summary>The mailbox, or null for the null sender.</summary>
    public Mailbox? Mailbox { get; }

    /// <summary>Whether this is the null sender.</summary>
    public bool IsNull => Mailbox is null;

    /// <summary>Parses the stored form: a mailbox without brackets, or empty for the null sender; null when it is neither.</summary>
    public static ReversePath? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length == 0)
        {
            return Null;
        }

        var mailbox = Mailbox.Parse(text);
        return mailbox is null ? null : new ReversePath(mailbox);
    }

    internal static PathFault TryParse(ReadOnlySpan<byte> input, out ReversePath? path, out int consumed)
    {
        path = null;
        var fault = PathParser.Cut(input, out var inside, out consumed);
        if (fault != PathFault.None)
        {
            return fault;
        }

        if (inside.IsEmpty)
        {
            path = Null;
            return PathFault.None;
        }

        fault = PathParser.TryParseInside(inside, out var mailbox);
        path = mailbox is null ? null : new ReversePath(mailbox);
        return fault;
    }

    /// <summary>The stored form: the mailbox without brackets, empty for the null sender.</summary>
    public override string ToString() => Mailbox?.ToString() ?? string.Empty;
}
