using System.Net;
using AngleSharp.Html.Parser;
using Parley.Console.Pages.Messages;
using Parley.Console.Pages.Parts;
using Parley.Server.Mime;

namespace Parley.Console.Tests.Pages;

public class PageTests
{
    [Fact]
    public async Task A_page_that_has_not_changed_is_not_sent_again()
    {
        await using var console = await RunningConsole.Start();
        await console.Put("Subject: first\n\n.\n");
        using var first = await console.Client.GetAsync("");
        var tag = first.Headers.ETag!;
        using var again = await Get(console, "", ("If-None-Match", tag.ToString()));
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        await console.Put("Subject: second\n\n.\n");
        using var changed = await Get(console, "", ("If-None-Match", tag.ToString()));
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
    }

    [Fact]
    public async Task Head_is_get_without_the_content()
    {
        await using var console = await RunningConsole.Start();
        foreach (var address in new[] { "", "api/v1/messages", "healthz", "en/codes/550" })
        {
            using var response = await console.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, address));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Empty(await response.Content.ReadAsByteArrayAsync());
        }
    }

    [Fact]
    public async Task A_form_without_its_proof_changes_nothing()
    {
        await using var console = await RunningConsole.Start();
        var id = await console.Put("Subject: stays\n\n.\n");
        var queued = await console.Queue("carol@example.com");
        var stolen = new HtmlParser().ParseDocument(await console.Client.GetStringAsync($"messages/{id}")).QuerySelector("input[name=token]")!.GetAttribute("value")!;
        using var other = new HttpClient(new HttpClientHandler { UseCookies = false }) { BaseAddress = console.Client.BaseAddress };
        foreach (var token in new[] { "", "x", stolen })
        {
            foreach (var address in new[] { $"messages/{id}/delete", $"queue/{queued}/remove" })
            {
                using var response = await other.PostAsync(address, new FormUrlEncodedContent([new("token", token)]));
                Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            }
        }

        using var withoutForm = await console.Client.PostAsync($"messages/{id}/delete", null);
        Assert.Equal(HttpStatusCode.BadRequest, withoutForm.StatusCode);
        Assert.Equal(2, (await console.Json("api/v1/messages")).GetProperty("messages").GetArrayLength());
    }

    [Fact]
    public async Task A_form_with_its_proof_deletes_and_leads_back_to_the_list()
    {
        await using var console = await RunningConsole.Start();
        var id = await console.Put("Subject: goes\n\n.\n");
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = console.Client.BaseAddress };
        var token = new HtmlParser().ParseDocument(await client.GetStringAsync($"messages/{id}")).QuerySelector("input[name=token]")!.GetAttribute("value")!;
        using var response = await client.PostAsync($"messages/{id}/delete", new FormUrlEncodedContent([new("token", token)]));
        Assert.Equal((HttpStatusCode.SeeOther, "/"), (response.StatusCode, response.Headers.Location?.ToString()));
        Assert.Equal(0, (await console.Json("api/v1/messages")).GetProperty("messages").GetArrayLength());
    }

    [Fact]
    public async Task A_queued_message_stays_and_the_page_says_why()
    {
        await using var console = await RunningConsole.Start();
        var id = await console.Queue("carol@example.com");
        var token = new HtmlParser().ParseDocument(await console.Client.GetStringAsync($"messages/{id}")).QuerySelector("input[name=token]")!.GetAttribute("value")!;
        using var response = await console.Client.PostAsync($"messages/{id}/delete", new FormUrlEncodedContent([new("token", token)]));
        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Contains("Remove it from the queue first", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Letters_of_every_script_are_written_as_they_are_and_markup_is_not()
    {
        await using var console = await RunningConsole.Start();
        var id = await console.Put("Subject: Grüße 你好 مرحبا <b>\"'&\n\n<i>Ж</i>\n");
        var html = await console.Client.GetStringAsync($"messages/{id}");
        Assert.Contains("Grüße 你好 مرحبا &lt;b&gt;", html, StringComparison.Ordinal);
        Assert.Contains("&lt;i&gt;Ж&lt;/i&gt;", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_gets_errors_as_pages_and_a_program_as_problems()
    {
        await using var console = await RunningConsole.Start();
        using var page = await Get(console, "nothing/here/at/all", ("Accept", "text/html"));
        Assert.Equal((HttpStatusCode.NotFound, "text/html"), (page.StatusCode, page.Content.Headers.ContentType?.MediaType));
        using var problem = await Get(console, "nothing/here/at/all");
        Assert.Equal((HttpStatusCode.NotFound, "application/problem+json"), (problem.StatusCode, problem.Content.Headers.ContentType?.MediaType));
    }

    [Fact]
    public async Task What_the_pages_need_may_be_kept_by_browsers()
    {
        await using var console = await RunningConsole.Start();
        var page = new HtmlParser().ParseDocument(await console.Client.GetStringAsync(""));
        foreach (var address in page.QuerySelectorAll("link[rel=stylesheet],link[rel=icon]").Select(link => link.GetAttribute("href")).Append(page.QuerySelector("script")!.GetAttribute("src")))
        {
            using var response = await Get(console, address![1..], ("X-Forwarded-For", "203.0.113.9"));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Contains("immutable", response.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_image_named_very_often_does_not_make_a_page_without_end()
    {
        var html = string.Concat(Enumerable.Repeat("<img src=cid:a>", 60_000));
        var file = new Attachment(2, "a.png", "image/png", 900_000) { ContentId = "a", Image = new byte[900_000] };
        Assert.InRange(MailHtml.ForFrame(html, [file]).Length, html.Length, 8 * 1024 * 1024);
    }

    [Theory]
    [InlineData("invoice \u202egpj.exe", "invoice \ufffdgpj.exe")]
    [InlineData("a\u2066b\u2069", "a\ufffdb\ufffd")]
    [InlineData("שלום \u200f!", "שלום \u200f!")]
    public void A_line_of_somebody_else_cannot_turn_the_direction(string text, string expected) => Assert.Equal(expected, Texts.Line(text));

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1000, "1.0 kB")]
    [InlineData(52_428_800, "52 MB")]
    [InlineData(2_500_000_000, "2.5 GB")]
    public void Sizes_are_written_for_people(long octets, string expected) => Assert.Equal(expected, Texts.Size(octets));

    private static Task<HttpResponseMessage> Get(RunningConsole console, string address, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return console.Client.SendAsync(request);
    }
}
