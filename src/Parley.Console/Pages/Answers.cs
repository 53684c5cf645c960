using Microsoft.AspNetCore.Http;

namespace Parley.Console.Pages;

/// <summary>What pages answer besides themselves; each error ends in advice.</summary>
internal static class Answers
{
    public static IResult Of(int status, string title, string detail) => new PageResult<ErrorPage>(
        new()
        {
            [nameof(ErrorPage.Status)] = status,
            [nameof(ErrorPage.Title)] = title,
            [nameof(ErrorPage.Detail)] = detail,
        },
        status);

    /// <summary>After a form has done its work: the page to look at next (RFC 9110 §15.4.4).</summary>
    public static IResult SeeOther(string address) => new Elsewhere(address);

    public static IResult NoMessage() => Of(StatusCodes.Status404NotFound, "This message is not here",
        "It was deleted, or the address is wrong. The list shows what is kept.");

    public static IResult StaleForm() => Of(StatusCodes.Status400BadRequest, "The form is too old",
        "It was made before the server was started anew, or for another browser. Load the page again, then repeat what you did.");

    private sealed class Elsewhere(string address) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
            httpContext.Response.Headers.Location = address;
            return Task.CompletedTask;
        }
    }
}
