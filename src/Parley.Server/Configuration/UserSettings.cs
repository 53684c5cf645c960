using Parley.Smtp.Addresses;
using Parley.Smtp.Sasl;

namespace Parley.Server.Configuration;

/// <summary>An account of the configuration.</summary>
public sealed record UserSettings
{
    /// <summary>The name to log in with; it may be an address.</summary>
    public required string Name { get; init; }

    /// <summary>The first line of `passwordFile`: `{SCRAM-SHA-256}iterations$salt:stored:server`, or a clear password.</summary>
    public required Secret Password { get; init; }

    /// <summary>The addresses that the user may send from.</summary>
    public required IReadOnlyList<Mailbox> Addresses { get; init; }
}

/// <summary>How OAUTHBEARER and XOAUTH2 tokens are checked.</summary>
public sealed record OAuthSettings
{
    /// <summary>The token's `iss`, and where the provider's keys are found when there is no <see cref="KeysFile"/>.</summary>
    public required string? Issuer { get; init; }

    /// <summary>The token's `aud`.</summary>
    public required string? Audience { get; init; }

    /// <summary>A JSON Web Key Set; absolute path.</summary>
    public required string? KeysFile { get; init; }

    /// <summary>The claim that holds the account's name or address.</summary>
    public required string UserClaim { get; init; }

    public bool IsConfigured => Issuer is not null || KeysFile is not null;
}
