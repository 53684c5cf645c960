namespace Parley.Smtp.Sasl;

/// <summary>
/// What the client sides share. Where the client speaks first, the first message is the initial response or, when the
/// AUTH line was sent without one, the answer to the server's empty challenge.
/// </summary>
internal abstract class SaslClient : ISaslClient
{
    private bool begun;

    public virtual bool SendsFirst => true;

    public bool IsComplete { get; protected set; }

    public SaslClientStep Begin()
    {
        begun = true;
        return First();
    }

    public SaslClientStep Step(ReadOnlySpan<byte> challenge)
    {
        if (!SendsFirst || begun)
        {
            return Next(challenge);
        }

        // RFC 4954 §4: the challenge that only asks for the first message is empty.
        return challenge.IsEmpty ? Begin() : new SaslAbort("the server's first challenge should have been empty");
    }

    public virtual void Dispose()
    {
    }

    protected abstract SaslClientStep First();

    protected virtual SaslClientStep Next(ReadOnlySpan<byte> challenge) =>
        new SaslAbort("the server asked for more than the mechanism has");
}
