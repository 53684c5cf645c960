namespace Parley.Smtp.Sending;

/// <summary>
/// Our side of an SMTP or LMTP conversation. It is given replies and says what to write next; it knows no socket and no
/// clock. The driver writes, reads, and tells of TLS, of content that went out, and of faults of the connection.
/// <code>
/// turn = Begin() … until turn.Action is Ready or Close
/// turn = Send(message) … until Ready or Close; Outcomes tells what became of each recipient
/// turn = Quit() … until Close
/// </code>
/// After Close the dialogue takes nothing more: <see cref="SessionFailure"/> says why it could not begin, and outcomes
/// that were open are told as deferred.
/// </summary>
public sealed partial class SendDialogue : IDisposable
{
    private readonly SendOptions options;
    private readonly CommandQueue commands = new();
    private SendTransaction? transaction;
    private LoginDialogue? login;
    private SendTlsFacts? tls;
    private bool saidHelo;
    private bool open; // a transaction that the hop still remembers: RSET before the next
    private bool contentOnItsWay;
    private bool established;
    private bool closed;
    private int messages;

    /// <summary>A dialogue over a new connection.</summary>
    public SendDialogue(SendOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options;
    }

    /// <summary>What the hop can; nothing before its answer to EHLO.</summary>
    public HopCapabilities Hop { get; private set; } = HopCapabilities.None;

    /// <summary>Whether the conversation is inside TLS.</summary>
    public bool IsTls => tls is not null;

    /// <summary>Where the dialogue stands; the place of a fault that happens now.</summary>
    public SendPhase Phase { get; private set; } = SendPhase.Greeting;

    /// <summary>Why no message could be sent in this conversation; null while it may.</summary>
    public SendOutcome? SessionFailure { get; private set; }

    /// <summary>What became of each recipient of the last message, in its order; complete at Ready and Close.</summary>
    public IReadOnlyList<SendOutcome> Outcomes => transaction is null ? [] : [.. transaction.Outcomes.OfType<SendOutcome>()];

    /// <summary>Whether another message may go over this connection.</summary>
    public bool CanSend => established && !closed && !commands.Awaits && messages < Math.Min(options.MaxMessages, Hop.MaxMessages ?? int.MaxValue);

    /// <summary>Whether the conversation is over.</summary>
    public bool IsClosed => closed;

    /// <summary>Begins: the greeting is awaited.</summary>
    /// <param name="tlsFromStart">Set where TLS stands already (RFC 8314 §3.3).</param>
    public SendTurn Begin(SendTlsFacts? tlsFromStart = null)
    {
        tls = tlsFromStart;
        return Expect(SendPhase.Greeting);
    }

    /// <summary>Takes a reply.</summary>
    public SendTurn Receive(PeerReply reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        if (closed)
        {
            return Closed();
        }

        if (contentOnItsWay || !commands.TryTake(out var command))
        {
            return Unasked(reply);
        }

        Phase = command.Phase;
        // RFC 5321 §3.8: 421 at any time means that the server closes now.
        if (reply.Code.Value == 421 && command.Phase != SendPhase.Quit)
        {
            return End(SendOutcome.Refused(reply, command.Phase));
        }

        return command.Phase switch
        {
            SendPhase.Greeting => Greeted(reply),
            SendPhase.Hello => SaidHello(reply),
            SendPhase.Tls => TlsAnswered(reply),
            SendPhase.Login => LoginAnswered(reply),
            SendPhase.Reset => WasReset(reply),
            SendPhase.Mail => MailAnswered(reply),
            SendPhase.Recipient => RecipientAnswered(command.Recipient, reply),
            SendPhase.Data => DataAnswered(reply),
            SendPhase.Answer => ContentAnswered(reply),
            _ => Close(),
        };
    }

    /// <summary>The handshake that <see cref="SendAction.StartTls"/> asked for is done; all that was learned before is forgotten (RFC 3207 §4.2).</summary>
    public SendTurn TlsStarted(SendTlsFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        tls = facts;
        Hop = HopCapabilities.None;
        return Hello();
    }

