using System.Diagnostics;

namespace Parley.LoadClient;

/// <summary>Hands out the units of a run, a message or a session each, until their count or their time is used up.</summary>
public sealed class WorkBudget(int? count, TimeSpan duration)
{
    private readonly Stopwatch _clock = new();
    private int _taken;

    public TimeSpan Elapsed => _clock.Elapsed;

    public void Start() => _clock.Start();

    public bool TryTake()
        => count is { } most ? Interlocked.Increment(ref _taken) <= most : _clock.Elapsed < duration;
}
