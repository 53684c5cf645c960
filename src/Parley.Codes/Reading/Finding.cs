namespace Parley.Codes.Reading;

/// <summary>One reply as it was found in a text, before anything is known of its meaning.</summary>
internal sealed record Finding
{
    /// <summary>Three digits, or null where only an enhanced code or a known wording was found.</summary>
    public string? Code { get; init; }

    /// <summary>The enhanced status code, or null.</summary>
    public string? Enhanced { get; init; }

    /// <summary>What the server wrote behind the codes, lines joined by spaces.</summary>
    public required string Text { get; init; }

    /// <summary>The part of the text that was read. Not yet masked.</summary>
    public required string Input { get; init; }

    /// <summary>The step of the dialogue, where the text tells.</summary>
    public string? Phase { get; init; }

    /// <summary>Situations that the dialogue itself shows, whatever the server's wording; the first whose codes fit counts.</summary>
    public IReadOnlyList<string> Situations { get; init; } = [];

    /// <summary>A log tells that this host itself gave the reply: names elsewhere in the line are those of others.</summary>
    public bool Own { get; init; }

    /// <summary>A program tells that it will try again.</summary>
    public bool Deferred { get; init; }

    /// <summary>The lines of one reply carried different codes.</summary>
    public bool Mixed { get; init; }
}
