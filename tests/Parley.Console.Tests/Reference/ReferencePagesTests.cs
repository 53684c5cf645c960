using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Parley.Codes;
using Parley.Smtp;

namespace Parley.Console.Tests.Reference;

public class ReferencePagesTests
{
    private static readonly Catalogue English = Catalogue.Load();

    [Fact]
    public async Task Every_code_has_its_page_whole_without_a_script()
    {
        await using var console = await RunningConsole.Start();
        foreach (var code in English.BasicCodes.Concat(English.EnhancedCodes))
        {
            var text = (await Page(console, $"en/codes/{code}")).QuerySelector("main")!.TextContent;
            var explanation = English.Explain(code)!;
            foreach (var part in new[] { explanation.Title, explanation.Meaning, explanation.WhenYouSeeIt, explanation.HowToFix.Sender, explanation.HowToFix.Operator }.Concat(explanation.Causes))
            {
                Assert.Contains(part, text, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task Every_written_pair_has_its_page()
    {
        await using var console = await RunningConsole.Start();
        foreach (var pair in English.WrittenPairs.Select(pair => pair.Split('-')))
        {
            var text = (await Page(console, $"en/compare/{pair[0]}/{pair[1]}")).QuerySelector("main")!.TextContent;
            var comparison = English.Compare(pair[0], pair[1])!;
            Assert.Contains(comparison.Introduction!, text, StringComparison.Ordinal);
            Assert.All(comparison.Differences, difference => Assert.Contains(difference.A, text, StringComparison.Ordinal));
            Assert.All(comparison.WhenToUseWhich, choice => Assert.Contains(choice.When, text, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Every_reply_of_the_server_has_its_page()
    {
        await using var console = await RunningConsole.Start();
        foreach (var reply in Replies.All)
        {
            var page = await Page(console, $"why/{reply.Id}");
            Assert.Contains(English.ExplainReply(reply.Id, reply.Code.ToString(), reply.Enhanced?.ToString())!.Meaning, page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_index_leads_to_every_code()
    {
        await using var console = await RunningConsole.Start();
        var links = (await Page(console, "en/codes")).QuerySelectorAll(".codes a").Select(a => a.GetAttribute("href"));
        Assert.Equal(English.BasicCodes.Concat(English.EnhancedCodes).Select(code => $"/en/codes/{code}").Order(StringComparer.Ordinal), links.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("greylisting 45", "450")]
    [InlineData("greylist", "450")]
    [InlineData("relay", "550")]
    [InlineData("55", "550")]
    [InlineData("5.7.", "5.7.0")]
    [InlineData("550 5.7.26 spf", "5.7.26")]
    public async Task A_search_puts_the_best_first_without_a_script(string query, string first)
    {
        await using var console = await RunningConsole.Start();
        var found = (await Page(console, $"en/codes?query={Uri.EscapeDataString(query)}")).QuerySelectorAll(".codes:not([hidden]) li:not([hidden]) .code");
        Assert.Equal(first, found[0].TextContent);
        Assert.InRange(found.Length, 1, 60);
    }

    [Theory]
    [InlineData("550", "/en/codes/550")]
    [InlineData(" 5.7.26 ", "/en/codes/5.7.26")]
    [InlineData("550-5.7.26", "/en/codes/5.7.26")]
    public async Task A_search_for_a_code_leads_to_its_page(string query, string address)
    {
        await using var console = await RunningConsole.Start();
        using var response = await console.Client.GetAsync($"en/codes?query={Uri.EscapeDataString(query)}");
        Assert.Equal(address, response.RequestMessage!.RequestUri!.AbsolutePath);
    }

    [Fact]
    public async Task A_language_alone_leads_to_its_codes()
    {
        await using var console = await RunningConsole.Start();
        using var response = await console.Client.GetAsync("th");
        Assert.Equal("/th/codes", response.RequestMessage!.RequestUri!.AbsolutePath);
        using var unknown = await console.Client.GetAsync("xx");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Theory]
    [InlineData("334-server-challenge-vs-550-mailbox-not-found", "/en/compare/334/550")]
    [InlineData("334-vs-550", "/en/compare/334/550")]
    [InlineData("5.1.1-no-such-mailbox-vs-5.7.1-refused", "/en/compare/5.1.1/5.7.1")]
    public async Task The_long_form_leads_to_the_comparison(string names, string address)
    {
        await using var console = await RunningConsole.Start();
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = console.Client.BaseAddress };
        using var response = await client.GetAsync($"en/compare/smtp/{names}");
        Assert.Equal(HttpStatusCode.MovedPermanently, response.StatusCode);
        Assert.Equal(address, response.Headers.Location?.ToString());
    }

    [Fact]
    public async Task A_code_compared_with_itself_leads_to_its_page()
    {
        await using var console = await RunningConsole.Start();
        using var response = await console.Client.GetAsync("fr/compare/5.1.1/5.1.1");
        Assert.Equal("/fr/codes/5.1.1", response.RequestMessage!.RequestUri!.AbsolutePath);
    }

    [Theory]
    [InlineData("en/codes/999")]
    [InlineData("en/codes/%3Cscript%3E")]
    [InlineData("en/compare/334/999")]
    [InlineData("en/compare/smtp/nonsense")]
    [InlineData("en/why/nothing")]
    [InlineData("why/nothing")]
    [InlineData("xx/codes")]
    [InlineData("xx/codes/550")]
    public async Task What_is_unknown_is_not_found_on_a_page(string address)
    {
        await using var console = await RunningConsole.Start();
        using var response = await console.Client.GetAsync(address);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
        Assert.DoesNotContain("<script>", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_names_its_neighbours_itself_and_its_translations()
    {
        await using var console = await RunningConsole.Start("""{ "http": { "address": "127.0.0.1:0" }, "replies": { "explainUrl": "https://mx.example.org/why" } }""");
        var page = await Page(console, "en/codes/550");
        Assert.Equal("https://mx.example.org/en/codes/550", page.QuerySelector("link[rel=canonical]")!.GetAttribute("href"));
        Assert.Equal(
            [.. Catalogue.Languages.Select(language => (language, $"https://mx.example.org/{language}/codes/550")), ("x-default", "https://mx.example.org/en/codes/550")],
            page.QuerySelectorAll("link[hreflang]").Select(link => (link.GetAttribute("hreflang")!, link.GetAttribute("href")!)));
        var codes = English.BasicCodes.ToList();
        var at = codes.IndexOf("550");
        Assert.Equal($"/en/codes/{codes[at - 1]}", page.QuerySelector("a[rel=prev]")!.GetAttribute("href"));
        Assert.Equal($"/en/codes/{codes[at + 1]}", page.QuerySelector("a[rel=next]")!.GetAttribute("href"));
        Assert.Null((await Page(console, $"en/codes/{codes[0]}")).QuerySelector("[rel=prev]"));
    }

    [Fact]
    public async Task Every_page_of_every_language_is_whole_and_leads_to_itself_in_the_others()
    {
        await using var console = await RunningConsole.Start();
        foreach (var catalogue in Catalogue.Languages.Select(language => Catalogue.Load(language)))
        {
            foreach (var path in new[] { "/codes", "/codes/550", "/codes/5.7.26", "/compare", "/compare/334/550", "/explain", "/why/relay-denied" })
            {
                var page = await Page(console, $"{catalogue.Language}{path}");
                Assert.Equal(catalogue.Language, page.DocumentElement.GetAttribute("lang"));
                Assert.Equal(catalogue.Direction, page.DocumentElement.GetAttribute("dir"));
                Assert.Equal(
                    Catalogue.Languages.Select(language => ($"/{language}{path}", language == catalogue.Language ? "true" : null)),
                    page.QuerySelectorAll("footer a[hreflang]").Select(link => (link.GetAttribute("href")!, link.GetAttribute("aria-current"))));
            }

            Assert.Contains(catalogue.Explain("550")!.Meaning, (await Page(console, $"{catalogue.Language}/codes/550")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
            Assert.Contains(
                catalogue.Compare("334", "550")!.Introduction!,
                (await Page(console, $"{catalogue.Language}/compare/334/550")).QuerySelector("main")!.TextContent,
                StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("codes/550", "th", "/th/codes/550")]
    [InlineData("codes", "de, ru;q=0.8, fr;q=0.9", "/fr/codes")]
    [InlineData("codes?query=greylisting+4", "vi-VN,vi;q=0.9,en;q=0.8", "/vi/codes?query=greylisting+4")]
    [InlineData("compare/334/550", "ar-EG", "/ar/compare/334/550")]
    [InlineData("explain", "ja", "/en/explain")]
    [InlineData("explain", "th;q=0, *", "/en/explain")]
    [InlineData("compare", null, "/en/compare")]
    [InlineData("codes//elsewhere.example", "fr", "/fr/codes//elsewhere.example")]
    public async Task An_address_without_a_language_leads_to_one_that_the_reader_takes(string address, string? taken, string expected)
    {
        await using var console = await RunningConsole.Start();
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = console.Client.BaseAddress };
        using var request = Asking(address, taken);
        using var response = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.Found, response.StatusCode);
        Assert.Equal(expected, response.Headers.Location?.OriginalString);
        Assert.Contains("Accept-Language", response.Headers.Vary);
    }

    [Theory]
    [InlineData("ru-RU, en;q=0.5", "ru")]
    [InlineData("nonsense;;q=x", "en")]
    [InlineData(null, "en")]
    public async Task A_link_at_the_end_of_a_refusal_is_read_in_a_language_that_the_reader_takes(string? taken, string expected)
    {
        await using var console = await RunningConsole.Start();
        using var request = Asking("why/relay-denied", taken);
        using var response = await console.Client.SendAsync(request);
        var page = new HtmlParser().ParseDocument(await response.Content.ReadAsStringAsync());
        Assert.Equal(expected, page.DocumentElement.GetAttribute("lang"));
        Assert.Contains("Accept-Language", response.Headers.Vary);
    }

    [Fact]
    public async Task Two_codes_typed_in_lead_to_their_comparison()
    {
        await using var console = await RunningConsole.Start();
        using var found = await console.Client.GetAsync("en/compare?a=450&b=550");
        Assert.Equal("/en/compare/450/550", found.RequestMessage!.RequestUri!.AbsolutePath);
        Assert.NotNull((await Page(console, "en/compare?a=450&b=x")).QuerySelector("[role=status]"));
    }

    [Fact]
    public async Task A_pasted_text_is_explained_with_its_credentials_masked()
    {
        await using var console = await RunningConsole.Start();
        using var form = new FormUrlEncodedContent([new("text", "C: AUTH PLAIN AGFsaWNlAHNlY3JldA==\nS: 535 5.7.8 <b>Authentication failed</b>")]);
        using var response = await console.Client.PostAsync("en/explain", form);
        var html = await response.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.DoesNotContain("AGFsaWNlAHNlY3JldA", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", html, StringComparison.Ordinal);
        Assert.Contains(English.Explain("5.7.8")!.Title, new HtmlParser().ParseDocument(html).QuerySelector("main article")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_pages_are_public_but_show_no_way_into_the_console()
    {
        await using var console = await RunningConsole.Start();
        foreach (var address in new[] { "en/codes", "en/codes/550", "en/compare/334/550", "en/explain", "why/relay-denied" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.Add("X-Forwarded-For", "203.0.113.9");
            using var response = await console.Client.SendAsync(request);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            var page = new HtmlParser().ParseDocument(await response.Content.ReadAsStringAsync());
            Assert.Null(page.QuerySelector("a[href='/']"));
        }

        Assert.NotNull((await Page(console, "en/codes")).QuerySelector("a[href='/']"));
    }

    private static HttpRequestMessage Asking(string address, string? languages)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (languages is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept-Language", languages);
        }

        return request;
    }

    private static async Task<IDocument> Page(RunningConsole console, string address)
    {
        using var response = await console.Client.GetAsync(address);
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{address}: {(int)response.StatusCode}");
        return new HtmlParser().ParseDocument(await response.Content.ReadAsStringAsync());
    }
}
