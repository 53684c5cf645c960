using System.Text;

namespace Parley.Tests.Interop;

/// <summary>Real clients against the catcher: what arrives is what was sent, to the octet, under our trace fields.</summary>
public sealed class CatcherClientsTests : IDisposable
{
    private const string Message =
        "From: carol@example.net\r\nTo: alice@example.org\r\nSubject: =?utf-8?q?caf=C3=A9?=\r\n\r\n.a line with a dot\r\n..two\r\n.\r\n \r\ncafé\r\nlast line\r\n";

    private readonly ServingProgram parley = new(null, "--smtp", "127.0.0.1:0");

    public void Dispose() => parley.Dispose();

    private string Port => Peer.Text(parley.Smtp[0].Port);

    private string MessageFile()
    {
        var file = Path.Combine(parley.Folder, "message.eml");
        File.WriteAllText(file, Message, new UTF8Encoding(false));
        return file;
    }

    private async Task ArrivedAsItWasSent(string message = Message)
    {
        var id = Assert.Single(await parley.Messages());
        var raw = Encoding.UTF8.GetString(await parley.Raw(id));
        Assert.EndsWith("\r\n" + message, raw, StringComparison.Ordinal);
        var trace = raw[..^message.Length];
        Assert.StartsWith("Return-Path: <carol@example.net>\r\nReceived: from ", trace, StringComparison.Ordinal);
        Assert.Contains(" id " + id, trace, StringComparison.Ordinal);
        Assert.All(trace.TrimEnd().Split("\r\n"), line => Assert.Matches(@"^(Return-Path:|Received:|\t)", line));
    }

    [Fact]
    public async Task Swaks_delivers()
    {
        Peer.Need("swaks", "swaks");
        var (code, output) = await Peer.Run("swaks", null, "--server", "127.0.0.1", "--port", Port,
            "--from", "carol@example.net", "--to", "alice@example.org", "--data", "@" + MessageFile());
        Assert.True(code == 0, output);
        Assert.Contains("<-  250 2.0.0 Message accepted as ", output, StringComparison.Ordinal);
        Assert.Single(await parley.Messages());
    }

    [Fact]
    public async Task Swaks_delivers_inside_TLS_with_a_login()
    {
        Peer.Need("swaks", "swaks");
        var (code, output) = await Peer.Run("swaks", null, "--server", "127.0.0.1", "--port", Port, "--tls",
            "--auth", "PLAIN", "--auth-user", "anyone", "--auth-password", "any-secret-at-all", "--from", "carol@example.net", "--to", "alice@example.org");
        Assert.True(code == 0, output);
        Assert.Contains("235 2.7.0", output, StringComparison.Ordinal);
        var id = Assert.Single(await parley.Messages());
        Assert.Contains("with ESMTPSA", Encoding.UTF8.GetString(await parley.Raw(id)), StringComparison.Ordinal);
        Assert.DoesNotContain("any-secret-at-all", await parley.Http.GetStringAsync("api/v1/sessions"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Curl_delivers()
    {
        Peer.Need("curl", "curl");
        var (code, output) = await Peer.Run("curl", null, "-sS", $"smtp://127.0.0.1:{Port}/client.example.net",
            "--mail-from", "carol@example.net", "--mail-rcpt", "alice@example.org", "--upload-file", MessageFile());
        Assert.True(code == 0, output);
        await ArrivedAsItWasSent();
    }

    [Fact]
    public async Task Smtplib_delivers()
    {
        Peer.Need("python3", "python3");
        var (code, output) = await Peer.Run("python3", $"""
            import smtplib
            s = smtplib.SMTP("127.0.0.1", {Port})
            s.sendmail("carol@example.net", ["alice@example.org"], open("{MessageFile()}", "rb").read(), ["BODY=8BITMIME"])
            s.quit()
            """, "-");
        Assert.True(code == 0, output);
        await ArrivedAsItWasSent();
    }

    [Fact]
    public async Task Smtp_source_delivers_many()
    {
        Peer.Need("smtp-source", "postfix");
        var (code, output) = await Peer.Run("smtp-source", null, "-s", "5", "-m", "40", "-l", "4000",
            "-f", "carol@example.net", "-t", "alice@example.org", $"127.0.0.1:{Port}");
        Assert.True(code == 0, output);
        Assert.Equal(40, (await parley.Messages()).Count);
    }
}
