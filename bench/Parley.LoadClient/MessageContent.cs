using System.Text;

namespace Parley.LoadClient;

/// <summary>The octets that go after the envelope, made once and shared by all sessions.</summary>
public sealed class MessageContent
{
    private const int LineLength = 78;

    private MessageContent(byte[] envelope, byte[] content, byte[] contentAndEnvelope)
    {
        Envelope = envelope;
        Content = content;
        ContentAndEnvelope = contentAndEnvelope;
    }

    /// <summary>MAIL, RCPT and DATA as one group.</summary>
    public byte[] Envelope { get; }

    /// <summary>A message and its final dot.</summary>
    public byte[] Content { get; }

    /// <summary>The same, followed by the envelope of the next message; empty without pipelining.</summary>
    public byte[] ContentAndEnvelope { get; }

    public static MessageContent Create(LoadOptions options)
    {
        var envelope = Encoding.ASCII.GetBytes($"MAIL FROM:<{options.From}>\r\nRCPT TO:<{options.To}>\r\nDATA\r\n");
        byte[] content = [.. Message(options), .. ".\r\n"u8];
        return new MessageContent(envelope, content, options.Pipelining ? [.. content, .. envelope] : []);
    }

    // Letters and digits from a fixed seed: nothing that a store or a disk could compress, and no line that starts with a dot.
    private static byte[] Message(LoadOptions options)
    {
        var header = Encoding.ASCII.GetBytes(
            $"From: <{options.From}>\r\nTo: <{options.To}>\r\nSubject: load\r\nDate: Thu, 1 Jan 2026 00:00:00 +0000\r\nMessage-ID: <load@bench.test>\r\n\r\n");
        var message = new byte[Math.Max(options.Size, header.Length + LineLength)];
        header.CopyTo(message, 0);
        var alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8;
        var random = new Random(1);
        for (var i = header.Length; i < message.Length; i++)
        {
            var column = (i - header.Length) % LineLength;
            message[i] = column switch
            {
                LineLength - 2 => (byte)'\r',
                LineLength - 1 => (byte)'\n',
                _ => alphabet[random.Next(alphabet.Length)],
            };
        }

        EndWithLine(message);
        return message;
    }

    // Neither half a line end nor an empty last line may stand before the final CRLF.
    private static void EndWithLine(byte[] message)
    {
        for (var i = message.Length - 4; i < message.Length - 2; i++)
        {
            message[i] = (byte)'x';
        }

        if (message[^5] == (byte)'\r')
        {
            message[^5] = (byte)'x';
        }

        message[^2] = (byte)'\r';
        message[^1] = (byte)'\n';
    }
}
