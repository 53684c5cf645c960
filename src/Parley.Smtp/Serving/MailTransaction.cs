using Parley.Smtp.Addresses;

namespace Parley.Smtp.Serving;

/// <summary>What BODY said of the content (RFC 6152 §3, RFC 3030 §3).</summary>
public enum BodyType
{
    /// <summary>BODY=7BIT, or nothing said.</summary>
    SevenBit,

    /// <summary>BODY=8BITMIME.</summary>
    EightBitMime,

    /// <summary>BODY=BINARYMIME: any octets, by BDAT only.</summary>
    BinaryMime,
}

/// <summary>How much of the message a failure report brings back (RFC 3461 §4.3).</summary>
public enum DsnReturn
{
    /// <summary>Not said.</summary>
    Unspecified,

    /// <summary>RET=FULL.</summary>
    Full,

    /// <summary>RET=HDRS.</summary>
    Headers,
}

/// <summary>When a recipient's sender wants to be told (RFC 3461 §4.1).</summary>
[Flags]
public enum DsnNotify
{
    /// <summary>Not said: failures, and delays at the server's choice.</summary>
    Unspecified = 0,

    /// <summary>NOTIFY=NEVER.</summary>
    Never = 1,

    /// <summary>NOTIFY=SUCCESS.</summary>
    Success = 2,

    /// <summary>NOTIFY=FAILURE.</summary>
    Failure = 4,

    /// <summary>NOTIFY=DELAY.</summary>
    Delay = 8,
}

/// <summary>One recipient of a transaction, with what RCPT said of it.</summary>
public sealed class Recipient(ForwardPath path)
{
    /// <summary>The forward-path.</summary>
    public ForwardPath Path { get; } = path;

    /// <summary>NOTIFY (RFC 3461 §4.1).</summary>
    public DsnNotify Notify { get; set; }

    /// <summary>ORCPT as it came, <c>type;xtext</c> (RFC 3461 §4.2), or null.</summary>
    public string? OriginalRecipient { get; set; }

    /// <summary>What the receiver found out about this recipient; the session carries it and never looks.</summary>
    public object? Resolution { get; set; }
}

/// <summary>A mail transaction: from MAIL to the final reply or RSET (RFC 5321 §3.3).</summary>
public sealed class MailTransaction(ReversePath reversePath)
{
    private readonly List<Recipient> recipients = [];

    /// <summary>Where failures go.</summary>
    public ReversePath ReversePath { get; } = reversePath;

    /// <summary>SIZE as declared, in octets (RFC 1870), or null.</summary>
    public long? DeclaredSize { get; set; }

    /// <summary>BODY.</summary>
    public BodyType Body { get; set; }

    /// <summary>Whether MAIL carried SMTPUTF8 (RFC 6531 §3.4).</summary>
    public bool SmtpUtf8 { get; set; }

    /// <summary>RET (RFC 3461 §4.3).</summary>
    public DsnReturn Return { get; set; }

    /// <summary>ENVID as it came, in xtext (RFC 3461 §4.4), or null.</summary>
    public string? EnvelopeId { get; set; }

    /// <summary>MAIL's AUTH parameter, decoded (RFC 4954 §5), or null; empty for <c>&lt;&gt;</c>.</summary>
    public string? SubmittedBy { get; set; }

    /// <summary>The recipients that were accepted, in order.</summary>
    public IReadOnlyList<Recipient> Recipients => recipients;

    /// <summary>How many RCPT commands came with a well-formed recipient, refused ones counted.</summary>
    public int RecipientsOffered { get; internal set; }

    internal void Add(Recipient recipient) => recipients.Add(recipient);
}
