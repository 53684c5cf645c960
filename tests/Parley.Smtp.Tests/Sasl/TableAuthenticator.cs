using System.Security.Cryptography.X509Certificates;
using System.Text;
using Parley.Smtp.Sasl;

namespace Parley.Smtp.Tests.Sasl;

/// <summary>Accounts in a table; every claim that it decided on is kept for the test to look at.</summary>
internal sealed class TableAuthenticator : IAuthenticator
{
    private static readonly byte[] ServerSecret = Encoding.ASCII.GetBytes("a secret of the test server");
    private readonly Dictionary<string, string> passwords = [];
    private readonly Dictionary<string, SaslFailureReason> states = [];
    private readonly Dictionary<(string, ScramHash), ScramKeys> keys = [];

    public List<LoginClaim> Claims { get; } = [];

    public string Token { get; set; } = "";

    public bool IsDown { get; set; }

    public TableAuthenticator Add(string user, string password, string saltBase64 = "AAECAwQFBgcICQoLDA0ODw==")
    {
        passwords[user] = password;
        foreach (var hash in ScramHash.All)
        {
            keys[(user, hash)] = ScramKeys.TryDerive(
                hash, Encoding.UTF8.GetBytes(password), Convert.FromBase64String(saltBase64))!;
        }

        return this;
    }

    public TableAuthenticator WithState(string user, SaslFailureReason reason)
    {
        states[user] = reason;
        return this;
    }

    public ValueTask<SaslOutcome> CheckPasswordAsync(LoginClaim claim, Secret password, CancellationToken cancellationToken) =>
        DecideAsync(
            claim,
            keys.TryGetValue((claim.User, ScramHash.Sha256), out var known) && known.Matches(password.Octets),
            cancellationToken);

    public ValueTask<SaslOutcome> CheckTokenAsync(LoginClaim claim, Secret token, CancellationToken cancellationToken) =>
        DecideAsync(claim, token.IsEqualTo(Encoding.ASCII.GetBytes(Token)), cancellationToken);

    public ValueTask<SaslOutcome> CheckCertificateAsync(
        LoginClaim claim, X509Certificate2 certificate, CancellationToken cancellationToken) =>
        DecideAsync(claim with { User = certificate.GetNameInfo(X509NameType.SimpleName, false) }, true, cancellationToken);

    public ValueTask<Lookup<ScramKeys>> FindScramKeysAsync(string user, ScramHash hash, CancellationToken cancellationToken) =>
        new(IsDown
            ? Lookup<ScramKeys>.Unavailable
            : new Lookup<ScramKeys>(keys.GetValueOrDefault((user, hash)) ?? ScramKeys.Decoy(hash, ServerSecret, user)));

    public ValueTask<Lookup<Secret>> FindSecretAsync(string user, CancellationToken cancellationToken) =>
        new(IsDown
            ? Lookup<Secret>.Unavailable
            : new Lookup<Secret>(Secret.FromText(passwords.GetValueOrDefault(user, "nobody knows this one"))));

    public ValueTask<SaslOutcome> DecideAsync(LoginClaim claim, bool proven, CancellationToken cancellationToken)
    {
        Claims.Add(claim);
        return new(Decide(claim, proven));
    }

    private SaslOutcome Decide(LoginClaim claim, bool proven)
    {
        if (IsDown)
        {
            return new SaslFailure(SaslFailureReason.Unavailable);
        }

        var mayActAs = claim.AuthorizationId.Length == 0 || claim.AuthorizationId == claim.User;
        if (!proven || !passwords.ContainsKey(claim.User) || !mayActAs)
        {
            return new SaslFailure(SaslFailureReason.InvalidCredentials);
        }

        return states.TryGetValue(claim.User, out var reason)
            ? new SaslFailure(reason)
            : new SaslSuccess(claim.User, claim.User);
    }
}
