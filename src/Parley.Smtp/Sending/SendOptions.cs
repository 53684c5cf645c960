using Parley.Smtp.Sasl;

namespace Parley.Smtp.Sending;

/// <summary>Whether a dialogue begins TLS with STARTTLS.</summary>
public enum SendTls
{
    /// <summary>Not even where it is offered.</summary>
    Never,

    /// <summary>Where it is offered (RFC 7435).</summary>
    WhenOffered,

    /// <summary>Always: without it nothing is sent.</summary>
    Always,
}

/// <summary>How to speak to a next hop.</summary>
/// <param name="Hostname">Our own name, for EHLO.</param>
public sealed record SendOptions(string Hostname)
{
    /// <summary>LMTP (RFC 2033) instead of SMTP: LHLO, and an answer to the content for each recipient.</summary>
    public bool Lmtp { get; init; }

    /// <summary>STARTTLS.</summary>
    public SendTls Tls { get; init; } = SendTls.WhenOffered;

    /// <summary>Whom to log in as; null: nobody.</summary>
    public SendLogin? Login { get; init; }

    /// <summary>Most recipients of one transaction where the hop announces no LIMITS; RFC 5321 §4.5.3.1.8 makes it take 100.</summary>
    public int MaxRecipients { get; init; } = 100;

    /// <summary>Most messages of one connection.</summary>
    public int MaxMessages { get; init; } = 1000;
}

/// <summary>Who logs in at the next hop, and how.</summary>
/// <param name="User">The user's name.</param>
/// <param name="Secret">The password, or the token for OAUTHBEARER and XOAUTH2. It must outlive the dialogue.</param>
/// <param name="NewNonce">As <see cref="SaslClientContext.NewNonce"/>.</param>
public sealed record SendLogin(string User, Secret Secret, Func<string> NewNonce)
{
    /// <summary>The one mechanism to use; null: the strongest that both sides have. Tokens are used only where it is named.</summary>
    public string? Mechanism { get; init; }

    /// <summary>Whether passwords may travel readable outside TLS.</summary>
    public bool AllowClear { get; init; }

    /// <summary>The hop's name and port, for OAUTHBEARER.</summary>
    public string? Host { get; init; }

    /// <summary>See <see cref="Host"/>.</summary>
    public int? Port { get; init; }

    /// <summary>Shows no secret.</summary>
    public override string ToString() => User;
}

/// <summary>What the driver of a dialogue tells about the TLS connection.</summary>
/// <param name="BindingType">The registered name of the channel binding at hand, or null.</param>
/// <param name="Binding">Its data.</param>
public sealed record SendTlsFacts(string? BindingType = null, ReadOnlyMemory<byte> Binding = default);
