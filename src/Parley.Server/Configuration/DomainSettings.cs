using System.Collections.Frozen;
using Parley.Smtp.Addresses;

namespace Parley.Server.Configuration;

/// <summary>A local domain: whom it knows and where their mail goes. Local parts are looked up without regard to case.</summary>
public sealed record DomainSettings
{
    public required MailDomain Name { get; init; }

    /// <summary>Local parts that keep mail here, spelt as configured (`TryGetValue` gives that spelling).</summary>
    public required FrozenSet<string> Mailboxes { get; init; }

    /// <summary>Local part to the addresses it stands for, whole ones; never empty. Aliases do not form loops.</summary>
    public required FrozenDictionary<string, IReadOnlyList<Mailbox>> Aliases { get; init; }

    /// <summary>Who takes what no mailbox and no alias does; null: it is refused.</summary>
    public required Mailbox? CatchAll { get; init; }

    /// <summary>`alice+news` is alice's; null: no sub-addresses.</summary>
    public required char? SubaddressSeparator { get; init; }
}
