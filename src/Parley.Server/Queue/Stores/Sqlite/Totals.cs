namespace Parley.Server.Queue.Stores.Sqlite;

/// <summary>What a transaction adds to the figures that the store keeps of itself.</summary>
internal struct Totals
{
    public long Messages;
    public long Octets;
    public long Queued;
    public long Waiting;
    public long Active;
    public long Deferred;
    public long Held;

    public readonly bool IsZero => (Messages | Octets | Queued | Waiting | Active | Deferred | Held) == 0;

    /// <summary>Counts so many recipients more (or fewer) in a state; the final states are not counted.</summary>
    public void Add(RecipientState state, long recipients)
    {
        switch (state)
        {
            case RecipientState.Waiting:
                Waiting += recipients;
                break;
            case RecipientState.Active:
                Active += recipients;
                break;
            case RecipientState.Deferred:
                Deferred += recipients;
                break;
            case RecipientState.Held:
                Held += recipients;
                break;
            default:
                break;
        }
    }

    /// <summary>Moves a recipient from one state to another.</summary>
    public void Move(RecipientState from, RecipientState to)
    {
        Add(from, -1);
        Add(to, 1);
    }
}
