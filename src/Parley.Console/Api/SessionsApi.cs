using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Parley.Server.Journal;

namespace Parley.Console.Api;

/// <summary>Sessions: list, and one with its dialogue.</summary>
internal static class SessionsApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var sessions = api.MapGroup("/sessions").WithTags("Sessions");
        sessions.MapGet("", List).WithSummary("Sessions, newest first.");
        sessions.MapGet("/{id}", Show).WithSummary("One session and what was said in it, without credentials.");
    }

    private static async Task<Results<Ok<SessionList>, ProblemHttpResult>> List(
        ISessionJournal journal, int? limit, string? after, CancellationToken cancellation)
    {
        if (Paging.Fault(limit) is { } fault)
        {
            return fault;
        }

        var page = await journal.List(string.IsNullOrEmpty(after) ? null : after, limit ?? Paging.UsualLimit, cancellation);
        return TypedResults.Ok(new SessionList([.. page.Sessions.Select(SessionRow.Of)], page.Next));
    }

    private static async Task<Results<Ok<SessionDetail>, ProblemHttpResult>> Show(
        ISessionJournal journal, string id, CancellationToken cancellation) =>
        await journal.Find(id, cancellation) is { } transcript
            ? TypedResults.Ok(SessionDetail.Of(transcript))
            : Problems.NotFound($"There is no session \"{Problems.Shown(id)}\"; only the newest are kept.", "GET /api/v1/sessions lists those that are there.");
}
