using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Parley.Tests.Interop;

public sealed class FloodTests : IDisposable
{
    private const int Attempts = 80;

    private readonly ServingProgram parley;

    public FloodTests()
    {
        var password = Path.GetTempFileName();
        File.WriteAllText(password, "open sesame\n");
        parley = new ServingProgram($$"""
            {
              "hostname": "localhost",
              "listeners": [{ "address": "127.0.0.1:0", "role": "submission", "tls": "none" }],
              "tls": { "allowPlaintextAuth": true },
              "domains": { "example.org": { "mailboxes": ["alice"] } },
              "users": { "alice": { "passwordFile": "{{password}}", "addresses": ["alice@example.org"] } }
            }
            """);
        File.Delete(password);
    }

    public void Dispose() => parley.Dispose();

    // A client that connects from an address of its own, logs in once and leaves.
    private async Task<(string Answer, TimeSpan Took)> LogIn(string from, string user, string secret)
    {
        using var tcp = new TcpClient(new IPEndPoint(IPAddress.Parse(from), 0));
        await tcp.ConnectAsync(parley.Smtp[0]);
        await using var stream = tcp.GetStream();
        using var reader = new StreamReader(stream, Encoding.ASCII);
        var greeting = await Answer(reader);
        if (!greeting.StartsWith("220 ", StringComparison.Ordinal))
        {
            return (greeting, TimeSpan.Zero);
        }

        await stream.WriteAsync("EHLO client.example.net\r\n"u8.ToArray());
        await Answer(reader);
        var began = Stopwatch.GetTimestamp();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"AUTH PLAIN {Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{user}\0{secret}"))}\r\n"));
        return (await Answer(reader), Stopwatch.GetElapsedTime(began));
    }

    private static async Task<string> Answer(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line.Length < 4 || line[3] == ' ')
            {
                return line;
            }
        }

        return "closed";
    }

    [Fact]
    public async Task Wrong_passwords_from_one_address_are_slowed_then_refused_and_others_go_on()
    {
        var first = await LogIn("127.0.0.2", "alice", "wrong");
        Assert.StartsWith("535 5.7.8", first.Answer, StringComparison.Ordinal);

        var flood = await Task.WhenAll(Enumerable.Range(0, Attempts).Select(async i => await LogIn("127.0.0.2", $"user{i}", "guess")));

        Assert.Contains(flood, f => f.Answer.StartsWith("535 5.7.8", StringComparison.Ordinal) && f.Took > TimeSpan.FromSeconds(1));

        // The next one, though its password would be right, does not get as far as a greeting. One failure is forgiven every
        // twelve seconds: should the machine have stood still for so long, it takes another.
        var next = await LogIn("127.0.0.2", "alice", "open sesame");
        for (var more = 0; more < Attempts && !next.Answer.StartsWith("421 ", StringComparison.Ordinal); more++)
        {
            await LogIn("127.0.0.2", $"user{more}", "guess");
            next = await LogIn("127.0.0.2", "alice", "open sesame");
        }

        Assert.StartsWith("421 4.7.0 Too many failed logins", next.Answer, StringComparison.Ordinal);

        // Somebody else is neither refused nor slowed.
        var friend = await LogIn("127.0.0.3", "alice", "open sesame");
        Assert.StartsWith("235 2.7.0", friend.Answer, StringComparison.Ordinal);

        var metrics = await parley.Http.GetStringAsync("metrics");
        var failures = Regex.Matches(metrics, @"(?m)^parley_auth_failures_total\{reason=""(?<reason>[^""]+)""\} (?<count>\d+)$", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(60));
        Assert.True(failures.Count > 0, metrics);
        Assert.Matches(@"parley_smtp_replies_total\{id=""too-many-logins-closing"",code=""421""\} [1-9]", metrics);
        Assert.DoesNotContain("guess", await parley.Http.GetStringAsync("api/v1/sessions?limit=200"), StringComparison.Ordinal);
    }
}
