namespace Parley.Tests.Shared;

/// <summary>The sections of the standards that may be referred to, from <c>tests/Shared/rfc-sections.txt</c>.</summary>
internal static class RfcSections
{
    private static readonly Dictionary<string, HashSet<string>> Known = File.ReadLines(Path.Combine(Golden.Root, "tests/Shared/rfc-sections.txt"))
        .Where(line => line.Length > 0 && line[0] != '#')
        .Select(line => line.Split(": "))
        .ToDictionary(parts => parts[0], parts => parts[1].Split(' ').ToHashSet(StringComparer.Ordinal), StringComparer.Ordinal);

    public static bool Has(string rfc, string section) => Known.GetValueOrDefault(rfc)?.Contains(section) == true;
}
