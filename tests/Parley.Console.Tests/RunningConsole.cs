using System.Buffers;
using System.Net;
using System.Text;
using System.Text.Json;
using Parley.Server.Configuration;
using Parley.Server.Journal;
using Parley.Server.Mime;
using Parley.Server.Queue;
using Parley.Server.Queue.Stores.Sqlite;
using Parley.Smtp.Addresses;

namespace Parley.Console.Tests;

/// <summary>A console over a real store in a folder of its own, on a free port, with a client that talks to it.</summary>
public sealed class RunningConsole : IAsyncDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("parley-console-");
    private readonly PrometheusText metrics = new();
    private ConsoleHost host = null!;

    public SqliteQueueStore Store { get; private set; } = null!;

    public TableJournal Journal { get; } = new();

    public HttpClient Client { get; } = new();

    public IPEndPoint Address => host.Address;

    public List<IPEndPoint> Smtp { get; } = [new(IPAddress.Loopback, 2525)];

    public int QueueChanges { get; private set; }

    public static async Task<RunningConsole> Start(string configuration = """{ "http": { "address": "127.0.0.1:0" } }""", int mostConnections = 1000)
    {
        var console = new RunningConsole();
        var loaded = Settings.Load(new SettingsSources { Text = configuration, File = Path.Combine(console.folder.FullName, "parley.json"), MachineName = "box" });
        Assert.True(loaded.Settings is not null, string.Join('\n', loaded.Faults));
        console.Store = await SqliteQueueStore.Open(new SqliteStoreOptions { Folder = Path.Combine(console.folder.FullName, "data") });
        console.host = await ConsoleHost.Start(new ConsoleParts
        {
            Settings = () => loaded.Settings,
            Store = console.Store,
            Journal = console.Journal,
            Metrics = console.metrics,
            SmtpAddresses = () => console.Smtp,
            QueueChanged = () => console.QueueChanges++,
            MostConnections = mostConnections,
        });
        console.Client.BaseAddress = new Uri($"http://{console.Address}/");
        return console;
    }

    /// <summary>Stores a message that rests in the recipients' mailboxes.</summary>
    public Task<QueueId> Put(string raw, string from = "alice@example.org", params string[] to) =>
        Put(raw, from, [.. (to.Length > 0 ? to : ["bob@example.net"]).Select(address => new EnvelopeRecipient(ForwardPath.Parse(address)!, null))]);

    /// <summary>Stores a message that waits for a next hop.</summary>
    public Task<QueueId> Queue(string to, string from = "alice@example.org") =>
        Put("Subject: queued\n\nwaits\n", from, [new EnvelopeRecipient(ForwardPath.Parse(to)!, ForwardPath.Parse(to)!.Mailbox!.Domain.Text)]);

    public async Task<QueueId> Put(string raw, string from, IReadOnlyList<EnvelopeRecipient> to)
    {
        var octets = Encoding.UTF8.GetBytes(raw.ReplaceLineEndings("\r\n"));
        await using var content = Store.NewContent();
        content.Write(octets);
        await content.Flush(default);
        var message = new NewMessage(Store.NextId(), new Envelope(ReversePath.Parse(from)!, to), content, DateTimeOffset.UtcNow)
        {
            Trace = "Received: from client.example by mx.example; today\r\n"u8.ToArray(),
            Session = "session-1",
            Subject = HeaderSection.Subject(octets),
        };
        Assert.Equal(EnqueueResult.Stored, await Store.Enqueue(message, default));
        return message.Id;
    }

    /// <summary>The JSON at an address, which answers 200.</summary>
    public async Task<JsonElement> Json(string address)
    {
        using var response = await Client.GetAsync(address);
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{address}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        return JsonDocument.Parse(await response.Content.ReadAsStreamAsync()).RootElement;
    }

    /// <summary>The problem details of a request that is answered with a status.</summary>
    public async Task<JsonElement> Problem(HttpStatusCode status, HttpMethod method, string address, HttpContent? body = null)
    {
        using var response = await Client.SendAsync(new HttpRequestMessage(method, address) { Content = body });
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonDocument.Parse(await response.Content.ReadAsStreamAsync()).RootElement;
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        Assert.NotEqual("", problem.GetProperty("detail").GetString());
        return problem;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await host.DisposeAsync();
        await Store.DisposeAsync();
        metrics.Dispose();
        folder.Delete(recursive: true);
    }
}
