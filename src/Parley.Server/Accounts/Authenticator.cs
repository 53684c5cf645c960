using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Parley.Smtp.Sasl;

namespace Parley.Server.Accounts;

/// <summary>Answers the mechanisms' questions for one connection, out of the accounts, and counts and tells its failures.</summary>
internal sealed partial class Authenticator(Logins logins, IPAddress client) : IAuthenticator
{
    private static readonly SaslFailure InvalidCredentials = new(SaslFailureReason.InvalidCredentials);

    public async ValueTask<SaslOutcome> CheckPasswordAsync(
        LoginClaim claim, Secret password, CancellationToken cancellationToken)
    {
        // Before the work of PBKDF2, else refusing would cost as much as checking.
        if (logins.Limits.Refusal(client, claim.User) is { } refusal)
        {
            return Failed(claim, refusal);
        }

        try
        {
            var account = await logins.Accounts.Find(claim.User, cancellationToken);
            var keys = account?.Sha256 ?? account?.Sha1 ?? logins.Accounts.Decoy(claim.User, ScramHash.Sha256);
            var proven = await logins.Work.Run(() => keys.Matches(password.Octets), cancellationToken);
            return await Decide(claim, account, proven, cancellationToken);
        }
        catch (IOException)
        {
            return Failed(claim, SaslFailureReason.Unavailable);
        }
    }

    public async ValueTask<SaslOutcome> CheckTokenAsync(LoginClaim claim, Secret token, CancellationToken cancellationToken)
    {
        if (logins.Limits.Refusal(client, claim.User) is { } refusal)
        {
            return Failed(claim, refusal);
        }

        if (logins.Tokens is null)
        {
            return Failed(claim, SaslFailureReason.Unavailable);
        }

        var verdict = await logins.Tokens.Validate(token, cancellationToken);
        if (verdict.Standing == TokenStanding.Unavailable)
        {
            return Failed(claim, SaslFailureReason.Unavailable);
        }

        // RFC 7628 §3.1: the name is who to act as, so it must be who the token names.
        return await DecideFor(
            claim, verdict.User, verdict.Standing == TokenStanding.Valid, cancellationToken);
    }

    public ValueTask<SaslOutcome> CheckCertificateAsync(
        LoginClaim claim, X509Certificate2 certificate, CancellationToken cancellationToken)
    {
        var address = certificate.GetNameInfo(X509NameType.EmailName, forIssuer: false);
        var name = address.Length > 0 ? address : certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        return DecideFor(claim, name, name.Length > 0, cancellationToken);
    }

    public async ValueTask<Lookup<ScramKeys>> FindScramKeysAsync(
        string user, ScramHash hash, CancellationToken cancellationToken)
    {
        try
        {
            var account = await logins.Accounts.Find(user, cancellationToken);
            return new(account?.Keys(hash) ?? logins.Accounts.Decoy(user, hash));
        }
        catch (IOException)
        {
            return Lookup<ScramKeys>.Unavailable;
        }
    }

    public async ValueTask<Lookup<Secret>> FindSecretAsync(string user, CancellationToken cancellationToken)
    {
        try
        {
            var account = await logins.Accounts.Find(user, cancellationToken);
            return new(account?.ReadableSecret is { } secret
                ? Secret.Copy(secret.Octets)
                : logins.Accounts.DecoySecret(user));
        }
        catch (IOException)
        {
            return Lookup<Secret>.Unavailable;
        }
    }

    public async ValueTask<SaslOutcome> DecideAsync(LoginClaim claim, bool proven, CancellationToken cancellationToken)
    {
        if (logins.Limits.Refusal(client, claim.User) is { } refusal)
        {
            return Failed(claim, refusal);
        }

        try
        {
            var account = await logins.Accounts.Find(claim.User, cancellationToken);
            return await Decide(claim, account, proven, cancellationToken);
        }
        catch (IOException)
        {
            return Failed(claim, SaslFailureReason.Unavailable);
        }
    }

    /// <summary>Decides for a name that a token or certificate proved.</summary>
    private async ValueTask<SaslOutcome> DecideFor(
        LoginClaim claim, string name, bool proven, CancellationToken cancellationToken)
    {
        if (logins.Limits.Refusal(client, name) is { } refusal)
        {
            return Failed(claim, refusal);
        }

        try
        {
            var account = proven ? await logins.Accounts.FindCalled(name, cancellationToken) : null;
            var isMeant = account is not null && (claim.User.Length == 0 || account.IsCalled(claim.User));
            return await Decide(claim, account, proven && isMeant, cancellationToken);
        }
        catch (IOException)
        {
            return Failed(claim, SaslFailureReason.Unavailable);
        }
    }

    // RFC 4954 §6: what is wrong with the account is told only to who proved to be it.
    private async ValueTask<SaslOutcome> Decide(
        LoginClaim claim, Account? account, bool proven, CancellationToken cancellationToken)
    {
        var mayActAs = account is not null
            && (claim.AuthorizationId.Length == 0 || account.IsCalled(claim.AuthorizationId));
        if (account is null || !proven || !mayActAs)
        {
            await Task.Delay(logins.Limits.Failed(client, claim.User), logins.Time, cancellationToken);
            return Failed(claim, InvalidCredentials.Reason, account);
        }

        SaslFailureReason? obstacle = account.State switch
        {
            AccountState.Disabled => SaslFailureReason.AccountDisabled,
            AccountState.MustChangePassword => SaslFailureReason.TransitionNeeded,
            _ when account.ScramOnly && IsWeak(claim.Mechanism) => SaslFailureReason.MechanismTooWeak,
            _ => null,
        };
        if (obstacle is { } reason)
        {
            return Failed(claim, reason, account);
        }

        logins.Limits.Succeeded(client, account.Name);
        return new SaslSuccess(account.Name, account.Name);
    }

    private static bool IsWeak(string mechanism) => mechanism is "PLAIN" or "LOGIN" or "CRAM-MD5";

    // A name that no account has is not told: people write their password into the wrong field.
    private SaslFailure Failed(LoginClaim claim, SaslFailureReason reason, Account? account = null)
    {
        logins.CountFailure(reason);
        if (reason == SaslFailureReason.TooManyAccountFailures)
        {
            logins.Limits.RefusedForAccount(client);
        }

        LogRefused(logins.Logger, account?.Name ?? "somebody unknown", client, claim.Mechanism, reason);
        return reason == SaslFailureReason.InvalidCredentials ? InvalidCredentials : new SaslFailure(reason);
    }

    [LoggerMessage(401, LogLevel.Warning, "login of {Account} from {Client} by {Mechanism} refused: {Reason}")]
    private static partial void LogRefused(ILogger logger, string account, IPAddress client, string mechanism, SaslFailureReason reason);
}
