using System.Globalization;
using System.Text.Json;
using Parley.Bench.Clients;
using Parley.Bench.Measuring;
using Parley.Bench.Peers;
using Parley.Bench.Reporting;
using Parley.LoadClient;

namespace Parley.Bench.Scenarios;

/// <summary>Whether wrong logins at one listener slow down the mail at another.</summary>
public sealed class Flood : IScenario
{
    private const double GoalShare = 0.8;
    private const int GuessesPerSecond = 100;
    private const int GuessingAddresses = 8;
    private static readonly Load Accept = new(50, 1024, TimeSpan.Zero);

    // The guessing begins before the measured drive, by as long as the guessing program takes to be compiled (until then it
    // costs thrice as much as later and takes the cores that the drive needs), and outlasts it.
    private static readonly TimeSpan Lead = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(1);

    public string Name => "flood";

    public string Describe => "accept rate while 100 wrong logins a second come from several addresses";

    public async Task<ScenarioResult> RunAsync(BenchSettings settings, string folder, CancellationToken cancel)
    {
        var login = await LoginFixture.CreateAsync(folder, cancel);
        await using var parley = await ParleyPeer.StartAsync(
            settings.Installation, Path.Combine(folder, "parley"), ParleyConfiguration.Mx().With(login), cancel);
        var client = new Clients.LoadClient(settings.Installation, pipelining: false);
        var quiet = new List<double>();
        var flooded = new List<double>();
        var attempts = new List<double>();
        var outcomes = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var load = Accept with { Time = settings.DriveTime };
        await client.DriveAsync(parley, load with { Time = settings.WarmUp }, 0, cancel);
        for (var round = 1; round <= settings.Rounds; round++)
        {
            Progress.Say($"flood: round {round}");
            await new SideBySide(settings, folder).SettleAsync([parley], cancel);
            quiet.Add((await client.DriveAsync(parley, load, 0, cancel)).PerSecond);
            await new SideBySide(settings, folder).SettleAsync([parley], cancel);
            await using var guessing = Guess(settings, parley, login);
            await Task.Delay(Lead, cancel);
            flooded.Add((await client.DriveAsync(parley, load, 0, cancel)).PerSecond);
            var report = JsonSerializer.Deserialize<GuessReport>(await guessing.LineAsync("{", cancel), LoadReport.Json)!;
            attempts.Add(report.Attempts / report.Seconds);
            foreach (var (outcome, count) in report.Outcomes)
            {
                outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + count;
            }
        }

        // Anything else is no refused login, and the figures would be of something else.
        if (outcomes.Keys.FirstOrDefault(outcome => outcome is not ("535" or "454" or "421" or "lost")) is { } other)
        {
            throw new BenchException($"{outcomes[other]} of the wrong logins ended with '{other}', not with a refusal of the credentials.");
        }

        return Result((quiet, flooded, attempts), outcomes);
    }

    private static ScenarioResult Result(
        (List<double> Quiet, List<double> Flooded, List<double> Attempts) rates, SortedDictionary<string, long> outcomes)
    {
        var (quiet, flooded) = (Spread.Of(rates.Quiet), Spread.Of(rates.Flooded));
        var ends = string.Join(", ", outcomes.Select(outcome => string.Create(CultureInfo.InvariantCulture, $"{outcome.Key}: {outcome.Value}")));
        return new ScenarioResult(
            "Wrong logins beside mail (50 sessions, 1024 octets)",
            ["while", "messages/s", "wrong logins/s", "how they ended"],
            [
                ["nothing else", Markdown.Text(quiet, "0"), "0", ""],
                ["wrong logins", Markdown.Text(flooded, "0"), Markdown.Text(Spread.Of(rates.Attempts), "0"), ends],
            ],
            [
                Goal.Least("messages/s of those without wrong logins", GoalShare, flooded.Median / quiet.Median),
                Goal.Least("wrong logins tried a second", GuessesPerSecond * 0.95, Spread.Of(rates.Attempts).Median, "/s"),
            ]);
    }

    private static Child Guess(BenchSettings settings, ParleyPeer parley, LoginFixture login)
        => Child.Start(
            settings.Installation.LoadClient,
            [
                .. string.Create(
                    CultureInfo.InvariantCulture,
                    $"guess 127.0.0.1:{parley.Ports[1]} --rate {GuessesPerSecond} --sources {GuessingAddresses} --tls starttls --auth PLAIN").Split(' '),
                "--seconds", (Lead + settings.DriveTime + Margin).TotalSeconds.ToString(CultureInfo.InvariantCulture),
                "--user", login.User, "--password-file", login.WrongPasswordFile,
            ]);
}
