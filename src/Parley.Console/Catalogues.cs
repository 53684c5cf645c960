using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Parley.Codes;

namespace Parley.Console;

/// <summary>The catalogue in each language, loaded when it is first asked for.</summary>
internal sealed class Catalogues
{
    public const string Usual = "en";

    private readonly ConcurrentDictionary<string, Lazy<Catalogue>> loaded = new(StringComparer.Ordinal);

    /// <summary>The language codes, sorted.</summary>
    public IReadOnlyList<string> Languages { get; } = Catalogue.Languages;

    /// <summary>The catalogue in a language of this build.</summary>
    public Catalogue this[string language] => loaded.GetOrAdd(language, static code => new Lazy<Catalogue>(() => Catalogue.Load(code))).Value;

    /// <summary>The catalogue that fits a request: the language asked for, else one that the reader takes, else English.</summary>
    public Catalogue For(HttpContext context, string? asked) => this[Catalogue.ChooseLanguage(asked) ?? Taken(context) ?? Usual];

    // RFC 9110 §12.5.4
    private static string? Taken(HttpContext context) =>
        context.Request.GetTypedHeaders().AcceptLanguage
            .Where(wish => wish.Quality != 0)
            .OrderByDescending(wish => wish.Quality ?? 1)
            .Take(20)
            .Select(wish => Catalogue.ChooseLanguage(wish.Value.Value))
            .FirstOrDefault(language => language is not null);
}
