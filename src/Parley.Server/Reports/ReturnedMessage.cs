using System.Buffers;
using System.Text;
using Parley.Server.Mime;
using Parley.Server.Queue;
using Parley.Smtp.Serving;

namespace Parley.Server.Reports;

/// <summary>What a report brings back of the message that it is about (RFC 6522 §3, RFC 6533 §4): all of it, or its header.</summary>
internal sealed class ReturnedMessage
{
    // Without RET a short message comes back whole, a longer one as its header: a bounce must not fill a mailbox.
    private const long ShortMessage = 50_000;
    private const int MaxHeader = 64 * 1024;
    private const int Piece = 32 * 1024;
    private const int MaxLine = 998; // RFC 5322 §2.1.1

    private readonly byte[] header;
    private readonly bool isWhole;
    private readonly bool isUtf8;

    private ReturnedMessage(byte[] header, bool isWhole, bool isUtf8, bool is8Bit)
    {
        this.header = header;
        this.isWhole = isWhole;
        this.isUtf8 = isUtf8;
        Is8Bit = is8Bit;
        Subject = HeaderSection.Subject(header);
        MessageId = Field(header, "Message-ID"u8);
        ContentLanguage = Field(header, "Content-Language"u8);
    }

    /// <summary>The subject, decoded; empty when there is none.</summary>
    public string Subject { get; }

    /// <summary>Its Message-ID, if it has a printable one.</summary>
    public string? MessageId { get; }

    /// <summary>Its Content-Language (RFC 3282), if there is one.</summary>
    public string? ContentLanguage { get; }

    /// <summary>Whether the part holds octets beyond ASCII as they are.</summary>
    public bool Is8Bit { get; }

    /// <summary>Whether the whole message comes back.</summary>
    public bool IsWhole => isWhole;

    public string Type => (isWhole, isUtf8) switch
    {
        (true, true) => "message/global",
        (true, false) => "message/rfc822",
        (false, true) => "message/global-headers",
        (false, false) => "text/rfc822-headers",
    };

    public string Encoding => !isWhole && !isUtf8 ? "quoted-printable" : Is8Bit ? "8bit" : "7bit";

    /// <summary>Looks at a message and decides how much of it comes back (RFC 3461 §6.2).</summary>
    public static async ValueTask<ReturnedMessage> Read(
        IQueueStore store, ClaimedMessage message, IReadOnlyList<RecipientStatus> told, CancellationToken cancellation)
    {
        var envelope = message.Envelope;
        var whole = told.Any(static one => one.Action == ReportedAction.Failed)
            && envelope.Body != BodyType.BinaryMime // it could not travel inside another message
            && (envelope.Return == DsnReturn.Full || (envelope.Return == DsnReturn.Unspecified && message.Size <= ShortMessage));
        await using var stream = await store.OpenContent(message.Id, cancellation);
        if (stream is null)
        {
            return new ReturnedMessage([], false, envelope.Utf8, false);
        }

        var head = new byte[(int)Math.Min(stream.Length, MaxHeader)];
        await stream.ReadExactlyAsync(head, cancellation);
        var is8Bit = (whole || envelope.Utf8) && !System.Text.Ascii.IsValid(head);
        var piece = new byte[Piece];
        while (whole && !is8Bit && await stream.ReadAsync(piece, cancellation) is > 0 and var length)
        {
            is8Bit = !System.Text.Ascii.IsValid(piece.AsSpan(0, length));
        }

        return new ReturnedMessage(HeaderOf(head), whole, envelope.Utf8, is8Bit);
    }

    /// <summary>Writes the part's body.</summary>
    public async ValueTask CopyTo(MessageContent content, IQueueStore store, ClaimedMessage message, CancellationToken cancellation)
    {
        if (!isWhole)
        {
            content.Write(isUtf8 ? Lines(header) : System.Text.Encoding.ASCII.GetBytes(QuotedPrintable.Encode(header)));
            return;
        }

        await using var stream = await store.OpenContent(message.Id, cancellation);
        while (stream is not null)
        {
            var length = await stream.ReadAsync(content.GetMemory(Piece), cancellation);
            if (length == 0)
            {
                return;
            }

            content.Advance(length);
            await content.Flush(cancellation);
        }
    }

    // The section without its empty line; of one that is longer than we read, whole lines.
    private static byte[] HeaderOf(byte[] head)
    {
        var fields = new HeaderFields(head);
        var end = 0;
        while (fields.MoveNext())
        {
            end = fields.Position;
        }

        var section = head.AsSpan(0, end);
        return section[..(section.LastIndexOf((byte)'\n') + 1)].ToArray();
    }

    // A binary message may have other line ends; a part of a report has CRLF and no endless lines.
    private static byte[] Lines(byte[] section)
    {
        var lines = new ArrayBufferWriter<byte>(section.Length + 64);
        foreach (var range in section.AsSpan().Split((byte)'\n'))
        {
            var line = section.AsSpan()[range].TrimEnd((byte)'\r');
            if (!line.IsEmpty)
            {
                lines.Write(line[..Math.Min(line.Length, MaxLine)]);
                lines.Write("\r\n"u8);
            }
        }

        return lines.WrittenSpan.ToArray();
    }

    private static string? Field(byte[] header, ReadOnlySpan<byte> name)
    {
        const int MaxBody = 500;
        var fields = new HeaderFields(header);
        while (fields.MoveNext())
        {
            if (fields.Is(name))
            {
                var body = fields.Body.Trim(" \t\r\n"u8);
                return body.Length is > 0 and <= MaxBody && !body.ContainsAnyExceptInRange((byte)' ', (byte)'~')
                    ? System.Text.Encoding.ASCII.GetString(body)
                    : null;
            }
        }

        return null;
    }
}
