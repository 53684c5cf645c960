using System.Collections.Frozen;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Parley.Server.Configuration;

namespace Parley.Server.Listening;

/// <summary>
/// The certificates of the listeners: read from PEM files, chosen by the name that the client asks for, read again when
/// a file changes. Certificates that cannot be read leave the old ones in place, and <see cref="Fault"/> says why.
/// </summary>
internal sealed partial class Certificates : IDisposable
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2"; // RFC 5280 §4.2.1.12: a server's certificate is no login

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly Lock gate = new();
    private readonly ITimer look;
    private IReadOnlyList<CertificateSettings> files;
    private string? clientCaFile;
    private volatile Loaded? loaded;
    private string? seen;

    public Certificates(TlsSettings settings, TimeProvider time, ILogger logger)
    {
        this.time = time;
        this.logger = logger;
        files = settings.Certificates;
        clientCaFile = settings.ClientCaFile;
        Load();
        look = time.CreateTimer(static me => ((Certificates)me!).LookAgain(), this, LookEvery, LookEvery);
    }

    // All that one reading of the files gave: it is in force as a whole, or not at all.
    private sealed record Loaded(
        SslServerAuthenticationOptions Default,
        FrozenDictionary<string, SslServerAuthenticationOptions> ByName,
        X509Certificate2Collection? ClientAuthorities);

    /// <summary>Why the newest files are not in use, or null.</summary>
    public string? Fault { get; private set; }

    /// <summary>Whether there are certificates to serve, readable or not.</summary>
    public bool Configured => files.Count > 0;

    /// <summary>Whether a handshake could succeed now.</summary>
    public bool Usable => loaded is not null;

    /// <summary>Other settings: their files are read now.</summary>
    public void Use(TlsSettings settings)
    {
        lock (gate)
        {
            files = settings.Certificates;
            clientCaFile = settings.ClientCaFile;
        }

        Load();
    }

    /// <summary>The options of one handshake, by the name in the client's hello (RFC 6066 §3).</summary>
    /// <exception cref="AuthenticationException">No certificate could be read yet.</exception>
    public SslServerAuthenticationOptions Options(string? name)
    {
        var current = loaded ?? throw new AuthenticationException("no certificate");
        if (string.IsNullOrEmpty(name))
        {
            return current.Default;
        }

        if (current.ByName.TryGetValue(name, out var exact))
        {
            return exact;
        }

        // RFC 6125 §6.4.3: a wildcard stands for the leftmost label.
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && current.ByName.TryGetValue("*" + name[dot..], out var wildcard) ? wildcard : current.Default;
    }

    private void LookAgain()
    {
        if (!string.Equals(Fingerprint(), seen, StringComparison.Ordinal))
        {
            Load();
        }
    }

    private string Fingerprint()
    {
        lock (gate)
        {
            return string.Join('|', files.SelectMany(f => new[] { f.CertificateFile, f.KeyFile })
                .Append(clientCaFile)
                .OfType<string>()
                .Select(Stamp));
        }
    }

    // Asked by a timer, where an exception would end the process: a file may go between two questions about it.
    private static string Stamp(string path)
    {
        try
        {
            var file = new FileInfo(path);
            return $"{path}:{file.LastWriteTimeUtc.Ticks}:{file.Length}";
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return $"{path}:{fault.GetType().Name}";
        }
    }

    private void Load()
    {
        lock (gate)
        {
            seen = Fingerprint();
            if (files.Count == 0)
            {
                return;
            }

            var reading = clientCaFile;
            try
            {
                var authorities = Authorities(clientCaFile);
                var pairs = new List<(X509Certificate2 Certificate, SslServerAuthenticationOptions Options)>();
                foreach (var pair in files)
                {
                    reading = pair.CertificateFile;
                    pairs.Add(Read(pair, asksClients: authorities is not null));
                }

                loaded = new Loaded(pairs[0].Options, ByName(pairs), authorities);
                Fault = null;
                LogLoaded(logger, files[0].CertificateFile, pairs[0].Certificate.NotAfter.ToUniversalTime());
            }
            catch (Exception fault) when (fault is IOException or CryptographicException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
            {
                Fault = $"{reading} cannot be used: {fault.Message.TrimEnd('.')}; mend it, and it is read again at once; until then "
                    + (loaded is null ? "STARTTLS answers 454" : "the certificates of before stay in use");
                LogFault(logger, Fault);
            }
        }
    }

    private static X509Certificate2Collection? Authorities(string? file)
    {
        if (file is null)
        {
            return null;
        }

        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(file);
        return authorities.Count > 0 ? authorities : throw new CryptographicException("it holds no certificate in PEM");
    }

    private static (X509Certificate2 Certificate, SslServerAuthenticationOptions Options) Read(CertificateSettings pair, bool asksClients)
    {
        using var pem = X509Certificate2.CreateFromPemFile(pair.CertificateFile, pair.KeyFile);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(pair.CertificateFile);
        // The key must live in a store object of its own for the handshake.
        var certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        return (certificate, For(SslStreamCertificateContext.Create(certificate, [.. chain.Skip(1)], offline: true), asksClients));
    }

    // Of two certificates for one name the first one is shown.
    private static FrozenDictionary<string, SslServerAuthenticationOptions> ByName(
        IEnumerable<(X509Certificate2 Certificate, SslServerAuthenticationOptions Options)> pairs)
    {
        var byName = new Dictionary<string, SslServerAuthenticationOptions>(StringComparer.OrdinalIgnoreCase);
        foreach (var (certificate, options) in pairs)
        {
            foreach (var name in Names(certificate))
            {
                byName.TryAdd(name, options);
            }
        }

        return byName.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    private static SslServerAuthenticationOptions For(SslStreamCertificateContext context, bool asksClients)
    {
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = context,
            // RFC 8997 §3: TLS 1.2 is the least.
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            AllowRenegotiation = false,
            ClientCertificateRequired = asksClients,
            RemoteCertificateValidationCallback = static (_, _, _, _) => true, // asked for, never demanded; EXTERNAL looks at it
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        };
        if (!OperatingSystem.IsWindows() && !OperatingSystem.IsMacOS())
        {
            options.CipherSuitesPolicy = Suites;
        }

        return options;
    }

    /// <summary>Whether a client's certificate leads to an authority that the configuration names.</summary>
    public bool IsTrusted(X509Certificate2 certificate)
    {
        if (loaded?.ClientAuthorities is not { } authorities)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        chain.ChainPolicy.VerificationTime = time.GetUtcNow().UtcDateTime;
        return chain.Build(certificate);
    }

    // RFC 9325 §4.2: forward secrecy and authenticated encryption only.
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Interoperability", "CA1416", Justification = "guarded by the caller")]
    private static readonly CipherSuitesPolicy? Suites = OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? null : new CipherSuitesPolicy(
    [
        TlsCipherSuite.TLS_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ]);

    private static IEnumerable<string> Names(X509Certificate2 certificate)
    {
        var alternative = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        return alternative is null ? [certificate.GetNameInfo(X509NameType.DnsName, forIssuer: false)] : alternative.EnumerateDnsNames();
    }

    public void Dispose() => look.Dispose();

    [LoggerMessage(121, LogLevel.Information, "certificate {File} is in use, good until {NotAfter:u}")]
    private static partial void LogLoaded(ILogger logger, string file, DateTime notAfter);

    [LoggerMessage(122, LogLevel.Error, "{Fault}")]
    private static partial void LogFault(ILogger logger, string fault);
}
