using Parley.Server.Journal;

namespace Parley.Console.Tests.Api;

public class SessionsApiTests
{
    [Fact]
    public async Task A_session_shows_its_dialogue_and_the_name_of_each_reply()
    {
        await using var console = await RunningConsole.Start();
        console.Journal.Add("s1", (TranscriptSide.Server, "220 box ESMTP", "greeting"), (TranscriptSide.Client, "RCPT TO:<x@example.com>", null),
            (TranscriptSide.Server, "550 5.7.1 no relaying", "relay-denied"));
        var session = await console.Json("api/v1/sessions/s1");
        Assert.Equal(
            ["id", "lines", "messages", "lastReply", "open", "peer", "startedAt", "tls", "truncated", "user"],
            session.EnumerateObject().Select(p => p.Name).OrderBy(name => name is "id" ? 0 : name is "lines" ? 1 : name is "messages" ? 2 : 3).ThenBy(name => name, StringComparer.Ordinal));
        Assert.Equal(
            [("server", "220 box ESMTP", "greeting"), ("client", "RCPT TO:<x@example.com>", null), ("server", "550 5.7.1 no relaying", "relay-denied")],
            session.GetProperty("lines").EnumerateArray().Select(line => (line.GetProperty("side").GetString(), line.GetProperty("text").GetString(), line.GetProperty("replyId").GetString())));
    }

    [Fact]
    public async Task Sessions_are_listed_newest_first_with_a_cursor()
    {
        await using var console = await RunningConsole.Start();
        console.Journal.Add("s1", (TranscriptSide.Server, "220 box ESMTP", "greeting"));
        console.Journal.Add("s2", (TranscriptSide.Server, "220 box ESMTP", "greeting"));
        var first = await console.Json("api/v1/sessions?limit=1");
        var session = Assert.Single(first.GetProperty("sessions").EnumerateArray());
        Assert.Equal(("s2", "192.0.2.7:40001", "alice", 1, "220 box ESMTP"),
            (session.GetProperty("id").GetString(), session.GetProperty("peer").GetString(), session.GetProperty("user").GetString(),
                session.GetProperty("messages").GetInt32(), session.GetProperty("lastReply").GetString()));
        var second = await console.Json($"api/v1/sessions?limit=1&after={first.GetProperty("next").GetString()}");
        Assert.Equal("s1", second.GetProperty("sessions")[0].GetProperty("id").GetString());
    }
}
