namespace Parley.Server.Mime;

/// <summary>What the header section of one part says about its content (RFC 2045, RFC 2183).</summary>
internal sealed class PartHeader
{
    private const int LongestField = 4_000;

    private PartHeader(ContentField type, ContentField disposition, string encoding)
    {
        this.type = type;
        this.disposition = disposition;
        Encoding = encoding;
    }

    private readonly ContentField type;
    private readonly ContentField disposition;

    /// <summary>The media type in lower case; <c>text/plain</c> where none was given or it is malformed (RFC 2045 §5.2).</summary>
    public string Type { get; private init; } = "text/plain";

    /// <summary>The Content-Transfer-Encoding, as it was written.</summary>
    public string Encoding { get; }

    /// <summary>The charset as it was written, or null.</summary>
    public string? Charset => type["charset"];

    /// <summary>The file name, or null. It is the sender's: never a path.</summary>
    public string? Name => disposition["filename"] ?? type["name"];

    /// <summary>Whether the sender calls it an attachment.</summary>
    public bool IsAttachment => disposition.Value == "attachment";

    /// <summary>The Content-ID without its brackets, or null.</summary>
    public string? ContentId { get; private init; }

    /// <summary>Whether it holds parts of its own.</summary>
    public bool IsMultipart => Type.StartsWith("multipart/", StringComparison.Ordinal) && Boundary is not null;

    /// <summary>What separates the parts, or null when there is none that RFC 2046 §5.1.1 allows.</summary>
    public string? Boundary => type["boundary"] is { Length: > 0 and <= 200 } boundary ? boundary : null;

    /// <summary>Reads a header section.</summary>
    /// <param name="section">Its octets.</param>
    /// <param name="defaultType">The type of a part that names none.</param>
    public static PartHeader Parse(ReadOnlySpan<byte> section, string defaultType)
    {
        string? kind = null, shown = null, encoding = null, id = null;
        var fields = new HeaderFields(section);
        while (fields.MoveNext())
        {
            if (!fields.Name.StartsWith("C"u8) && !fields.Name.StartsWith("c"u8))
            {
                continue;
            }

            if (fields.Is("Content-Type"u8))
            {
                kind ??= Unfolded(fields.Body);
            }
            else if (fields.Is("Content-Disposition"u8))
            {
                shown ??= Unfolded(fields.Body);
            }
            else if (fields.Is("Content-Transfer-Encoding"u8))
            {
                encoding ??= Unfolded(fields.Body);
            }
            else if (fields.Is("Content-ID"u8))
            {
                id ??= Unfolded(fields.Body).Trim('<', '>', ' ');
            }
        }

        var typeField = ContentField.Parse(kind ?? defaultType);
        return new PartHeader(typeField, ContentField.Parse(shown ?? ""), encoding ?? "")
        {
            Type = IsMediaType(typeField.Value) ? typeField.Value : "text/plain",
            ContentId = id,
        };
    }

    // Encoded words have no place in these fields but in the values of parameters, so the fields stay undecoded here.
    private static string Unfolded(ReadOnlySpan<byte> body) =>
        Charsets.Guess(body[..Math.Min(body.Length, LongestField)]).Replace("\r", "", StringComparison.Ordinal)
            .Replace("\n", "", StringComparison.Ordinal).Trim();

    // RFC 2045 §5.1: two tokens; and short, as it goes into a header of ours when the part is downloaded.
    private static bool IsMediaType(string value)
    {
        var slash = value.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && slash < value.Length - 1 && value.Length <= 127
            && value.AsSpan().IndexOfAnyExcept(TokenCharacters) < 0 && value.LastIndexOf('/') == slash;
    }

    private static readonly System.Buffers.SearchValues<char> TokenCharacters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789!#$&-^_.+/");
}
