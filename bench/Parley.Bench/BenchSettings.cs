namespace Parley.Bench;

/// <summary>How thoroughly to measure, and where.</summary>
public sealed record BenchSettings
{
    public required Installation Installation { get; init; }

    /// <summary>The folder under which each scenario makes, and removes, its own.</summary>
    public required string Folder { get; init; }

    public int Rounds { get; init; } = 3;

    /// <summary>Length of one measured drive.</summary>
    public TimeSpan DriveTime { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Unmeasured work of each client before the first round of a cell: lets just-in-time compilation and process pools settle.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(2);

    public IReadOnlyList<int> Sessions { get; init; } = [1, 50, 200];

    public IReadOnlyList<int> Sizes { get; init; } = [1024, 10240];

    public int IdleSessions { get; init; } = 10_000;

    public int BigMessageOctets { get; init; } = 100 * 1024 * 1024;
}
