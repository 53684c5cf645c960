namespace Parley.Server.Configuration;

/// <summary>Bounds on what a client may use.</summary>
public sealed record LimitSettings
{
    /// <summary>Largest message in octets; announced as SIZE (RFC 1870).</summary>
    public required long MessageBytes { get; init; }

    /// <summary>Recipients of one transaction.</summary>
    public required int Recipients { get; init; }

    /// <summary>SMTP connections at one time.</summary>
    public required int Connections { get; init; }

    /// <summary>The same for one client address; loopback and trusted networks are exempt.</summary>
    public required int ConnectionsPerAddress { get; init; }

    /// <summary>Commands answered with 5yz until the session is closed with 421.</summary>
    public required int ErrorsPerSession { get; init; }

    /// <summary>Longest wait for a command.</summary>
    public required TimeSpan CommandTimeout { get; init; }

    /// <summary>Longest wait for a piece of the message.</summary>
    public required TimeSpan DataTimeout { get; init; }

    /// <summary>How long open transactions may go on when the server stops.</summary>
    public required TimeSpan ShutdownGrace { get; init; }

    /// <summary>The catcher keeps the newest messages, at most this many.</summary>
    public required int KeepMessages { get; init; }

    /// <summary>The catcher keeps the newest messages, at most this many octets in all.</summary>
    public required long KeepBytes { get; init; }
}

/// <summary>What the commands that tell about mailboxes say.</summary>
public sealed record CommandSettings
{
    public required VrfyAnswer Vrfy { get; init; }

    public required ExpnAnswer Expn { get; init; }
}

public enum VrfyAnswer
{
    /// <summary>252 for every address: nothing is told.</summary>
    Neutral,

    /// <summary>250, 251, 550 or 553: the truth.</summary>
    Answer,

    /// <summary>502.</summary>
    Disabled,
}

public enum ExpnAnswer
{
    /// <summary>502.</summary>
    Disabled,

    /// <summary>250 with the members of an alias.</summary>
    Answer,
}

/// <summary>How refusals are worded.</summary>
public sealed record ReplySettings
{
    /// <summary>Refusals end in this address, a slash and the reply's id; without a slash at its end. Null: no link.</summary>
    public required string? ExplainUrl { get; init; }
}

/// <summary>Where queue and mail rest.</summary>
public sealed record StoreSettings
{
    public required StoreEngine Engine { get; init; }
}

public enum StoreEngine
{
    Sqlite,
}
