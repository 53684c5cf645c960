using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Parley.Console.Pages;

namespace Parley.Console.Api;

/// <summary>Errors as problem details (RFC 9457); each ends in advice.</summary>
internal static class Problems
{
    public static ProblemHttpResult Of(int status, string title, string detail) =>
        TypedResults.Problem(detail: detail, statusCode: status, title: title);

    /// <summary>The same as a page, where a person asked with a browser for something that is not the API's.</summary>
    public static IResult For(HttpContext context, int status, string title, string detail) =>
        !context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase) && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)
            ? Answers.Of(status, title, detail)
            : Of(status, title, detail);

    public static ProblemHttpResult NotFound(string what, string advice) =>
        Of(StatusCodes.Status404NotFound, "Not found", $"{what} {advice}");

    public static ProblemHttpResult BadRequest(string detail) =>
        Of(StatusCodes.Status400BadRequest, "Wrong request", detail);

    public static ProblemHttpResult NoMessage(string id) =>
        NotFound($"There is no message \"{Shown(id)}\".", "GET /api/v1/messages lists those that are there.");

    // What a client sent comes back shortened, so that an answer never grows with a question.
    public static string Shown(string text) => text.Length <= 80 ? text : text[..80] + "…";
}