    /// <summary>Sends a message; only after <see cref="SendAction.Ready"/>, while <see cref="CanSend"/>.</summary>
    /// <exception cref="InvalidOperationException">The dialogue is not ready.</exception>
    public SendTurn Send(OutgoingMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (!CanSend)
        {
            throw new InvalidOperationException("the dialogue is not ready for a message");
        }

        transaction = new SendTransaction(message);
        Phase = SendPhase.Mail;
        if (Lack(message) is { } lack)
        {
            transaction.EndAll(new SendOutcome.Failed(lack, SendPhase.Mail));
            return new SendTurn(SendAction.Ready, Phase);
        }

        messages++;
        return BeginRound();
    }

    /// <summary>The content that was asked for is written, to its end.</summary>
    public SendTurn ContentSent()
    {
        contentOnItsWay = false;
        // RFC 2033 §4.2: in LMTP every accepted recipient is answered for, in the order of RCPT.
        for (var i = options.Lmtp ? transaction!.Accepted : 1; i > 0; i--)
        {
            commands.Expect(new Command(SendPhase.Answer));
        }

        return Read();
    }

    /// <summary>
    /// Ends the conversation for a cause that the driver found: the connection was lost or stayed silent, what came is no
    /// reply, the handshake failed, the content cannot be read or sent. The connection is closed.
    /// </summary>
    /// <param name="cause">The cause; one of class 5 fails the recipients, any other defers them.</param>
    public SendTurn Fault(SendCause cause)
    {
        ArgumentNullException.ThrowIfNull(cause);
        return closed ? Closed() : End(cause.Status.Class == 5 ? new SendOutcome.Failed(cause, Phase) : new SendOutcome.Deferred(cause, Phase));
    }

    /// <summary>
    /// Takes a reply that nothing had been asked for: it was there before the command or the end of the content was
    /// written. A 421, and a refusal while content flows, mean what they say; anything else cannot be told apart from the
    /// answers to come, and believing it could lose the message. The connection is closed.
    /// </summary>
    public SendTurn Unasked(PeerReply reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        if (closed)
        {
            return Closed();
        }

        return reply.Code.Value == 421 || (contentOnItsWay && reply.IsRefusal)
            ? End(SendOutcome.Refused(reply, Phase))
            : End(new SendOutcome.Deferred(SendCauses.EarlyReply.With(reply), Phase));
    }

    /// <summary>Says goodbye (RFC 5321 §4.1.1.10).</summary>
    public SendTurn Quit()
    {
        if (closed || commands.Awaits || contentOnItsWay)
        {
            return Close();
        }

        commands.Add(new Command(SendPhase.Quit), "QUIT");
        return Write();
    }

    /// <summary>Ends the login's exchange, if one is open.</summary>
    public void Dispose() => login?.Dispose();

    // ---- reading, writing and ending, for every phase ----

    private SendTurn Write()
    {
        var group = commands.Group(Hop.Pipelining);
        Phase = commands.Next.Phase;
        return new SendTurn(SendAction.Read, Phase, group);
    }

    private SendTurn Read()
    {
        Phase = commands.Next.Phase;
        return new SendTurn(SendAction.Read, Phase);
    }

    private SendTurn Expect(SendPhase phase)
    {
        commands.Expect(new Command(phase));
        return Read();
    }

    private SendTurn Odd(PeerReply reply) => End(new SendOutcome.Deferred(SendCauses.OddReply.With(reply), Phase));

    private SendTurn End(SendOutcome outcome)
    {
        if (established)
        {
            transaction?.EndAll(outcome);
        }
        else
        {
            SessionFailure ??= outcome;
        }

        return Close();
    }

    private SendTurn Close()
    {
        closed = true;
        commands.Clear();
        return Closed();
    }

    private SendTurn Closed() => new(SendAction.Close, Phase);
}
