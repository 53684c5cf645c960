using Microsoft.Playwright;
using Parley.Server.Journal;

namespace Parley.Console.Tests.Browsing;

public class ConsolePagesTests(Browser browser)
{
    [Theory(Timeout = Browser.Patience)]
    [MemberData(nameof(Look.All), MemberType = typeof(Look))]
    public async Task No_page_breaks_a_rule_of_accessibility_or_its_width(bool dark, int width)
    {
        await using var console = await RunningConsole.Start();
        var page = await browser.Open(console, new Look(dark, width));
        await Visit(page, "/");
        console.Journal.Add("session-1", (TranscriptSide.Server, "220 box ESMTP", "greeting"), (TranscriptSide.Client, "RCPT TO:<x@example.com>", null),
            (TranscriptSide.Server, "550 5.7.1 no relaying for you, whoever you are, and this text is long enough to need two lines", "relay-denied"));
        var id = await console.Put(Mails.Hostile("http://trap.example"), "evil@example.org", "maya@example.net", new string('m', 60) + "@example.net");
        var queued = await console.Queue("carol@example.com");
        await console.Client.PostAsync($"api/v1/queue/{queued}/hold", null);
        foreach (var address in new[] { "/", "/?query=nothing", $"/messages/{id}", "/sessions", "/sessions/session-1", "/queue", "/messages/000000000000" })
        {
            await Visit(page, address);
        }

        await page.GotoAsync($"/messages/{id}");
        foreach (var view in new[] { "Text", "Headers", "Source", "Dialogue" })
        {
            await page.GetByText(view, new PageGetByTextOptions { Exact = true }).First.ClickAsync();
            await Browser.HasNoViolation(page);
            await Browser.FitsItsWidth(page);
        }
    }

    [Fact(Timeout = Browser.Patience)]
    public async Task The_check_of_accessibility_sees_a_fault()
    {
        await using var console = await RunningConsole.Start();
        var page = await browser.Open(console);
        await page.GotoAsync("/");
        await page.EvaluateAsync("document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=/assets/x>')");
        var fault = await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(() => Browser.HasNoViolation(page));
        Assert.Contains("image-alt", fault.Message, StringComparison.Ordinal);
        await page.EvaluateAsync("document.querySelector('main').style.minWidth = '3000px'");
        await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(() => Browser.FitsItsWidth(page));
    }

    [Fact(Timeout = Browser.Patience)]
    public async Task New_mail_appears_by_itself()
    {
        await using var console = await RunningConsole.Start();
        var page = await browser.Open(console);
        await page.GotoAsync("/");
        await Assertions.Expect(page.GetByText("No mail yet")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByText("swaks --server 127.0.0.1:2525")).ToBeVisibleAsync();
        await console.Put(Mails.Plain);
        await Assertions.Expect(page.GetByText("Plain words")).ToBeVisibleAsync();
        await console.Put(Mails.Plain.Replace("Plain", "Newer", StringComparison.Ordinal));
        await Assertions.Expect(page.GetByText("Newer words")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("One new entry");
    }

    [Fact(Timeout = Browser.Patience)]
    public async Task A_message_is_found_read_and_deleted_without_a_script()
    {
        await using var console = await RunningConsole.Start();
        await console.Put(Mails.Plain);
        await console.Put("Subject: another\n\n.\n");
        var page = await browser.Open(console, Look.Light with { Script = false });
        await page.GotoAsync("/");
        await page.GetByRole(AriaRole.Searchbox).FillAsync("plain");
        await page.GetByRole(AriaRole.Button, new() { Name = "Search" }).ClickAsync();
        await Assertions.Expect(page.Locator(".row")).ToHaveCountAsync(1);
        await page.Locator(".row").ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Plain words" })).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByText("on two lines.").First).ToBeVisibleAsync();
        await page.GetByText("Headers", new() { Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Rowheader, new() { Name = "Received" })).ToBeVisibleAsync();
        await page.GetByText("Source", new() { Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByLabel("Source").Last).ToContainTextAsync("Subject: Plain words");
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await page.WaitForURLAsync(console.Client.BaseAddress!.ToString());
        await Assertions.Expect(page.Locator(".row")).ToHaveCountAsync(1);
    }

    [Fact(Timeout = Browser.Patience)]
    public async Task The_list_is_walked_with_the_keyboard()
    {
        await using var console = await RunningConsole.Start();
        await console.Put("Subject: first\n\n.\n");
        await console.Put("Subject: second\n\n.\n");
        var page = await browser.Open(console);
        await page.GotoAsync("/");
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "first" })).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Messages" })).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("/");
        await Assertions.Expect(page.GetByRole(AriaRole.Searchbox)).ToBeFocusedAsync();
    }

    [Fact(Timeout = Browser.Patience)]
    public async Task The_first_stop_of_the_tab_key_skips_to_the_content()
    {
        await using var console = await RunningConsole.Start();
        var page = await browser.Open(console);
        await page.GotoAsync("/");
        await page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "Skip to the content" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Main)).ToBeFocusedAsync();
    }

    [Fact(Timeout = Browser.Patience)]
    public async Task An_entry_of_the_queue_is_held_and_removed()
    {
        await using var console = await RunningConsole.Start();
        await console.Queue("carol@example.com");
        var page = await browser.Open(console, Look.Light with { Script = false });
        await page.GotoAsync("/queue");
        await page.GetByRole(AriaRole.Button, new() { Name = "Hold" }).ClickAsync();
        await Assertions.Expect(page.Locator(".recipients .stamp")).ToHaveTextAsync("held");
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove" }).ClickAsync();
        await Assertions.Expect(page.GetByText("Nothing waits")).ToBeVisibleAsync();
        Assert.Equal(2, console.QueueChanges);
    }

    private static async Task Visit(IPage page, string address)
    {
        await page.GotoAsync(address);
        await Browser.HasNoViolation(page);
        await Browser.FitsItsWidth(page);
    }
}
