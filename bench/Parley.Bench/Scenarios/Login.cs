using Parley.Bench.Clients;
using Parley.Bench.Measuring;
using Parley.Bench.Peers;
using Parley.Bench.Reporting;

namespace Parley.Bench.Scenarios;

/// <summary>Sessions that log in: connect, EHLO, STARTTLS with a full handshake, EHLO, AUTH PLAIN, QUIT.</summary>
public sealed class Login : IScenario
{
    private const int ManySessions = 50;
    private static readonly int[] Parallel = [1, 10, ManySessions];

    public string Name => "login";

    public string Describe => "sessions with STARTTLS and AUTH, Parley beside Postfix with Dovecot (root)";

    public async Task<ScenarioResult> RunAsync(BenchSettings settings, string folder, CancellationToken cancel)
    {
        var login = await LoginFixture.CreateAsync(folder, cancel);
        await using var parley = await ParleyPeer.StartAsync(settings.Installation, Path.Combine(folder, "parley"), ParleyConfiguration.Submission(login), cancel);
        await using var postfix = await PostfixPeer.StartAsync(Path.Combine(folder, "postfix"), new PostfixSetup { Login = login }, cancel);
        var client = new LoginClient(settings.Installation, login);
        var rows = new List<IReadOnlyList<string>>();
        var goals = new List<Goal>();
        foreach (var sessions in Parallel)
        {
            Progress.Say($"login: {sessions} in parallel");
            var load = new Load(sessions, 0, settings.DriveTime);
            var lanes = await new SideBySide(settings, folder).RunAsync([parley, postfix], [client], load, cancel);
            rows.AddRange(LaneTable.Rows(load, lanes));
            var (ours, theirs) = (lanes[0], lanes[1]);
            goals.Add(Goal.Least($"{sessions} in parallel: sessions/s of Postfix's", sessions == ManySessions ? 1 : 2, ours.Rate.Median / theirs.Rate.Median));
            goals.Add(Goal.Most($"{sessions} in parallel: CPU a session of Postfix's and Dovecot's", 0.7, ours.Cpu.Median / theirs.Cpu.Median));
        }

        string[] columns = [.. LaneTable.Columns.Select(column => column.Replace("messages", "sessions", StringComparison.Ordinal))];
        return new ScenarioResult("Login", columns, rows, goals);
    }
}
