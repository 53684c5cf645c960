using Parley.Server.Journal;
using Parley.Server.Mime;
using Parley.Server.Queue;

namespace Parley.Console.Pages.Messages;

/// <summary>What the page of one message shows.</summary>
/// <param name="Stored">What the store knows.</param>
/// <param name="Message">What is in it.</param>
/// <param name="Source">Its first octets as text.</param>
/// <param name="SourceIsCut">Whether there is more of it.</param>
/// <param name="Session">The session that it came in, where it is still kept.</param>
/// <param name="Token">The proof for the form that deletes it.</param>
public sealed record MessageView(
    StoredMessage Stored, ReadableMessage Message, string Source, bool SourceIsCut, SessionTranscript? Session, string Token)
{
    /// <summary>Where the message has its pages.</summary>
    public string Address => $"/messages/{Stored.Id}";

    public string Subject => Stored.Subject.Length > 0 ? Stored.Subject : Message.Header("Subject") ?? "";

    /// <summary>Why it could not be deleted; null when nobody tried.</summary>
    public string? Fault { get; init; }
}
