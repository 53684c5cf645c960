using System.Text.Json.Serialization;

namespace Parley.Codes;

/// <summary>What one reply code or enhanced status code means, in one language.</summary>
public record Explanation
{
    /// <summary>The code that was asked for: three digits (<c>550</c>) or an enhanced code (<c>5.1.1</c>).
    /// Null only for a text that carries no code at all.</summary>
    public required string? Code { get; init; }

    /// <summary>The enhanced status code (RFC 3463), or null where there is none.</summary>
    public required string? Enhanced { get; init; }

    /// <summary>A short name, without a full stop.</summary>
    public required string Title { get; init; }

    /// <summary><c>success</c>, <c>intermediate</c>, <c>transient</c> or <c>permanent</c> (RFC 5321 §4.2.1).</summary>
    public required string Class { get; init; }

    /// <summary><c>standard</c> (an RFC defines it), <c>registered</c> (only a registry lists it) or <c>folk</c> (nobody assigned it).</summary>
    public required string Standing { get; init; }

    /// <summary>The commands and moments that are answered with it.</summary>
    public required IReadOnlyList<string> Commands { get; init; }

    /// <summary>What the server says with it.</summary>
    public required string Meaning { get; init; }

    /// <summary>In which situation one meets it.</summary>
    public required string WhenYouSeeIt { get; init; }

    /// <summary>Typical causes, the commonest first.</summary>
    public required IReadOnlyList<string> Causes { get; init; }

    /// <summary>What to do about it, for either side.</summary>
    public required HowToFix HowToFix { get; init; }

    /// <summary><c>no</c>, <c>later</c> or <c>now</c>: whether the same attempt may be repeated.</summary>
    public required string Retry { get; init; }

    /// <summary><c>sender</c>, <c>operator</c>, <c>recipient</c> or <c>client</c>: who has to act.</summary>
    public required string WhoseMove { get; init; }

    /// <summary>A dialogue in which it appears: lines that begin with <c>C: </c> or <c>S: </c>.</summary>
    public required IReadOnlyList<string> Example { get; init; }

    /// <summary>Where the standards speak of it.</summary>
    public required IReadOnlyList<Reference> References { get; init; }

    /// <summary>Codes worth reading next.</summary>
    public required IReadOnlyList<string> Related { get; init; }

    /// <summary>For a basic code the enhanced codes that come with it; for an enhanced code the basic codes.</summary>
    public required IReadOnlyList<string> GoesWith { get; init; }

    /// <summary>The language of the texts (<c>en</c>).</summary>
    public required string Lang { get; init; }
}

/// <summary>One reply found in a text: what it means there.</summary>
public sealed record ReplyExplanation : Explanation
{
    /// <summary>The part of the text that was read, with credentials masked.</summary>
    public required string Input { get; init; }

    /// <summary>The step of the dialogue (<c>rcpt</c>, <c>auth</c>, <c>content</c> …), or null where the text does not tell.</summary>
    public required string? Phase { get; init; }

    /// <summary>The provider or server software whose wording was recognised, or null.</summary>
    public required string? Provider { get; init; }

    /// <summary>The cause in one sentence; the title where the words tell none, and what is typical stands in <see cref="Explanation.Causes"/>.</summary>
    public required string Cause { get; init; }

    /// <summary>Whether the words told the cause. Not part of the JSON.</summary>
    [JsonIgnore]
    public bool IsRecognised { get; init; }

    /// <summary>Whether the server asks its senders to slow down, so that more mail to it should wait. Not part of the JSON.</summary>
    [JsonIgnore]
    public bool Throttle { get; init; }

    /// <summary>What contradicts itself in this reply; empty where nothing does.</summary>
    public required IReadOnlyList<string> Conflicts { get; init; }
}

/// <summary>The remedy, for the one who sends and for the one who runs the answering server.</summary>
/// <param name="Sender">What the sending side does.</param>
/// <param name="Operator">What the operator of the answering server does.</param>
public sealed record HowToFix(string Sender, string Operator);

/// <summary>A place in a standard.</summary>
/// <param name="Rfc">The RFC's number, without the letters.</param>
/// <param name="Section">The section's number, without the sign.</param>
public sealed record Reference(string Rfc, string Section);

/// <summary>What a large provider or a server program means by a reply.</summary>
/// <param name="Provider">Its name.</param>
/// <param name="Cause">The cause in one sentence.</param>
/// <param name="Meaning">What stands behind it.</param>
/// <param name="Sender">What the sending side does.</param>
/// <param name="Operator">What the operator of the answering server does; may be empty.</param>
public sealed record Wording(string Provider, string Cause, string Meaning, string Sender, string Operator);
