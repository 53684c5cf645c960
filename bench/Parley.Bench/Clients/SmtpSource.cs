using System.Diagnostics;
using System.Globalization;
using Parley.Bench.Measuring;
using Parley.Bench.Peers;

namespace Parley.Bench.Clients;

/// <summary>Postfix's smtp-source: many messages on each connection, no pipelining, no latencies. A refusal ends it with an error.</summary>
public sealed class SmtpSource : IClient
{
    private const int FewestPerSession = 5;

    private readonly string _program = Installation.Tool("smtp-source", "postfix");

    public string Name => "smtp-source";

    public async Task<Drive> DriveAsync(IPeer peer, Load load, double expectedPerSecond, CancellationToken cancel)
    {
        var count = Math.Max(load.Sessions * FewestPerSession, (int)(expectedPerSecond * load.Time.TotalSeconds));
        var clock = Stopwatch.StartNew();
        await SendAsync(peer, load, count, cancel);
        return new Drive(count, count, count / clock.Elapsed.TotalSeconds);
    }

    /// <summary>Sends exactly <paramref name="count"/> messages.</summary>
    public Task SendAsync(IPeer peer, Load load, int count, CancellationToken cancel)
        => Child.RunAsync(_program, Arguments(peer, load, count), cancel);

    private static IEnumerable<string> Arguments(IPeer peer, Load load, int count)
        => string.Create(
            CultureInfo.InvariantCulture,
            $"-4 -d -s {load.Sessions} -m {count} -l {load.Size} -f load@bench.test -t {load.To} 127.0.0.1:{peer.Port}").Split(' ');
}
