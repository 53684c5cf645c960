using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.Logging;
using Parley.Server.Configuration;
using Parley.Smtp.Sasl;

namespace Parley.Server.Accounts;

/// <summary>
/// All that logging in needs, once a server: what the accounts allow mechanisms to do, and who answers their questions.
/// The failures so far outlive a reload of the configuration.
/// </summary>
public sealed class Logins : IDisposable
{
    private readonly Meter meter = new("Parley.Smtp");
    private readonly Counter<long> failures;
    private readonly IAccountStore store;
    private readonly byte[] serverSecret;
    private volatile Rules rules = null!;
    private volatile bool hasReadableSecrets;

    private Logins(IAccountStore store, byte[] serverSecret, TimeProvider time, ILogger logger)
    {
        this.store = store;
        this.serverSecret = serverSecret;
        Time = time;
        Logger = logger;
        Limits = new LoginLimits(new LoginLimitSettings(), time);
        failures = meter.CreateCounter<long>(
            "parley_auth_failures_total", unit: null, "Logins that failed or were refused, by reason.");
    }

    /// <summary>Where refused clients find the token issuer; for <see cref="SaslContext.OpenIdConfiguration"/>.</summary>
    public string? OpenIdConfiguration => rules.OpenIdConfiguration;

    /// <summary>The accounts, also for whose addresses they may use.</summary>
    public AccountDirectory Accounts => rules.Accounts;

    /// <summary>What the accounts can do for mechanisms, now.</summary>
    public SaslNeeds Met
    {
        get
        {
            var current = rules;
            if (current.AnyoneLogsIn)
            {
                return SaslNeeds.TokenValidator | SaslNeeds.ReadableSecrets;
            }

            return SaslNeeds.StoredKeys
                | (current.Tokens is null ? SaslNeeds.None : SaslNeeds.TokenValidator)
                | (hasReadableSecrets ? SaslNeeds.ReadableSecrets : SaslNeeds.None);
        }
    }

    internal LoginLimits Limits { get; }

    internal TokenValidator? Tokens => rules.Tokens;

    internal TimeProvider Time { get; }

    internal ILogger Logger { get; }

    internal PasswordWork Work { get; } = new(Math.Max(1, Environment.ProcessorCount - 1));

    /// <summary>Opens the accounts; each login that is refused is told to the logger.</summary>
    /// <exception cref="IOException">A fault of the store.</exception>
    public static async Task<Logins> Open(Settings settings, IAccountStore store, TimeProvider time, ILogger logger)
    {
        var logins = new Logins(store, await store.ServerSecret(CancellationToken.None), time, logger);
        await Task.Run(() => logins.Use(settings));
        await logins.Refresh();
        return logins;
    }

    /// <summary>Takes another configuration; logins that are under way end with what they began with.</summary>
    public void Use(Settings settings)
    {
        var old = rules;
        var tokens = old is not null && old.OAuth == settings.OAuth
            ? old.Tokens
            : TokenValidator.Create(settings.OAuth, Time);
        rules = new Rules(
            new AccountDirectory(settings.Users.Values, store, serverSecret), tokens, settings.OAuth, settings.AnyCredentialsLogIn);
    }

    /// <summary>Who answers the mechanisms' questions for a connection.</summary>
    public IAuthenticator For(IPAddress client) =>
        rules.AnyoneLogsIn ? new CatcherAuthenticator() : new Authenticator(this, client);

    /// <summary>Whether a client that could only log in is refused as it connects, which counts as its login would.</summary>
    internal bool RefusesOnConnect(IPAddress client)
    {
        if (rules.AnyoneLogsIn || !Limits.IsShutOut(client))
        {
            return false;
        }

        CountFailure(SaslFailureReason.TooManyAddressFailures);
        return true;
    }

    /// <summary>
    /// Looks whether an account keeps a readable secret by now. It is asked as a connection begins, so that its EHLO
    /// tells of an account that opted in to CRAM-MD5 just before, and asks no disk itself.
    /// </summary>
    public async Task Refresh()
    {
        if (rules.AnyoneLogsIn)
        {
            return;
        }

        try
        {
            hasReadableSecrets = await store.HasReadableSecrets(CancellationToken.None);
        }
        catch (IOException)
        {
            // As before; the logins say that the store cannot be asked.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Work.Dispose();
        meter.Dispose();
    }

    internal void CountFailure(SaslFailureReason reason) =>
        failures.Add(1, new KeyValuePair<string, object?>("reason", reason.ToString()));

    /// <summary>What a configuration says about logins.</summary>
    private sealed record Rules(AccountDirectory Accounts, TokenValidator? Tokens, OAuthSettings OAuth, bool AnyoneLogsIn)
    {
        public string? OpenIdConfiguration => OAuth.Issuer is { } issuer ? OpenIdKeys.DiscoveryOf(issuer) : null;
    }
}
