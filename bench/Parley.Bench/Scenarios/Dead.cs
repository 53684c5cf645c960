using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Parley.Bench.Measuring;
using Parley.Bench.Peers;
using Parley.Bench.Reporting;

namespace Parley.Bench.Scenarios;

/// <summary>Many destinations, some of which take the connection and then say nothing: they must not hold up the others.</summary>
public sealed class Dead : IScenario
{
    private const double GoalShare = 0.9;
    private const int Destinations = 10_000;
    private const int DeadOnes = 100;
    private const int MessagesEach = 2;
    private const int Sessions = 20;
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly IPAddress Silent = IPAddress.Parse("127.0.0.2");

    public string Name => "dead";

    public string Describe => "10,000 destinations by MX, with and without 100 among them that never say a word";

    public async Task<ScenarioResult> RunAsync(BenchSettings settings, string folder, CancellationToken cancel)
    {
        // A quick run shows that it works, with a tenth of them.
        var share = Math.Min(1, settings.DriveTime.TotalSeconds / 3);
        var destinations = (int)(Destinations * share);
        var dead = (int)(DeadOnes * share);
        var (without, with) = (new List<double>(), new List<double>());
        for (var round = 0; round <= settings.Rounds; round++)
        {
            Progress.Say($"dead: round {round}");
            var own = Path.Combine(folder, round.ToString(CultureInfo.InvariantCulture));
            var alive = await RunOnceAsync(settings, own + "-0", (destinations, 0), cancel);
            var troubled = await RunOnceAsync(settings, own + "-1", (destinations, dead), cancel);
            if (round > 0)
            {
                // The first is for the disk and the other processes to settle; it is not counted.
                without.Add(alive);
                with.Add(troubled);
            }
        }

        return new ScenarioResult(
            $"Mail to {destinations} destinations, {MessagesEach} messages each",
            ["dead destinations", "messages/s to the live ones"],
            [["0", Markdown.Text(Spread.Of(without), "0")], [Markdown.Number(dead, "0"), Markdown.Text(Spread.Of(with), "0")]],
            [Goal.Least("messages/s of those without dead ones", GoalShare, Spread.Of(with).Median / Spread.Of(without).Median)]);
    }

    /// <returns>Messages a second to the live destinations, from the first that came in to the last that arrived.</returns>
    private static async Task<double> RunOnceAsync(BenchSettings settings, string folder, (int All, int Dead) destinations, CancellationToken cancel)
    {
        await using var sink = await SmtpSinkPeer.StartAsync(counting: true, cancel);
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(new IPEndPoint(Silent, sink.Port));
        silent.Listen(DeadOnes * 2);

        // The dead ones are spread over all of them, as they would be.
        var every = destinations.Dead == 0 ? int.MaxValue : destinations.All / destinations.Dead;
        await using var dns = new BenchDns(host => IsDead(host, every) ? Silent : IPAddress.Loopback);
        await using var parley = await ParleyPeer.StartAsync(settings.Installation, folder, ParleyConfiguration.Exchangers(dns.Port, sink.Port), cancel);
        var wanted = (destinations.All - destinations.Dead) * MessagesEach;
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Sessions).Select(session => SendAsync(parley.Port, session, destinations.All, cancel)));
        while (sink.Messages < wanted)
        {
            if (clock.Elapsed > Patience + TimeSpan.FromSeconds(wanted / 100.0))
            {
                throw new BenchException($"{wanted - sink.Messages} of {wanted} messages to live destinations did not arrive.");
            }

            await Task.Delay(LookAgain, cancel);
        }

        return wanted / clock.Elapsed.TotalSeconds;
    }

    private static bool IsDead(string host, int every)
        => int.Parse(host["mx.d".Length..host.IndexOf('.', "mx.d".Length)], CultureInfo.InvariantCulture) % every == every - 1;

    /// <summary>Hands over this session's share of the messages, one command group at a time.</summary>
    private static async Task SendAsync(int port, int session, int destinations, CancellationToken cancel)
    {
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, port, cancel);
        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
        await ReplyAsync(reader, cancel);
        await SayAsync("EHLO client.test\r\n", 1);
        for (var i = session; i < destinations * MessagesEach; i += Sessions)
        {
            await SayAsync($"MAIL FROM:<a@bench.test>\r\nRCPT TO:<b@d{i % destinations}.test>\r\nDATA\r\n", 3);
            await SayAsync("Subject: hello\r\n\r\nhello\r\n.\r\n", 1);
        }

        async Task SayAsync(string text, int replies)
        {
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text), cancel);
            for (; replies > 0; replies--)
            {
                await ReplyAsync(reader, cancel);
            }
        }
    }

    private static async Task ReplyAsync(StreamReader reader, CancellationToken cancel)
    {
        while (await reader.ReadLineAsync(cancel) is { } line)
        {
            if (line[0] is not ('2' or '3'))
            {
                throw new BenchException($"Parley refused: {line}");
            }

            if (line.Length < 4 || line[3] == ' ')
            {
                return;
            }
        }

        throw new BenchException("Parley closed the connection.");
    }
}
