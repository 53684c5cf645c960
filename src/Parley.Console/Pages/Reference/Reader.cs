using Microsoft.AspNetCore.Http;
using Parley.Codes;
using Parley.Console.Access;

namespace Parley.Console.Pages.Reference;

/// <summary>For whom a reference page is made: the language, the same page in the others, and whether the console is open to him.</summary>
public sealed record Reader
{
    /// <summary>The texts.</summary>
    public required Catalogue Catalogue { get; init; }

    /// <summary>What stands before a path in an address that leads here from anywhere.</summary>
    public required string Origin { get; init; }

    /// <summary>The path of this page behind the language, such as <c>/codes/550</c>.</summary>
    public required string Path { get; init; }

    /// <summary>Every language with its own name and direction.</summary>
    public required IReadOnlyList<Catalogue> Languages { get; init; }

    /// <summary>Whether the reader may see the console, so that a way there is shown.</summary>
    public required bool MayEnter { get; init; }

    /// <summary>The language's code.</summary>
    public string Lang => Catalogue.Language;

    /// <summary>A label of the interface.</summary>
    public string Label(string key) => Catalogue.Label(key);

    /// <summary>A page of this language.</summary>
    public string Link(string path) => $"/{Lang}{path}";

    /// <summary>This page in a language, from anywhere.</summary>
    public string Absolute(string language) => $"{Origin}/{language}{Path}";

    internal static Reader Of(HttpContext context, ConsoleParts parts, Catalogues catalogues, string language, string path)
    {
        var explain = parts.Settings().Replies.ExplainUrl;
        return new Reader
        {
            Catalogue = catalogues[language],
            // Behind a proxy only the configuration knows what the world calls us.
            Origin = explain is null ? $"{context.Request.Scheme}://{context.Request.Host}" : new Uri(explain).GetLeftPart(UriPartial.Authority),
            Path = path,
            Languages = [.. catalogues.Languages.Select(code => catalogues[code])],
            MayEnter = Door.MayEnter(context, parts.Settings()),
        };
    }
}
