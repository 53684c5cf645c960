using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Parley.Server.Queue;

namespace Parley.Console.Api;

/// <summary>The queue: list, one entry, and what an operator does to it.</summary>
internal static class QueueApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var queue = api.MapGroup("/queue").WithTags("Queue");
        queue.MapGet("", List).WithSummary("Entries that have a recipient to deliver, oldest first.");
        queue.MapGet("/{id}", Show).WithSummary("One entry, with what each recipient waits for.");
        MapChange(queue, "/{id}/retry", QueueChange.Retry, "Tries again now.");
        MapChange(queue, "/{id}/hold", QueueChange.Hold, "Sets aside until released.");
        MapChange(queue, "/{id}/release", QueueChange.Release, "Takes back what was set aside, and tries it now.");
        queue.MapDelete("/{id}", (IQueueStore store, ConsoleParts parts, string id, CancellationToken cancellation) =>
            Change(store, parts, id, QueueChange.Remove, cancellation)).WithSummary("Drops the recipients that wait, without a report.");
    }

    private static void MapChange(RouteGroupBuilder queue, string path, QueueChange change, string summary) =>
        queue.MapPost(path, (IQueueStore store, ConsoleParts parts, string id, CancellationToken cancellation) =>
            Change(store, parts, id, change, cancellation)).WithSummary(summary);

    private static async Task<Results<Ok<QueueList>, ProblemHttpResult>> List(
        IQueueStore store, Catalogues catalogues, HttpContext context, [AsParameters] QueueQuery query, CancellationToken cancellation)
    {
        if (Paging.TryRead(query.Limit, query.After, out var paging) is { } fault)
        {
            return fault;
        }

        RecipientState? state = null;
        if (!string.IsNullOrEmpty(query.State))
        {
            if (!Enum.TryParse<RecipientState>(query.State, ignoreCase: true, out var named) || !Enum.IsDefined(named) || char.IsAsciiDigit(query.State[0]))
            {
                return Problems.BadRequest("`state` is waiting, active, deferred, held, delivered or failed.");
            }

            state = named;
        }

        var page = await store.ListQueue(new QueueFilter
        {
            Sender = query.Sender,
            Recipient = query.Recipient,
            Destination = query.Destination,
            State = state,
            After = paging.After,
            Limit = paging.Limit,
        }, cancellation);
        var meanings = new ReplyMeanings(catalogues.For(context, query.Lang));
        return TypedResults.Ok(new QueueList(page.Entries.Select(entry => QueueItem.Of(entry, meanings)), page.Next?.ToString()));
    }

    private static async Task<Results<Ok<QueueItem>, ProblemHttpResult>> Show(
        IQueueStore store, Catalogues catalogues, HttpContext context, string id, string? lang, CancellationToken cancellation) =>
        QueueId.TryParse(id, out var name) && await store.FindEntry(name, cancellation) is { } entry
            ? TypedResults.Ok(QueueItem.Of(entry, new ReplyMeanings(catalogues.For(context, lang))))
            : NoEntry(id);

    private static async Task<Results<NoContent, ProblemHttpResult>> Change(
        IQueueStore store, ConsoleParts parts, string id, QueueChange change, CancellationToken cancellation)
    {
        if (!QueueId.TryParse(id, out var name) || await store.Change([name], change, cancellation) == 0)
        {
            return NoEntry(id);
        }

        parts.QueueChanged();
        return TypedResults.NoContent();
    }

    private static ProblemHttpResult NoEntry(string id) =>
        Problems.NotFound($"The queue has no entry \"{Problems.Shown(id)}\".", "GET /api/v1/queue lists those that it has.");
}

/// <summary>Which entries to list; texts match a part, whatever its case, but the destination is whole.</summary>
internal readonly record struct QueueQuery(string? Sender, string? Recipient, string? Destination, string? State, int? Limit, string? After, string? Lang);
