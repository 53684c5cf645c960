using System.Buffers;
using System.Text;
using Parley.Server.Queue;
using Parley.Smtp.Addresses;

namespace Parley.Server.Tests.Queue;

/// <summary>Messages for tests of the queue.</summary>
internal static class Mail
{
    /// <summary>Octets of the trace field that every message gets.</summary>
    public static int TraceLength => Trace.Length;

    private const string Trace = "Received: from client.example by mx.example\r\n";

    public static ForwardPath To(string address) => ForwardPath.Parse(address) ?? throw new ArgumentException(address, nameof(address));

    public static ReversePath From(string address) => ReversePath.Parse(address) ?? throw new ArgumentException(address, nameof(address));

    /// <summary>A recipient that rests in a mailbox of ours.</summary>
    public static EnvelopeRecipient Resting(string address) => new(To(address), null);

    /// <summary>A recipient that goes on to a next hop, by default the address's domain.</summary>
    public static EnvelopeRecipient Going(string address, string? destination = null) =>
        new(To(address), destination ?? To(address).Mailbox!.Domain.Text);

    public static Envelope Envelope(params EnvelopeRecipient[] recipients) => new(From("sender@example.net"), recipients);

    public static async Task<NewMessage> New(IQueueStore store, Envelope envelope, DateTimeOffset at, byte[]? octets = null)
    {
        var content = store.NewContent();
        await Write(content, octets ?? "Subject: hello\r\n\r\nhello\r\n"u8.ToArray());
        return new NewMessage(store.NextId(), envelope, content, at)
        {
            Trace = Encoding.ASCII.GetBytes(Trace),
            Subject = "hello",
            Session = "s1",
        };
    }

    /// <summary>Stores a message and answers its name.</summary>
    public static async Task<QueueId> Put(IQueueStore store, DateTimeOffset at, params EnvelopeRecipient[] recipients)
    {
        var message = await New(store, Envelope(recipients), at);
        await using var content = message.Content;
        Assert.Equal(EnqueueResult.Stored, await store.Enqueue(message, default));
        return message.Id;
    }

    /// <summary>Writes octets in pieces, as a connection does.</summary>
    public static async Task Write(MessageContent content, byte[] octets)
    {
        const int Piece = 16 * 1024;
        for (var at = 0; at < octets.Length; at += Piece)
        {
            content.Write(octets.AsSpan(at, Math.Min(Piece, octets.Length - at)));
            await content.Flush(default);
        }
    }

    public static byte[] Octets(int length, int seed = 1)
    {
        var octets = new byte[length];
        new Random(seed).NextBytes(octets);
        return octets;
    }

    /// <summary>The whole message as it stands in the store.</summary>
    public static async Task<byte[]?> Read(IQueueStore store, QueueId id)
    {
        await using var stream = await store.OpenContent(id, default);
        if (stream is null)
        {
            return null;
        }

        using var all = new MemoryStream();
        await stream.CopyToAsync(all);
        Assert.Equal(all.Length, stream.Length);
        return all.ToArray();
    }
}
