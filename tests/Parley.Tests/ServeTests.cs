using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Parley.Tests;

public sealed class ServeTests : IDisposable
{
    private readonly RunningProgram parley = new();
    private readonly List<Process> started = [];

    public void Dispose()
    {
        foreach (var process in started)
        {
            if (!process.HasExited)
            {
                process.Kill();
                process.WaitForExit();
            }

            process.Dispose();
        }

        parley.Dispose();
    }

    // The process and the ports of its ready line.
    private (Process Process, int[] Ports) Serve(params string[] arguments)
    {
        var process = parley.Start(["serve", .. arguments]);
        started.Add(process);
        var ready = process.StandardOutput.ReadLine() ?? "";
        var match = Regex.Match(ready, @"^ready smtp=(?:(?:127\.0\.0\.1|\[::1\]):(?<port>\d+),?)+ http=\S+$", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(60));
        Assert.True(match.Success, $"not a ready line: \"{ready}\" {(ready.Length == 0 ? process.StandardError.ReadToEnd() : "")}");
        return (process, [.. match.Groups["port"].Captures.Select(c => int.Parse(c.Value, CultureInfo.InvariantCulture))]);
    }

    private static Client Connect(int port) => new(port);

    private static void Signal(string name, Process process)
    {
        using var kill = Process.Start("kill", ["-" + name, process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    [Fact]
    public void The_ready_line_names_the_ports_in_order_and_a_client_is_greeted_there()
    {
        var (_, ports) = Serve("--smtp", "127.0.0.1:0", "--smtp", "[::1]:0", "--http", "-");

        Assert.Equal(2, ports.Distinct().Count());
        using var client = Connect(ports[0]);
        Assert.StartsWith("220 ", client.Read(), StringComparison.Ordinal);
    }

    [Fact]
    public void Terminated_it_tells_the_idle_and_ends_with_0()
    {
        var (process, ports) = Serve("--smtp", "127.0.0.1:0", "--http", "-");
        using var client = Connect(ports[0]);
        client.Read();

        Signal("TERM", process);

        Assert.StartsWith("421 4.3.2 ", client.Read(), StringComparison.Ordinal);
        Assert.Null(client.Read());
        client.Dispose();
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(60)), "it did not end");
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public void The_catcher_says_how_its_certificate_is_trusted()
    {
        var data = Path.Combine(parley.Folder, "data");
        var (process, _) = Serve("--smtp", "127.0.0.1:0", "--http", "-", "--data", data);
        Signal("TERM", process);

        Assert.Contains(
            $"TLS works with a certificate of our own for localhost; a client trusts it when given {Path.Combine(data, "tls/localhost.pem")} as its authority",
            process.StandardError.ReadToEnd(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_server_on_the_same_data_is_refused()
    {
        var data = Path.Combine(parley.Folder, "data");
        Serve("--smtp", "127.0.0.1:0", "--http", "-", "--data", data);

        var second = parley.Run("serve", "--smtp", "127.0.0.1:0", "--http", "-", "--data", data);

        Assert.Equal((2, ""), (second.ExitCode, second.Output));
        Assert.StartsWith($"parley serve: {data} is in use by another server; ", second.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_rest_in_the_state_folder_of_the_user()
    {
        parley.Set("XDG_STATE_HOME", Path.Combine(parley.Folder, "state"));
        Serve("--smtp", "127.0.0.1:0", "--http", "-");

        Assert.True(File.Exists(Path.Combine(parley.Folder, "state/parley/queue.db")));
    }

    [Theory]
    [InlineData("--smtp", "--http")]
    [InlineData("--http", "--smtp")]
    public void An_address_in_use_is_said_in_one_line(string taken, string free)
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();

        var outcome = parley.Run("serve", taken, other.LocalEndpoint.ToString()!, free, "127.0.0.1:0");

        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains($"parley serve: cannot listen on {other.LocalEndpoint}: ", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--smtp", "--http", "`listeners`")]
    [InlineData("--http", "--smtp", "`http.address`")]
    public void An_address_that_the_machine_does_not_have_is_said_with_its_mend(string wrong, string right, string key)
    {
        var outcome = parley.Run("serve", wrong, "203.0.113.5:2525", right, "127.0.0.1:0");

        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains("parley serve: cannot listen on 203.0.113.5:2525: ", outcome.Error, StringComparison.Ordinal);
        Assert.EndsWith($"; give an address that this machine has, or 0.0.0.0 or [::] for all of them, with {wrong} or {key}\n", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_servers_do_not_share_the_mail_of_one_address()
    {
        var (_, ports) = Serve("--smtp", "127.0.0.1:0", "--http", "-");

        var second = parley.Run("serve", "--smtp", $"127.0.0.1:{ports[0]}", "--http", "-", "--data", Path.Combine(parley.Folder, "other"));

        Assert.Equal((2, ""), (second.ExitCode, second.Output));
        Assert.Contains($"parley serve: cannot listen on 127.0.0.1:{ports[0]}: ", second.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_address_is_free_again_at_once_though_closed_connections_linger()
    {
        var (process, ports) = Serve("--smtp", "127.0.0.1:0", "--http", "-");
        using var client = Connect(ports[0]);
        client.Read();
        client.Write("QUIT");
        Assert.StartsWith("221 ", client.Read(), StringComparison.Ordinal);
        Assert.Null(client.Read()); // the server closed first, so that its end lingers
        client.Dispose();
        Signal("TERM", process);
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(60)), "it did not end");

        Assert.Equal(ports, Serve("--smtp", $"127.0.0.1:{ports[0]}", "--http", "-").Ports);
    }

    [Fact]
    public void A_configuration_with_faults_does_not_start()
    {
        parley.Write("parley.json", """{ "hostnam": "mx.example.org" }""");

        Assert.Equal(
            new Outcome(2, "", "parley.json:1:3: error: hostnam: unknown key; did you mean \"hostname\"?\n"),
            parley.Run("serve", "--smtp", "127.0.0.1:0"));
    }

    [Fact]
    public void A_signal_makes_it_read_the_configuration_again_without_dropping_a_session()
    {
        parley.Write("parley.json", """{ "hostname": "before.example" }""");
        var (process, ports) = Serve("--smtp", "127.0.0.1:0", "--http", "-");
        using var old = Connect(ports[0]);
        Assert.StartsWith("220 before.example ", old.Read(), StringComparison.Ordinal);

        parley.Write("parley.json", """{ "hostname": "after.example" }""");
        Signal("HUP", process);

        Assert.True(Eventually(() =>
        {
            using var client = Connect(ports[0]);
            return client.Read()!.StartsWith("220 after.example ", StringComparison.Ordinal);
        }), "the new name never came");
        old.Write("NOOP");
        Assert.StartsWith("250 ", old.Read(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_configuration_is_not_taken()
    {
        parley.Write("parley.json", """{ "hostname": "before.example" }""");
        var (process, ports) = Serve("--smtp", "127.0.0.1:0", "--http", "-");

        parley.Write("parley.json", """{ "hostname": "after example" }""");
        Signal("HUP", process);

        Assert.True(Eventually(() => process.StandardError.ReadLine()?.Contains("hostname: \"after example\" is not a domain", StringComparison.Ordinal) == true), "the fault was not logged");
        Assert.True(Eventually(() => process.StandardError.ReadLine()?.Contains("is not taken", StringComparison.Ordinal) == true), "it was not said what follows");
        using var client = Connect(ports[0]);
        Assert.StartsWith("220 before.example ", client.Read(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_log_tells_what_became_of_each_message()
    {
        parley.Write("parley.json", """{ "hostname": "mx.example", "trustedNetworks": ["127.0.0.0/8"], "routes": [{ "match": "*", "smarthost": "127.0.0.1:1" }] }""");
        var (process, ports) = Serve("--smtp", "127.0.0.1:0", "--http", "-");
        using var client = Connect(ports[0]);
        client.Read();
        foreach (var line in new[] { "EHLO client.example", "MAIL FROM:<>", "RCPT TO:<b@example.net>", "DATA", "Subject: x\r\n\r\nHello\r\n." })
        {
            client.Write(line);
            client.ReadReply();
        }

        Assert.True(Eventually(() => process.StandardError.ReadLine()?.Contains(": accepted from 127.0.0.1, sender <>, ", StringComparison.Ordinal) == true), "nothing was said of the acceptance");
        Assert.True(Eventually(() => process.StandardError.ReadLine()?.Contains(": <b@example.net> deferred: ", StringComparison.Ordinal) == true), "nothing was said of the delivery");
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1")]
    public void It_serves_with_inline_completions_and_without(string inline)
    {
        parley.Set("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", inline);
        var (_, ports) = Serve("--smtp", "127.0.0.1:0", "--http", "-");
        using var client = Connect(ports[0]);
        client.Read();

        foreach (var (line, code) in new[] { ("EHLO client.example", "250"), ("MAIL FROM:<a@example.org>", "250"), ("RCPT TO:<b@example.net>", "250"), ("DATA", "354"), ("Subject: x\r\n\r\nHello\r\n.", "250"), ("QUIT", "221") })
        {
            client.Write(line);
            Assert.StartsWith(code, client.ReadReply(), StringComparison.Ordinal);
        }
    }

    private static bool Eventually(Func<bool> isSo)
    {
        for (var i = 0; i < 100; i++)
        {
            if (isSo())
            {
                return true;
            }

            Thread.Sleep(50);
        }

        return false;
    }

    /// <summary>A client that waits for each reply.</summary>
    private sealed class Client : IDisposable
    {
        private readonly TcpClient tcp;
        private readonly StreamReader reader;

        public Client(int port)
        {
            tcp = new TcpClient("127.0.0.1", port) { ReceiveTimeout = 20_000 };
            reader = new StreamReader(tcp.GetStream());
        }

        public string? Read() => reader.ReadLine();

        /// <summary>The last line of a reply.</summary>
        public string? ReadReply()
        {
            var line = Read();
            while (line is { Length: > 3 } && line[3] == '-')
            {
                line = Read();
            }

            return line;
        }

        public void Write(string line) => tcp.GetStream().Write(System.Text.Encoding.ASCII.GetBytes(line + "\r\n"));

        public void Dispose()
        {
            reader.Dispose();
            tcp.Dispose();
        }
    }
}
