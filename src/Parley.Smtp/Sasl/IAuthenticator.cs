using System.Security.Cryptography.X509Certificates;

namespace Parley.Smtp.Sasl;

/// <summary>
/// What the mechanisms ask the outside: one instance a connection, so that it may know the peer and count its failures.
/// <para>
/// Two laws hold for every implementation. A name that does not exist costs the same time and gets the same answers as a
/// wrong secret. What it says besides <see cref="SaslFailureReason.InvalidCredentials"/> about an account
/// (disabled, too weak, transition) it says only after the secret was right (RFC 4954 §6).
/// </para>
/// </summary>
public interface IAuthenticator
{
    /// <summary>Checks a password (PLAIN, LOGIN) and decides.</summary>
    /// <param name="claim">Who the client says it is.</param>
    /// <param name="password">As the client sent it, not yet prepared by SASLprep; valid until the task ends.</param>
    /// <param name="cancellationToken">The connection's end.</param>
    ValueTask<SaslOutcome> CheckPasswordAsync(LoginClaim claim, Secret password, CancellationToken cancellationToken);

    /// <summary>Checks a bearer token (OAUTHBEARER, XOAUTH2) and decides.</summary>
    /// <param name="claim">Who the client says it is; the name may be empty, then the token alone names the user.</param>
    /// <param name="token">The token as the client sent it; valid until the task ends.</param>
    /// <param name="cancellationToken">The connection's end.</param>
    ValueTask<SaslOutcome> CheckTokenAsync(LoginClaim claim, Secret token, CancellationToken cancellationToken);

    /// <summary>Decides for the certificate that the client showed in TLS (EXTERNAL).</summary>
    /// <param name="claim">The name is empty; the authorization identity may be.</param>
    /// <param name="certificate">The certificate, already validated by TLS.</param>
    /// <param name="cancellationToken">The connection's end.</param>
    ValueTask<SaslOutcome> CheckCertificateAsync(LoginClaim claim, X509Certificate2 certificate, CancellationToken cancellationToken);

    /// <summary>
    /// Finds a user's SCRAM keys. For a name that does not exist, or has no keys for this hash, it returns
    /// <see cref="ScramKeys.Decoy"/>.
    /// </summary>
    /// <param name="user">The prepared name.</param>
    /// <param name="hash">The hash of the mechanism in use.</param>
    /// <param name="cancellationToken">The connection's end.</param>
    ValueTask<Lookup<ScramKeys>> FindScramKeysAsync(string user, ScramHash hash, CancellationToken cancellationToken);

    /// <summary>
    /// Finds a user's readable secret (CRAM-MD5). For a name that does not exist, or keeps none, it returns some secret
    /// that nobody knows. The mechanism disposes it.
    /// </summary>
    /// <param name="user">The prepared name.</param>
    /// <param name="cancellationToken">The connection's end.</param>
    ValueTask<Lookup<Secret>> FindSecretAsync(string user, CancellationToken cancellationToken);

    /// <summary>
    /// Decides after a mechanism has checked a proof itself (SCRAM, CRAM-MD5): counts the failure, or looks at the
    /// account's state and whether the authorization identity is allowed. It refuses a name that does not exist even if
    /// <paramref name="proven"/> is true.
    /// </summary>
    /// <param name="claim">Who the client says it is.</param>
    /// <param name="proven">Whether the proof was right.</param>
    /// <param name="cancellationToken">The connection's end.</param>
    ValueTask<SaslOutcome> DecideAsync(LoginClaim claim, bool proven, CancellationToken cancellationToken);
}

/// <summary>Who a client says it is.</summary>
/// <param name="Mechanism">The mechanism in use.</param>
/// <param name="User">The authentication identity, prepared by SASLprep; empty where the credential names it.</param>
/// <param name="AuthorizationId">Who it wants to act as, prepared by SASLprep; empty for itself.</param>
public sealed record LoginClaim(string Mechanism, string User, string AuthorizationId);

/// <summary>The answer of a store: found, or it cannot be asked now.</summary>
/// <typeparam name="T">What was looked up.</typeparam>
/// <param name="Value">What was found; null when the store cannot be asked now.</param>
public readonly record struct Lookup<T>(T? Value)
    where T : class
{
    /// <summary>The store cannot be asked now: 454 4.7.0.</summary>
    public static Lookup<T> Unavailable => default;
}
