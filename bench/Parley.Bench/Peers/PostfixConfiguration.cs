using Parley.Bench.Measuring;

namespace Parley.Bench.Peers;

/// <summary>A Postfix instance that lives in one folder. Durability is as installed; every limit and look-up that could slow it is off.</summary>
internal static class PostfixConfiguration
{
    // Its processes run as the user "postfix", so the folder must be passable for it.
    private const UnixFileMode Passable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute |
        UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    public static async Task WriteAsync(string folder, int port, PostfixSetup setup, CancellationToken cancel)
    {
        foreach (var name in new[] { "", "etc", "queue", "data" })
        {
            Directory.CreateDirectory(Path.Combine(folder, name), Passable);
        }

        await Child.RunAsync(Installation.Tool("chown", "coreutils"), ["postfix", Path.Combine(folder, "data")], cancel);
        await File.WriteAllTextAsync(Path.Combine(folder, "etc", "main.cf"), MainFile(folder) + RelayPart(setup) + LoginPart(folder, setup.Login), cancel);
        await File.WriteAllTextAsync(Path.Combine(folder, "etc", "master.cf"), MasterFile(port), cancel);
    }

    private static string MainFile(string folder) => $"""
        compatibility_level = 3.6
        queue_directory = {folder}/queue
        data_directory = {folder}/data
        maillog_file = {folder}/maillog
        maillog_file_prefixes = {folder}
        myhostname = bench.test
        inet_interfaces = 127.0.0.1
        inet_protocols = ipv4
        mynetworks = 127.0.0.0/8

        # Everything is foreign: accepted, queued, flushed, then discarded by the queue manager or relayed.
        mydestination =
        alias_maps =
        alias_database =
        transport_maps =
        smtpd_relay_restrictions = permit_mynetworks, reject
        smtpd_recipient_restrictions =

        # No look-ups, no limits, no brake when mail arrives faster than it leaves.
        disable_dns_lookups = yes
        smtpd_peername_lookup = no
        default_process_limit = 500
        smtpd_client_connection_count_limit = 0
        smtpd_client_connection_rate_limit = 0
        smtpd_client_event_limit_exceptions = static:all
        in_flow_delay = 0
        message_size_limit = 0
        qmgr_message_active_limit = 200000
        qmgr_message_recipient_limit = 200000
        biff = no

        """;

    private static string RelayPart(PostfixSetup setup) => setup.RelayPort is not { } port
        ? """
        default_transport = discard
        relay_transport = discard

        """
        : $"""
        relayhost = [127.0.0.1]:{port}
        initial_destination_concurrency = {setup.RelayConcurrency}
        default_destination_concurrency_limit = {setup.RelayConcurrency}
        minimal_backoff_time = 5s
        queue_run_delay = 5s

        """;

    // TLS as strong and as simple as Parley's in the same run: one ECDSA certificate, no session kept.
    private static string LoginPart(string folder, LoginFixture? login) => login is null ? "" : $"""
        smtpd_tls_security_level = may
        smtpd_tls_cert_file = {login.CertificateFile}
        smtpd_tls_key_file = {login.KeyFile}
        smtpd_tls_auth_only = yes
        smtpd_tls_loglevel = 0
        smtpd_sasl_auth_enable = yes
        smtpd_sasl_type = dovecot
        smtpd_sasl_path = {Dovecot.Socket(folder)}
        smtpd_sasl_security_options = noanonymous

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
        discard    unix  -  -  n  -     -  discard
        smtp       unix  -  -  n  -     -  smtp
        scache     unix  -  -  n  -     1  scache
        anvil      unix  -  -  n  -     1  anvil
        postlog    unix-dgram n -  n -  1  postlogd

        """;
}
