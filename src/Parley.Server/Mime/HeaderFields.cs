namespace Parley.Server.Mime;

/// <summary>
/// Walks over the fields of a header section without copying (RFC 5322 §2.2). The section ends at an empty line, at
/// the end of the octets, or at a line that is no field: a message without a header is all body.
/// </summary>
internal ref struct HeaderFields(ReadOnlySpan<byte> octets)
{
    private readonly ReadOnlySpan<byte> octets = octets;

    /// <summary>The name of the field, as it was written.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>What stands behind the colon, folds included, without the last line end.</summary>
    public ReadOnlySpan<byte> Body { get; private set; }

    /// <summary>How far it has walked; after the last field, where the body begins.</summary>
    public int Position { get; private set; }

    /// <summary>Whether the end of the section was seen, rather than the end of the octets.</summary>
    public bool Ended { get; private set; }

    /// <summary>Goes to the next field; false when there is none.</summary>
    public bool MoveNext()
    {
        if (Ended || Position >= octets.Length)
        {
            return false;
        }

        var rest = octets[Position..];
        var blank = rest[0] == '\n' ? 1 : rest.StartsWith("\r\n"u8) ? 2 : 0;
        var colon = blank > 0 ? -1 : Colon(rest);
        if (colon < 0)
        {
            Position += blank;
            Ended = true;
            return false;
        }

        var end = FieldEnd(rest);
        Name = rest[..colon].TrimEnd(" \t"u8);
        Body = rest[(colon + 1)..end].TrimEnd("\r\n"u8);
        Position += end;
        return true;
    }

    public readonly bool Is(ReadOnlySpan<byte> name) => System.Text.Ascii.EqualsIgnoreCase(Name, name);

    /// <summary>The place of the colon when the line is a field (RFC 5322 §2.2, and §4.5 for space before it); else -1.</summary>
    public static int Colon(ReadOnlySpan<byte> line)
    {
        var end = line.IndexOfAnyExceptInRange((byte)'!', (byte)'~');
        var name = end < 0 ? line : line[..end];
        var colon = name.IndexOf((byte)':');
        if (colon >= 0)
        {
            return colon == 0 ? -1 : colon;
        }

        if (end <= 0)
        {
            return -1;
        }

        var space = line[end..];
        var width = space.Length - space.TrimStart(" \t"u8).Length;
        return width < space.Length && space[width] == ':' ? end + width : -1;
    }

    private static int FieldEnd(ReadOnlySpan<byte> rest)
    {
        var at = 0;
        while (true)
        {
            var end = rest[at..].IndexOf((byte)'\n');
            if (end < 0)
            {
                return rest.Length;
            }

            at += end + 1;
            if (at >= rest.Length || rest[at] is not ((byte)' ' or (byte)'\t'))
            {
                return at;
            }
        }
    }
}
