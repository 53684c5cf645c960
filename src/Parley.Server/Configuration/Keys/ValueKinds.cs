using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Parley.Smtp.Addresses;

namespace Parley.Server.Configuration.Keys;

/// <summary>The kinds of values that the keys share.</summary>
internal static class ValueKinds
{
    public static readonly ValueKind Section = new SectionKind();
    public static readonly ValueKind Rows = new RowsKind();
    public static readonly ValueKind Flag = new FlagKind();
    public static readonly ValueKind ReadableFile = new FileKind();
    public static readonly ValueKind Folder = new FolderKind();
    public static readonly ValueKind Port = new WholeKind(1, 65535);

    public static readonly ValueKind Text = new TextKind("text", "write a text in quotes", ReadText);

    public static readonly ValueKind UserName = new TextKind("user name", "write a name to log in with, such as \"alice\" or \"alice@example.org\"", ReadText);

    public static readonly ValueKind Listen = new TextKind(
        "IP:PORT", "write an IP address and a port, such as \"127.0.0.1:2525\" or \"[::1]:2525\"", ReadListen);

    public static readonly ValueKind DnsServer = new TextKind(
        "IP[:PORT]", "write an IP address, with a port if it is not 53, such as \"127.0.0.1:5353\"", ReadDnsServer);

    public static readonly ValueKind NextHop = new TextKind(
        "HOST[:PORT]", "write a host and, if it is not 25, a port, such as \"smtp.example.org:587\"", ReadNextHop);

    public static readonly ValueKind Lmtp = new TextKind(
        "unix:PATH or HOST:PORT", "write \"unix:/run/dovecot/lmtp\" or \"127.0.0.1:24\"", ReadLmtp);

    public static readonly ValueKind Domain = new TextKind(
        "domain", "write a domain name, such as \"example.org\"", ReadDomain);

    public static readonly ValueKind LocalPart = new TextKind(
        "mailbox", "write what stands left of the @, such as \"alice\"", ReadLocalPart);

    public static readonly ValueKind MailAddress = new TextKind(
        "mail address", "write a mail address, such as \"alice@example.org\"", ReadMailAddress);

    public static readonly ValueKind MailTarget = new TextKind(
        "mailbox or mail address", "write a mailbox of this domain or a whole address, such as \"alice\" or \"carol@example.net\"", ReadMailTarget);

    public static readonly ValueKind Network = new TextKind(
        "network", "write an IP address or a network, such as \"192.0.2.0/24\" or \"2001:db8::/32\"", ReadNetwork);

    public static readonly ValueKind WebAddress = new TextKind(
        "web address", "write an address such as \"https://mx.example.org/why\" (at most 200 ASCII characters, no ? or #)", ReadWebAddress);

    public static readonly ValueKind Issuer = new TextKind(
        "issuer", "write the issuer's address to the letter, such as \"https://login.example.org\"", ReadIssuer);

    public static readonly ValueKind RoutePattern = new TextKind(
        "pattern", "write \"*\", a domain such as \"example.org\", or \"*.example.org\" for the domains below it", ReadRoutePattern);

    public static readonly ValueKind Separator = new TextKind(
        "separator", "write one of the characters + - _ = # ~", ReadSeparator);

    public static ValueKind Duration(string shortest, string longest) =>
        new DurationKind(Reading.Durations.Parse(shortest)!.Value, Reading.Durations.Parse(longest)!.Value);

    public static ValueKind OrNull(ValueKind kind) => new NullableKind(kind);

    /// <summary>IP:PORT or localhost:PORT; an IPv6 address in brackets.</summary>
    internal static object? ReadListen(string text, out string? problem)
    {
        problem = null;
        var colon = text.LastIndexOf(':');
        if (colon > 0 && text[..colon].Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            text = "127.0.0.1" + text[colon..];
        }

        return ReadEndPoint(text, defaultPort: null, smallestPort: 0, ref problem);
    }

    private static object? ReadDnsServer(string text, out string? problem)
    {
        problem = null;
        return ReadEndPoint(text, defaultPort: 53, smallestPort: 1, ref problem);
    }

    private static IPEndPoint? ReadEndPoint(string text, int? defaultPort, int smallestPort, ref string? problem)
    {
        if (Split(text, defaultPort, smallestPort, ref problem) is not { } hop)
        {
            return null;
        }

        // IPAddress.Parse takes "1" and "0x7f.1" for addresses; only the form people mean is taken here.
        return IPAddress.TryParse(hop.Host, out var address)
            && (address.AddressFamily == AddressFamily.InterNetworkV6 || address.ToString().Equals(hop.Host, StringComparison.Ordinal))
            ? new IPEndPoint(address, hop.Port)
            : null;
    }

    private static object? ReadNextHop(string text, out string? problem)
    {
        problem = null;
        return ReadHost(text, 25, ref problem);
    }

    private static object? ReadLmtp(string text, out string? problem)
    {
        problem = null;
        if (!text.StartsWith("unix:", StringComparison.Ordinal))
        {
            return ReadHost(text, defaultPort: null, ref problem) is { } host ? new LmtpAddress(null, host) : null;
        }

        // sockaddr_un holds 108 octets with the closing zero.
        var path = text["unix:".Length..];
        if (!path.StartsWith('/') || path.Contains('\0', StringComparison.Ordinal) || Encoding.UTF8.GetByteCount(path) > 107)
        {
            problem = "the path of a Unix socket starts with / and has at most 107 octets";
            return null;
        }

        return new LmtpAddress(path, null);
    }

