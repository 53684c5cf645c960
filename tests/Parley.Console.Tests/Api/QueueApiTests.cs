using System.Net;
using System.Text.Json;
using Parley.Server.Queue;

namespace Parley.Console.Tests.Api;

public class QueueApiTests
{
    [Fact]
    public async Task An_entry_tells_what_its_recipient_waits_for()
    {
        await using var console = await RunningConsole.Start();
        var id = await console.Queue("carol@example.com");
        await Defer(console, "example.com", new AttemptReply(450, "4.2.0", "Greylisted, come back later", "mx.example.com [192.0.2.1]"));
        var entry = Assert.Single((await console.Json("api/v1/queue")).GetProperty("entries").EnumerateArray());
        Assert.Equal((id.ToString(), "alice@example.org"), (entry.GetProperty("id").GetString(), entry.GetProperty("from").GetString()));
        var recipient = Assert.Single(entry.GetProperty("recipients").EnumerateArray());
        Assert.Equal(["address", "state", "destination", "attempts", "nextAttempt", "lastReply", "explanation"], recipient.EnumerateObject().Select(p => p.Name));
        Assert.Equal(("carol@example.com", "deferred", "example.com", 1),
            (Text(recipient, "address"), Text(recipient, "state"), Text(recipient, "destination"), recipient.GetProperty("attempts").GetInt32()));
        var reply = recipient.GetProperty("lastReply");
        Assert.Equal((450, "4.2.0", "mx.example.com [192.0.2.1]"), (reply.GetProperty("code").GetInt32(), Text(reply, "enhanced"), Text(reply, "peer")));
        Assert.Equal("4.2.0", Text(recipient.GetProperty("explanation"), "enhanced"));
        Assert.Equal("later", Text(recipient.GetProperty("explanation"), "retry"));
        Assert.Equal(entry.ToString(), (await console.Json($"api/v1/queue/{id}")).ToString());
    }

    [Fact]
    public async Task An_attempt_without_a_reply_has_no_code()
    {
        await using var console = await RunningConsole.Start();
        await console.Queue("carol@example.com");
        await Defer(console, "example.com", new AttemptReply(0, "", "connection refused", ""));
        var recipient = (await console.Json("api/v1/queue")).GetProperty("entries")[0].GetProperty("recipients")[0];
        var reply = recipient.GetProperty("lastReply");
        Assert.Equal((JsonValueKind.Null, "connection refused", JsonValueKind.Null),
            (reply.GetProperty("code").ValueKind, Text(reply, "text"), reply.GetProperty("peer").ValueKind));
    }

    [Fact]
    public async Task An_operator_holds_releases_and_retries_an_entry()
    {
        await using var console = await RunningConsole.Start();
        var id = await console.Queue("carol@example.com");
        await Post(console, $"api/v1/queue/{id}/hold");
        Assert.Equal("held", await State(console, id));
        await Post(console, $"api/v1/queue/{id}/release");
        Assert.Equal("waiting", await State(console, id));
        await Post(console, $"api/v1/queue/{id}/retry");
        Assert.Equal(3, console.QueueChanges);
        await console.Problem(HttpStatusCode.NotFound, HttpMethod.Post, "api/v1/queue/000000000000/retry");
    }

    [Fact]
    public async Task A_removed_entry_is_gone()
    {
        await using var console = await RunningConsole.Start();
        var id = await console.Queue("carol@example.com");
        Assert.Equal(HttpStatusCode.NoContent, (await console.Client.DeleteAsync($"api/v1/queue/{id}")).StatusCode);
        await console.Problem(HttpStatusCode.NotFound, HttpMethod.Get, $"api/v1/queue/{id}");
        await console.Problem(HttpStatusCode.NotFound, HttpMethod.Delete, $"api/v1/queue/{id}");
    }

    [Fact]
    public async Task Entries_are_filtered_and_paged()
    {
        await using var console = await RunningConsole.Start();
        var first = await console.Queue("carol@example.com");
        var second = await console.Queue("dave@example.net", "zoe@example.org");
        Assert.Equal([second.ToString()], await Ids(console, "sender=zoe"));
        Assert.Equal([first.ToString()], await Ids(console, "recipient=carol"));
        Assert.Equal([second.ToString()], await Ids(console, "destination=example.net"));
        Assert.Equal([], await Ids(console, "state=held"));
        Assert.Equal([first.ToString()], await Ids(console, "limit=1"));
        Assert.Equal([second.ToString()], await Ids(console, $"limit=1&after={first}"));
    }

    private static async Task<IReadOnlyList<string>> Ids(RunningConsole console, string query) =>
        [.. (await console.Json($"api/v1/queue?{query}")).GetProperty("entries").EnumerateArray().Select(entry => Text(entry, "id")!)];

    private static async Task<string?> State(RunningConsole console, QueueId id) =>
        Text((await console.Json($"api/v1/queue/{id}")).GetProperty("recipients")[0], "state");

    private static async Task Post(RunningConsole console, string address)
    {
        using var response = await console.Client.PostAsync(address, null);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    private static async Task Defer(RunningConsole console, string destination, AttemptReply reply)
    {
        var claim = Assert.Single(await console.Store.Claim([destination], 10, TimeSpan.FromMinutes(1), default));
        var message = claim.Messages[0];
        var outcome = new Outcome.Deferred(message.Id, message.Recipients[0].Number, reply, DateTimeOffset.UtcNow.AddHours(1));
        Assert.Equal(RecordResult.Recorded, await console.Store.Record(claim.Lease, [outcome], null, default));
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
