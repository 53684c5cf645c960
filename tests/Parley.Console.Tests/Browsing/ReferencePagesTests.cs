using System.Collections.Concurrent;
using Microsoft.Playwright;
using Parley.Codes;

namespace Parley.Console.Tests.Browsing;

public class ReferencePagesTests(Browser browser)
{
    private static readonly string[] Addresses =
    [
        "/en/codes", "/en/codes/550", "/en/codes/5.7.1", "/en/compare", "/en/compare/334/550", "/en/explain", "/why/relay-denied", "/en/codes/999",
        .. Catalogue.Languages.Where(language => language != "en").SelectMany(language => new[] { $"/{language}/codes", $"/{language}/compare/334/550" }),
    ];

    [Theory(Timeout = Browser.Patience)]
    [MemberData(nameof(Look.All), MemberType = typeof(Look))]
    public async Task No_page_breaks_a_rule_of_accessibility_or_its_width_in_either_direction(bool dark, int width)
    {
        await using var console = await RunningConsole.Start();
        var page = await browser.Open(console, new Look(dark, width));
        var elsewhere = new ConcurrentBag<string>();
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(console.Client.BaseAddress!.ToString(), StringComparison.Ordinal))
            {
                elsewhere.Add(request.Url);
            }
        };
        foreach (var address in Addresses)
        {
            await page.GotoAsync(address);
            await Browser.HasNoViolation(page);
            await Browser.FitsItsWidth(page);
            await Browser.Picture(page, $"{address.Trim('/').Replace('/', '-')}-{(dark ? "dark" : "light")}-{width}");
            await page.EvaluateAsync("document.documentElement.dir = 'rtl'");
            await Browser.FitsItsWidth(page);
        }

        Assert.Empty(elsewhere);
    }

    [Fact(Timeout = Browser.Patience)]
    public async Task The_index_narrows_while_one_types_without_asking_the_server()
    {
        await using var console = await RunningConsole.Start();
        var page = await browser.Open(console);
        await page.GotoAsync("/en/codes");
        var asked = 0;
        page.Request += (_, request) => asked += request.ResourceType is "document" or "fetch" or "xhr" ? 1 : 0;
        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync("greylisting 45");
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "450", Exact = false }).First).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("a[href='/en/codes/220']")).ToBeHiddenAsync();
        await page.Keyboard.TypeAsync(" nothingatall");
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToBeVisibleAsync();
        Assert.Equal(0, asked);
    }

    [Theory(Timeout = Browser.Patience)]
    [InlineData("550", "550")]
    [InlineData("5.7.26", "5.7.26")]
    [InlineData("550-5.7.26", "550")]
    [InlineData("greylist", "450")]
    [InlineData("relay", "550")]
    public async Task What_fits_best_comes_first_while_one_types(string typed, string first)
    {
        await using var console = await RunningConsole.Start();
        var page = await browser.Open(console);
        await page.GotoAsync("/en/codes");
        await page.GetByRole(AriaRole.Searchbox).FillAsync(typed);
        await Assertions.Expect(page.Locator(".codes a:visible .code").First).ToHaveTextAsync(first);

        // Nothing typed, nothing moved.
        await page.GetByRole(AriaRole.Searchbox).FillAsync("");
        await Assertions.Expect(page.Locator(".codes a:visible .code").First).ToHaveTextAsync("200");
    }

    [Fact(Timeout = Browser.Patience)]
    public async Task Arabic_reads_from_the_right_and_what_goes_over_the_wire_from_the_left()
    {
        await using var console = await RunningConsole.Start();
        var page = await browser.Open(console);
        await page.GotoAsync("/ar/compare/334/550");
        Assert.Equal("rtl", await page.EvaluateAsync<string>("getComputedStyle(document.querySelector('main p')).direction"));

        // The first word of a paragraph stands at its right edge, the first letter of a dialogue's line at its left.
        Assert.True(await page.EvaluateAsync<bool>("""
            () => {
              const p = document.querySelector('main p'), range = document.createRange();
              const text = document.createTreeWalker(p, NodeFilter.SHOW_TEXT).nextNode();
              range.setStart(text, 0); range.setEnd(text, 3);
              return range.getBoundingClientRect().left > p.getBoundingClientRect().left + p.getBoundingClientRect().width / 2;
            }
            """));
        Assert.Equal("ltr", await page.EvaluateAsync<string>("getComputedStyle(document.querySelector('.dialogue-lines li .said')).direction"));
        Assert.True(await page.EvaluateAsync<bool>("""
            () => [...document.querySelectorAll('.dialogue-lines li')].every(line =>
              line.querySelector('.side').getBoundingClientRect().left < line.querySelector('.said').getBoundingClientRect().left)
            """));
    }

    [Fact(Timeout = Browser.Patience)]
    public async Task A_pasted_reply_is_explained_without_a_script()
    {
        await using var console = await RunningConsole.Start();
        var page = await browser.Open(console, Look.Light with { Script = false });
        await page.GotoAsync("/en/explain");
        await page.GetByRole(AriaRole.Textbox).FillAsync("550 5.7.1 <x@example.com>: Relay access denied");
        await page.GetByRole(AriaRole.Button, new() { Name = "Explain" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Article)).ToContainTextAsync("550 5.7.1");
    }
}
