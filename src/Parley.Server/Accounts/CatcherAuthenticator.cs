using System.Security.Cryptography.X509Certificates;
using Parley.Smtp.Sasl;

namespace Parley.Server.Accounts;

/// <summary>
/// The catcher's rule: any credentials log in. With SCRAM the server has to prove that it knows the password too, so
/// there it is not offered.
/// </summary>
internal sealed class CatcherAuthenticator : IAuthenticator
{
    private const string Anyone = "anyone";

    public ValueTask<SaslOutcome> CheckPasswordAsync(LoginClaim claim, Secret password, CancellationToken cancellationToken) =>
        new(Welcome(claim));

    public ValueTask<SaslOutcome> CheckTokenAsync(LoginClaim claim, Secret token, CancellationToken cancellationToken) =>
        new(Welcome(claim));

    public ValueTask<SaslOutcome> CheckCertificateAsync(
        LoginClaim claim, X509Certificate2 certificate, CancellationToken cancellationToken) => new(Welcome(claim));

    public ValueTask<Lookup<ScramKeys>> FindScramKeysAsync(
        string user, ScramHash hash, CancellationToken cancellationToken) => new(Lookup<ScramKeys>.Unavailable);

    public ValueTask<Lookup<Secret>> FindSecretAsync(string user, CancellationToken cancellationToken) =>
        new(new Lookup<Secret>(Secret.FromText("")));

    public ValueTask<SaslOutcome> DecideAsync(LoginClaim claim, bool proven, CancellationToken cancellationToken) =>
        new(claim.Mechanism == "CRAM-MD5" ? Welcome(claim) : new SaslFailure(SaslFailureReason.InvalidCredentials));

    private static SaslSuccess Welcome(LoginClaim claim)
    {
        var name = claim.User.Length > 0 ? claim.User : claim.AuthorizationId.Length > 0 ? claim.AuthorizationId : Anyone;
        return new SaslSuccess(name, claim.AuthorizationId.Length > 0 ? claim.AuthorizationId : name);
    }
}
