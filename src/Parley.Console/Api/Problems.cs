using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Parley.Console.Api;

/// <summary>Errors as problem details (RFC 9457); each ends in advice.</summary>
internal static class Problems
{
    public static ProblemHttpResult Of(int status, string title, string detail) =>
        TypedResults.Problem(detail: detail, statusCode: status, title: title);

    public static ProblemHttpResult NotFound(string what, string advice) =>
        Of(StatusCodes.Status404NotFound, "Not found", $"{what} {advice}");

    public static ProblemHttpResult BadRequest(string detail) =>
        Of(StatusCodes.Status400BadRequest, "Wrong request", detail);

    public static ProblemHttpResult NoMessage(string id) =>
        NotFound($"There is no message \"{Shown(id)}\".", "GET /api/v1/messages lists those that are there.");

    // What a client sent comes back shortened, so that an answer never grows with a question.
    public static string Shown(string text) => text.Length <= 80 ? text : text[..80] + "…";
}
