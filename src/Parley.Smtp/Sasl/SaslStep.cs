namespace Parley.Smtp.Sasl;

/// <summary>What the server does next: a <see cref="SaslChallenge"/> or a <see cref="SaslOutcome"/>.</summary>
public abstract record SaslStep;

/// <summary>The server wants another answer: reply 334 with these octets in base64.</summary>
/// <param name="Data">The octets; empty is a challenge too (<c>334 </c> with the space, RFC 4954 §4).</param>
public sealed record SaslChallenge(ReadOnlyMemory<byte> Data) : SaslStep
{
    /// <summary>The empty challenge.</summary>
    public static SaslChallenge Empty { get; } = new(ReadOnlyMemory<byte>.Empty);
}

/// <summary>The end of an authentication: <see cref="SaslSuccess"/> or <see cref="SaslFailure"/>.</summary>
public abstract record SaslOutcome : SaslStep;

/// <summary>The client is who it says: reply 235 2.7.0.</summary>
/// <param name="AuthenticationId">Whose credential it was.</param>
/// <param name="AuthorizationId">Who it may act as; the same name where the client asked for no other.</param>
public sealed record SaslSuccess(string AuthenticationId, string AuthorizationId) : SaslOutcome;

/// <summary>The authentication failed; the session stays usable (RFC 4954 §4).</summary>
/// <param name="Reason">Why; each reason has its own reply.</param>
public sealed record SaslFailure(SaslFailureReason Reason) : SaslOutcome;

/// <summary>Why an authentication failed, with the reply that RFC 4954 §4 and §6 or RFC 5248 §2.4 gives it.</summary>
public enum SaslFailureReason
{
    /// <summary>Wrong name or secret, or an identity that may not be taken: 535 5.7.8, without detail.</summary>
    InvalidCredentials,

    /// <summary>The octets are not what the mechanism speaks: 501 5.5.2.</summary>
    Malformed,

    /// <summary>The line is not base64: 501 5.5.2.</summary>
    NotBase64,

    /// <summary>The line is over <see cref="SaslDialogue.MaximumLineLength"/> octets: 500 5.5.6.</summary>
    LineTooLong,

    /// <summary>An initial response where the mechanism has none: 501 5.5.4.</summary>
    UnexpectedInitialResponse,

    /// <summary>The client sent <c>*</c>: 501 5.7.0.</summary>
    Cancelled,

    /// <summary>The credential was right but the account demands a stronger mechanism: 534 5.7.9.</summary>
    MechanismTooWeak,

    /// <summary>The credential was right but has to be changed first: 432 4.7.12.</summary>
    TransitionNeeded,

    /// <summary>The credential was right but the account is switched off: 525 5.7.13.</summary>
    AccountDisabled,

    /// <summary>The store of accounts, or the token's issuer, cannot be asked now: 454 4.7.0.</summary>
    Unavailable,

    /// <summary>Too many failures of this account: 454 4.7.0.</summary>
    TooManyAccountFailures,

    /// <summary>Too many failures from this address: 421 4.7.0, and the connection closes.</summary>
    TooManyAddressFailures,
}

/// <summary>What the client does next: a <see cref="SaslResponse"/> or a <see cref="SaslAbort"/>.</summary>
public abstract record SaslClientStep;

/// <summary>An answer to send in base64.</summary>
/// <param name="Data">The octets; an empty answer to a challenge is an empty line.</param>
public sealed record SaslResponse(ReadOnlyMemory<byte> Data) : SaslClientStep
{
    /// <summary>The empty answer.</summary>
    public static SaslResponse Empty { get; } = new(ReadOnlyMemory<byte>.Empty);
}

/// <summary>The client gives up and sends <c>*</c>.</summary>
/// <param name="Why">What was wrong with the server's challenge, in a sentence without secrets.</param>
public sealed record SaslAbort(string Why) : SaslClientStep;
