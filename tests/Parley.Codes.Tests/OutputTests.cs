using System.Text.Json;

namespace Parley.Codes.Tests;

/// <summary>What leaves the library: JSON by the contract, and text for a terminal.</summary>
public class OutputTests
{
    private static readonly Catalogue English = TestData.English;

    private static readonly string[] OfACode =
    [
        "causes", "class", "code", "commands", "enhanced", "example", "goesWith", "howToFix", "lang", "meaning", "references", "related",
        "retry", "standing", "title", "whenYouSeeIt", "whoseMove",
    ];

    [Fact]
    public void An_explanation_of_a_code_is_an_object_with_these_names()
    {
        var json = JsonDocument.Parse(CodesJson.Write(English.Explain("550")!)).RootElement;
        Assert.Equal(OfACode, Names(json));
        Assert.Equal(["operator", "sender"], Names(json.GetProperty("howToFix")));
        Assert.Equal(["rfc", "section"], Names(json.GetProperty("references")[0]));
        Assert.Equal(JsonValueKind.Null, json.GetProperty("enhanced").ValueKind);
        Assert.Equal("5.1.1", JsonDocument.Parse(CodesJson.Write(English.Explain("5.1.1")!)).RootElement.GetProperty("enhanced").GetString());
    }

    [Fact]
    public void A_text_is_always_an_array_with_these_names()
    {
        var json = JsonDocument.Parse(CodesJson.Write(Explainer.Explain(English, "550 5.1.1 No such user"))).RootElement;
        Assert.Equal(OfACode.Concat(["cause", "conflicts", "input", "phase", "provider"]).Order(StringComparer.Ordinal), Names(json[0]));
        Assert.Equal("550 5.1.1 No such user", json[0].GetProperty("input").GetString());
        Assert.Equal(0, JsonDocument.Parse(CodesJson.Write(Explainer.Explain(English, "hello"))).RootElement.GetArrayLength());
    }

    [Fact]
    public void A_comparison_has_these_names()
    {
        var json = JsonDocument.Parse(CodesJson.Write(English.Compare("334", "550")!)).RootElement;
        Assert.Equal(["a", "b", "differences", "example", "introduction", "lang", "whenToUseWhich"], Names(json));
        Assert.Equal(["a", "aspect", "b"], Names(json.GetProperty("differences")[0]));
        Assert.Equal(["code", "when"], Names(json.GetProperty("whenToUseWhich")[0]));
        Assert.Equal(OfACode, Names(json.GetProperty("a")));
    }

    [Fact]
    public void No_line_of_text_is_wider_than_the_terminal() =>
        Assert.All(TestData.AllCodes, code => Assert.All(Text(p => p.Write(English.Explain(code)!)).Split('\n').Where(l => !l.StartsWith("  C: ", StringComparison.Ordinal) && !l.StartsWith("  S: ", StringComparison.Ordinal)), line =>
            Assert.True(line.Length <= 80 && line.TrimEnd().Length == line.Length, $"{code}: {line}")));

    // A guess is not told as the cause: 550 alone may be an unknown mailbox as well as a policy.
    [Fact]
    public void Words_that_tell_no_cause_get_the_typical_ones()
    {
        var unknown = Explainer.Explain(English, "550 sorry");
        Assert.Equal((false, English.Explain("550")!.Title), (unknown[0].IsRecognised, unknown[0].Cause));
        var text = Text(p => p.Write(unknown));
        Assert.Contains("\nTypical causes\n  - The address is misspelt", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\nCause\n", text, StringComparison.Ordinal);

        var known = Text(p => p.Write(Explainer.Explain(English, "550 no such user")));
        Assert.Contains("\nCause\n  There is no such mailbox at this domain.\n", known, StringComparison.Ordinal);
        Assert.DoesNotContain("Typical causes", known, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pasted_text_cannot_steer_the_terminal() =>
        Assert.DoesNotContain('\e', Text(p => p.Write(Explainer.Explain(English, "550 5.1.1 No \e[2Jsuch\a user\u009b31m"))));

    [Fact]
    public void Colour_is_used_only_when_it_is_asked_for()
    {
        using var writer = new StringWriter();
        new PlainText(English, writer, colour: true).Write(English.Explain("550")!);
        Assert.Contains("\e[31m", writer.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain('\e', Text(p => p.Write(English.Explain("550")!)));
    }

    private static string Text(Action<PlainText> write)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        write(new PlainText(English, writer, colour: false));
        return writer.ToString();
    }

    private static IEnumerable<string> Names(JsonElement at) => at.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal);
}
