using System.Buffers;
using System.Security.Cryptography;
using Parley.Server.Queue;
using Parley.Smtp.Addresses;

namespace Parley.Crash;

/// <summary>Messages that show by themselves whether they are whole: the first octets are the hash of the others.</summary>
public static class SealedMail
{
    /// <summary>Octets of content for a message; the same seed gives the same ones.</summary>
    public static byte[] Octets(int length, int seed)
    {
        var octets = new byte[SHA256.HashSizeInBytes + length];
        new Random(seed).NextBytes(octets.AsSpan(SHA256.HashSizeInBytes));
        SHA256.HashData(octets.AsSpan(SHA256.HashSizeInBytes), octets);
        return octets;
    }

    /// <summary>Whether a stored message is as long as its list entry says, and its hash is right.</summary>
    public static async Task<bool> IsWhole(IQueueStore store, StoredMessage message)
    {
        await using var stream = await store.OpenContent(message.Id, default);
        if (stream is null || stream.Length != message.Size)
        {
            return false;
        }

        var octets = new byte[message.Size];
        await stream.ReadExactlyAsync(octets);
        return SHA256.HashData(octets.AsSpan(SHA256.HashSizeInBytes)).AsSpan().SequenceEqual(octets.AsSpan(0, SHA256.HashSizeInBytes));
    }

    /// <summary>Stores such a message under a subject that names it.</summary>
    internal static async Task<(QueueId Id, EnqueueResult Result)> Store(IQueueStore store, string subject, byte[] octets, EnvelopeRecipient recipient)
    {
        await using var content = store.NewContent(octets.Length);
        await Write(content, octets);
        var message = Message(store, subject, content, recipient);
        return (message.Id, await store.Enqueue(message, default));
    }

    internal static NewMessage Message(IQueueStore store, string subject, MessageContent content, EnvelopeRecipient recipient) =>
        new(store.NextId(), new Envelope(ReversePath.Parse("sender@example.net")!, [recipient]), content, DateTimeOffset.UnixEpoch) { Subject = subject };

    internal static async Task Write(MessageContent content, byte[] octets)
    {
        const int Piece = 64 * 1024;
        for (var at = 0; at < octets.Length; at += Piece)
        {
            content.Write(octets.AsSpan(at, Math.Min(Piece, octets.Length - at)));
            await content.Flush(default);
        }
    }
}
