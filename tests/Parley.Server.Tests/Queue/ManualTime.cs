namespace Parley.Server.Tests.Queue;

/// <summary>A clock that stands until it is moved.</summary>
internal sealed class ManualTime(DateTimeOffset start) : TimeProvider
{
    private DateTimeOffset now = start;

    public ManualTime()
        : this(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero))
    {
    }

    public DateTimeOffset Now => now;

    public void Advance(TimeSpan step) => now += step;

    public override DateTimeOffset GetUtcNow() => now;
}
