using System.Security.Cryptography;

namespace Parley.Smtp.Sasl;

/// <summary>
/// One AUTH dialogue in the form it has on the wire (RFC 4954 §4): base64, <c>=</c> for an empty initial response,
/// <c>*</c> to cancel, the limit of a line. It owns the exchange and clears what it decoded.
/// </summary>
public sealed class SaslDialogue : IDisposable
{
    /// <summary>The longest AUTH line or answer, in octets (RFC 4954 §4), without its CRLF.</summary>
    public const int MaximumLineLength = 12288;

    private readonly ISaslMechanism mechanism;
    private readonly ISaslExchange exchange;

    /// <summary>Starts a dialogue.</summary>
    /// <param name="mechanism">The mechanism that the client named.</param>
    /// <param name="context">The connection's facts.</param>
    public SaslDialogue(ISaslMechanism mechanism, SaslContext context)
    {
        this.mechanism = mechanism;
        exchange = mechanism.Start(context);
    }

    /// <summary>The first step, for an AUTH line without an initial response.</summary>
    public SaslStep Begin() => exchange.Begin();

    /// <summary>The first step, for an AUTH line with an initial response.</summary>
    /// <param name="initialResponse">The text after the mechanism's name.</param>
    /// <param name="cancellationToken">The connection's end.</param>
    public ValueTask<SaslStep> BeginAsync(ReadOnlyMemory<byte> initialResponse, CancellationToken cancellationToken)
    {
        // RFC 4954 §4: an initial response where the mechanism has the server speak first is rejected with 501.
        if (!mechanism.TakesInitialResponse)
        {
            return Failed(SaslFailureReason.UnexpectedInitialResponse);
        }

        // RFC 4954 §4: "=" is an empty initial response, and only there.
        return initialResponse.Span.SequenceEqual("="u8)
            ? exchange.StepAsync(ReadOnlyMemory<byte>.Empty, cancellationToken)
            : DecodeAndStepAsync(initialResponse, cancellationToken);
    }

    /// <summary>Takes the client's answer to a challenge.</summary>
    /// <param name="line">The line without its CRLF.</param>
    /// <param name="cancellationToken">The connection's end.</param>
    public ValueTask<SaslStep> AnswerAsync(ReadOnlyMemory<byte> line, CancellationToken cancellationToken) =>
        // RFC 4954 §4: a single "*" cancels; the server answers 501.
        line.Span.SequenceEqual("*"u8)
            ? Failed(SaslFailureReason.Cancelled)
            : DecodeAndStepAsync(line, cancellationToken);

    /// <summary>Clears what the exchange holds.</summary>
    public void Dispose() => exchange.Dispose();

    private async ValueTask<SaslStep> DecodeAndStepAsync(ReadOnlyMemory<byte> line, CancellationToken cancellationToken)
    {
        if (line.Length > MaximumLineLength)
        {
            return new SaslFailure(SaslFailureReason.LineTooLong);
        }

        if (!StrictBase64.TryDecode(line.Span, out var octets))
        {
            return new SaslFailure(SaslFailureReason.NotBase64);
        }

        try
        {
            return await exchange.StepAsync(octets, cancellationToken);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(octets);
        }
    }

    private static ValueTask<SaslStep> Failed(SaslFailureReason reason) => new(new SaslFailure(reason));
}