    internal static HostPort? ReadHost(string text, int? defaultPort, ref string? problem)
    {
        if (Split(text, defaultPort, smallestPort: 1, ref problem) is not { } hop)
        {
            return null;
        }

        if (IPAddress.TryParse(hop.Host, out var address)
            && (address.AddressFamily == AddressFamily.InterNetworkV6 || address.ToString().Equals(hop.Host, StringComparison.Ordinal)))
        {
            return new HostPort(address.ToString(), hop.Port);
        }

        return ReadDomain(hop.Host, out _) is string domain ? new HostPort(domain, hop.Port) : null;
    }

    // HOST, HOST:PORT or [IPV6]:PORT.
    private static (string Host, int Port)? Split(string text, int? defaultPort, int smallestPort, ref string? problem)
    {
        var isBracketed = text.StartsWith('[');
        var hostEnd = isBracketed ? text.IndexOf(']', StringComparison.Ordinal) : text.IndexOf(':', StringComparison.Ordinal);
        if (isBracketed && hostEnd < 0)
        {
            return null;
        }

        var host = isBracketed ? text[1..hostEnd] : hostEnd < 0 ? text : text[..hostEnd];
        var rest = isBracketed ? text[(hostEnd + 1)..] : hostEnd < 0 ? "" : text[hostEnd..];
        if (!isBracketed && IPAddress.TryParse(text, out var bare) && bare.AddressFamily == AddressFamily.InterNetworkV6)
        {
            problem = $"\"{text}\" has an IPv6 address without brackets";
            return null;
        }

        if (host.Length == 0 || host.Contains(':', StringComparison.Ordinal) != isBracketed)
        {
            return null;
        }

        if (rest.Length == 0)
        {
            problem = defaultPort is null ? $"\"{text}\" has no port" : null;
            return defaultPort is null ? null : (host, defaultPort.Value);
        }

        if (rest[0] != ':' || !int.TryParse(rest.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            || port < smallestPort || port > 65535)
        {
            problem = $"\"{rest.TrimStart(':')}\" is not a port from {smallestPort} to 65535";
            return null;
        }

        return (host, port);
    }

    private static object? ReadText(string text, out string? problem)
    {
        problem = text.Length == 0 ? "an empty text" : text.Any(char.IsControl) ? "the text holds a control character" : null;
        return problem is null ? text : null;
    }

    // The form for comparison and DNS: A-labels (RFC 5890 §2.3.2.1), lower case.
    internal static object? ReadDomain(string text, out string? problem)
    {
        problem = null;
        return MailDomain.Parse(text) is { Literal: null } domain ? domain.Ascii.ToLowerInvariant() : null;
    }

    // "localhost" only stands in for the domain, which the grammar of an address wants.
    private static object? ReadLocalPart(string text, out string? problem)
    {
        problem = null;
        return Mailbox.Parse(text + "@localhost")?.LocalPart;
    }

    private static object? ReadMailAddress(string text, out string? problem)
    {
        problem = null;
        return Mailbox.Parse(text);
    }

    private static object? ReadMailTarget(string text, out string? problem)
    {
        problem = null;
        return Mailbox.Parse(text) is not null || Mailbox.Parse(text + "@localhost") is not null ? text : null;
    }

    private static object? ReadNetwork(string text, out string? problem)
    {
        problem = null;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (!IPAddress.TryParse(slash < 0 ? text : text.AsSpan(0, slash), out var address)
            || (address.AddressFamily == AddressFamily.InterNetwork && address.ToString().Length != (slash < 0 ? text.Length : slash)))
        {
            return null;
        }

        var longest = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        var prefix = longest;
        if (slash >= 0 && (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out prefix) || prefix > longest))
        {
            problem = $"\"{text[(slash + 1)..]}\" is not a prefix length from 0 to {longest}";
            return null;
        }

        var network = Masked(address, prefix);
        if (!network.BaseAddress.Equals(address))
        {
            problem = $"\"{text}\" has bits set beyond its prefix (did you mean \"{network}\"?)";
            return null;
        }

        return network;
    }

    private static IPNetwork Masked(IPAddress address, int prefix)
    {
        var octets = address.GetAddressBytes();
        for (var bit = prefix; bit < octets.Length * 8; bit++)
        {
            octets[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        }

        return new IPNetwork(new IPAddress(octets), prefix);
    }

    // 200 characters leave room for code, text and the reply's id within a reply line of 512 octets (RFC 5321 §4.5.3.1.5).
    private static object? ReadWebAddress(string text, out string? problem)
    {
        problem = null;
        return ReadWebAddress(text) ? text.TrimEnd('/') : null;
    }

    // Compared with the token's "iss" to the letter, so that a slash at its end stays.
    private static object? ReadIssuer(string text, out string? problem)
    {
        problem = null;
        return ReadWebAddress(text) ? text : null;
    }

    private static bool ReadWebAddress(string text) =>
        text.Length <= 200 && Ascii.IsValid(text) && !text.Any(c => c <= ' ') && Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && uri.Scheme is "http" or "https" && uri.Query.Length == 0 && uri.Fragment.Length == 0 && uri.UserInfo.Length == 0;

    private static object? ReadRoutePattern(string text, out string? problem)
    {
        problem = null;
        var isBelow = text.StartsWith("*.", StringComparison.Ordinal);
        return text == "*" ? text
            : ReadDomain(isBelow ? text[2..] : text, out _) is string domain ? (isBelow ? "*." : "") + domain
            : null;
    }

    // Characters that mean nothing else in an address and may stand in an atom (RFC 5321 §4.1.2).
    private static object? ReadSeparator(string text, out string? problem)
    {
        problem = null;
        return text.Length == 1 && "+-_=#~".Contains(text[0], StringComparison.Ordinal) ? text[0] : null;
    }
}
