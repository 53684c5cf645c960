namespace Parley.Bench.Peers;

/// <summary>What a measured Postfix does besides accepting and discarding.</summary>
public sealed record PostfixSetup
{
    public static readonly PostfixSetup Discarding = new();

    /// <summary>With it, STARTTLS and logins that a Dovecot of its own checks.</summary>
    public LoginFixture? Login { get; init; }

    /// <summary>With it, all mail goes on to this port of 127.0.0.1 instead of being discarded.</summary>
    public int? RelayPort { get; init; }

    /// <summary>Connections to the next hop at a time.</summary>
    public int RelayConcurrency { get; init; } = 20;
}
