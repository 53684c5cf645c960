using System.Net;
using Parley.Smtp.Sasl;

namespace Parley.LoadClient;

/// <summary>When a session goes under TLS.</summary>
public enum TlsMode
{
    /// <summary>Never.</summary>
    None,

    /// <summary>After STARTTLS (RFC 3207).</summary>
    StartTls,

    /// <summary>From the first octet (RFC 8314).</summary>
    Implicit,
}

/// <summary>Who logs in, by which mechanism.</summary>
public sealed record LoadLogin(ISaslMechanism Mechanism, string User, Secret Secret);

/// <summary>What one run sends, and how. Every run is bounded: by a count, by seconds, and always by <see cref="Limit"/>.</summary>
public sealed record LoadOptions
{
    public required IPEndPoint Target { get; init; }

    /// <summary>Sessions in parallel.</summary>
    public int Sessions { get; init; } = 1;

    /// <summary>Messages in all (or sessions in all where <see cref="PerConnection"/> is 0); null: as many as <see cref="Duration"/> allows.</summary>
    public int? Count { get; init; }

    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time spent on the same work before anything is counted.</summary>
    public TimeSpan WarmUp { get; init; }

    /// <summary>When the run is given up, whatever is open.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Octets of a message, header included, without the final dot.</summary>
    public int Size { get; init; } = 1024;

    /// <summary>Messages on one connection; null: all of a session's; 0: none, each unit is a whole session.</summary>
    public int? PerConnection { get; init; }

    /// <summary>Commands in groups (RFC 2920), the next envelope in one group with the content before it.</summary>
    public bool Pipelining { get; init; }

    /// <summary>Loopback source addresses to spread the connections over: 127.0.0.1 and the ones that follow.</summary>
    public int Sources { get; init; } = 1;

    public TlsMode Tls { get; init; }

    /// <summary>Names to guess at, in turn: the login's with a number behind it; with 1 the login's own.</summary>
    public int Names { get; init; } = 1;

    /// <summary>The login of every session, or null for none.</summary>
    public LoadLogin? Login { get; init; }

    public string From { get; init; } = "load@bench.test";

    public string To { get; init; } = "b@bench.test";
}
