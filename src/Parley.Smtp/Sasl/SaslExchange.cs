namespace Parley.Smtp.Sasl;

/// <summary>What the exchanges share: an end that stays an end, and names read in one way.</summary>
internal abstract class SaslExchange : ISaslExchange
{
    private bool ended;

    public SaslStep Begin() => First();

    public async ValueTask<SaslStep> StepAsync(ReadOnlyMemory<byte> response, CancellationToken cancellationToken)
    {
        if (ended)
        {
            return Malformed;
        }

        var step = await NextAsync(response, cancellationToken);
        ended = step is SaslOutcome;
        return step;
    }

    public virtual void Dispose()
    {
    }

    protected static SaslFailure Malformed { get; } = new(SaslFailureReason.Malformed);

    protected static SaslFailure Unavailable { get; } = new(SaslFailureReason.Unavailable);

    /// <summary>The first challenge without an initial response; empty for every mechanism where the client begins.</summary>
    protected virtual SaslChallenge First() => SaslChallenge.Empty;

    protected abstract ValueTask<SaslStep> NextAsync(ReadOnlyMemory<byte> response, CancellationToken cancellationToken);
}
