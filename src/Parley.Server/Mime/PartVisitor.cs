namespace Parley.Server.Mime;

/// <summary>What was left out because a message is larger than what is shown of it.</summary>
public enum MimeCut
{
    /// <summary>Fields of a header section.</summary>
    Header,

    /// <summary>Multiparts within multiparts: the innermost are shown as one file.</summary>
    Depth,

    /// <summary>Parts behind the last that is listed.</summary>
    Parts,

    /// <summary>The end of a text or of an HTML body.</summary>
    Body,

    /// <summary>A charset that is not known: the text is a guess.</summary>
    Charset,
}

/// <summary>Is told what a <see cref="PartWalker"/> finds, in the order of the message. Containers are not told of.</summary>
internal abstract class PartVisitor
{
    /// <summary>The message's own header section.</summary>
    public virtual void Header(ReadOnlySpan<byte> section)
    {
    }

    /// <summary>A part with content begins.</summary>
    public abstract void Begin(PartHeader part);

    /// <summary>A piece of its content, decoded.</summary>
    public abstract void Body(ReadOnlySpan<byte> octets);

    /// <summary>The part has ended.</summary>
    public abstract void End();

    /// <summary>Something is left out.</summary>
    public virtual void Cut(MimeCut cut)
    {
    }
}
