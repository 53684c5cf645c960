using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Parley.Codes;
using Parley.Console.Access;
using Parley.Smtp;

namespace Parley.Console.Pages.Reference;

/// <summary>What every reply means, for everybody: the codes, two of them side by side, a pasted text, and the server's own refusals.</summary>
internal static class ReferencePages
{
    private const string TextField = "text";

    public static void Map(IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup("/{lang}").IsPublic().ExcludeFromDescription();
        app.MapGet("/{lang:length(2)}", (ConsoleParts parts, Catalogues catalogues, HttpContext context, string lang) =>
            catalogues.Languages.Contains(lang) ? Results.Redirect($"/{lang}/codes") : NotFound(parts, catalogues, context, lang)).IsPublic().ExcludeFromDescription();
        pages.MapGet("/codes", Index);
        pages.MapGet("/codes/{code}", Code);
        pages.MapGet("/compare", Choose);
        pages.MapGet("/compare/{a}/{b}", Compare);
        pages.MapGet("/compare/smtp/{names}", CompareByNames);
        pages.MapGet("/explain", (ConsoleParts parts, Catalogues catalogues, HttpContext context, string lang) => Explain(parts, catalogues, context, lang, null));
        pages.MapPost("/explain", ExplainText);
        pages.MapGet("/why/{reply}", Why);
        app.MapGet("/why/{reply}", (ConsoleParts parts, Catalogues catalogues, HttpContext context, string reply) =>
            Why(parts, catalogues, context, catalogues.For(context, null).Language, reply)).IsPublic().ExcludeFromDescription();
        foreach (var path in new[] { "/codes", "/compare", "/explain" })
        {
            app.MapGet(path + "/{**rest}", InReadersLanguage).IsPublic().ExcludeFromDescription();
        }
    }

    /// <summary>An address without a language, as people type it, leads to the page in the language that the reader takes.</summary>
    private static IResult InReadersLanguage(Catalogues catalogues, HttpContext context)
    {
        context.Response.Headers.Vary = "Accept-Language";
        return Results.Redirect($"/{catalogues.For(context, null).Language}{context.Request.Path.ToUriComponent()}{context.Request.QueryString.ToUriComponent()}");
    }

    private static IResult Index(ConsoleParts parts, Catalogues catalogues, HttpContext context, string lang, string? query) =>
        catalogues.Languages.Contains(lang) && CodeSearch.Named(catalogues[lang], query ?? "") is { } code
            ? Answers.SeeOther($"/{lang}/codes/{code}")
            : Page<CodeIndexPage>(parts, catalogues, context, lang, "/codes", _ => new() { [nameof(CodeIndexPage.Query)] = query ?? "" });

    private static IResult Code(ConsoleParts parts, Catalogues catalogues, HttpContext context, string lang, string code) =>
        Page<CodePage>(parts, catalogues, context, lang, $"/codes/{code}", catalogue => catalogue.Explain(code) is { } explanation
            ? new() { [nameof(CodePage.Of)] = explanation }
            : null);

    private static IResult Choose(ConsoleParts parts, Catalogues catalogues, HttpContext context, string lang, string? a, string? b) =>
        catalogues.Languages.Contains(lang) && catalogues[lang] is var catalogue && catalogue.Explain(a ?? "") is not null && catalogue.Explain(b ?? "") is not null
            ? Answers.SeeOther($"/{lang}/compare/{Uri.EscapeDataString(a!.Trim())}/{Uri.EscapeDataString(b!.Trim())}")
            : Page<CompareIndexPage>(parts, catalogues, context, lang, "/compare", _ => new()
            {
                [nameof(CompareIndexPage.A)] = a ?? "",
                [nameof(CompareIndexPage.B)] = b ?? "",
            });

    private static IResult Compare(ConsoleParts parts, Catalogues catalogues, HttpContext context, string lang, string a, string b) =>
        a == b && catalogues.Languages.Contains(lang) && catalogues[lang].Explain(a) is not null ? Answers.SeeOther($"/{lang}/codes/{a}")
        : Page<ComparePage>(parts, catalogues, context, lang, $"/compare/{a}/{b}", catalogue => catalogue.Compare(a, b) is { } comparison
            ? new() { [nameof(ComparePage.Of)] = comparison }
            : null);

    // The long form names what it compares: 334-server-challenge-vs-550-mailbox-not-found. The codes in it decide.
    private static IResult CompareByNames(ConsoleParts parts, Catalogues catalogues, HttpContext context, string lang, string names)
    {
        var sides = names.Split("-vs-", 2).Select(side => side.Split('-', 2)[0]).ToList();
        return sides.Count == 2 && catalogues.Languages.Contains(lang) && catalogues[lang].Compare(sides[0], sides[1]) is not null
            ? Results.Redirect($"/{lang}/compare/{Uri.EscapeDataString(sides[0])}/{Uri.EscapeDataString(sides[1])}", permanent: true)
            : NotFound(parts, catalogues, context, lang);
    }

    private static async Task<IResult> ExplainText(ConsoleParts parts, Catalogues catalogues, HttpContext context, string lang) =>
        Explain(parts, catalogues, context, lang, context.Request.HasFormContentType
            ? (await context.Request.ReadFormAsync(context.RequestAborted))[TextField].ToString()
            : null);

    private static IResult Explain(ConsoleParts parts, Catalogues catalogues, HttpContext context, string lang, string? text) =>
        Page<ExplainPage>(parts, catalogues, context, lang, "/explain", catalogue => new()
        {
            [nameof(ExplainPage.Text)] = text,
            [nameof(ExplainPage.Found)] = string.IsNullOrWhiteSpace(text) ? [] : Explainer.Explain(catalogue, text),
        });

    private static IResult Why(ConsoleParts parts, Catalogues catalogues, HttpContext context, string lang, string reply) =>
        Page<WhyPage>(parts, catalogues, context, lang, $"/why/{reply}", catalogue =>
            Replies.All.FirstOrDefault(entry => entry.Id == reply) is { } entry
                && catalogue.ExplainReply(entry.Id, entry.Code.ToString(), entry.Enhanced?.ToString()) is { } explanation
                ? new() { [nameof(WhyPage.Reply)] = entry, [nameof(WhyPage.Of)] = explanation }
                : null);

    /// <summary>A page, or the page that says there is none: where the language is unknown, or the parameters are null.</summary>
    private static IResult Page<TPage>(
        ConsoleParts parts, Catalogues catalogues, HttpContext context, string lang, string path, Func<Catalogue, Dictionary<string, object?>?> parameters)
        where TPage : IComponent
    {
        if (!catalogues.Languages.Contains(lang) || parameters(catalogues[lang]) is not { } given)
        {
            return NotFound(parts, catalogues, context, lang);
        }

        given["Reader"] = Reader.Of(context, parts, catalogues, lang, path);
        return new PageResult<TPage>(given);
    }

    private static PageResult<UnknownPage> NotFound(ConsoleParts parts, Catalogues catalogues, HttpContext context, string lang)
    {
        var language = catalogues.Languages.Contains(lang) ? lang : catalogues.For(context, null).Language;
        return new PageResult<UnknownPage>(
            new() { [nameof(UnknownPage.Reader)] = Reader.Of(context, parts, catalogues, language, "/codes") },
            StatusCodes.Status404NotFound);
    }
}
