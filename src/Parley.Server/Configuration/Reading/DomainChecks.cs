using Parley.Smtp.Addresses;

namespace Parley.Server.Configuration.Reading;

/// <summary>Mailboxes, aliases and catch-all of the local domains: every local address must lead somewhere, and end.</summary>
internal static class DomainChecks
{
    // As far as AliasExpansion follows.
    private const int LongestChain = 16;

    public static void Run(Settings settings, Section root)
    {
        var domains = root.Open("domains");
        foreach (var name in domains.Names)
        {
            if (MailDomain.Parse(name) is { } key && settings.Domains.TryGetValue(key, out var domain))
            {
                Domain(settings, domain, domains.Open(name));
            }
        }
    }

    private static void Domain(Settings settings, DomainSettings domain, Section section)
    {
        var aliases = section.Open("aliases");
        foreach (var name in aliases.Names)
        {
            if (Mailbox.Parse(name + "@localhost") is not { } alias || !domain.Aliases.TryGetValue(alias.LocalPart, out var targets))
            {
                continue;
            }

            if (domain.Mailboxes.Contains(alias.LocalPart))
            {
                aliases.Error(name, $"\"{name}\" is a mailbox as well", "keep the mailbox or the alias (to copy mail to others, give the mailbox another name and list it)");
            }

            foreach (var target in targets.Where(t => !LeadsSomewhere(settings, t)))
            {
                aliases.Warn(name, $"nobody takes mail for {target}", "add the mailbox, or take the target out");
            }

            if (Mailbox.Parse(name + "@" + domain.Name.Ascii) is { } start && Loop(settings, start) is { } loop)
            {
                var isLong = loop.Count > LongestChain;
                aliases.Error(name, isLong ? $"the alias leads through more than {LongestChain} others" : "the alias leads back to itself: " + string.Join(" → ", loop), "end it in a mailbox");
            }
        }

        CatchAll(settings, domain, section);
    }

    private static void CatchAll(Settings settings, DomainSettings domain, Section section)
    {
        if (domain.CatchAll is { } target && settings.Domains.ContainsKey(target.Domain) && !IsNamed(settings, target))
        {
            section.Error("catchAll", $"{target} is neither a mailbox nor an alias", "name one that is");
        }
    }

    private static bool LeadsSomewhere(Settings settings, Mailbox target) =>
        !settings.Domains.TryGetValue(target.Domain, out var domain) || domain.CatchAll is not null || IsNamed(settings, target)
        || settings.Routes.Any(r => r.Covers(target.Domain));

    private static bool IsNamed(Settings settings, Mailbox target) =>
        settings.Domains.TryGetValue(target.Domain, out var domain)
        && (target.LocalPart.Equals("postmaster", StringComparison.OrdinalIgnoreCase) // there is always one (RFC 5321 §4.5.1)
            || domain.Mailboxes.Contains(Base(domain, target)) || domain.Aliases.ContainsKey(Base(domain, target)));

    // The local part that decides: a name of its own before the one without its sub-address.
    private static string Base(DomainSettings domain, Mailbox target)
    {
        var local = target.LocalPart;
        if (domain.SubaddressSeparator is not { } separator || domain.Mailboxes.Contains(local) || domain.Aliases.ContainsKey(local))
        {
            return local;
        }

        var end = local.IndexOf(separator, StringComparison.Ordinal);
        return end > 0 ? local[..end] : local;
    }

    // Depth first from one alias; a loop is a fault of each alias that is part of it.
    private static List<string>? Loop(Settings settings, Mailbox start)
    {
        var visited = new HashSet<Mailbox>();
        var path = new List<string>();
        return Follow(start) ? path : null;

        bool Follow(Mailbox address)
        {
            path.Add(address.ToString());
            if (path.Count > 1 && Same(settings, address, start))
            {
                return true;
            }

            var targets = settings.Domains.TryGetValue(address.Domain, out var domain)
                ? domain.Aliases.GetValueOrDefault(Base(domain, address)) ?? []
                : [];
            if (path.Count > LongestChain && targets.Count > 0)
            {
                return true;
            }

            if (visited.Add(address) && targets.Any(Follow))
            {
                return true;
            }

            path.RemoveAt(path.Count - 1);
            return false;
        }
    }

    private static bool Same(Settings settings, Mailbox a, Mailbox b) =>
        a.Domain.Equals(b.Domain) && settings.Domains.TryGetValue(a.Domain, out var domain)
        && Base(domain, a).Equals(Base(domain, b), StringComparison.OrdinalIgnoreCase);
}
