using System.Text;
using Parley.Server.Configuration;
using Parley.Server.Delivery;
using Parley.Server.Queue;
using Parley.Smtp.Addresses;
using Parley.Smtp.Extensions;
using Parley.Smtp.Serving;

namespace Parley.Server.Policy;

/// <summary>Where mail for a recipient goes: to mailboxes of ours, to next hops, or to both; and who reports of it.</summary>
public static class RecipientDeliveries
{
    /// <summary>Every place where mail for a recipient goes, at least one; null when there is no such mailbox here.</summary>
    /// <param name="settings">The settings in force.</param>
    /// <param name="recipient">The address as it was given.</param>
    /// <param name="notify">NOTIFY (RFC 3461 §4.1).</param>
    /// <param name="original">ORCPT as it came (RFC 3461 §4.2), or null.</param>
    public static IReadOnlyList<EnvelopeRecipient>? Of(Settings settings, Mailbox recipient, DsnNotify notify = DsnNotify.Unspecified, string? original = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(recipient);
        if (settings.IsCatcher)
        {
            var mailbox = new List<EnvelopeRecipient>(1);
            Rest(mailbox, settings, recipient, recipient, notify, original);
            return mailbox;
        }

        // A route for a local domain replaces its mailboxes: the next hop knows who exists.
        if (!settings.Domains.ContainsKey(recipient.Domain) || Router.HasRoute(settings, recipient.Domain))
        {
            return [Place(recipient, recipient, Router.Destination(settings, recipient.Domain), notify, original)];
        }

        if (AliasExpansion.Expand(settings, recipient) is not { } members)
        {
            return null;
        }

        var places = new List<EnvelopeRecipient>(members.Count);
        if (members.Count > 1 && notify.HasFlag(DsnNotify.Success))
        {
            // RFC 3461 §5.2.7.3: of a list the sender hears that it was expanded, and no success of any member.
            places.Add(Place(recipient, recipient, LocalDelivery.Expansion, DsnNotify.Success, original));
            notify = notify == DsnNotify.Success ? DsnNotify.Never : notify & ~DsnNotify.Success;
        }

        foreach (var member in members)
        {
            AddPlaces(places, settings, recipient, member, notify, original);
        }

        return places;
    }

    private static void AddPlaces(List<EnvelopeRecipient> places, Settings settings, Mailbox given, Mailbox member, DsnNotify notify, string? original)
    {
        var destination = Router.Destination(settings, member.Domain);
        if (destination is not null)
        {
            // A report from farther on should name the address that the sender knows.
            original ??= member.Equals(given) || !given.IsAscii ? null : "rfc822;" + XText.Encode(Encoding.ASCII.GetBytes(given.ToString()));
            places.Add(Place(given, member, destination, notify, original));
            return;
        }

        Rest(places, settings, given, member, notify, original);
    }

    // It rests here from the moment it is stored. What is to be done besides goes through the queue: a copy for the
    // Maildir, and the report of success that the sender asked for.
    private static void Rest(List<EnvelopeRecipient> places, Settings settings, Mailbox given, Mailbox mailbox, DsnNotify notify, string? original)
    {
        places.Add(Place(given, mailbox, null, notify, original));
        if (settings.Maildir is not null || notify.HasFlag(DsnNotify.Success))
        {
            places.Add(Place(given, mailbox, LocalDelivery.Mailboxes, notify, original));
        }
    }

    private static EnvelopeRecipient Place(Mailbox given, Mailbox target, string? destination, DsnNotify notify, string? original) =>
        new(new ForwardPath(target), destination)
        {
            Given = target.Equals(given) ? null : new ForwardPath(given),
            Notify = notify,
            OriginalRecipient = original,
        };
}
