using System.Collections.Concurrent;
using System.Net;
using Microsoft.Playwright;

namespace Parley.Console.Tests.Browsing;

public class HostileMailTests(Browser browser)
{
    [Fact(Timeout = Browser.Patience)]
    public async Task A_hostile_mail_runs_nothing_and_loads_nothing()
    {
        await using var console = await RunningConsole.Start();
        using var trap = new Trap();
        var id = await console.Put(Mails.Hostile(trap.Address));
        var page = await browser.Open(console);
        var elsewhere = new ConcurrentBag<string>();
        page.Response += (_, answer) =>
        {
            if (!answer.Url.StartsWith(console.Client.BaseAddress!.ToString(), StringComparison.Ordinal) && !answer.Url.StartsWith("data:", StringComparison.Ordinal))
            {
                elsewhere.Add(answer.Url);
            }
        };
        await page.GotoAsync("/");
        await page.GotoAsync($"/messages/{id}");
        var frame = page.FrameLocator("iframe");
        await Assertions.Expect(frame.Locator("#text")).ToHaveTextAsync("hostile");
        foreach (var bait in new[] { "#text", "#javascript", "#top", "#form button" })
        {
            await frame.Locator(bait).ClickAsync(new LocatorClickOptions { Force = true });
        }

        foreach (var view in new[] { "Text", "Headers", "Source" })
        {
            await page.GetByText(view, new PageGetByTextOptions { Exact = true }).First.ClickAsync();
        }

        await page.WaitForTimeoutAsync(500);
        Assert.Contains($"/messages/{id}", page.Url, StringComparison.Ordinal);
        Assert.Contains("Parley", await page.TitleAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await page.Locator("main script, main img, main form:not([action^='/messages/'])").CountAsync());
        Assert.Empty(trap.Caught);
        Assert.Empty(elsewhere);
    }

    [Fact(Timeout = Browser.Patience)]
    public async Task The_html_cannot_be_opened_without_its_frame()
    {
        await using var console = await RunningConsole.Start();
        using var trap = new Trap();
        var id = await console.Put(Mails.Hostile(trap.Address));
        var page = await browser.Open(console);
        await page.GotoAsync($"/messages/{id}/html");
        await page.WaitForTimeoutAsync(500);
        Assert.EndsWith($"/messages/{id}", page.Url, StringComparison.Ordinal);
        Assert.Empty(trap.Caught);
    }

    [Fact(Timeout = Browser.Patience)]
    public async Task The_html_is_in_a_sandbox_even_for_a_browser_that_knows_no_frames_attribute()
    {
        await using var console = await RunningConsole.Start();
        var id = await console.Put(Mails.Hostile("http://trap.example"));
        using var response = await console.Client.GetAsync($"messages/{id}/html");
        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.EndsWith("sandbox", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("script-src", policy, StringComparison.Ordinal);
    }

    [Fact(Timeout = Browser.Patience)]
    public async Task Images_that_came_with_the_mail_are_shown()
    {
        await using var console = await RunningConsole.Start();
        var id = await console.Put("""
            Subject: picture
            Content-Type: multipart/related; boundary=b

            --b
            Content-Type: text/html

            <img id="in" src="cid:dot@example">
            --b
            Content-Type: image/png
            Content-ID: <dot@example>
            Content-Transfer-Encoding: base64

            iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==
            --b--
            """);
        var page = await browser.Open(console);
        await page.GotoAsync($"/messages/{id}");
        await page.FrameLocator("iframe").Locator("#in").WaitForAsync();
        Assert.Equal(1, await page.FrameLocator("iframe").Locator("#in").EvaluateAsync<int>("image => image.decode().then(() => image.naturalWidth)"));
    }

    /// <summary>A web server that nobody should come to.</summary>
    private sealed class Trap : IDisposable
    {
        private readonly HttpListener listener = new();

        public Trap()
        {
            using (var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0))
            {
                probe.Start();
                Address = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}";
            }

            listener.Prefixes.Add(Address + "/");
            listener.Start();
            _ = Serve();
        }

        public string Address { get; }

        public ConcurrentBag<string> Caught { get; } = [];

        public void Dispose() => listener.Close();

        private async Task Serve()
        {
            while (listener.IsListening)
            {
                try
                {
                    var context = await listener.GetContextAsync();
                    Caught.Add(context.Request.Url!.AbsolutePath);
                    context.Response.Close();
                }
                catch (Exception end) when (end is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }
            }
        }
    }
}
