using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Parley.Server.Mime;
using Parley.Server.Queue;
using Parley.Server.Receiving;

namespace Parley.Console.Api;

/// <summary>Messages: list, one, its octets, its parts, delete.</summary>
internal static class MessagesApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var messages = api.MapGroup("/messages").WithTags("Messages");
        messages.MapGet("", List).WithSummary("Messages, newest first.");
        messages.MapGet("/{id}", Show).WithSummary("One message, decoded.");
        messages.MapGet("/{id}/raw", Raw).WithSummary("The octets: our trace fields, then what came.").Produces(200, contentType: "message/rfc822");
        messages.MapGet("/{id}/parts/{part:int}", Part).WithSummary("The decoded content of one part.").Produces(200, contentType: "application/octet-stream");
        messages.MapDelete("/{id}", Delete).WithSummary("Deletes a message that is not queued.");
    }

    private static async Task<Results<Ok<MessageList>, ProblemHttpResult>> List(
        IQueueStore store, string? query, int? limit, string? after, CancellationToken cancellation)
    {
        if (Paging.TryRead(limit, after, out var paging) is { } fault)
        {
            return fault;
        }

        var page = await store.List(new MessageQuery { Words = query ?? "", After = paging.After, Limit = paging.Limit }, cancellation);
        return TypedResults.Ok(new MessageList([.. page.Messages.Select(MessageRow.Of)], page.Next?.ToString()));
    }

    private static async Task<Results<Ok<MessageDetail>, ProblemHttpResult>> Show(IQueueStore store, string id, CancellationToken cancellation)
    {
        if (!QueueId.TryParse(id, out var name) || await store.Find(name, cancellation) is not { } stored
            || await store.OpenContent(name, cancellation) is not { } content)
        {
            return Problems.NoMessage(id);
        }

        await using (content)
        {
            return TypedResults.Ok(MessageDetail.Of(stored, await MessageReader.Read(content, null, cancellation)));
        }
    }

    private static async Task<IResult> Raw(IQueueStore store, HttpContext context, string id, CancellationToken cancellation)
    {
        if (!QueueId.TryParse(id, out var name) || await store.Find(name, cancellation) is not { } stored
            || await store.OpenContent(name, cancellation) is not { } content)
        {
            return Problems.NoMessage(id);
        }

        await using (content)
        {
            // RFC 5321 §4.4: Return-Path belongs to final delivery, so that only what rests in a mailbox has it.
            var returnPath = stored.RestsIn.Count > 0 ? TraceFields.ReturnPath(stored.Sender) : [];
            var response = context.Response;
            response.ContentType = "message/rfc822";
            response.Headers.ContentDisposition = $"attachment; filename={name}.eml";
            response.ContentLength = returnPath.Length + content.Length;
            await response.Body.WriteAsync(returnPath, cancellation);
            await content.CopyToAsync(response.Body, cancellation);
            return Results.Empty;
        }
    }

    private static async Task<IResult> Part(IQueueStore store, HttpContext context, string id, int part) =>
        QueueId.TryParse(id, out var name) && await PartDownload.Send(context, store, name, part)
            ? Results.Empty
            : Problems.NotFound($"There is no part {part} of a message \"{Problems.Shown(id)}\".", "The message's `attachments` name its parts.");

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(IQueueStore store, string id, CancellationToken cancellation)
    {
        var result = QueueId.TryParse(id, out var name) ? await store.Delete(name, cancellation) : DeleteResult.NotFound;
        return result switch
        {
            DeleteResult.Deleted => TypedResults.NoContent(),
            DeleteResult.StillQueued => Problems.Of(StatusCodes.Status409Conflict, "Still queued",
                $"A recipient still waits for this message. Remove it from the queue first: DELETE /api/v1/queue/{name}."),
            _ => Problems.NoMessage(id),
        };
    }
}
