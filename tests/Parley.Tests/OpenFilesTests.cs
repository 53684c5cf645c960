using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Parley.Tests.Shared;

namespace Parley.Tests;

/// <summary>The program where the system lets it open few files: clients that take all they can get do not end it.</summary>
public sealed class OpenFilesTests : IDisposable
{
    private const int AMinute = 60_000;

    private readonly RunningProgram parley = new();
    private readonly List<TcpClient> clients = [];
    private Process? process;

    public void Dispose()
    {
        clients.ForEach(client => client.Dispose());
        if (process is { HasExited: false })
        {
            process.Kill();
            process.WaitForExit();
        }

        process?.Dispose();
        parley.Dispose();
    }

    [Fact]
    public void A_limit_that_is_too_low_is_said_with_its_mend()
    {
        Assert.InRange(LeastFiles(), 200, 1000);
    }

    [Fact]
    public void At_the_lowest_limit_clients_that_take_all_they_can_get_do_not_end_it_and_mail_is_taken_after_them()
    {
        var (smtp, http) = Serve(LeastFiles());
        var served = 0;
        for (var i = 0; i < 300; i++)
        {
            Connect(http); // and never asks
            var client = Connect(smtp);
            if (Answer(client)?.StartsWith("220 ", StringComparison.Ordinal) == true)
            {
                served++;
                BeginLongMessage(client);
            }
        }

        Assert.InRange(served, 20, 299);
        Assert.False(process!.HasExited, "it ended");
        clients.ForEach(client => client.Dispose());
        clients.Clear();

        // It notices one by one that they have gone.
        var answer = Deliver(smtp);
        for (var since = Stopwatch.StartNew(); !answer.StartsWith("250 ", StringComparison.Ordinal) && since.ElapsedMilliseconds < AMinute; answer = Deliver(smtp))
        {
            Thread.Sleep(100);
        }

        Assert.StartsWith("250 ", answer, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200 ", Say(Connect(http), "GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"), StringComparison.Ordinal);
    }

    private static string Long { get; } = "Subject: long\r\n\r\n" + new StringBuilder().Insert(0, new string('x', 70) + "\r\n", 5000);

    // The lowest limit with which it starts, as it says itself where the limit is lower.
    private int LeastFiles()
    {
        Tools.Require("bash");
        using var refused = Start(64);
        var error = refused.StandardError.ReadToEnd();
        Assert.True(refused.WaitForExit(AMinute), "it did not end");
        Assert.Equal(2, refused.ExitCode);
        var said = Regex.Match(error, @"^parley serve: this process may open 64 files and sockets, and a server needs (?<least>\d+) at least; raise the limit: `ulimit -n 65536` in the shell that starts it, LimitNOFILE=65536 in a systemd unit\n$", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
        Assert.True(said.Success, error);
        return int.Parse(said.Groups["least"].Value, CultureInfo.InvariantCulture);
    }

    private (int Smtp, int Http) Serve(int files)
    {
        process = Start(files);
        var ready = process.StandardOutput.ReadLine() ?? "";
        var ports = Regex.Match(ready, @"^ready smtp=127\.0\.0\.1:(?<smtp>\d+) http=127\.0\.0\.1:(?<http>\d+)$", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
        Assert.True(ports.Success, ready.Length > 0 ? ready : process.StandardError.ReadToEnd());
        process.BeginErrorReadLine(); // so that its log never waits for us
        return (int.Parse(ports.Groups["smtp"].Value, CultureInfo.InvariantCulture), int.Parse(ports.Groups["http"].Value, CultureInfo.InvariantCulture));
    }

    private Process Start(int files) => parley.StartUnder(
        "bash",
        ["-c", $"ulimit -n {files}; exec \"$0\" \"$@\""],
        ["serve", "--smtp", "127.0.0.1:0", "--http", "127.0.0.1:0"]);

    private TcpClient Connect(int port)
    {
        var client = new TcpClient("127.0.0.1", port) { ReceiveTimeout = AMinute, SendTimeout = AMinute };
        clients.Add(client);
        return client;
    }

    // The first octets of what it says; null where it closes without a word.
    private static string? Answer(TcpClient client)
    {
        var octets = new byte[1000];
        try
        {
            var length = client.GetStream().Read(octets);
            return length == 0 ? null : Encoding.ASCII.GetString(octets, 0, length);
        }
        catch (IOException reset) when (reset.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset })
        {
            return null;
        }
    }

    private static string Say(TcpClient client, string text)
    {
        client.GetStream().Write(Encoding.ASCII.GetBytes(text));
        return Answer(client) ?? "(closed)";
    }

    private static void BeginLongMessage(TcpClient client)
    {
        foreach (var (line, expected) in new[] { ("HELO client.example", "250 "), ("MAIL FROM:<a@example.org>", "250 "), ("RCPT TO:<b@example.net>", "250 "), ("DATA", "354 ") })
        {
            Assert.StartsWith(expected, Say(client, line + "\r\n"), StringComparison.Ordinal);
        }

        client.GetStream().Write(Encoding.ASCII.GetBytes(Long));
    }

    // What is said of a long message at its end, or instead of the greeting.
    private string Deliver(int port)
    {
        var client = Connect(port);
        var greeting = Answer(client) ?? "(closed)";
        if (!greeting.StartsWith("220 ", StringComparison.Ordinal))
        {
            return greeting;
        }

        BeginLongMessage(client);
        return Say(client, ".\r\n");
    }
}
