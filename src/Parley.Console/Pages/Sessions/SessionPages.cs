using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Parley.Console.Pages.Sessions;

/// <summary>The list of sessions, and one with its dialogue.</summary>
internal static class SessionPages
{
    private const int PageLength = 50;

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/sessions", List);
        app.MapGet("/sessions/{id}", Show);
    }

    private static async Task<IResult> List(ConsoleParts parts, string? after, CancellationToken cancellation) =>
        new PageResult<SessionListPage>(new()
        {
            [nameof(SessionListPage.Page)] = await parts.Journal.List(string.IsNullOrEmpty(after) ? null : after, PageLength, cancellation),
            [nameof(SessionListPage.IsFirst)] = string.IsNullOrEmpty(after),
        });

    private static async Task<IResult> Show(ConsoleParts parts, string id, CancellationToken cancellation) =>
        await parts.Journal.Find(id, cancellation) is { } transcript
            ? new PageResult<SessionShowPage>(new() { [nameof(SessionShowPage.Transcript)] = transcript })
            : Answers.Of(StatusCodes.Status404NotFound, "This session is not here",
                "Only the newest sessions are kept, and none over a restart. The list shows those that are there.");
}
