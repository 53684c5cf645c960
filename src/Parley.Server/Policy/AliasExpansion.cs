using Parley.Server.Configuration;
using Parley.Smtp.Addresses;

namespace Parley.Server.Policy;

/// <summary>Who an address stands for: a mailbox of ours, the members of an alias, or the catch-all (RFC 5321 §3.9).</summary>
public static class AliasExpansion
{
    // The configuration has no loops; this bounds what a long chain may cost.
    private const int MaxDepth = 16;

    /// <summary>
    /// The addresses that a recipient at a local domain stands for, each once: local ones spelt as configured, foreign
    /// ones as the alias names them. Null when there is no such mailbox.
    /// </summary>
    public static IReadOnlyList<Mailbox>? Expand(Settings settings, Mailbox recipient)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(recipient);
        var found = new List<Mailbox>(1);
        return Add(settings, recipient, found, 0) ? found : null;
    }

    private static bool Add(Settings settings, Mailbox address, List<Mailbox> found, int depth)
    {
        if (!settings.Domains.TryGetValue(address.Domain, out var domain))
        {
            AddOnce(found, address);
            return true;
        }

        if (Known(settings, domain, address, address.LocalPart, found, depth))
        {
            return true;
        }

        // RFC 5233: the sub-address is what follows the separator; the mailbox is what stands before it.
        if (domain.SubaddressSeparator is { } separator && address.LocalPart.IndexOf(separator, StringComparison.Ordinal) is > 0 and var at
            && Known(settings, domain, address, address.LocalPart[..at], found, depth))
        {
            return true;
        }

        // RFC 5321 §4.5.1: postmaster exists at every domain that is served.
        if (string.Equals(address.LocalPart, "postmaster", StringComparison.OrdinalIgnoreCase))
        {
            AddOnce(found, address.WithLocalPart("postmaster"));
            return true;
        }

        return domain.CatchAll is { } all && depth < MaxDepth && !all.Equals(address) && Add(settings, all, found, depth + 1);
    }

    private static bool Known(Settings settings, DomainSettings domain, Mailbox address, string localPart, List<Mailbox> found, int depth)
    {
        if (domain.Mailboxes.TryGetValue(localPart, out var mailbox))
        {
            AddOnce(found, address.WithLocalPart(mailbox));
            return true;
        }

        if (!domain.Aliases.TryGetValue(localPart, out var members) || depth >= MaxDepth)
        {
            return false;
        }

        // A member that has gone does not make the list unknown to those who write to it.
        var any = false;
        foreach (var member in members)
        {
            any |= Add(settings, member, found, depth + 1);
        }

        return any;
    }

    private static void AddOnce(List<Mailbox> found, Mailbox address)
    {
        if (!found.Contains(address))
        {
            found.Add(address);
        }
    }
}
