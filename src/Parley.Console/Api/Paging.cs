using Microsoft.AspNetCore.Http.HttpResults;
using Parley.Server.Queue;

namespace Parley.Console.Api;

/// <summary>The page that a request asks for.</summary>
/// <param name="Limit">Most items.</param>
/// <param name="After">The cursor, or null for the first page.</param>
internal readonly record struct Paging(int Limit, QueueId? After)
{
    public const int UsualLimit = 50;
    public const int HighestLimit = 1000;

    /// <summary>Checks a limit; null when it is good.</summary>
    public static ProblemHttpResult? Fault(int? limit) =>
        limit is null or (>= 1 and <= HighestLimit) ? null : Problems.BadRequest($"`limit` is a number from 1 to {HighestLimit}.");

    /// <summary>Reads limit and cursor; the fault is null when both are good.</summary>
    public static ProblemHttpResult? TryRead(int? limit, string? after, out Paging paging)
    {
        paging = new Paging(limit ?? UsualLimit, null);
        if (Fault(limit) is { } fault)
        {
            return fault;
        }

        if (string.IsNullOrEmpty(after))
        {
            return null;
        }

        if (!QueueId.TryParse(after, out var cursor))
        {
            return Problems.BadRequest("`after` is the `next` of the page before; leave it out for the first page.");
        }

        paging = paging with { After = cursor };
        return null;
    }
}
