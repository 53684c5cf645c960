namespace Parley.Codes;

/// <summary>Two codes side by side.</summary>
public sealed record Comparison
{
    /// <summary>The code that was named first.</summary>
    public required Explanation A { get; init; }

    /// <summary>The code that was named second.</summary>
    public required Explanation B { get; init; }

    /// <summary>A written paragraph for pairs that are often mixed up, or null.</summary>
    public required string? Introduction { get; init; }

    /// <summary>A dialogue that shows both, for the written pairs; else empty.</summary>
    public required IReadOnlyList<string> Example { get; init; }

    /// <summary>What differs, the weightiest first; aspects in which the two agree are left out.</summary>
    public required IReadOnlyList<Difference> Differences { get; init; }

    /// <summary>When to use, or to expect, which of the two.</summary>
    public required IReadOnlyList<Choice> WhenToUseWhich { get; init; }

    /// <summary>The language of the texts (<c>en</c>).</summary>
    public required string Lang { get; init; }
}

/// <summary>One thing in which two codes differ, as a whole sentence about each.</summary>
/// <param name="Aspect">The name of the aspect, in the language of the comparison.</param>
/// <param name="A">The sentence about the first code.</param>
/// <param name="B">The sentence about the second code.</param>
public sealed record Difference(string Aspect, string A, string B);

/// <summary>When one of two codes is the right one.</summary>
/// <param name="Code">The code.</param>
/// <param name="When">A whole sentence.</param>
public sealed record Choice(string Code, string When);
