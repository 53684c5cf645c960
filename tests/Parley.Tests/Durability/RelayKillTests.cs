using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Parley.Tests.Interop;

namespace Parley.Tests.Durability;

public sealed class RelayKillTests : IDisposable
{
    private const int AtLeast = 5;
    private const int Kills = 20;
    private const int Clients = 5;
    private const int MessagesEach = 300;

    // The last of a connection: its final dot was sent, and its answer not yet read or not yet on disk.
    private const int MostInDoubt = 1;

    private readonly string data = Directory.CreateTempSubdirectory("parley-relay-").FullName;

    public void Dispose() => Directory.Delete(data, recursive: true);

    // However slow the machine is, it is killed while mail goes through it and not while it starts.
    private static async Task UnderWay(ConcurrentBag<string> acknowledged, Task sending)
    {
        var before = acknowledged.Count;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (acknowledged.Count < before + AtLeast && !sending.IsCompleted && !patience.IsCancellationRequested)
        {
            await Task.Delay(5, CancellationToken.None);
        }
    }

    [Fact]
    public async Task Killed_twenty_times_while_relaying_nothing_is_lost_and_only_what_was_in_doubt_is_sent_twice()
    {
        await using var sink = new CountingSink();
        var configuration = $$"""
            {
              "hostname": "mx.example.org", "domains": { "example.org": {} }, "trustedNetworks": ["127.0.0.0/8"],
              "routes": [ { "match": "*", "smarthost": "127.0.0.1:{{sink.Port}}" } ], "delivery": { "retry": ["200ms"] }
            }
            """;
        var acknowledged = new ConcurrentBag<string>();
        var random = new Random(1);
        for (var kill = 0; kill < Kills; kill++)
        {
            using var parley = new ServingProgram(configuration, "--smtp", "127.0.0.1:0", "--data", data);
            var sending = Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Send(parley.Smtp[0], $"{kill}-{client}", acknowledged)));
            await UnderWay(acknowledged, sending);
            await Task.Delay(random.Next(0, 300), TestContext.Current.CancellationToken);
            parley.Kill();
            await sending;
        }

        using (var survivor = new ServingProgram(configuration, "--smtp", "127.0.0.1:0", "--data", data))
        {
            await Drained(survivor);
        }

        var taken = sink.Taken.ToList();
        var lost = acknowledged.Except(taken.Select(one => one.Subject)).ToList();
        Assert.True(lost.Count == 0, $"{lost.Count} of {acknowledged.Count} acknowledged messages are lost, such as {lost.FirstOrDefault()}");

        // All but the last copy of a message must have come over a connection that was cut, at its end.
        var twice = taken.GroupBy(one => one.Subject).Where(copies => copies.Count() > 1).ToList();
        foreach (var copy in twice.SelectMany(copies => copies.SkipLast(1)))
        {
            Assert.True(sink.Cut.TryGetValue(copy.Connection, out var messages), $"{copy.Subject} was sent again though its connection ended well");
            Assert.InRange(copy.Place, messages - MostInDoubt + 1, messages);
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{acknowledged.Count} messages acknowledged, {taken.Count} deliveries, {twice.Count} messages delivered twice after {Kills} kills, each in the window after its final dot");
        Assert.True(acknowledged.Count >= Kills * AtLeast, $"only {acknowledged.Count} messages were acknowledged");
    }

    private static async Task Drained(ServingProgram parley)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            using var list = JsonDocument.Parse(await parley.Http.GetStringAsync("api/v1/queue?limit=1", patience.Token));
            if (list.RootElement.GetProperty("entries").GetArrayLength() == 0)
            {
                return;
            }

            await Task.Delay(100, patience.Token);
        }
    }

    /// <summary>Sends messages one after the other until the server dies; notes those that it acknowledged.</summary>
    private static async Task Send(IPEndPoint server, string client, ConcurrentBag<string> acknowledged)
    {
        try
        {
            using var tcp = new TcpClient();
            await tcp.ConnectAsync(server);
            using var reader = new StreamReader(tcp.GetStream(), Encoding.Latin1);
            await using var writer = new StreamWriter(tcp.GetStream(), Encoding.Latin1) { NewLine = "\r\n", AutoFlush = true };
            await Expect(reader, "220");
            await Say("HELO client.example");
            for (var i = 0; i < MessagesEach; i++)
            {
                var subject = $"{client}-{i}";
                await Say("MAIL FROM:<sender@example.net>");
                await Say($"RCPT TO:<u{i}@example.com>");
                await Say("DATA", "354");
                await Say($"Subject: {subject}\r\n\r\nbody\r\n.");
                acknowledged.Add(subject);
            }

            async Task Say(string line, string expected = "250")
            {
                await writer.WriteLineAsync(line);
                await Expect(reader, expected);
            }
        }
        catch (Exception fault) when (fault is IOException or SocketException)
        {
            // It was killed.
        }
    }

    private static async Task Expect(StreamReader reader, string code)
    {
        var line = await reader.ReadLineAsync() ?? throw new IOException("it was closed");
        Assert.StartsWith(code, line, StringComparison.Ordinal);
    }
}
