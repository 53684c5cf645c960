using System.Collections.Concurrent;
using Parley.Codes;
using Parley.Server.Configuration;

namespace Parley.Server.Reports;

/// <summary>The language in which a sender reads: that of his message, else the configured one, else English.</summary>
internal sealed class ReportLanguages
{
    private readonly ConcurrentDictionary<string, Catalogue> loaded = new(StringComparer.Ordinal);

    /// <summary>The catalogue for a message.</summary>
    /// <param name="contentLanguage">The message's Content-Language (RFC 3282), such as <c>de, en</c>, or null.</param>
    /// <param name="settings">The settings in force.</param>
    public Catalogue For(string? contentLanguage, Settings settings)
    {
        var language = contentLanguage?.Split(',').Select(static tag => Catalogue.ChooseLanguage(tag.Trim())).FirstOrDefault(static known => known is not null)
            ?? settings.Delivery.ReportLanguage
            ?? "en";
        return loaded.GetOrAdd(language, static name => Catalogue.Load(name));
    }
}
