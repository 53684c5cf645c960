using System.Collections.Frozen;
using System.Net;
using Parley.Server.Configuration.Keys;
using Parley.Smtp.Addresses;
using Parley.Smtp.Sasl;

namespace Parley.Server.Configuration.Reading;

/// <summary>Makes the records from the sections. Defaults are in <see cref="SettingsKeys"/>, not here.</summary>
internal static class SettingsBinder
{
    public static Settings Bind(Section root, SettingsSources sources, LoadContext context)
    {
        var settings = new Settings
        {
            Hostname = root.Get<string?>("hostname") ?? MachineName(sources.MachineName),
            Listeners = [],
            Http = Http(root.Open("http"), context),
            Tls = Tls(root.Open("tls")),
            Domains = Domains(root.Open("domains")),
            Users = Users(root.Open("users"), context),
            OAuth = OAuth(root.Open("oauth")),
            Limits = Limits(root.Open("limits")),
            Commands = Commands(root.Open("commands")),
            Replies = new ReplySettings { ExplainUrl = root.Open("replies").Get<string?>("explainUrl") },
            Store = new StoreSettings { Engine = root.Open("store").Get<StoreEngine>("engine") },
            Maildir = root.Get<string?>("maildir"),
            Dns = new DnsSettings { Servers = root.Open("dns").Get<IReadOnlyList<IPEndPoint>?>("servers") },
            Routes = [.. root.Rows("routes").Select(r => Route(r, context))],
            Delivery = Delivery(root.Open("delivery")),
            TrustedNetworks = root.Get<IReadOnlyList<IPNetwork>>("trustedNetworks"),
        };

        // The editor's key; read so that a wrong one is a fault like any other.
        root.Get<string?>("$schema");
        return settings with { Listeners = Listeners(root, settings) };
    }

    private static string MachineName(string name) => ValueKinds.ReadDomain(name, out _) as string ?? "localhost";

    private static List<ListenerSettings> Listeners(Section root, Settings settings)
    {
        // A certificate that could not be read is a fault already; it is not also a reason to say that there is none.
        var hasCertificate = settings.IsCatcher || root.Open("tls").Has("certificateFile") || root.Open("tls").Rows("certificates").Any();
        var listeners = root.Rows("listeners").Select(l => Listener(l, settings.IsCatcher, hasCertificate)).ToList();
        if (!root.Has("listeners"))
        {
            listeners.Add(new ListenerSettings
            {
                Address = new IPEndPoint(IPAddress.Loopback, 2525),
                Role = ListenerRole.Mx,
                Tls = hasCertificate ? ListenerTls.StartTls : ListenerTls.None,
                Auth = settings.IsCatcher ? ListenerAuth.Optional : ListenerAuth.Off,
                Mechanisms = null,
            });
        }

        return listeners;
    }

    private static ListenerSettings Listener(Section section, bool isCatcher, bool hasCertificate)
    {
        var role = section.Get<ListenerRole>("role");
        var auth = role == ListenerRole.Submission ? ListenerAuth.Required : isCatcher ? ListenerAuth.Optional : ListenerAuth.Off;
        return new ListenerSettings
        {
            // 0.0.0.0:0 stands in for a wrong one, which is a fault.
            Address = section.Get<IPEndPoint?>("address") ?? new IPEndPoint(IPAddress.Any, 0),
            Role = role,
            Tls = section.Get<ListenerTls?>("tls") ?? (hasCertificate ? ListenerTls.StartTls : ListenerTls.None),
            Auth = section.Get<ListenerAuth?>("auth") ?? auth,
            Mechanisms = section.Get<IReadOnlyList<string>?>("mechanisms"),
        };
    }

    private static HttpSettings Http(Section section, LoadContext context) => new()
    {
        Address = section.Get<IPEndPoint?>("address"),
        Token = SecretFile.Read(section, "tokenFile", context),
    };

    private static TlsSettings Tls(Section section)
    {
        List<CertificateSettings> certificates = [];
        Add(section);
        foreach (var row in section.Rows("certificates"))
        {
            Add(row);
        }

        return new TlsSettings
        {
            Certificates = certificates,
            ClientCaFile = section.Get<string?>("clientCaFile"),
            AllowPlaintextAuth = section.Get<bool>("allowPlaintextAuth"),
        };

        void Add(Section pair)
        {
            var (certificate, key) = (pair.Get<string?>("certificateFile"), pair.Get<string?>("keyFile"));
            if (certificate is not null && key is not null)
            {
                certificates.Add(new(certificate, key));
            }
        }
    }

