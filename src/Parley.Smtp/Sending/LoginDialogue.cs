using System.Text;
using Parley.Smtp.Sasl;

namespace Parley.Smtp.Sending;

/// <summary>What follows a reply in a login.</summary>
internal abstract record LoginStep
{
    private LoginStep()
    {
    }

    /// <summary>Send this line, without CRLF.</summary>
    public sealed record Say(string Line) : LoginStep
    {
        /// <summary>Keeps the line, which may hold a password in base64, out of every text.</summary>
        public override string ToString() => "(secret)";
    }

    /// <summary>Logged in.</summary>
    public sealed record Done : LoginStep;

    /// <summary>Not logged in; the message is not to blame, so it is tried again later.</summary>
    public sealed record Failed(SendCause Why) : LoginStep;
}

/// <summary>
/// Our side of AUTH (RFC 4954 §4): the strongest mechanism that both sides have, and the next where the server lists one
/// that it then does not take. A wrong password is tried once only: more would lock the account.
/// </summary>
internal sealed class LoginDialogue : IDisposable
{
    private readonly SendLogin login;
    private readonly SendTlsFacts? tls;
    private readonly Queue<ISaslMechanism> candidates;
    private ISaslClient? client;
    private ReadOnlyMemory<byte>? unsent;
    private string? aborted;
    private bool bound;

    public LoginDialogue(SendLogin login, IReadOnlyList<string> offered, SendTlsFacts? tls)
    {
        this.login = login;
        this.tls = tls;
        candidates = new Queue<ISaslMechanism>(SaslMechanisms.All.Where(mechanism => offered.Contains(mechanism.Name) && Suits(mechanism)));
    }

    /// <summary>The AUTH line of the next mechanism.</summary>
    public LoginStep Begin()
    {
        client?.Dispose();
        client = null;
        unsent = null;
        aborted = null;
        if (!candidates.TryDequeue(out var mechanism))
        {
            return new LoginStep.Failed(SendCauses.NoCommonMechanism);
        }

        bound = mechanism.Needs.HasFlag(SaslNeeds.ChannelBinding);
        client = mechanism.StartClient(new SaslClientContext
        {
            User = login.User,
            Secret = login.Secret,
            NewNonce = login.NewNonce,
            Host = login.Host,
            Port = login.Port,
            ChannelBindingType = tls?.BindingType,
            ChannelBindingData = tls?.Binding ?? default,
        });
        var line = "AUTH " + mechanism.Name;
        if (!client.SendsFirst)
        {
            return new LoginStep.Say(line);
        }

        switch (client.Begin())
        {
            case SaslResponse first:
                // RFC 4954 §4: "=" is an empty initial response; one that makes the line too long waits for the challenge.
                var whole = $"{line} {(first.Data.IsEmpty ? "=" : StrictBase64.Encode(first.Data.Span))}";
                if (whole.Length + 2 <= MaxCommandOctets)
                {
                    return new LoginStep.Say(whole);
                }

                unsent = first.Data;
                return new LoginStep.Say(line);
            default:
                return Begin();
        }
    }

    /// <summary>Takes a reply to AUTH or to an answer of ours.</summary>
    public LoginStep Receive(PeerReply reply)
    {
        switch (reply.Code.Severity)
        {
            case ReplySeverity.PositiveIntermediate:
                return Answer(reply);
            case ReplySeverity.PositiveCompletion:
                return client!.IsComplete && aborted is null
                    ? new LoginStep.Done()
                    : new LoginStep.Failed(SendCauses.LoginAborted.For("the server welcomed us without proving itself"));
        }

        if (aborted is not null)
        {
            return new LoginStep.Failed(SendCauses.LoginAborted.For(aborted));
        }

        // RFC 4954 §6: 535 is about the password; 504, 534 and the like are about the mechanism, and another may do. With
        // channel binding 535 may also mean that the server has another kind of it than we have.
        var aboutMechanism = reply.Is(ReplySeverity.PermanentNegative) && (bound || reply.Code.Value is not (535 or 530 or 525));
        return aboutMechanism && candidates.Count > 0 ? Begin() : new LoginStep.Failed(SendCause.Refused(reply));
    }

    /// <summary>Ends the exchange; the secret is the caller's.</summary>
    public void Dispose() => client?.Dispose();

    private const int MaxCommandOctets = 512; // RFC 5321 §4.5.3.1.4

    private LoginStep Answer(PeerReply reply)
    {
        // Lines[0], not Text: a challenge is base64 and nothing is taken off it.
        if (aborted is not null || !StrictBase64.TryDecode(Encoding.ASCII.GetBytes(reply.Lines[0].Trim()), out var challenge))
        {
            return Abort("the server's challenge is not base64");
        }

        if (unsent is { } first)
        {
            unsent = null;
            return challenge.Length == 0 ? Say(first.Span) : Abort("the server's first challenge should have been empty");
        }

        return client!.Step(challenge) switch
        {
            SaslResponse response => Say(response.Data.Span),
            SaslAbort abort => Abort(abort.Why),
            _ => Abort("the mechanism has no answer"),
        };
    }

    private static LoginStep.Say Say(ReadOnlySpan<byte> octets) => new(StrictBase64.Encode(octets));

    // RFC 4954 §4: "*" cancels; the server answers 501.
    private LoginStep Abort(string why)
    {
        if (aborted is not null)
        {
            return new LoginStep.Failed(SendCauses.LoginAborted.For(aborted));
        }

        aborted = why;
        return new LoginStep.Say("*");
    }

    private bool Suits(ISaslMechanism mechanism)
    {
        if (login.Mechanism is { } only)
        {
            // Named, it is used; but a readable password still does not go out in clear unasked.
            return string.Equals(mechanism.Name, only, StringComparison.OrdinalIgnoreCase) && !Lacks(mechanism, SaslNeeds.TokenValidator);
        }

        return !Lacks(mechanism, SaslNeeds.None);
    }

    // A client's needs are fewer than a server's: how the server keeps its secrets is its own matter.
    private const SaslNeeds OfClients = SaslNeeds.Confidentiality | SaslNeeds.ChannelBinding | SaslNeeds.ClientCertificate | SaslNeeds.TokenValidator;

    private bool Lacks(ISaslMechanism mechanism, SaslNeeds granted)
    {
        var met = granted;
        met |= tls is not null || login.AllowClear ? SaslNeeds.Confidentiality : SaslNeeds.None;
        met |= tls?.BindingType is not null ? SaslNeeds.ChannelBinding : SaslNeeds.None;
        return (mechanism.Needs & OfClients & ~met) != SaslNeeds.None;
    }
}
