using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Parley.Codes;
using Parley.Console.Access;
using Parley.Server.Queue;

namespace Parley.Console.Pages.Queue;

/// <summary>The queue, and what an operator does to its entries.</summary>
internal static class QueuePages
{
    private const int PageLength = 50;

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/queue", List);
        app.MapPost("/queue/{id}/{act}", Act);
    }

    private static async Task<IResult> List(
        ConsoleParts parts, Catalogues catalogues, FormToken token, HttpContext context, string? after, CancellationToken cancellation)
    {
        QueueId? cursor = QueueId.TryParse(after, out var id) ? id : null;
        return new PageResult<QueuePage>(new()
        {
            [nameof(QueuePage.Page)] = await parts.Store.ListQueue(new QueueFilter { After = cursor, Limit = PageLength }, cancellation),
            [nameof(QueuePage.Counts)] = await parts.Store.Count(cancellation),
            [nameof(QueuePage.IsFirst)] = cursor is null,
            [nameof(QueuePage.Catalogue)] = catalogues[Catalogues.Usual],
            [nameof(QueuePage.Token)] = token.For(context),
        });
    }

    private static async Task<IResult> Act(ConsoleParts parts, FormToken token, HttpContext context, string id, string act)
    {
        if (!context.Request.HasFormContentType || !token.IsGood(context, await context.Request.ReadFormAsync(context.RequestAborted)))
        {
            return Answers.StaleForm();
        }

        QueueChange? change = act switch
        {
            "retry" => QueueChange.Retry,
            "hold" => QueueChange.Hold,
            "release" => QueueChange.Release,
            "remove" => QueueChange.Remove,
            _ => null,
        };
        if (change is null || !QueueId.TryParse(id, out var name) || await parts.Store.Change([name], change.Value, context.RequestAborted) == 0)
        {
            return Answers.Of(StatusCodes.Status404NotFound, "This entry is not in the queue",
                "It was delivered, given up or removed meanwhile. The queue shows what still waits.");
        }

        parts.QueueChanged();
        return Answers.SeeOther("/queue");
    }
}
