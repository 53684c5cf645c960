using Parley.Server.Mime;
using Parley.Smtp;

namespace Parley.Server.Receiving;

/// <summary>What is looked at in the content before it is taken.</summary>
internal static class Acceptance
{
    /// <summary>Received fields from which on a message is taken to go in circles; RFC 5321 §6.3 asks for 100 at least.</summary>
    public const int MaxHops = 100;

    /// <summary>Why the content is refused, or null.</summary>
    public static Reply? Check(ReadOnlySpan<byte> head) =>
        HeaderSection.Count(head).Received >= MaxHops ? Replies.TooManyHops : null;

    /// <summary>The subject, decoded, for lists.</summary>
    public static string Subject(ReadOnlySpan<byte> head) => HeaderSection.Subject(head);
}
