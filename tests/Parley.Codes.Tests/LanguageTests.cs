using System.Text.Json;
using Parley.Smtp;

namespace Parley.Codes.Tests;

public sealed class LanguageTests : IDisposable
{
    private static readonly JsonElement English = TestData.File("Languages/en.json");
    private readonly string _folder = Directory.CreateTempSubdirectory("parley-language-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Every_reply_of_the_server_has_its_explanation_and_no_other_has()
    {
        Assert.Equal(Replies.All.Select(r => r.Id).Order(StringComparer.Ordinal), TestData.English.ReplyIds.Order(StringComparer.Ordinal));
        Assert.All(Replies.All, r =>
        {
            var e = TestData.English.ExplainReply(r.Id, r.Code.ToString(), r.Enhanced?.ToString())!;
            Assert.Equal((r.Code.ToString(), r.Enhanced?.ToString()), (e.Code, e.Enhanced));
            Assert.All(new[] { e.Title, e.Meaning, e.WhenYouSeeIt, e.HowToFix.Sender, e.HowToFix.Operator }, text => Assert.False(string.IsNullOrWhiteSpace(text), r.Id));
            Assert.NotEmpty(e.Causes);
            Assert.NotEmpty(e.References);
        });
    }

    [Fact]
    public void Every_wording_and_situation_has_its_advice_and_every_advice_its_wording()
    {
        Assert.Equal(Keys(TestData.File("Data/providers.json")), Keys(English.GetProperty("providers")));
        Assert.Equal(Keys(TestData.File("Data/situations.json")), Keys(English.GetProperty("advice")));
        Assert.All(English.GetProperty("advice").EnumerateObject().Concat(English.GetProperty("providers").EnumerateObject()), entry =>
            Assert.Equal(["cause", "meaning", "operator", "sender"], Keys(entry.Value)));
    }

    [Fact]
    public void A_placeholder_is_one_that_the_program_fills()
    {
        string[] inSentences = ["{code}", "{other}", "{list}", "{enhanced}"];
        string[] inReports = ["{host}", "{subject}", "{date}", "{until}", "{given}", "{address}", "{peer}", "{step}", "{text}", "{who}"];
        Assert.All(TestData.Leaves(English), l =>
        {
            var known = l.Path.StartsWith("dsn/", StringComparison.Ordinal) ? inReports
                : l.Path.StartsWith("differences/", StringComparison.Ordinal) || l.Path.StartsWith("ui/conflict", StringComparison.Ordinal) ? inSentences
                : [];
            Assert.All(System.Text.RegularExpressions.Regex.Matches(l.Text, @"\{[a-z]+\}").Select(m => m.Value), p => Assert.True(known.Contains(p), $"{l.Path}: {p}"));
        });
    }

    [Fact]
    public void A_language_is_one_file_and_touches_nothing_else()
    {
        // A made-up language that shouts: every text in capitals, the keys as they were.
        var path = Path.Combine(_folder, "zz.json");
        File.WriteAllText(path, Shout(English).ToJsonString());

        var catalogue = Catalogue.FromFile(path);
        Assert.Equal(("zz", "rtl"), (catalogue.Language, catalogue.Direction));
        Assert.Equal("NO SUCH MAILBOX", catalogue.ExplainReply("no-such-mailbox", "550", "5.1.1")!.Title);
        Assert.Equal("zz", catalogue.Explain("550")!.Lang);
        Assert.All(catalogue.Compare("334", "550")!.Differences, d => Assert.Equal(d.A, d.A.ToUpperInvariant()));
        Assert.Equal(catalogue.Explain("5.1.6")!.Title, Explainer.Explain(catalogue, "550 5.1.6 hm")[0].Cause);
    }

    [Fact]
    public void A_broken_language_file_is_refused_with_its_place()
    {
        var path = Path.Combine(_folder, "broken.json");
        File.WriteAllText(path, "{\n \"language\": {\n");
        Assert.Contains("broken.json: line", Assert.Throws<InvalidDataException>(() => Catalogue.FromFile(path)).Message, StringComparison.Ordinal);
        File.WriteAllText(path, "{ \"codes\": {} }");
        Assert.Contains("\"language\" is missing", Assert.Throws<InvalidDataException>(() => Catalogue.FromFile(path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("en", "en")]
    [InlineData("en-GB", "en")]
    [InlineData("en_US.UTF-8", "en")]
    [InlineData("EN", "en")]
    [InlineData("C", null)]
    [InlineData("C.UTF-8", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void A_wish_finds_its_language(string? wish, string? language) => Assert.Equal(language, Catalogue.ChooseLanguage(wish));

    [Fact]
    public void An_unknown_language_is_refused_with_those_that_there_are() =>
        Assert.Contains("en", Assert.Throws<ArgumentException>(() => Catalogue.Load("xx")).Message, StringComparison.Ordinal);

    private static IEnumerable<string> Keys(JsonElement at) => at.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal);

    private static System.Text.Json.Nodes.JsonNode Shout(JsonElement at, string path = "") => at.ValueKind switch
    {
        JsonValueKind.Object => new System.Text.Json.Nodes.JsonObject(at.EnumerateObject().Select(p => KeyValuePair.Create(p.Name, (System.Text.Json.Nodes.JsonNode?)Shout(p.Value, $"{path}/{p.Name}")))),
        JsonValueKind.Array => new System.Text.Json.Nodes.JsonArray([.. at.EnumerateArray().Select(e => Shout(e, path))]),
        _ => path switch
        {
            "/language/code" => "zz",
            "/language/direction" => "rtl",
            _ => at.GetString()!.ToUpperInvariant().Replace("{CODE}", "{code}").Replace("{OTHER}", "{other}").Replace("{LIST}", "{list}").Replace("{ENHANCED}", "{enhanced}"),
        },
    };
}