    private static FrozenDictionary<MailDomain, DomainSettings> Domains(Section section)
    {
        var domains = new Dictionary<MailDomain, DomainSettings>();
        foreach (var name in section.Names)
        {
            if (ValueKinds.ReadDomain(name, out _) is not string ascii || MailDomain.Parse(ascii) is not { } domain)
            {
                continue; // a fault of Structure's
            }

            if (!domains.TryAdd(domain, Domain(section.Open(name), domain)))
            {
                section.Error(name, $"the domain {ascii} is given twice", "keep one of them");
            }
        }

        return domains.ToFrozenDictionary();
    }

    private static DomainSettings Domain(Section section, MailDomain domain)
    {
        var aliases = section.Open("aliases");
        var targets = new Dictionary<string, IReadOnlyList<Mailbox>>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in aliases.Names)
        {
            var local = Mailbox.Parse(name + "@localhost")?.LocalPart;
            var addresses = aliases.Get<IReadOnlyList<string>?>(name) ?? [];
            if (local is not null && !targets.TryAdd(local, [.. addresses.Select(a => Whole(a, domain))]))
            {
                aliases.Error(name, "the alias is given twice (case does not count)", "keep one of them");
            }
        }

        return new DomainSettings
        {
            Name = domain,
            Mailboxes = section.Get<IReadOnlyList<string>>("mailboxes").ToFrozenSet(StringComparer.OrdinalIgnoreCase),
            Aliases = targets.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase),
            CatchAll = section.Get<string?>("catchAll") is { } target ? Whole(target, domain) : null,
            SubaddressSeparator = section.Get<char?>("subaddressSeparator"),
        };
    }

    // "alice" is alice of this domain. The kind has parsed the text; only a domain of 255 octets could fail here.
    private static Mailbox Whole(string target, MailDomain domain) =>
        Mailbox.Parse(target) ?? Mailbox.Parse(target + "@" + domain.Ascii) ?? Mailbox.Parse(target + "@localhost")!;

    private static FrozenDictionary<string, UserSettings> Users(Section section, LoadContext context)
    {
        var users = new Dictionary<string, UserSettings>(StringComparer.Ordinal);
        foreach (var name in section.Names)
        {
            var user = section.Open(name);
            users[name] = new UserSettings
            {
                Name = name,
                Password = SecretFile.Read(user, "passwordFile", context) ?? Secret.Copy([]),
                Addresses = user.Get<IReadOnlyList<Mailbox>>("addresses"),
            };
        }

        return users.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static OAuthSettings OAuth(Section section) => new()
    {
        Issuer = section.Get<string?>("issuer"),
        Audience = section.Get<string?>("audience"),
        KeysFile = section.Get<string?>("keysFile"),
        UserClaim = section.Get<string>("userClaim"),
    };

    private static LimitSettings Limits(Section section) => new()
    {
        MessageBytes = section.Get<long>("messageBytes"),
        Recipients = section.Int("recipients"),
        Connections = section.Int("connections"),
        ConnectionsPerAddress = section.Int("connectionsPerAddress"),
        ErrorsPerSession = section.Int("errorsPerSession"),
        CommandTimeout = section.Get<TimeSpan>("commandTimeout"),
        DataTimeout = section.Get<TimeSpan>("dataTimeout"),
        ShutdownGrace = section.Get<TimeSpan>("shutdownGrace"),
        KeepMessages = section.Int("keepMessages"),
        KeepBytes = section.Get<long>("keepBytes"),
    };

    private static CommandSettings Commands(Section section) => new()
    {
        Vrfy = section.Get<VrfyAnswer>("vrfy"),
        Expn = section.Get<ExpnAnswer>("expn"),
    };

    private static RouteSettings Route(Section section, LoadContext context) => new()
    {
        Match = section.Get<string?>("match") ?? "*",
        Smarthost = section.Get<HostPort?>("smarthost"),
        Lmtp = section.Get<LmtpAddress?>("lmtp"),
        Tls = section.Get<RouteTls>("tls"),
        User = section.Get<string?>("user"),
        Password = SecretFile.Read(section, "passwordFile", context),
        Mechanism = section.Get<string?>("mechanism"),
    };

    private static DeliverySettings Delivery(Section section) => new()
    {
        Port = section.Int("port"),
        Retry = section.Get<IReadOnlyList<TimeSpan>>("retry"),
        GiveUpAfter = section.Get<TimeSpan>("giveUpAfter"),
        WarnAfter = section.Get<TimeSpan?>("warnAfter"),
        ReportLanguage = section.Get<string?>("reportLanguage"),
        Lease = section.Get<TimeSpan>("lease"),
        ConcurrencyPerSite = section.Int("concurrencyPerSite"),
        AllowPrivateAddresses = section.Get<bool>("allowPrivateAddresses"),
    };
}
