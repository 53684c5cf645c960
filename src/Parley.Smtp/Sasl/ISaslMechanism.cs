namespace Parley.Smtp.Sasl;

/// <summary>One SASL mechanism (RFC 4422): its name on the wire and both of its sides.</summary>
public interface ISaslMechanism
{
    /// <summary>The registered name as EHLO lists it, in capitals, for example <c>SCRAM-SHA-256</c>.</summary>
    string Name { get; }

    /// <summary>Whether the client may send its first answer on the AUTH line (RFC 4954 §4). CRAM-MD5 alone forbids it.</summary>
    bool TakesInitialResponse { get; }

    /// <summary>What has to be there before the mechanism may be offered.</summary>
    SaslNeeds Needs { get; }

    /// <summary>Starts the server's side of one authentication.</summary>
    /// <param name="context">The connection's facts and the questions it may ask.</param>
    ISaslExchange Start(SaslContext context);

    /// <summary>Starts the client's side of one authentication.</summary>
    /// <param name="context">Who logs in, and with what. It must outlive the exchange.</param>
    ISaslClient StartClient(SaslClientContext context);
}

/// <summary>
/// The server's side of one authentication: a small state machine. It works on decoded octets; base64, <c>=</c> and
/// <c>*</c> belong to <see cref="SaslDialogue"/>. After an outcome every further step is a failure, never an exception.
/// </summary>
public interface ISaslExchange : IDisposable
{
    /// <summary>The first challenge, for a client that sent no initial response. May be empty.</summary>
    SaslStep Begin();

    /// <summary>Takes an answer of the client (or its initial response) and says how it goes on.</summary>
    /// <param name="response">The decoded octets; not kept after the step.</param>
    /// <param name="cancellationToken">Ends a question to the <see cref="IAuthenticator"/>.</param>
    ValueTask<SaslStep> StepAsync(ReadOnlyMemory<byte> response, CancellationToken cancellationToken);
}

/// <summary>The client's side of one authentication.</summary>
public interface ISaslClient : IDisposable
{
    /// <summary>Whether <see cref="Begin"/> has something for the AUTH line.</summary>
    bool SendsFirst { get; }

    /// <summary>Whether a positive reply may be believed now. SCRAM says so only after the server proved itself.</summary>
    bool IsComplete { get; }

    /// <summary>The initial response; empty octets are sent as <c>=</c> (RFC 4954 §4).</summary>
    SaslClientStep Begin();

    /// <summary>Answers a challenge.</summary>
    /// <param name="challenge">The decoded octets of the server's 334.</param>
    SaslClientStep Step(ReadOnlySpan<byte> challenge);
}

/// <summary>What a mechanism needs around it; see <see cref="SaslMechanisms.Offer"/>.</summary>
[Flags]
public enum SaslNeeds
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>An encrypted connection, because a secret that can be used again travels readable (RFC 4954 §4).</summary>
    Confidentiality = 1,

    /// <summary>Channel binding data of the TLS connection (RFC 5056).</summary>
    ChannelBinding = 2,

    /// <summary>A TLS certificate of the client.</summary>
    ClientCertificate = 4,

    /// <summary>A validator of bearer tokens.</summary>
    TokenValidator = 8,

    /// <summary>Accounts whose secret is kept readable.</summary>
    ReadableSecrets = 16,

    /// <summary>Accounts with SCRAM keys; a server that takes any password has none.</summary>
    StoredKeys = 32,
}
