using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace Parley.Console.Api;

/// <summary>Answers that no endpoint gave: faults of ours, and statuses without a body.</summary>
internal static class Faults
{
    /// <summary>A fault of ours; the exception is in the log and not in the answer.</summary>
    public static Task Answer(HttpContext context) =>
        context.Features.Get<IExceptionHandlerFeature>()?.Error is BadHttpRequestException fault
            ? Problems.For(context, fault.StatusCode, "Wrong request", "The request cannot be read; /openapi/v1.json says what it may hold.").ExecuteAsync(context)
            : Problems.For(context, StatusCodes.Status500InternalServerError, "A fault of this server", "The request could not be answered. The server's log says why; try again later.").ExecuteAsync(context);

    /// <summary>A status that came without a body.</summary>
    public static Task AnswerStatus(StatusCodeContext context)
    {
        var response = context.HttpContext.Response;
        var (title, detail) = response.StatusCode switch
        {
            StatusCodes.Status404NotFound => ("Not found", "There is nothing at this address. The console is at /, and /openapi/v1.json lists the API."),
            StatusCodes.Status405MethodNotAllowed => ("Method not allowed", $"This address answers to {response.Headers.Allow}."),
            StatusCodes.Status415UnsupportedMediaType => ("Unsupported media type", "Send JSON, with `Content-Type: application/json`."),
            StatusCodes.Status413PayloadTooLarge => ("Too large", "A request may hold 1 MiB. Send less at a time."),
            _ => ("Wrong request", "The request cannot be answered; /openapi/v1.json says what it may hold."),
        };
        return Problems.For(context.HttpContext, response.StatusCode, title, detail).ExecuteAsync(context.HttpContext);
    }
}
