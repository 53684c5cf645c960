using System.Text;

namespace Parley.Smtp.Addresses;

/// <summary>
/// The forward-path of RCPT TO: one recipient. <c>&lt;postmaster&gt;</c> without a domain is the one address that
/// needs none (RFC 5321 §4.5.1).
/// </summary>
public sealed record ForwardPath
{
    /// <summary>The bare <c>&lt;postmaster&gt;</c>.</summary>
    public static readonly ForwardPath Postmaster = new((Mailbox?)null);

    /// <summary>A forward-path to this mailbox; null stands for the bare postmaster.</summary>
    public ForwardPath(Mailbox? mailbox) => Mailbox = mailbox;

    /// <summary>The mailbox, or null for the bare postmaster.</summary>
    public Mailbox? Mailbox { get; }

    /// <summary>Whether this is <c>&lt;postmaster&gt;</c> without a domain.</summary>
    public bool IsBarePostmaster => Mailbox is null;

    /// <summary>Parses the stored form: a mailbox without brackets or <c>postmaster</c>; null when it is neither.</summary>
    public static ForwardPath? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (string.Equals(text, "postmaster", StringComparison.OrdinalIgnoreCase))
        {
            return Postmaster;
        }

        var mailbox = Mailbox.Parse(text);
        return mailbox is null ? null : new ForwardPath(mailbox);
    }

    internal static PathFault TryParse(ReadOnlySpan<byte> input, out ForwardPath? path, out int consumed)
    {
        path = null;
        var fault = PathParser.Cut(input, out var inside, out consumed);
        if (fault != PathFault.None)
        {
            return fault;
        }

        // RFC 5321 §4.1.1.3: "<Postmaster>", in any case.
        if (Ascii.EqualsIgnoreCase(inside, "postmaster"u8))
        {
            path = Postmaster;
            return PathFault.None;
        }

        fault = PathParser.TryParseInside(inside, out var mailbox);
        path = mailbox is null ? null : new ForwardPath(mailbox);
        return fault;
    }

    /// <summary>The stored form: the mailbox without brackets, or <c>postmaster</c>.</summary>
    public override string ToString() => Mailbox?.ToString() ?? "postmaster";
}
