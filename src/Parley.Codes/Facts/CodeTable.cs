using System.Globalization;
using System.Text.Json;

namespace Parley.Codes.Facts;

/// <summary>The facts of all codes: Data/codes.json and Data/enhanced.json, each parsed when first asked for.</summary>
internal sealed class CodeTable
{
    private readonly Lazy<JsonFile> _basic = new(() => JsonFile.Embedded("Data/codes.json"));
    private readonly Lazy<JsonFile> _enhanced = new(() => JsonFile.Embedded("Data/enhanced.json"));

    /// <summary>The three-digit codes in the order of the file.</summary>
    public IReadOnlyList<string> BasicCodes => [.. _basic.Value.Keys()];

    /// <summary>The rows of the enhanced codes in the order of the file: classes, subjects, codes (<c>X.1.1</c>).</summary>
    public IReadOnlyList<string> EnhancedRows => [.. _enhanced.Value.Keys()];

    /// <summary>The enhanced codes with a class put in (<c>4.2.2</c>, <c>5.2.2</c>), of the classes that occur.</summary>
    public IReadOnlyList<string> EnhancedCodes =>
        [.. from row in EnhancedRows
            where EnhancedCode.TryParse(row) is { Subject: not null, Detail: not null }
            from c in Classes(_enhanced.Value.Find(row)!.Value)
            select $"{c}{row[1..]}"];

    public CodeFacts? Find(string code)
    {
        if (IsBasic(code))
        {
            return _basic.Value.Find(code) is { } at ? CodeFacts.Read(at, code, ("codes", code)) : null;
        }

        return EnhancedCode.TryParse(code) is { } enhanced ? Find(enhanced) : null;
    }

    public static bool IsBasic(string code) => code.Length == 3 && code.All(char.IsAsciiDigit);

    private CodeFacts? Find(EnhancedCode code)
    {
        if (_enhanced.Value.Find(code.Row) is not { } at)
        {
            return null;
        }

        var facts = CodeFacts.Read(at, code.ToString(), ("enhanced", code.Row));
        var occurring = Classes(at);
        if (code.Class is not { } c || code.Subject is null)
        {
            return facts with { Class = facts.Class.Length > 0 ? facts.Class : ClassName(occurring.LastOrDefault(5)) };
        }

        // Any server may put 4 or 5 in front of a detail; a success that nobody defined is no code.
        if (c == 2 && !occurring.Contains(2))
        {
            return null;
        }

        // RFC 2034 §4: the two first digits agree, so 5.1.1 never stands beside a 450.
        var goesWith = facts.GoesWith.Where(basic => basic[0] - '0' == c);
        return facts with { Class = ClassName(c), Retry = RetryOf(c, at), Related = Concrete(facts.Related, c), GoesWith = [.. goesWith] };
    }

    // RFC 3463 §3.1: where the table does not say otherwise, the class decides whether the same attempt may be repeated.
    private static string RetryOf(int c, JsonElement at) =>
        at.TryGetProperty("retry", out var byClass) && byClass.ValueKind == JsonValueKind.Object
            && byClass.Text(c.ToString(CultureInfo.InvariantCulture)) is { } retry
            ? retry
            : c == 4 ? "later" : "no";

    // A row names its neighbours without a class; the reader gets each in the class that he looks at, or in one it has.
    private IReadOnlyList<string> Concrete(IReadOnlyList<string> related, int c) =>
        [.. related.Select(r => EnhancedCode.TryParse(r) is { Class: null, Detail: not null } ? $"{ClassOf(r, c)}{r[1..]}" : r)];

    private int ClassOf(string row, int wanted)
    {
        var classes = _enhanced.Value.Find(row) is { } at ? Classes(at) : [];
        return classes.Count == 0 || classes.Contains(wanted) ? wanted : classes[^1];
    }

    private static string ClassName(int c) => c switch { 2 => "success", 4 => "transient", _ => "permanent" };

    private static IReadOnlyList<int> Classes(JsonElement at) =>
        at.TryGetProperty("classes", out var list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Select(e => e.GetInt32())]
            : [];
}
