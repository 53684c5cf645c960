using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Parley.Tests.Interop;

/// <summary>A Postfix in a folder of its own that relays by domain, as long as it is not disposed. It needs root.</summary>
internal sealed class RealPostfix : IAsyncDisposable
{
    private readonly string folder;

    private RealPostfix(string folder) => this.folder = folder;

    /// <summary>The end of its log, for a test that fails.</summary>
    public string Log => File.Exists(Path.Combine(folder, "maillog")) ? string.Join('\n', File.ReadLines(Path.Combine(folder, "maillog")).TakeLast(20)) : "";

    /// <summary>Skips the test where Postfix cannot run.</summary>
    public static void Need()
    {
        Peer.Need("postfix", "postfix");
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root, as the processes of Postfix change their user");
    }

    /// <summary>Starts it.</summary>
    /// <param name="port">Where it listens.</param>
    /// <param name="transports">Where mail for a domain goes: a port of this machine.</param>
    public static async Task<RealPostfix> Start(int port, params (string Domain, int Port)[] transports)
    {
        var folder = Directory.CreateTempSubdirectory("parley-postfix-").FullName;
        foreach (var name in new[] { "etc", "queue", "data" })
        {
            Directory.CreateDirectory(Path.Combine(folder, name));
        }

        // Its processes run as the user "postfix", so the folder must be passable for it.
        await Peer.Run("chmod", null, "-R", "755", folder);
        await Peer.Run("chown", null, "postfix", Path.Combine(folder, "data"));
        await File.WriteAllTextAsync(Path.Combine(folder, "etc", "main.cf"), MainFile(folder, transports));
        await File.WriteAllTextAsync(Path.Combine(folder, "etc", "master.cf"), MasterFile(port));
        var postfix = new RealPostfix(folder);
        var (code, output) = await Peer.Run("postfix", null, "-c", Path.Combine(folder, "etc"), "start");
        Assert.True(code == 0, output);
        await Ports.Answers(port);
        return postfix;
    }

    public async ValueTask DisposeAsync()
    {
        await Peer.Run("postfix", null, "-c", Path.Combine(folder, "etc"), "stop");
        Directory.Delete(folder, recursive: true);
    }

    private static string MainFile(string folder, (string Domain, int Port)[] transports) => $$"""
        compatibility_level = 3.6
        queue_directory = {{folder}}/queue
        data_directory = {{folder}}/data
        maillog_file = {{folder}}/maillog
        maillog_file_prefixes = {{folder}}
        myhostname = relay.example
        inet_interfaces = 127.0.0.1
        inet_protocols = ipv4
        mynetworks = 127.0.0.0/8
        mydestination =
        alias_maps =
        alias_database =
        smtpd_relay_restrictions = permit_mynetworks, reject
        disable_dns_lookups = yes
        smtpd_peername_lookup = no
        transport_maps = inline:{ {{string.Join(", ", transports.Select(one => $"{one.Domain}=smtp:[127.0.0.1]:{one.Port}"))}} }

        """;

    private static string MasterFile(int port) => $"""
        127.0.0.1:{port} inet n - n - - smtpd
        pickup     unix  n  -  n  60    1  pickup
        cleanup    unix  n  -  n  -     0  cleanup
        qmgr       unix  n  -  n  300   1  qmgr
        tlsmgr     unix  -  -  n  1000? 1  tlsmgr
        rewrite    unix  -  -  n  -     -  trivial-rewrite
        bounce     unix  -  -  n  -     0  bounce
        defer      unix  -  -  n  -     0  bounce
        trace      unix  -  -  n  -     0  bounce
        verify     unix  -  -  n  -     1  verify
        proxymap   unix  -  -  n  -     -  proxymap
        proxywrite unix  -  -  n  -     1  proxymap
        showq      unix  n  -  n  -     -  showq
        error      unix  -  -  n  -     -  error
        retry      unix  -  -  n  -     -  error
        smtp       unix  -  -  n  -     -  smtp
        scache     unix  -  -  n  -     1  scache
        anvil      unix  -  -  n  -     1  anvil
        postlog    unix-dgram n -  n -  1  postlogd

        """;
}

/// <summary>A Dovecot that takes mail by LMTP for the mailboxes it is told, each a Maildir in its folder.</summary>
internal sealed class RealDovecot : IAsyncDisposable
{
    private readonly string folder;
    private readonly Process process;

    private RealDovecot(string folder, Process process)
    {
        this.folder = folder;
        this.process = process;
    }

    /// <summary>Skips the test where Dovecot cannot run.</summary>
    public static void Need()
    {
        Peer.Need("dovecot", "dovecot-core");
        Assert.SkipUnless(File.Exists("/usr/lib/dovecot/lmtp"), "needs Dovecot's lmtp; Debian's package is dovecot-lmtpd");
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root, as the processes of Dovecot change their user");
    }

    /// <summary>Starts it on a port of this machine.</summary>
    public static async Task<RealDovecot> Start(int port, params string[] mailboxes)
    {
        var folder = Directory.CreateTempSubdirectory("parley-dovecot-").FullName;
        Directory.CreateDirectory(Path.Combine(folder, "mail"));
        await File.WriteAllLinesAsync(Path.Combine(folder, "users"), mailboxes.Select(mailbox => $"{mailbox}:{{PLAIN}}x:mail:mail::{folder}/mail/{mailbox}::"));
        var configuration = Path.Combine(folder, "dovecot.conf");
        await File.WriteAllTextAsync(configuration, Configuration(folder, port));
        await Peer.Run("chmod", null, "755", folder);
        await Peer.Run("chown", null, "mail:mail", Path.Combine(folder, "mail"));
        var process = Process.Start(new ProcessStartInfo("/usr/sbin/dovecot", ["-F", "-c", configuration]) { UseShellExecute = false, RedirectStandardError = true })!;
        _ = process.StandardError.ReadToEndAsync();
        await Ports.Answers(port);
        return new RealDovecot(folder, process);
    }

    public string Log => File.Exists(Path.Combine(folder, "log")) ? string.Join('\n', File.ReadLines(Path.Combine(folder, "log")).TakeLast(20)) : "";

    /// <summary>The messages in a mailbox.</summary>
    public IReadOnlyList<byte[]> Mail(string mailbox)
    {
        var unread = Path.Combine(folder, "mail", mailbox, "new");
        return Directory.Exists(unread) ? [.. Directory.GetFiles(unread).Select(File.ReadAllBytes)] : [];
    }

    public async ValueTask DisposeAsync()
    {
        using var stop = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)])!;
        await stop.WaitForExitAsync();
        await process.WaitForExitAsync();
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static string Configuration(string folder, int port) => $$"""
        base_dir = {{folder}}/run
        state_dir = {{folder}}/state
        log_path = {{folder}}/log
        protocols = lmtp
        ssl = no
        first_valid_uid = 1
        first_valid_gid = 1
        mail_location = maildir:~/
        mail_save_crlf = yes
        passdb {
          driver = passwd-file
          args = {{folder}}/users
        }
        userdb {
          driver = passwd-file
          args = {{folder}}/users
        }
        service lmtp {
          inet_listener lmtp {
            address = 127.0.0.1
            port = {{port}}
          }
        }
        service auth {
          unix_listener auth-userdb {
            mode = 0666
          }
        }

        """;
}

/// <summary>Ports of this machine.</summary>
internal static class Ports
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>A port that is free now.</summary>
    public static int Free()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>Waits until something listens.</summary>
    public static async Task Answers(int port)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            try
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(IPAddress.Loopback, port, patience.Token);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(50, patience.Token);
            }
        }
    }
}
