using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Parley.Smtp.Sasl;

namespace Parley.Server.Configuration.Reading;

/// <summary>What no key shows alone: keys that contradict one another, and what is allowed but unwise.</summary>
internal static class SettingsChecks
{
    public static void Run(Settings settings, Section root)
    {
        Identity(settings, root);
        Addresses(settings, root);
        Certificates(root);
        Login(settings, root);
        DomainChecks.Run(settings, root);
        Users(settings, root);
        OAuth(settings, root);
        Routes(settings, root);
        Limits(settings, root);
        Networks(settings, root);
    }

    private static void Identity(Settings settings, Section root)
    {
        if (!settings.IsCatcher && !settings.Hostname.Contains('.', StringComparison.Ordinal))
        {
            root.Warn("hostname", $"the server calls itself \"{settings.Hostname}\", which many servers refuse in EHLO", "set hostname to a full name, such as \"mx.example.org\"");
        }
    }

    private static void Addresses(Settings settings, Section root)
    {
        var taken = new List<(IPEndPoint Address, string Key)>();
        var http = root.Open("http");
        if (settings.Http.Address is { } web)
        {
            taken.Add((web, http.PathOf("address")));
        }

        foreach (var (row, listener) in root.Rows("listeners").Zip(settings.Listeners))
        {
            var other = taken.Find(t => Collide(t.Address, listener.Address));
            if (other.Key is not null)
            {
                row.Error("address", $"{listener.Address} is taken by {other.Key}", "give each its own address and port");
            }

            taken.Add((listener.Address, row.PathOf("address")));
        }
    }

    // Port 0 is a free one each time. "Any" takes the port on every address of its family.
    private static bool Collide(IPEndPoint a, IPEndPoint b) =>
        a.Port != 0 && a.Port == b.Port && a.AddressFamily == b.AddressFamily
        && (a.Address.Equals(b.Address) || IsAny(a.Address) || IsAny(b.Address));

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static void Certificates(Section root)
    {
        var tls = root.Open("tls");
        if (tls.Has("certificateFile") != tls.Has("keyFile"))
        {
            var (given, missing) = tls.Has("keyFile") ? ("keyFile", "certificateFile") : ("certificateFile", "keyFile");
            tls.Error(given, $"there is no tls.{missing} with it", $"set tls.{missing}, or take tls.{given} out");
        }

        foreach (var pair in tls.Rows("certificates").Prepend(tls))
        {
            if (pair.Peek("certificateFile") is { } certificate && pair.Peek("keyFile") is { } key && Fault(certificate, key) is { } problem)
            {
                // Not an error: a certificate that breaks under a running server must not keep it from starting again.
                pair.Warn("certificateFile", problem, "put the certificate and its own unencrypted key there, both PEM; a server that starts with them answers STARTTLS with 454");
            }
        }
    }

    private static string? Fault(string certificateFile, string keyFile)
    {
        try
        {
            using var certificate = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
            return null;
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException or NotSupportedException)
        {
            return $"{certificateFile} and {keyFile} cannot be used as certificate and key";
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null; // a fault of the key's own
        }
    }

    private static void Login(Settings settings, Section root)
    {
        var tls = root.Open("tls");
        var isTaken = !root.Has("listeners");
        var hasCertificate = settings.IsCatcher || tls.Has("certificateFile") || tls.Rows("certificates").Any();
        foreach (var (row, listener) in root.Rows("listeners").Zip(settings.Listeners))
        {
            isTaken |= listener.Auth != ListenerAuth.Off;
            Login(settings, row, listener);
            if (!hasCertificate && listener.Tls != ListenerTls.None)
            {
                row.Error("tls", "there is no certificate for it", "set tls.certificateFile and tls.keyFile, or set tls to \"none\"");
            }

            if (!settings.IsCatcher && listener is { Role: ListenerRole.Mx, Tls: ListenerTls.Required, Address.Port: 25 })
            {
                row.Warn("tls", "servers without TLS cannot deliver mail here, which RFC 3207 §4 forbids on a public MX", "set tls to \"starttls\"");
            }

            if (settings.Tls.AllowPlaintextAuth && listener.Auth != ListenerAuth.Off && MayBeClear(listener.Tls) && !IPAddress.IsLoopback(listener.Address.Address))
            {
                tls.Warn("allowPlaintextAuth", $"passwords may cross the network in clear at {listener.Address}", "set it to false, or set the listener's tls to \"required\" or \"implicit\"");
            }
        }

        if (settings.Users.Count > 0 && !isTaken)
        {
            root.Warn("users", "no listener lets them log in", "add a listener with the role \"submission\"");
        }
    }

    private static void Login(Settings settings, Section row, ListenerSettings listener)
    {
        if (listener.Auth == ListenerAuth.Off && row.Has("mechanisms"))
        {
            row.Warn("mechanisms", "nobody logs in here, as auth is \"off\"", "set auth to \"optional\" or \"required\", or take mechanisms out");
        }

        if (listener.Auth == ListenerAuth.Required && listener.Tls == ListenerTls.None && !settings.Tls.AllowPlaintextAuth)
        {
            row.Warn("auth", "nobody can log in here: there is no TLS, and a login in clear is not allowed", "give the listener TLS (on one machine, for tests: tls.allowPlaintextAuth)");
        }
    }

