using System.Text;
using Parley.Server.Delivery;
using Parley.Server.Queue;
using Parley.Smtp.Addresses;
using Parley.Smtp.Sending;

namespace Parley.Server.Tests.Delivery;

/// <summary>Messages of a test, given out in order; keeps what is told of them.</summary>
internal sealed class ListItems : IDeliveryItems
{
    private readonly Queue<ClaimedMessage> waiting = new();
    private readonly Dictionary<QueueId, byte[]> contents = [];

    /// <summary>What was told, a line a recipient: <c>b@example.net delivered 250 2.0.0 taken</c>.</summary>
    public List<string> Told { get; } = [];

    /// <summary>Who answered, a line a message.</summary>
    public List<string> Peers { get; } = [];

    /// <summary>How often a content was opened.</summary>
    public int Opened { get; private set; }

    public CancellationToken Stopping { get; init; }

    public Func<Stream, Stream> Wrap { get; set; } = static stream => stream;

    public ListItems Add(string to, byte[] content, Envelope? like = null)
    {
        var id = new QueueId(contents.Count + 1);
        var recipients = to.Split(',').Select(address => new EnvelopeRecipient(ForwardPath.Parse(address)!, "x")).ToList();
        var envelope = (like ?? new Envelope(ReversePath.Parse("a@example.org")!, [])) with { Recipients = recipients };
        contents[id] = content;
        waiting.Enqueue(new ClaimedMessage(id, envelope, DateTimeOffset.UnixEpoch, content.Length, [.. recipients.Select((r, n) => new ClaimedRecipient(n, r, 0, false))]));
        return this;
    }

    public ListItems Add(string to, string content = "Subject: test\r\n\r\nHello\r\n") => Add(to, Encoding.UTF8.GetBytes(content));

    public ValueTask<ClaimedMessage?> Next(CancellationToken cancellation) => new(waiting.TryDequeue(out var message) ? message : null);

    public ValueTask<Stream?> OpenContent(ClaimedMessage message, CancellationToken cancellation)
    {
        Opened++;
        return new(contents.TryGetValue(message.Id, out var octets) ? Wrap(new MemoryStream(octets)) : null);
    }

    public void Lose(int number) => contents.Remove(new QueueId(number));

    public ValueTask Settled() => default;

    public ValueTask End(ClaimedMessage message, IReadOnlyList<SendOutcome> outcomes, string peer)
    {
        Assert.Equal(message.Recipients.Count, outcomes.Count);
        foreach (var (recipient, outcome) in message.Recipients.Zip(outcomes))
        {
            Told.Add($"{recipient.Recipient.Address} {Describe(outcome)}");
        }

        Peers.Add(peer);
        return default;
    }

    public static string Describe(SendOutcome outcome) => outcome switch
    {
        SendOutcome.Delivered delivered => $"delivered {delivered.Reply}",
        SendOutcome.Deferred deferred => $"deferred {Why(deferred.Why)} at {deferred.Where}",
        SendOutcome.Failed failed => $"failed {Why(failed.Why)} at {failed.Where}",
        _ => "?",
    };

    private static string Why(SendCause why) => why.Id == "refused" ? why.Reply!.ToString() : why.Id;
}
