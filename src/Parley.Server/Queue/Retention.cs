namespace Parley.Server.Queue;

/// <summary>How much mail that rests is kept: when there is more, the oldest goes. Queued mail never does.</summary>
/// <param name="Messages">Most messages, at least 1.</param>
/// <param name="Octets">Most octets of these messages as they came; the newest message is kept whatever its size.</param>
public sealed record Retention(long Messages, long Octets);
