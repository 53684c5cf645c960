using Parley.Server.Configuration;
using Parley.Server.Policy;
using Parley.Smtp;
using Parley.Smtp.Addresses;

namespace Parley.Server.Receiving;

/// <summary>What VRFY and EXPN tell where the configuration lets them (RFC 5321 §3.5).</summary>
internal static class AddressAnswers
{
    public static Reply Verify(Settings settings, string argument)
    {
        var candidates = Candidates(settings, argument);
        var known = candidates
            .Where(c => settings.Domains.ContainsKey(c.Domain) && AliasExpansion.Expand(settings, c) is not null)
            .ToList();
        return known.Count switch
        {
            // Foreign addresses, and all of them in the catcher or a mere relay, are not ours to tell (RFC 5321 §3.5.3).
            0 when settings.Domains.Count == 0 || candidates.Exists(c => !settings.Domains.ContainsKey(c.Domain)) => Replies.CannotVerify,
            0 when candidates.Count == 0 => Replies.RecipientMalformed,
            0 => Replies.NoSuchMailbox,
            1 => Replies.Verified.WithText($"<{known[0]}>"),
            _ => Replies.VerifyAmbiguous,
        };
    }

    public static Reply Expand(Settings settings, string argument)
    {
        var ours = Candidates(settings, argument).Where(c => settings.Domains.ContainsKey(c.Domain)).ToList();
        foreach (var candidate in ours)
        {
            if (settings.Domains[candidate.Domain].Aliases.TryGetValue(candidate.LocalPart, out var members))
            {
                return Replies.Expanded.WithText([.. members.Select(m => $"<{m}>")]);
            }
        }

        // RFC 5321 §3.5.1: who is no list may be told as a list of one.
        return ours.Find(c => AliasExpansion.Expand(settings, c) is not null) is { } one
            ? Replies.Expanded.WithText($"<{one}>")
            : Replies.NoSuchMailbox;
    }

    // An address, in brackets or not; or a local part, which may exist at each of our domains.
    private static List<Mailbox> Candidates(Settings settings, string argument)
    {
        var text = argument.Trim();
        if (text.StartsWith('<') && text.EndsWith('>'))
        {
            text = text[1..^1];
        }

        if (text.Contains('@', StringComparison.Ordinal))
        {
            return Mailbox.Parse(text) is { } mailbox ? [mailbox] : [];
        }

        return [.. settings.Domains.Keys.Select(d => Mailbox.Parse(text + "@" + d.Text)).OfType<Mailbox>()];
    }
}
