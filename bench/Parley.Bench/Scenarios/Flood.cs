using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Parley.Bench.Clients;
using Parley.Bench.Measuring;
using Parley.Bench.Peers;
using Parley.Bench.Reporting;
using Parley.LoadClient;

namespace Parley.Bench.Scenarios;

/// <summary>
/// Whether wrong logins at one listener slow down the mail at another: once from several addresses, which come to their
/// limit, and once from so many addresses at so many names that no limit is reached and each costs the server its most.
/// What the guessing program itself takes of the cores is shown, and not taken off.
/// </summary>
public sealed class Flood : IScenario
{
    private const double GoalShare = 0.8;
    private const int GuessesPerSecond = 100;
    private static readonly Guesses None = new("nothing else", 0, 0);
    private static readonly Guesses Several = new("wrong logins from 8 addresses at one name", 8, 1);
    private static readonly Guesses Many = new("wrong logins from 1000 addresses at 1000 names", 1000, 1000);
    private static readonly Load Accept = new(50, 1024, TimeSpan.Zero);

    // The guessing begins before the measured drive, by as long as the guessing program takes to be compiled (until then it
    // costs thrice as much as later and takes the cores that the drive needs), and outlasts it: the mailing program takes
    // its time to start and to warm up, on a busy machine seconds.
    private static readonly TimeSpan Lead = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(5);

    public string Name => "flood";

    public string Describe => "accept rate while 100 wrong logins a second come from several addresses";

    public async Task<ScenarioResult> RunAsync(BenchSettings settings, string folder, CancellationToken cancel)
    {
        var login = await LoginFixture.CreateAsync(folder, cancel);
        await using var parley = await ParleyPeer.StartAsync(
            settings.Installation, Path.Combine(folder, "parley"), ParleyConfiguration.Mx().With(login), cancel);
        var client = new Clients.LoadClient(settings.Installation, pipelining: false);
        await client.DriveAsync(parley, Accept with { Time = settings.WarmUp }, 0, cancel);
        Row[] rows = [new(None), new(Several), new(Many)];
        for (var round = 1; round <= settings.Rounds; round++)
        {
            foreach (var row in rows)
            {
                Progress.Say($"flood: round {round}, {row.Guesses.What}");
                await new SideBySide(settings, folder).SettleAsync([parley], cancel);
                await using var guessing = row.Guesses == None ? null : Guess(settings, parley, login, row.Guesses);
                await Task.Delay(guessing is null ? TimeSpan.Zero : Lead, cancel);
                await DriveAsync(client, parley, guessing, Accept with { Time = settings.DriveTime }, row, cancel);
            }
        }

        return Result(rows);
    }

    private static async Task DriveAsync(
        Clients.LoadClient client, ParleyPeer parley, Child? guessing, Load load, Row row, CancellationToken cancel)
    {
        int[] guesser = guessing is null ? [] : [guessing.Id];
        var (served, guessed, since) = (ProcessTree.CpuSeconds(parley.RootProcesses), ProcessTree.CpuSeconds(guesser), Stopwatch.StartNew());
        var drive = await client.DriveAsync(parley, load, 0, cancel);
        row.Rates.Add(drive.PerSecond);
        row.Cpu.Add((ProcessTree.CpuSeconds(parley.RootProcesses) - served) * 1000 / drive.Taken);
        row.Guesser.Add((ProcessTree.CpuSeconds(guesser) - guessed) / since.Elapsed.TotalSeconds);
        if (guessing is not null)
        {
            if (guessing.HasExited)
            {
                throw new BenchException("The wrong logins ended before the mail did; run it again when the machine is less busy.");
            }

            row.Add(JsonSerializer.Deserialize<GuessReport>(await guessing.LineAsync("{", cancel), LoadReport.Json)!);
        }
    }

    private static ScenarioResult Result(Row[] rows)
    {
        var (quiet, several) = (Spread.Of(rows[0].Rates).Median, rows[1]);
        return new ScenarioResult(
            "Wrong logins beside mail (50 sessions, 1024 octets)",
            ["while", "messages/s", "share", "CPU s per 1000", "guesser's CPU, cores", "wrong logins/s", "how they ended"],
            [.. rows.Select(row => row.Cells(quiet))],
            [
                Goal.Least("messages/s while wrong logins come from 8 addresses, share of without", GoalShare, Spread.Of(several.Rates).Median / quiet),
                Goal.Least("wrong logins tried a second", GuessesPerSecond * 0.95, Spread.Of(several.Attempts).Median, "/s"),
            ]);
    }

    private static Child Guess(BenchSettings settings, ParleyPeer parley, LoginFixture login, Guesses guesses)
        => Child.Start(
            settings.Installation.LoadClient,
            [
                .. string.Create(
                    CultureInfo.InvariantCulture,
                    $"guess 127.0.0.1:{parley.Ports[1]} --rate {GuessesPerSecond} --sources {guesses.Addresses} --names {guesses.Names} --tls starttls --auth PLAIN").Split(' '),
                "--seconds", (Lead + settings.DriveTime + Margin).TotalSeconds.ToString(CultureInfo.InvariantCulture),
                "--user", login.User, "--password-file", login.WrongPasswordFile,
            ]);

    /// <summary>Who guesses: from how many addresses, at how many names in turn.</summary>
    private sealed record Guesses(string What, int Addresses, int Names);

    /// <summary>What all rounds with the same guesses gave.</summary>
    private sealed record Row(Guesses Guesses)
    {
        private readonly SortedDictionary<string, long> _outcomes = new(StringComparer.Ordinal);

        public List<double> Rates { get; } = [];

        /// <summary>Parley's, in seconds per 1000 messages, that of the wrong logins included.</summary>
        public List<double> Cpu { get; } = [];

        public List<double> Guesser { get; } = [];

        public List<double> Attempts { get; } = [];

        public void Add(GuessReport report)
        {
            Attempts.Add(report.Attempts / report.Seconds);
            foreach (var (outcome, count) in report.Outcomes)
            {
                // Anything else is no refused login, and the figures would be of something else.
                _outcomes[outcome] = outcome is "535" or "454" or "421" or "lost"
                    ? _outcomes.GetValueOrDefault(outcome) + count
                    : throw new BenchException($"{count} of the wrong logins ended with '{outcome}', not with a refusal of the credentials.");
            }
        }

        public IReadOnlyList<string> Cells(double quiet) =>
        [
            Guesses.What,
            Markdown.Text(Spread.Of(Rates), "0"),
            Markdown.Number(Spread.Of(Rates).Median / quiet, "0.00"),
            Markdown.Text(Spread.Of(Cpu), "0.000"),
            Markdown.Text(Spread.Of(Guesser), "0.00"),
            Markdown.Text(Spread.Of(Attempts), "0"),
            string.Join(", ", _outcomes.Select(outcome => string.Create(CultureInfo.InvariantCulture, $"{outcome.Key}: {outcome.Value}"))),
        ];
    }
}
