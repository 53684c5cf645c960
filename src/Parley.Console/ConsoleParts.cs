using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Server.Configuration;
using Parley.Server.Journal;
using Parley.Server.Queue;

namespace Parley.Console;

/// <summary>What the console shows and works on; the program puts it together.</summary>
public sealed record ConsoleParts
{
    /// <summary>The settings in force; asked at each request, so that a reload is seen. The address is read once.</summary>
    public required Func<Settings> Settings { get; init; }

    public required IQueueStore Store { get; init; }

    public required ISessionJournal Journal { get; init; }

    public required PrometheusText Metrics { get; init; }

    /// <summary>The bound addresses of the SMTP listeners; empty while none accepts.</summary>
    public required Func<IReadOnlyList<IPEndPoint>> SmtpAddresses { get; init; }

    /// <summary>What keeps the server from doing its whole job, for the log's reader; empty when all is well.</summary>
    public Func<IReadOnlyList<string>> Troubles { get; init; } = static () => [];

    /// <summary>Called after an operator has changed the queue, so that delivery looks at it anew.</summary>
    public Action QueueChanged { get; init; } = static () => { };

    /// <summary>Most connections at one time.</summary>
    public int MostConnections { get; init; } = 1000;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public ILoggerFactory Logging { get; init; } = NullLoggerFactory.Instance;
}
