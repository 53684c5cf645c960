using System.Collections.Frozen;
using System.Net;
using Parley.Server.Configuration.Reading;
using Parley.Smtp.Addresses;

namespace Parley.Server.Configuration;

/// <summary>
/// The whole configuration, read, defaulted and checked. Immutable: a reload makes a new one. Every file it names is
/// an absolute path; every domain, address and network is parsed; secrets are in <see cref="Smtp.Sasl.Secret"/>.
/// </summary>
public sealed record Settings
{
    /// <summary>The name in the greeting, in EHLO, in trace fields and notifications; A-labels.</summary>
    public required string Hostname { get; init; }

    /// <summary>At least one, in the order of the configuration.</summary>
    public required IReadOnlyList<ListenerSettings> Listeners { get; init; }

    public required HttpSettings Http { get; init; }

    public required TlsSettings Tls { get; init; }

    /// <summary>The local domains; equal names in U-labels, A-labels or other case are one.</summary>
    public required FrozenDictionary<MailDomain, DomainSettings> Domains { get; init; }

    /// <summary>Accounts of the configuration; those of `parley user add` are in the store.</summary>
    public required FrozenDictionary<string, UserSettings> Users { get; init; }

    public required OAuthSettings OAuth { get; init; }

    public required LimitSettings Limits { get; init; }

    public required CommandSettings Commands { get; init; }

    public required ReplySettings Replies { get; init; }

    public required StoreSettings Store { get; init; }

    /// <summary>The folder in which local mail also goes to `{domain}/{mailbox}/{tmp,new,cur}`; null for none.</summary>
    public required string? Maildir { get; init; }

    public required DnsSettings Dns { get; init; }

    /// <summary>The first whose pattern covers the recipient's domain wins.</summary>
    public required IReadOnlyList<RouteSettings> Routes { get; init; }

    public required DeliverySettings Delivery { get; init; }

    /// <summary>Clients from here may relay without AUTH and are exempt from `connectionsPerAddress`.</summary>
    public required IReadOnlyList<IPNetwork> TrustedNetworks { get; init; }

    /// <summary>Every key that was given, and its value; secrets as their hash. What a reload compares.</summary>
    internal IReadOnlyDictionary<string, string> Written { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>The configuration file and every file that it names; a change of one of them is a reason to reload.</summary>
    internal IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>
    /// Reads, defaults and checks the configuration. Every fault is found in one run; the settings are null when one of
    /// them is more than a warning. May be called again at any time: that is a reload.
    /// </summary>
    public static SettingsResult Load(SettingsSources sources)
    {
        ArgumentNullException.ThrowIfNull(sources);
        return SettingsLoader.Load(sources);
    }

    /// <summary>
    /// Whether this is the catcher: it takes mail for every recipient and never sends anything out. It is one as long
    /// as nothing says where mail belongs: no local domain, no route, nobody who may relay by address.
    /// </summary>
    public bool IsCatcher => Domains.Count == 0 && Routes.Count == 0 && TrustedNetworks.Count == 0;

    /// <summary>Whether any user name and password log in: the catcher's rule until accounts are configured.</summary>
    public bool AnyCredentialsLogIn => IsCatcher && Users.Count == 0 && !OAuth.IsConfigured;
}
