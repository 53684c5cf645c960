using Parley.Bench.Clients;
using Parley.Bench.Measuring;
using Parley.Bench.Peers;
using Parley.Bench.Reporting;

namespace Parley.Bench.Scenarios;

/// <summary>Mail that goes on: client, server, smtp-sink, until the sink has all of it.</summary>
public sealed class Relay : IScenario
{
    private const int Messages = 20_000;
    private const int Octets = 2048;
    private const int Sessions = 20;
    private const int Concurrency = 50;

    public string Name => "relay";

    public string Describe => "client to server to smtp-sink until all has arrived, Parley beside Postfix (root)";

    public async Task<ScenarioResult> RunAsync(BenchSettings settings, string folder, CancellationToken cancel)
    {
        await using var behindParley = await SmtpSinkPeer.StartAsync(counting: true, cancel);
        await using var behindPostfix = await SmtpSinkPeer.StartAsync(counting: true, cancel);
        await using var parley = await ParleyPeer.StartAsync(
            settings.Installation, Path.Combine(folder, "parley"), ParleyConfiguration.Relay(behindParley.Port, Concurrency), cancel);
        await using var postfix = await PostfixPeer.StartAsync(
            Path.Combine(folder, "postfix"), new PostfixSetup { RelayPort = behindPostfix.Port, RelayConcurrency = Concurrency }, cancel);
        var sinks = new Dictionary<IPeer, SmtpSinkPeer> { [parley] = behindParley, [postfix] = behindPostfix };
        var messages = (int)(Messages * Math.Min(1, settings.DriveTime.TotalSeconds / 3));
        var load = new Load(Sessions, Octets, settings.DriveTime) { To = "somebody@next.test" };
        Progress.Say($"relay: {messages} messages a drive");
        var lanes = await new SideBySide(settings, folder).RunAsync([parley, postfix], [new RelayClient(sinks, messages)], load, cancel);
        var (ours, theirs) = (lanes[0], lanes[1]);
        return new ScenarioResult(
            $"Relay of {messages} messages, {Concurrency} connections to the next hop",
            LaneTable.Columns,
            LaneTable.Rows(load, lanes),
            [
                Goal.Least("messages/s of Postfix's", 5, ours.Rate.Median / theirs.Rate.Median),
                Goal.Most("CPU a message of Postfix's", 0.2, ours.Cpu.Median / theirs.Cpu.Median),
            ]);
    }
}
