namespace Parley.Server.Mime;

/// <summary>Bounds on what is read of one message for display; what lies beyond is left out and said so.</summary>
public sealed record MimeLimits
{
    /// <summary>Multiparts within multiparts.</summary>
    public int Depth { get; init; } = 16;

    /// <summary>Parts in all; reading stops behind the last.</summary>
    public int Parts { get; init; } = 500;

    /// <summary>Octets of one header section.</summary>
    public int HeaderOctets { get; init; } = 256 * 1024;

    /// <summary>Fields of the message's header section.</summary>
    public int Fields { get; init; } = 500;

    /// <summary>Characters of one field's value.</summary>
    public int FieldCharacters { get; init; } = 8_000;

    /// <summary>Octets of the text, and the same again for the HTML, before they are turned into characters.</summary>
    public int BodyOctets { get; init; } = 1024 * 1024;
}
