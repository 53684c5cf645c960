using Parley.Server.Mime;
using Parley.Server.Queue;

namespace Parley.Console.Api;

internal sealed record MessageList(IReadOnlyList<MessageRow> Messages, string? Next);

/// <summary>A message in a list.</summary>
/// <param name="Id">Its name.</param>
/// <param name="ReceivedAt">UTC.</param>
/// <param name="From">The envelope's sender; empty for the null sender.</param>
/// <param name="To">The envelope's recipients.</param>
/// <param name="Subject">Decoded; empty when there is none.</param>
/// <param name="Size">Octets of the message as it came, without our trace fields.</param>
internal sealed record MessageRow(string Id, DateTime ReceivedAt, string From, IReadOnlyList<string> To, string Subject, long Size)
{
    public static MessageRow Of(StoredMessage message) => new(
        message.Id.ToString(),
        message.ReceivedAt.UtcDateTime,
        message.Sender.ToString(),
        [.. message.To.Select(to => to.ToString())],
        message.Subject,
        message.Size);
}

/// <summary>A message with what is in it.</summary>
internal sealed record MessageDetail
{
    public required string Id { get; init; }

    public required DateTime ReceivedAt { get; init; }

    public required string From { get; init; }

    public required IReadOnlyList<string> To { get; init; }

    public required string Subject { get; init; }

    public required long Size { get; init; }

    /// <summary>The fields of the header section, decoded.</summary>
    public required IReadOnlyList<HeaderField> Headers { get; init; }

    public required string? Text { get; init; }

    public required string? Html { get; init; }

    public required IReadOnlyList<AttachmentRow> Attachments { get; init; }

    /// <summary>The session that it came in, or null for a message of the server's own.</summary>
    public required string? Session { get; init; }

    /// <summary>Whether a recipient still waits for it.</summary>
    public required bool Queued { get; init; }

    /// <summary>What is left out here, or guessed, as the message is larger or stranger than what is shown of one.</summary>
    public required IReadOnlyList<string> Cuts { get; init; }

    public static MessageDetail Of(StoredMessage stored, ReadableMessage message)
    {
        var row = MessageRow.Of(stored);
        return new MessageDetail
        {
            Id = row.Id,
            ReceivedAt = row.ReceivedAt,
            From = row.From,
            To = row.To,
            Subject = row.Subject,
            Size = row.Size,
            Headers = message.Headers,
            Text = message.Text,
            Html = message.Html,
            Attachments = [.. message.Attachments.Select(file => new AttachmentRow(file.Name, file.Type, file.Size, file.Number))],
            Session = stored.Session,
            Queued = stored.Queued,
            Cuts = [.. message.Cuts.Select(cut => cut.ToString().ToLowerInvariant()).Order(StringComparer.Ordinal)],
        };
    }
}

/// <summary>An attachment.</summary>
/// <param name="Name">A file name without folders.</param>
/// <param name="Type">The media type that the sender gives it.</param>
/// <param name="Size">Octets after decoding.</param>
/// <param name="Part">The number by which <c>parts/{part}</c> gives its content.</param>
internal sealed record AttachmentRow(string Name, string Type, long Size, int Part);
