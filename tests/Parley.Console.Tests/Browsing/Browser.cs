using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Parley.Console.Tests.Browsing.Browser))]

namespace Parley.Console.Tests.Browsing;

/// <summary>One headless Chromium for all tests; Debian's own, as Playwright's cannot be counted on to be there.</summary>
public sealed class Browser : IAsyncLifetime
{
    /// <summary>How long a test may take, in milliseconds; much more than it needs on a machine that does nothing else.</summary>
    public const int Patience = 600_000;

    private static readonly string? Program =
        new[] { "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists);

    private IPlaywright? playwright;
    private IBrowser? browser;

    public async ValueTask InitializeAsync()
    {
        if (Program is null)
        {
            return;
        }

        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Program,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
    }

    /// <summary>A page of its own in a fresh context; the test is left out, with the reason, where there is no Chromium.</summary>
    public async Task<IPage> Open(RunningConsole console, Look? look = null)
    {
        Assert.SkipUnless(browser is not null, "Chromium is not installed; the package chromium provides it");
        look ??= Look.Light;
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = console.Client.BaseAddress!.ToString(),
            ColorScheme = look.Dark ? ColorScheme.Dark : ColorScheme.Light,
            ReducedMotion = ReducedMotion.Reduce,
            ViewportSize = new ViewportSize { Width = look.Width, Height = 800 },
            JavaScriptEnabled = look.Script,
            Locale = "en-GB",
        });
        context.SetDefaultTimeout(60_000);
        return await context.NewPageAsync();
    }

    /// <summary>Fails with each rule of axe that a page breaks.</summary>
    public static async Task HasNoViolation(IPage page)
    {
        // Not within frames: the one there is shows a mail, and no script of anybody runs in it.
        var result = await page.RunAxe(new AxeRunOptions { ResultTypes = [ResultType.Violations], Iframes = false });
        Assert.True(result.Violations.Length == 0, string.Join('\n', result.Violations.SelectMany(
            rule => rule.Nodes.Select(node => $"{rule.Id}: {rule.Help}: {node.Html}\n  {string.Join("; ", node.Any.Concat(node.All).Select(check => check.Message))}"))));
    }

    /// <summary>Fails when a page is wider than its window.</summary>
    public static async Task FitsItsWidth(IPage page)
    {
        var excess = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        Assert.True(excess <= 0, $"{page.Url} is {excess} px wider than the window");
    }

    /// <summary>A picture of the whole page for people to look at, in the folder <c>PARLEY_SCREENSHOTS</c>; none where it is not set.</summary>
    public static async Task Picture(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("PARLEY_SCREENSHOTS") is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, name + ".png"), FullPage = true });
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
        {
            await browser.DisposeAsync();
        }

        playwright?.Dispose();
    }
}

/// <summary>How a page is looked at.</summary>
public sealed record Look(bool Dark, int Width, bool Script = true)
{
    public static readonly Look Light = new(Dark: false, 1200);

    public static TheoryData<bool, int> All => new() { { false, 1200 }, { true, 1200 }, { false, 360 }, { true, 360 } };
}
