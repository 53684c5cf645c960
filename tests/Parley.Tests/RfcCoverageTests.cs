using System.Text;
using System.Text.RegularExpressions;
using Parley.Tests.Shared;

namespace Parley.Tests;

/// <summary>The RFC is one click away: each reference in the code names a section that exists, and a page lists them all.</summary>
public partial class RfcCoverageTests
{
    [GeneratedRegex(@"RFC (?<rfc>\d+) (§(?<section>\d+(\.\d+)*)|[Aa]ppendix (?<section>[A-Z](\.\d+)*))", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Reference();

    private static List<(string Rfc, string Section, string File)> References()
    {
        var root = Path.Combine(Golden.Root, "src");
        return [.. Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Reference().Matches(File.ReadAllText(file))
                .Select(match => (match.Groups["rfc"].Value, match.Groups["section"].Value, Path.GetRelativePath(root, file).Replace('\\', '/'))))
            .Distinct()];
    }

    [Fact]
    public void Every_reference_names_a_section_that_exists() =>
        Assert.Empty(References().Where(r => !RfcSections.Has(r.Rfc, r.Section)).Select(r => $"{r.File}: RFC {r.Rfc} §{r.Section}"));

    [Fact]
    public void The_page_of_sections_is_up_to_date()
    {
        var page = new StringBuilder("# Which section is where\n\nEvery reference to a standard in the code, by section. Written by a test (`UPDATE_GOLDEN=1 dotnet test`).\n");
        foreach (var rfc in References().GroupBy(r => r.Rfc, StringComparer.Ordinal).OrderBy(g => int.Parse(g.Key, System.Globalization.CultureInfo.InvariantCulture)))
        {
            page.Append(System.Globalization.CultureInfo.InvariantCulture, $"\n## RFC {rfc.Key}\n\n");
            foreach (var section in rfc.GroupBy(r => r.Section, StringComparer.Ordinal).OrderBy(g => SortKey(g.Key), StringComparer.Ordinal))
            {
                var files = section.Select(r => $"`{r.File}`").Order(StringComparer.Ordinal);
                page.Append(char.IsLetter(section.Key[0]) ? "- appendix " : "- §").Append(section.Key).Append(": ").AppendJoin(", ", files).Append('\n');
            }
        }

        Golden.Check("docs/rfc-coverage.md", page.ToString());
    }

    private static string SortKey(string section) => string.Join('.', section.Split('.').Select(part => part.PadLeft(3, '0')));
}
