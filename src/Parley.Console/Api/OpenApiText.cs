using Microsoft.AspNetCore.OpenApi;

namespace Parley.Console.Api;

/// <summary>What <c>/openapi/v1.json</c> says of the API as a whole.</summary>
internal static class OpenApiText
{
    public static void Describe(OpenApiOptions options) => options.AddDocumentTransformer((document, _, _) =>
    {
        document.Info.Title = "Parley";
        document.Info.Description = "Messages, sessions, queue and the catalogue of SMTP replies. Answers to this machine, or with "
            + "`Authorization: Bearer` and the token of `http.tokenFile`. Errors are problem details (RFC 9457).";
        return Task.CompletedTask;
    });
}
