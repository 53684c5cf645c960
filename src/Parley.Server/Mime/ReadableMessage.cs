namespace Parley.Server.Mime;

/// <summary>A message as a person reads it. All of it was written by the sender: nothing here is safe to put into a page unencoded.</summary>
public sealed record ReadableMessage
{
    /// <summary>The fields of the header section in order, decoded.</summary>
    public required IReadOnlyList<HeaderField> Headers { get; init; }

    /// <summary>The text with LF line ends, or null when there is none.</summary>
    public required string? Text { get; init; }

    /// <summary>The HTML, or null when there is none.</summary>
    public required string? Html { get; init; }

    /// <summary>All other parts.</summary>
    public required IReadOnlyList<Attachment> Attachments { get; init; }

    /// <summary>What was left out or guessed.</summary>
    public required IReadOnlySet<MimeCut> Cuts { get; init; }

    /// <summary>The first value of a field, or null.</summary>
    public string? Header(string name) =>
        Headers.FirstOrDefault(field => string.Equals(field.Name, name, StringComparison.OrdinalIgnoreCase))?.Value;
}

/// <summary>One field of a header section.</summary>
/// <param name="Name">As it was written.</param>
/// <param name="Value">Unfolded and decoded.</param>
public sealed record HeaderField(string Name, string Value);

/// <summary>A part that is neither the text nor the HTML.</summary>
/// <param name="Number">Its place among the parts with content, from 1.</param>
/// <param name="Name">A file name without folders and controls; made up where the part has none.</param>
/// <param name="Type">The media type that the sender gives it, in lower case.</param>
/// <param name="Size">Octets after decoding.</param>
public sealed record Attachment(int Number, string Name, string Type, long Size)
{
    /// <summary>What HTML names it by (<c>cid:</c>), or null.</summary>
    public string? ContentId { get; init; }

    /// <summary>Its content, when it is a small image that the HTML may show; else empty.</summary>
    public ReadOnlyMemory<byte> Image { get; init; }
}
