using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Parley.Codes;

namespace Parley.Console.Api;

/// <summary>All codes in one language.</summary>
internal sealed record CodeList(IReadOnlyList<Explanation> Codes, string Lang);

/// <summary>A text to be explained.</summary>
/// <param name="Text">A code, a reply, a log line, a bounce or a transcript.</param>
/// <param name="Lang">The language of the answer; by default English.</param>
internal sealed record ExplainRequest(string? Text, string? Lang = null);

/// <summary>The catalogue and the explainer.</summary>
internal static class CodesApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("").WithTags("Codes");
        group.MapGet("/codes", List).WithSummary("Every reply code and enhanced status code, explained.");
        group.MapGet("/codes/{code}", Show).WithSummary("One code, explained.");
        group.MapGet("/compare/{a}/{b}", Compare).WithSummary("Two codes side by side.");
        group.MapPost("/explain", Explain).WithSummary("Explains a text; an object for a code, else an array in the order of the text.")
            .Produces<IReadOnlyList<ReplyExplanation>>();
    }

    private static Ok<CodeList> List(Catalogues catalogues, HttpContext context, string? lang)
    {
        var catalogue = catalogues.For(context, lang);
        var codes = catalogue.BasicCodes.Concat(catalogue.EnhancedCodes).Select(catalogue.Explain).OfType<Explanation>();
        return TypedResults.Ok(new CodeList([.. codes], catalogue.Language));
    }

    private static Results<Ok<Explanation>, ProblemHttpResult> Show(Catalogues catalogues, HttpContext context, string code, string? lang) =>
        catalogues.For(context, lang).Explain(code) is { } explanation ? TypedResults.Ok(explanation) : Unknown(code);

    private static Results<Ok<Comparison>, ProblemHttpResult> Compare(Catalogues catalogues, HttpContext context, string a, string b, string? lang)
    {
        var catalogue = catalogues.For(context, lang);
        return catalogue.Compare(a, b) is { } comparison
            ? TypedResults.Ok(comparison)
            : Unknown(catalogue.Explain(a) is null ? a : b);
    }

    private static Results<Ok<Explanation>, Ok<IReadOnlyList<ReplyExplanation>>, ProblemHttpResult> Explain(
        Catalogues catalogues, HttpContext context, ExplainRequest request)
    {
        if (request.Text is null)
        {
            return Problems.BadRequest("The body is `{ \"text\": \"…\" }`: put the reply, log line, bounce or transcript into `text`.");
        }

        var catalogue = catalogues.For(context, request.Lang);
        if (Catalogue.IsCode(request.Text))
        {
            return catalogue.Explain(request.Text) is { } explanation ? TypedResults.Ok(explanation) : Unknown(request.Text);
        }

        return TypedResults.Ok(Explainer.Explain(catalogue, request.Text));
    }

    private static ProblemHttpResult Unknown(string code) =>
        Problems.NotFound($"The catalogue has no code \"{Problems.Shown(code)}\".", "GET /api/v1/codes lists those that it has.");
}
