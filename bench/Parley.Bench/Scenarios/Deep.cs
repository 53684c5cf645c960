using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Parley.Bench.Clients;
using Parley.Bench.Measuring;
using Parley.Bench.Peers;
using Parley.Bench.Reporting;

namespace Parley.Bench.Scenarios;

/// <summary>A queue full of mail to a next hop that is down: what it costs new mail, and a restart.</summary>
public sealed class Deep : IScenario
{
    private const double GoalShare = 0.8;
    private const double GoalSeconds = 5;
    private const int Entries = 200_000;
    private static readonly Load Accept = new(50, 1024, TimeSpan.Zero);
    private static readonly Load FillUp = Accept with { To = "somebody@next.test" };

    public string Name => "deep";

    public string Describe => "accept rate and restart with 200,000 deferred entries in the queue";

    public async Task<ScenarioResult> RunAsync(BenchSettings settings, string folder, CancellationToken cancel)
    {
        var entries = (int)(Entries * Math.Min(1, settings.DriveTime.TotalSeconds / 3));
        var client = new Clients.LoadClient(settings.Installation, pipelining: false);
        var load = Accept with { Time = settings.DriveTime };

        // Bound and not listening: the port stays taken, and whoever connects is refused.
        using var nobody = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        nobody.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var configuration = ParleyConfiguration.Relay(((IPEndPoint)nobody.LocalEndPoint!).Port, concurrency: 20);
        double[] empty, deep;
        var data = Path.Combine(folder, "parley");
        await using (var parley = await ParleyPeer.StartAsync(settings.Installation, data, configuration, cancel))
        {
            await client.DriveAsync(parley, load with { Time = settings.WarmUp }, 0, cancel);
            empty = await DriveAsync(parley, "empty queue");
            Progress.Say($"deep: {entries} messages to a next hop that is down");
            await client.SendCountAsync(parley, FillUp, entries, cancel);
            await WaitForAsync(parley, entries, cancel);
            deep = await DriveAsync(parley, "deep queue");
        }

        var starts = new List<double>();
        for (var round = 0; round < settings.Rounds; round++)
        {
            starts.Add(await Start.TimeAsync(settings, data, configuration, cancel));
        }

        return new ScenarioResult(
            $"{entries} deferred messages in the queue (50 sessions, 1024 octets to a mailbox)",
            ["queue", "messages/s", "seconds to ready"],
            [
                ["empty", Markdown.Text(Spread.Of(empty), "0"), "–"],
                [Markdown.Number(entries, "0"), Markdown.Text(Spread.Of(deep), "0"), Markdown.Text(Spread.Of(starts), "0.00")],
            ],
            [
                Goal.Least("messages/s of those with an empty queue", GoalShare, Spread.Of(deep).Median / Spread.Of(empty).Median),
                Goal.Most("longest time to ready", GoalSeconds, starts.Max(), "s"),
            ]);

        async Task<double[]> DriveAsync(ParleyPeer parley, string state)
        {
            var rates = new List<double>();
            for (var round = 1; round <= settings.Rounds; round++)
            {
                Progress.Say($"deep: {state}, round {round}");
                await new SideBySide(settings, folder).SettleAsync([parley], cancel);
                rates.Add((await client.DriveAsync(parley, load, 0, cancel)).PerSecond);
            }

            return [.. rates];
        }
    }

    private static async Task WaitForAsync(ParleyPeer parley, int entries, CancellationToken cancel)
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://{parley.Http}/") };
        const string Gauge = "\nparley_queue_messages ";
        for (var look = 0; look < 100; look++)
        {
            var metrics = await http.GetStringAsync(new Uri("metrics", UriKind.Relative), cancel);
            var at = metrics.IndexOf(Gauge, StringComparison.Ordinal) + Gauge.Length;
            if (double.Parse(metrics[at..metrics.IndexOf('\n', at)], CultureInfo.InvariantCulture) >= entries)
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), cancel);
        }

        throw new BenchException($"The queue does not hold {entries} messages, so there is nothing to measure.");
    }
}
