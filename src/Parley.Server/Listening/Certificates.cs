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
    private X509Certificate2Collection? clientAuthorities;
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

    private sealed record Loaded(SslServerAuthenticationOptions Default, FrozenDictionary<string, SslServerAuthenticationOptions> ByName);

    /// <summary>Why the newest files are not in use, or null.</summary>
    public string? Fault { get; private set; }

    /// <summary>Whether there are certificates to serve, readable or not.</summary>
    public bool Configured => files.Count > 0;

    /// <summary>Whether a handshake could succeed now.</summary>
    public bool Usable => loaded is not null;

    /// <summary>The end of the life of the certificate that is served by default, or null.</summary>
    public DateTimeOffset? NotAfter { get; private set; }

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

            try
            {
                clientAuthorities = null;
                if (clientCaFile is not null)
                {
                    clientAuthorities = [];
                    clientAuthorities.ImportFromPemFile(clientCaFile);
                }

                loaded = Read();
                Fault = null;
                LogLoaded(logger, files[0].CertificateFile, NotAfter);
            }
            catch (Exception fault) when (fault is IOException or CryptographicException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
            {
                Fault = $"the certificate {files[0].CertificateFile} cannot be used: {fault.Message}; "
                    + (loaded is null ? "STARTTLS answers 454 until it can" : "the one before stays in use");
                LogFault(logger, Fault);
            }
        }
    }

    private Loaded Read()
    {
        var byName = new Dictionary<string, SslServerAuthenticationOptions>(StringComparer.OrdinalIgnoreCase);
        SslServerAuthenticationOptions? first = null;
        foreach (var file in files)
        {
            using var pem = X509Certificate2.CreateFromPemFile(file.CertificateFile, file.KeyFile);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(file.CertificateFile);
            // The key must live in a store object of its own for the handshake.
            var certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
            var options = For(SslStreamCertificateContext.Create(certificate, [.. chain.Skip(1)], offline: true));
            if (first is null)
            {
                first = options;
                NotAfter = new DateTimeOffset(certificate.NotAfter);
            }

            foreach (var name in Names(certificate))
            {
                byName.TryAdd(name, options);
            }
        }

        return new Loaded(first!, byName.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase));
    }

    private SslServerAuthenticationOptions For(SslStreamCertificateContext context)
    {
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = context,
            // RFC 8997 §3: TLS 1.2 is the least.
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            AllowRenegotiation = false,
            ClientCertificateRequired = clientAuthorities is not null,
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
        if (clientAuthorities is not { } authorities)
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

    [LoggerMessage(Level = LogLevel.Information, Message = "certificate {File} is in use, good until {NotAfter}")]
    private static partial void LogLoaded(ILogger logger, string file, DateTimeOffset? notAfter);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Fault}")]
    private static partial void LogFault(ILogger logger, string fault);
}
