using System.Text;

namespace Parley.Server.Mime;

/// <summary>Gathers what is shown of a message: fields, text, HTML, a list of the other parts, small images for the HTML.</summary>
internal sealed class DisplayVisitor(MimeLimits limits) : PartVisitor
{
    private readonly List<HeaderField> headers = [];
    private readonly BodyText text = new();
    private readonly BodyText html = new();
    private readonly List<Attachment> attachments = [];
    private readonly HashSet<MimeCut> cuts = [];
    private readonly MemoryStream collected = new();
    private PartHeader? part;
    private BodyText? target;
    private bool collects;
    private int room;
    private int imageRoom = limits.BodyOctets;
    private int number;
    private long size;

    public override void Header(ReadOnlySpan<byte> section)
    {
        var fields = new HeaderFields(section);
        while (fields.MoveNext())
        {
            if (headers.Count == limits.Fields)
            {
                Cut(MimeCut.Header);
                return;
            }

            headers.Add(new HeaderField(Encoding.ASCII.GetString(fields.Name), EncodedWords.Decode(fields.Body, limits.FieldCharacters)));
        }
    }

    public override void Begin(PartHeader header)
    {
        part = header;
        number++;
        size = 0;
        collected.SetLength(0);
        var shown = !header.IsAttachment && header.Name is null;
        target = shown && header.Type == "text/plain" ? text : shown && header.Type == "text/html" ? html : null;
        var isImage = target is null && header.ContentId is not null && IsImage(header.Type);
        collects = target is not null || isImage;
        room = target is null ? imageRoom : limits.BodyOctets - target.Octets;
    }

    public override void Body(ReadOnlySpan<byte> octets)
    {
        size += octets.Length;
        if (collects)
        {
            collected.Write(octets[..(int)Math.Min(octets.Length, Math.Max(0, room - collected.Length))]);
        }
    }

    public override void End()
    {
        var octets = collected.GetBuffer().AsSpan(0, (int)collected.Length);
        if (target is not null)
        {
            EndText(target, octets);
            return;
        }

        var image = collects && size > 0 && size <= room ? octets.ToArray() : [];
        imageRoom -= image.Length;
        attachments.Add(new Attachment(number, FileNames.Clean(part!.Name, part.Type, number), part.Type, size)
        {
            ContentId = part.ContentId,
            Image = image,
        });
    }

    public override void Cut(MimeCut cut) => cuts.Add(cut);

    public ReadableMessage Message() => new()
    {
        Headers = headers,
        Text = text.Value,
        Html = html.Value,
        Attachments = attachments,
        Cuts = cuts,
    };

    // What a browser shows without running anything; SVG is a document and not among them.
    private static bool IsImage(string type) => type is "image/png" or "image/jpeg" or "image/gif" or "image/webp" or "image/bmp";

    private void EndText(BodyText body, ReadOnlySpan<byte> octets)
    {
        if (size > octets.Length)
        {
            Cut(MimeCut.Body);
            octets = Charsets.WithoutHalfCharacter(octets);
        }

        var decoded = Charsets.Decode(octets, part!.Charset, out var known);
        if (!known)
        {
            Cut(MimeCut.Charset);
        }

        body.Add(decoded.Replace("\r\n", "\n", StringComparison.Ordinal), octets.Length);
    }

    // Parts of one kind that follow one another, as list servers add their footers, are read as one.
    private sealed class BodyText
    {
        private StringBuilder? text;

        public int Octets { get; private set; }

        public string? Value => text?.ToString();

        public void Add(string more, int octets)
        {
            text = text is null ? new StringBuilder() : text.Append(text.Length > 0 && text[^1] != '\n' ? "\n" : "");
            text.Append(more);
            Octets += octets;
        }
    }
}