    private static bool MayBeClear(ListenerTls tls) => tls is ListenerTls.None or ListenerTls.StartTls;

    private static void Users(Settings settings, Section root)
    {
        var users = root.Open("users");
        foreach (var user in settings.Users.Values)
        {
            var section = users.Open(user.Name);
            var password = user.Password.Octets;
            if (password.StartsWith("{SCRAM-"u8))
            {
                if (ScramKeys.TryParse(Encoding.UTF8.GetString(password)) is null)
                {
                    section.Error("passwordFile", "the file holds SCRAM keys that cannot be read", "write \"{SCRAM-SHA-256}iterations$salt:stored:server\", iterations from 4096, the others in base64");
                }
            }
            else if (!SaslPrep.TryPrepare(password, out _))
            {
                section.Error("passwordFile", "nobody can log in with this password: it holds a control character, mixes writing directions or is longer than 1024 octets", "take another");
            }
            else if (!password.IsEmpty)
            {
                section.Warn("passwordFile", "the file holds the password in clear", "put SCRAM keys there, or use `parley user add` and take the user out of here");
            }

            foreach (var address in user.Addresses.Where(a => settings.Domains.Count > 0 && !settings.Domains.ContainsKey(a.Domain)))
            {
                section.Warn("addresses", $"{address} is in none of the domains", "add the domain, or take the address out");
            }
        }
    }

    private static void OAuth(Settings settings, Section root)
    {
        var oauth = root.Open("oauth");
        if (settings.OAuth.KeysFile is not null && settings.OAuth.Issuer is null)
        {
            oauth.Error("keysFile", "there is no oauth.issuer with it, so that a token of anyone with these keys would do", "set oauth.issuer");
        }

        if (settings.OAuth.IsConfigured && settings.OAuth.Audience is null)
        {
            oauth.Warn("issuer", "without oauth.audience a token that the issuer made for another service logs in here", "set oauth.audience");
        }

        if (settings.OAuth.Issuer is { } issuer && settings.OAuth.KeysFile is null && !issuer.StartsWith("https:", StringComparison.OrdinalIgnoreCase))
        {
            oauth.Warn("issuer", "the issuer's keys are fetched without TLS", "write https://, or set oauth.keysFile");
        }
    }

    private static void Routes(Settings settings, Section root)
    {
        var coversAll = false;
        foreach (var (row, route) in root.Rows("routes").Zip(settings.Routes))
        {
            if (row.Has("smarthost") == row.Has("lmtp"))
            {
                row.Error(row.Has("lmtp") ? "lmtp" : "match", row.Has("lmtp") ? "the route has a smarthost as well" : "the route leads nowhere", "give it either smarthost or lmtp");
            }

            if (row.Has("user") != row.Has("passwordFile"))
            {
                var (given, missing) = row.Has("user") ? ("user", "passwordFile") : ("passwordFile", "user");
                row.Error(given, $"there is no {missing} with it", $"set {missing}, or take {given} out");
            }

            if (route.Mechanism is not null && !row.Has("user"))
            {
                row.Error("mechanism", "there is no user to log in", "set user and passwordFile, or take mechanism out");
            }

            if (route.User is not null && route.Smarthost is { } host && route.Tls != RouteTls.Required && !IsLocal(host.Host))
            {
                row.Warn("tls", $"the password for {host} could cross the network in clear", "set tls to \"required\"");
            }

            if (coversAll)
            {
                row.Warn("match", "a route before this one has match \"*\", so that this one is never reached", "move it up");
            }

            coversAll |= route.Match == "*";
        }
    }

    private static bool IsLocal(string host) =>
        host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static void Limits(Settings settings, Section root)
    {
        var limits = root.Open("limits");
        if (settings.Limits.Recipients < 100)
        {
            limits.Warn("recipients", "RFC 5321 §4.5.3.1.8 asks for at least 100", "raise it unless this is a test");
        }

        if (settings.Limits.MessageBytes < 65536)
        {
            limits.Warn("messageBytes", "RFC 5321 §4.5.3.1.7 asks for at least 65536", "raise it unless this is a test");
        }

        var delivery = root.Open("delivery");
        if (settings.Delivery.WarnAfter >= settings.Delivery.GiveUpAfter)
        {
            delivery.Warn("warnAfter", "delivery is given up before it is warned about", "make it shorter than delivery.giveUpAfter, or null");
        }
    }

    private static void Networks(Settings settings, Section root)
    {
        foreach (var network in settings.TrustedNetworks)
        {
            if (network.PrefixLength < (network.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? 8 : 16))
            {
                root.Warn("trustedNetworks", $"{network} makes this an open relay for a large part of the Internet", "name only your own networks");
            }
        }
    }
}
