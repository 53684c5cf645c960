using System.Text.Json;

namespace Parley.Bench.Peers;

/// <summary>The configuration of a measured Parley: one domain with one mailbox, and what a scenario adds.</summary>
public sealed class ParleyConfiguration
{
    private readonly Dictionary<string, object> _settings = new(StringComparer.Ordinal)
    {
        ["hostname"] = "bench.test",
        ["http"] = new { address = "127.0.0.1:0" },
        ["domains"] = new Dictionary<string, object> { ["bench.test"] = new { mailboxes = new[] { "b" } } },
        ["limits"] = new { messageBytes = 200 * 1024 * 1024 },
    };

    private readonly List<object> _listeners = [];
    private LoginFixture? _login;

    /// <summary>A plain MX.</summary>
    public static ParleyConfiguration Mx()
    {
        var configuration = new ParleyConfiguration();
        configuration._listeners.Add(new { address = "127.0.0.1:0", role = "mx", tls = "none" });
        return configuration;
    }

    /// <summary>A submission listener with STARTTLS and one user.</summary>
    public static ParleyConfiguration Submission(LoginFixture login) => new ParleyConfiguration().With(login);

    /// <summary>An MX that sends everything foreign on to a smarthost, for whoever is on this machine.</summary>
    public static ParleyConfiguration Relay(int smarthostPort, int concurrency)
    {
        var configuration = Mx();
        configuration._settings["trustedNetworks"] = new[] { "127.0.0.0/8" };
        configuration._settings["routes"] = new[] { new { match = "*", smarthost = $"127.0.0.1:{smarthostPort}", tls = "none" } };
        configuration._settings["delivery"] = new { concurrencyPerSite = concurrency };
        return configuration;
    }

    /// <summary>An MX that sends foreign mail to the exchangers that a DNS server names, on a port of this machine.</summary>
    public static ParleyConfiguration Exchangers(int dnsPort, int port)
    {
        var configuration = Mx();
        configuration._settings["trustedNetworks"] = new[] { "127.0.0.0/8" };
        configuration._settings["dns"] = new { servers = new[] { $"127.0.0.1:{dnsPort}" } };
        configuration._settings["delivery"] = new { port, allowPrivateAddresses = true };
        return configuration;
    }

    /// <summary>Adds a submission listener behind the ones that are there.</summary>
    public ParleyConfiguration With(LoginFixture login)
    {
        _login = login;
        _listeners.Add(new { address = "127.0.0.1:0", role = "submission", tls = "starttls", mechanisms = new[] { "SCRAM-SHA-256", "PLAIN" } });
        return this;
    }

    public async Task WriteAsync(string file, CancellationToken cancel)
    {
        _settings["listeners"] = _listeners;
        if (_login is { } login)
        {
            var keys = Path.ChangeExtension(file, ".keys");
            await File.WriteAllTextAsync(keys, login.ParleyKeys + "\n", cancel);
            _settings["tls"] = new { certificateFile = login.CertificateFile, keyFile = login.KeyFile };
            _settings["users"] = new Dictionary<string, object>
            {
                [login.User] = new { passwordFile = keys, addresses = new[] { "b@bench.test" } },
            };
        }

        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(_settings), cancel);
    }
}
