using Parley.Bench.Measuring;

namespace Parley.Bench.Peers;

/// <summary>A Dovecot that does nothing but check logins for a Postfix, its cache off.</summary>
internal static class Dovecot
{
    /// <summary>The socket on which it answers Postfix.</summary>
    public static string Socket(string folder) => Path.Combine(folder, "dovecot", "auth");

    public static async Task<Child> StartAsync(string folder, LoginFixture login, CancellationToken cancel)
    {
        var own = Directory.CreateDirectory(Path.Combine(folder, "dovecot")).FullName;
        var configuration = Path.Combine(own, "dovecot.conf");
        await File.WriteAllTextAsync(Path.Combine(own, "passwd"), $"{login.User}:{login.DovecotKeys}::::::\n", cancel);
        await File.WriteAllTextAsync(configuration, Configuration(own, Socket(folder)), cancel);
        var dovecot = Child.Start(Installation.Tool("dovecot", "dovecot-core"), ["-F", "-c", configuration]);
        for (var attempt = 0; attempt < 100 && !File.Exists(Socket(folder)); attempt++)
        {
            await Task.Delay(50, cancel);
        }

        if (File.Exists(Socket(folder)))
        {
            return dovecot;
        }

        var errors = dovecot.Errors;
        await dovecot.DisposeAsync();
        throw new BenchException($"Dovecot does not offer its socket: {errors}");
    }

    private static string Configuration(string own, string socket) => $$"""
        base_dir = {{own}}/run
        state_dir = {{own}}/state
        log_path = {{own}}/log
        protocols =
        ssl = no
        auth_mechanisms = plain scram-sha-256
        auth_cache_size = 0
        disable_plaintext_auth = no
        passdb {
          driver = passwd-file
          args = {{own}}/passwd
        }
        userdb {
          driver = static
          args = uid=nobody gid=nogroup home=/nonexistent
        }
        service auth {
          unix_listener {{socket}} {
            mode = 0666
          }
        }

        """;
}
