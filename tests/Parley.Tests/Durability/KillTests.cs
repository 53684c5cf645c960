using System.Text;
using System.Text.Json;
using Parley.Tests.Interop;

namespace Parley.Tests.Durability;

public sealed class KillTests : IDisposable
{
    private const int Kills = 20;
    private const int Sessions = 50;
    private const string Configuration = """{ "hostname": "mx.example.org", "domains": { "example.org": { "mailboxes": ["alice"] } }, "limits": { "connectionsPerAddress": 1000 } }""";

    private readonly string data = Directory.CreateTempSubdirectory("parley-kill-").FullName;

    public void Dispose() => Directory.Delete(data, recursive: true);

    private ServingProgram Start() => new(Configuration, "--smtp", "127.0.0.1:0", "--data", data);

    // Some messages go to a file of their own.
    private static int Length(string name) => name.EndsWith('7') ? 300_000 : 2_000;

    [Fact]
    public async Task Killed_twenty_times_under_load_it_has_every_message_that_it_acknowledged_once_and_whole()
    {
        var client = new LoadClient();
        for (var kill = 0; kill < Kills; kill++)
        {
            using var parley = Start();
            using var stop = new CancellationTokenSource();
            var load = Enumerable.Range(0, Sessions).Select(_ => client.Send(parley.Smtp[0], Length, stop.Token)).ToList();
            await Task.Delay(200 + (kill * 10), TestContext.Current.CancellationToken);
            parley.Kill();
            await Task.WhenAll(load);
        }

        using var survivor = Start();
        var stored = await Stored(survivor);
        var twice = stored.GroupBy(m => m.Name).Where(g => g.Count() > 1).Select(g => g.Key);
        Assert.Empty(twice);
        var lost = client.Acknowledged.Except(stored.Select(m => m.Name)).ToList();
        Assert.True(lost.Count == 0, $"{lost.Count} of {client.Acknowledged.Count} acknowledged messages are gone, such as {lost.FirstOrDefault()}");
        Assert.True(client.Acknowledged.Count > Kills, $"only {client.Acknowledged.Count} messages were acknowledged");

        // None is half there: neither those that were acknowledged nor the others.
        foreach (var message in stored)
        {
            var raw = Encoding.ASCII.GetString(await survivor.Raw(message.Id));
            Assert.EndsWith($"\r\nSubject: {message.Name}\r\n\r\n{LoadClient.Body(message.Name, Length(message.Name))}", raw, StringComparison.Ordinal);
        }
    }

    internal static async Task<List<(string Id, string Name)>> Stored(ServingProgram parley)
    {
        var stored = new List<(string, string)>();
        for (var after = ""; ;)
        {
            using var page = JsonDocument.Parse(await parley.Http.GetStringAsync($"api/v1/messages?limit=200{after}"));
            stored.AddRange(page.RootElement.GetProperty("messages").EnumerateArray()
                .Select(m => (m.GetProperty("id").GetString()!, m.GetProperty("subject").GetString()!)));
            if (page.RootElement.GetProperty("next").GetString() is not { } next)
            {
                return stored;
            }

            after = "&after=" + next;
        }
    }
}
