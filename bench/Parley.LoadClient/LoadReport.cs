using System.Text.Json;

namespace Parley.LoadClient;

/// <summary>What a run saw. Times are milliseconds unless the name says seconds.</summary>
public sealed record LoadReport
{
    /// <summary>Messages acknowledged (or sessions finished) within the measured time.</summary>
    public required long Done { get; init; }

    /// <summary>What the warm-up did besides: the server's CPU has to be divided by both.</summary>
    public required long DoneWarmingUp { get; init; }

    public required long Failed { get; init; }

    public required double Seconds { get; init; }

    public required double PerSecond { get; init; }

    public required double P50 { get; init; }

    public required double P90 { get; init; }

    public required double P99 { get; init; }

    public required double Max { get; init; }

    /// <summary>How many took 38 ms or more: where a wait for a delayed acknowledgement shows.</summary>
    public required long AtLeast38Milliseconds { get; init; }

    /// <summary>CPU of the client itself, in seconds.</summary>
    public required double ClientCpuSeconds { get; init; }

    /// <summary>True when the limit ended the run before its work was done.</summary>
    public required bool LimitReached { get; init; }

    /// <summary>What went wrong and how often, the most frequent first, ten at most.</summary>
    public required IReadOnlyDictionary<string, long> Failures { get; init; }

    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web);
}
