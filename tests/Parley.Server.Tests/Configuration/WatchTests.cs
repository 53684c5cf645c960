using Parley.Server.Configuration;

namespace Parley.Server.Tests.Configuration;

public sealed class WatchTests : IDisposable
{
    private readonly ConfigFolder folder = new();
    private readonly HandTurnedClock clock = new();
    private readonly List<SettingsReload> reloads = [];

    public void Dispose() => folder.Dispose();

    private SettingsWatch Watch(string json)
    {
        var sources = new SettingsSources { File = folder.Write("parley.json", json), MachineName = "box" };
        return new SettingsWatch(sources, Settings.Load(sources).Settings!, reloads.Add, clock);
    }

    [Fact]
    public void A_changed_file_is_reloaded()
    {
        using var watch = Watch("""{ "limits": { "recipients": 200 } }""");
        clock.Tick();
        Assert.Empty(reloads);

        folder.Write("parley.json", """{ "limits": { "recipients": 3000 } }""");
        clock.Tick();
        clock.Tick();

        var reload = Assert.Single(reloads);
        Assert.True(reload.IsApplied);
        Assert.Equal(3000, reload.Settings.Limits.Recipients);
        Assert.Equal([new ChangedKey("limits.recipients", NeedsRestart: false)], reload.Changes);
    }

    [Fact]
    public void A_configuration_with_errors_keeps_the_old_one_and_says_so()
    {
        using var watch = Watch("""{ "limits": { "recipients": 200 } }""");

        folder.Write("parley.json", """{ "limits": { "recipients": "none" } }""");
        clock.Tick();

        var reload = Assert.Single(reloads);
        Assert.False(reload.IsApplied);
        Assert.Equal(200, reload.Settings.Limits.Recipients);
        Assert.Contains("is not a number", Assert.Single(reload.Faults).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_the_configuration_names_counts_too()
    {
        folder.Write("token", "one");
        using var watch = Watch("""{ "http": { "tokenFile": "token" } }""");

        folder.Write("token", "three");
        clock.Tick();

        Assert.Equal(["http.tokenFile"], Assert.Single(reloads).Changes.Select(c => c.Key));
    }

    [Fact]
    public void A_link_that_leads_elsewhere_is_a_change()
    {
        folder.Write("a/token", "same");
        folder.Write("b/token", "same");
        File.SetLastWriteTimeUtc(Path.Combine(folder.Path, "b/token"), File.GetLastWriteTimeUtc(Path.Combine(folder.Path, "a/token")));
        var link = Path.Combine(folder.Path, "token");
        File.CreateSymbolicLink(link, "a/token");
        using var watch = Watch("""{ "http": { "tokenFile": "token" } }""");

        File.Delete(link);
        File.CreateSymbolicLink(link, "b/token");
        clock.Tick();

        Assert.Empty(Assert.Single(reloads).Changes);
    }

    [Fact]
    public void A_file_that_goes_and_comes_back_is_reloaded_when_it_is_back()
    {
        using var watch = Watch("{}");
        File.Delete(Path.Combine(folder.Path, "parley.json"));
        clock.Tick();
        folder.Write("parley.json", """{ "hostname": "mx.example.org" }""");
        clock.Tick();

        Assert.Equal([false, true], reloads.Select(r => r.IsApplied));
        Assert.Equal("mx.example.org", reloads[1].Settings.Hostname);
    }

    [Fact]
    public void What_needs_a_restart_stays_as_it_was_and_the_rest_is_taken()
    {
        using var watch = Watch("""{ "listeners": [ { "address": "127.0.0.1:1" } ] }""");

        folder.Write("parley.json", """{ "listeners": [ { "address": "127.0.0.1:2", "auth": "off" } ], "http": { "address": null }, "limits": { "recipients": 200 } }""");
        clock.Tick();
        clock.Tick();

        var reload = Assert.Single(reloads);
        Assert.True(reload.IsApplied);
        Assert.Equal("127.0.0.1:1", Assert.Single(reload.Settings.Listeners).Address.ToString());
        Assert.Equal(("127.0.0.1:8025", 200), (reload.Settings.Http.Address!.ToString(), reload.Settings.Limits.Recipients));
        Assert.Equal(["http.address", "listeners[0].address"], reload.Changes.Where(c => c.NeedsRestart).Select(c => c.Key));
    }

    [Fact]
    public void A_catcher_stays_one_until_it_is_restarted()
    {
        using var watch = Watch("{}");

        folder.Write("parley.json", """{ "hostname": "mx.example.org", "domains": { "example.org": {} } }""");
        clock.Tick();

        var reload = Assert.Single(reloads);
        Assert.False(reload.IsApplied);
        Assert.True(reload.Settings.IsCatcher);
        Assert.All(reload.Changes, c => Assert.True(c.NeedsRestart));
        Assert.NotEmpty(reload.Changes);
    }

    [Fact]
    public void A_reload_can_be_asked_for()
    {
        using var watch = Watch("{}");

        watch.Reload();

        Assert.Empty(Assert.Single(reloads).Changes);
    }

    /// <summary>A clock whose timers fire when the test says so.</summary>
    private sealed class HandTurnedClock : TimeProvider
    {
        private readonly List<Action> timers = [];

        public void Tick() => timers.ForEach(t => t());

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            timers.Add(() => callback(state));
            return new Stopped();
        }

        private sealed class Stopped : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => default;
        }
    }
}
