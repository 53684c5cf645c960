using System.Diagnostics.Metrics;
using System.Net;
using Parley.Server.Configuration;
using Parley.Smtp.Sasl;

namespace Parley.Server.Accounts;

/// <summary>
/// All that logging in needs, once a server: which mechanisms a connection is offered, and who answers their questions.
/// A reload of the configuration makes a new one over the same <see cref="LoginLimits"/>.
/// </summary>
public sealed class Logins : IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);
    private readonly Meter meter = new("Parley.Smtp");
    private readonly Counter<long> failures;
    private readonly bool anyoneLogsIn;
    private bool hasReadableSecrets;
    private long askedAt;
    private int asking;

    /// <summary>Puts logins together.</summary>
    /// <param name="accounts">The accounts.</param>
    /// <param name="limits">The failures so far.</param>
    /// <param name="tokens">What checks tokens; null where none is configured.</param>
    /// <param name="settings">The configuration.</param>
    /// <param name="time">The clock.</param>
    public Logins(
        AccountDirectory accounts, LoginLimits limits, TokenValidator? tokens, Settings settings, TimeProvider time)
    {
        Accounts = accounts;
        Limits = limits;
        Tokens = tokens;
        Time = time;
        anyoneLogsIn = settings.AnyCredentialsLogIn;
        OpenIdConfiguration = settings.OAuth.Issuer is { } issuer ? OpenIdKeys.DiscoveryOf(issuer) : null;
        AllowsPlaintext = settings.Tls.AllowPlaintextAuth || anyoneLogsIn;
        failures = meter.CreateCounter<long>(
            "parley_auth_failures_total", unit: null, "Logins that failed after their credential was looked at, by reason.");
        AskForReadableSecrets();
    }

    /// <summary>Where refused clients find the token issuer; for <see cref="SaslContext.OpenIdConfiguration"/>.</summary>
    public string? OpenIdConfiguration { get; }

    /// <summary>Whether logins are taken outside TLS.</summary>
    public bool AllowsPlaintext { get; }

    /// <summary>The accounts, also for whose addresses they may use.</summary>
    public AccountDirectory Accounts { get; }

    internal LoginLimits Limits { get; }

    internal TokenValidator? Tokens { get; }

    internal TimeProvider Time { get; }

    internal PasswordWork Work { get; } = new(Math.Max(1, Environment.ProcessorCount - 1));

    /// <summary>Who answers the mechanisms' questions for a connection.</summary>
    public IAuthenticator For(IPAddress client) =>
        anyoneLogsIn ? new CatcherAuthenticator() : new Authenticator(this, client);

    /// <summary>The mechanisms that a connection is offered in its present state; none where logging in is not possible.</summary>
    /// <param name="listener">The listener, whose own list counts where it has one.</param>
    /// <param name="connection">What there is besides: of TLS, <see cref="SaslNeeds.Confidentiality"/>,
    /// <see cref="SaslNeeds.ChannelBinding"/> and <see cref="SaslNeeds.ClientCertificate"/>.</param>
    public IReadOnlyList<ISaslMechanism> Offer(ListenerSettings listener, SaslNeeds connection)
    {
        var isConfidential = connection.HasFlag(SaslNeeds.Confidentiality);
        if (listener.Auth == ListenerAuth.Off || !(isConfidential || AllowsPlaintext))
        {
            return [];
        }

        var met = connection | SaslNeeds.Confidentiality;
        met |= Tokens is null && !anyoneLogsIn ? SaslNeeds.None : SaslNeeds.TokenValidator;
        met |= HasReadableSecrets() ? SaslNeeds.ReadableSecrets : SaslNeeds.None;
        var allowed = listener.Mechanisms is { } names
            ? names.Select(SaslMechanisms.Find).OfType<ISaslMechanism>()
            : SaslMechanisms.All;
        return SaslMechanisms.Offer(
            anyoneLogsIn ? allowed.Where(mechanism => !mechanism.Name.StartsWith("SCRAM-", StringComparison.Ordinal)) : allowed,
            met);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Work.Dispose();
        meter.Dispose();
    }

    internal void CountFailure(SaslFailureReason reason) =>
        failures.Add(1, new KeyValuePair<string, object?>("reason", reason.ToString()));

    // The store is asked beside the session, at most every ten seconds: EHLO is not held up by a disk.
    private bool HasReadableSecrets()
    {
        if (anyoneLogsIn)
        {
            return true;
        }

        if (Time.GetElapsedTime(Interlocked.Read(ref askedAt)) > Fresh)
        {
            AskForReadableSecrets();
        }

        return Volatile.Read(ref hasReadableSecrets);
    }

    private void AskForReadableSecrets()
    {
        if (Interlocked.Exchange(ref asking, 1) == 0)
        {
            Interlocked.Exchange(ref askedAt, Time.GetTimestamp());
            _ = Task.Run(Ask);
        }

        async Task Ask()
        {
            try
            {
                Volatile.Write(ref hasReadableSecrets, await Accounts.HasReadableSecrets(CancellationToken.None));
            }
            catch (IOException)
            {
                // As before; logins say that the store cannot be asked.
            }
            finally
            {
                Volatile.Write(ref asking, 0);
            }
        }
    }
}
