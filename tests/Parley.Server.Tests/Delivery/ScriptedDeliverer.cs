using System.Collections.Concurrent;
using Parley.Server.Delivery;
using Parley.Server.Queue;
using Parley.Smtp;
using Parley.Smtp.Sending;

namespace Parley.Server.Tests.Delivery;

/// <summary>A way out that says what a test tells it to, and counts what came.</summary>
internal sealed class ScriptedDeliverer : IDeliverer
{
    private readonly ConcurrentDictionary<string, int> visits = new(StringComparer.Ordinal);

    /// <summary>The site of a destination; by default its name.</summary>
    public Func<string, string> Site { get; set; } = static destination => destination;

    /// <summary>What keeps a visit from beginning, or null.</summary>
    public Func<string, SendOutcome?> Trouble { get; set; } = static _ => null;

    /// <summary>Where a destination leads nowhere.</summary>
    public Func<string, SendOutcome?> End { get; set; } = static _ => null;

    /// <summary>What is said of a recipient.</summary>
    public Func<ClaimedMessage, ClaimedRecipient, SendOutcome> Answer { get; set; } = static (_, _) => Replies.Taken;

    /// <summary>How long a connection takes.</summary>
    public Func<string, TimeSpan> Connecting { get; set; } = static _ => TimeSpan.Zero;

    /// <summary>How long a message takes.</summary>
    public TimeSpan Sending { get; set; }

    public bool IsFinal { get; set; }

    /// <summary>Each recipient that was offered: message, number, address, what was said.</summary>
    public ConcurrentQueue<(QueueId Message, int Number, string Address, SendOutcome Said)> Offered { get; } = new();

    /// <summary>Most visits that a site had at one time.</summary>
    public ConcurrentDictionary<string, int> MostVisits { get; } = new(StringComparer.Ordinal);

    /// <summary>How many visits began.</summary>
    public ConcurrentDictionary<string, int> Visits { get; } = new(StringComparer.Ordinal);

    public ValueTask<NextHop> Find(string destination, CancellationToken cancellation) =>
        new(new NextHop(destination, Site(destination)) { End = End(destination), IsFinal = IsFinal });

    public async Task<Visit> Deliver(NextHop hop, IDeliveryItems items, CancellationToken cancellation)
    {
        var now = visits.AddOrUpdate(hop.Site, 1, static (_, count) => count + 1);
        MostVisits.AddOrUpdate(hop.Site, now, (_, most) => Math.Max(most, now));
        Visits.AddOrUpdate(hop.Site, 1, static (_, count) => count + 1);
        try
        {
            await Task.Delay(Connecting(hop.Site), cancellation);
            if (Trouble(hop.Site) is { } trouble)
            {
                return new Visit(trouble, "mx." + hop.Site);
            }

            while (await items.Next(cancellation) is { } message)
            {
                await Task.Delay(Sending, cancellation);
                var outcomes = message.Recipients.Select(recipient => Answer(message, recipient)).ToList();
                foreach (var (recipient, said) in message.Recipients.Zip(outcomes))
                {
                    Offered.Enqueue((message.Id, recipient.Number, recipient.Recipient.Address.ToString(), said));
                }

                await items.End(message, outcomes, "mx." + hop.Site + " [192.0.2.1]");
            }

            return Visit.Done;
        }
        finally
        {
            visits.AddOrUpdate(hop.Site, 0, static (_, count) => count - 1);
        }
    }

    internal static class Replies
    {
        public static readonly SendOutcome Taken = new SendOutcome.Delivered(Said(250, "2.0.0 taken"));
        public static readonly SendOutcome TakenWithDsn = new SendOutcome.Delivered(Said(250, "2.0.0 taken")) { DsnPassedOn = true };
        public static readonly SendOutcome Refused = new SendOutcome.Failed(SendCause.Refused(Said(550, "5.1.1 no such user")), SendPhase.Recipient);
        public static readonly SendOutcome Later = new SendOutcome.Deferred(SendCause.Refused(Said(451, "4.3.0 come back later")), SendPhase.Recipient);
        public static readonly SendOutcome NoConnection = new SendOutcome.Deferred(SendCauses.NoConnection, SendPhase.Connect);
        public static readonly SendOutcome SlowDown = new SendOutcome.Deferred(
            SendCause.Refused(Said(421, "4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume")), SendPhase.Mail);

        public static PeerReply Said(int code, string text) => new(new ReplyCode(code), [text]);
    }
}
