using System.Net;
using System.Text;
using Parley.Smtp.Commands;
using Parley.Smtp.Lines;
using Parley.Smtp.Sasl;

namespace Parley.Smtp.Serving;

/// <summary>
/// A session: from the greeting to the close (RFC 5321 §3.1). It is given lines and says what to answer and what to
/// read next; it owns no socket, no clock and no disk. One command at a time.
/// </summary>
public sealed class SmtpSession : IAsyncDisposable
{
    private int errors;
    private bool chunkIsLast;
    private Reply? contentRefusal;

    /// <summary>A session that begins.</summary>
    /// <param name="options">What the listener is and allows.</param>
    /// <param name="receiver">Who decides about senders and recipients, and where messages go.</param>
    /// <param name="client">The client's address, or null where there is none.</param>
    public SmtpSession(SessionOptions options, IMailReceiver receiver, IPAddress? client)
    {
        Options = options;
        Receiver = receiver;
        Client = client;
        MaxLineOctets = LineLimits.Longest(options);
    }

    /// <summary>The name under which the session is kept; the connection gives it.</summary>
    public string? Id { get; init; }

    /// <summary>What the listener is and allows.</summary>
    public SessionOptions Options { get; }

    /// <summary>The outside.</summary>
    public IMailReceiver Receiver { get; }

    /// <summary>The client's address.</summary>
    public IPAddress? Client { get; }

    /// <summary>Where the session stands.</summary>
    public Phase Phase { get; private set; }

    /// <summary>The name that EHLO or HELO gave, or null.</summary>
    public string? HelloName { get; private set; }

    /// <summary>Whether the client said EHLO, so that extensions may be used.</summary>
    public bool IsExtended { get; private set; }

    /// <summary>Whether the session is inside TLS.</summary>
    public bool IsTls { get; private set; }

    /// <summary>Protocol and cipher for the trace field, or null outside TLS.</summary>
    public string? TlsDescription { get; private set; }

    /// <summary>Whether TLS could begin now; set by the connection, which knows the certificate.</summary>
    public Func<bool> TlsUsable { get; init; } = static () => true;

    /// <summary>Accounts and the connection's facts for AUTH, or null where nobody can log in.</summary>
    public ISaslHost? SaslHost { get; init; }

    /// <summary>Who is logged in, or null.</summary>
    public string? User { get; private set; }

    /// <summary>Whether AUTH is offered here and now: never in clear, unless the configuration says so.</summary>
    public bool OffersLogin =>
        Options.Auth != AuthMode.Off && SaslHost is not null && (IsTls || Options.AllowPlaintextAuth) && OfferedMechanisms().Count > 0;

    internal SaslDialogue? Sasl { get; private set; }

    /// <summary>The open transaction, or null.</summary>
    public MailTransaction? Transaction { get; private set; }

    /// <summary>Where the octets of the message go, or null when they are thrown away.</summary>
    public IMessageContent? Content { get; private set; }

    /// <summary>Reads the chunk that <see cref="Next.Chunk"/> announced.</summary>
    public ChunkReader? Chunk { get; private set; }

    /// <summary>The longest line that any command may have now, in octets with CRLF.</summary>
    public int MaxLineOctets { get; }

    /// <summary>Messages accepted so far.</summary>
    public int Accepted { get; private set; }

    /// <summary>The keyword of the trace field's WITH clause (RFC 3848, RFC 6531 §4.3).</summary>
    public string Protocol
    {
        get
        {
            var utf8 = Transaction is { SmtpUtf8: true };
            return (IsExtended, utf8, IsTls, User is not null) switch
            {
                (false, _, _, _) => "SMTP",
                (true, false, false, false) => "ESMTP",
                (true, false, true, false) => "ESMTPS",
                (true, false, false, true) => "ESMTPA",
                (true, false, true, true) => "ESMTPSA",
                (true, true, false, false) => "UTF8SMTP",
                (true, true, true, false) => "UTF8SMTPS",
                (true, true, false, true) => "UTF8SMTPA",
                (true, true, true, true) => "UTF8SMTPSA",
            };
        }
    }

    /// <summary>The greeting (RFC 5321 §4.2: our name comes first).</summary>
    public Reply Greeting() => Replies.Greeting.WithText($"{Options.Hostname} ESMTP Parley");

    /// <summary>One command line.</summary>
    public async ValueTask<Turn> Receive(CommandLine line, CancellationToken cancellation)
    {
        var octets = line.Octets;
        var space = octets.Span.IndexOf((byte)' ');
        var verb = space < 0 ? octets : octets[..space];
        // RFC 5321 §4.1.1: spaces before CRLF are no argument.
        var argument = space < 0 ? default : octets[(space + 1)..].TrimEnd((byte)' ');

        var command = CommandTable.Find(verb.Span);
        if (command is null)
        {
            return HttpRequest.IsPartOf(octets.Span)
                ? new Turn(Replies.UnknownCommand, Next.Close)
                : Count(Ascii.IsValid(octets.Span) ? Replies.UnknownCommand : Replies.NonAsciiCommand);
        }

        var refusal = May(command, line, argument);
        return refusal is null ? Count(await command.Handle(this, argument, cancellation))
            : command.WhenRefused is not null ? Count(command.WhenRefused(this, argument, refusal))
            : Count(refusal);
    }

    // May it? A pure question: the law of the table, then the facts beside it.
    private Reply? May(Command command, CommandLine line, ReadOnlyMemory<byte> argument)
    {
        if (line.WireLength > command.MaxLine && line.WireLength > LineLimits.Of(command, Options))
        {
            return Replies.LineTooLong;
        }

        // RFC 5321 §2.4
        if (!command.TakesUtf8 && !Ascii.IsValid(line.Octets.Span))
        {
            return Replies.NonAsciiCommand;
        }

        var order = command.Order[(int)Phase];
        if (order is not null && Phase == Phase.Start)
        {
            return order;
        }

        if (Options.TlsRequired && !IsTls && !command.BeforeTls)
        {
            return Replies.TlsFirst;
        }

        if (Options.Auth == AuthMode.Required && User is null && command.NeedsLogin)
        {
            return Replies.LoginFirst;
        }

        if (order is not null)
        {
            // RFC 5321 §3.3: none sent and all refused are told apart.
            return order == Replies.RecipientFirst && Transaction!.RecipientsOffered > 0 ? Replies.NoValidRecipient : order;
        }

        return command.Argument switch
        {
            Argument.None when !argument.IsEmpty => Replies.NoArgumentAllowed,
            Argument.Required when argument.IsEmpty => command.Verb == "MAIL" ? Replies.MailSyntax : Replies.RcptSyntax,
            _ => null,
        };
    }

    /// <summary>The line reader found no line but a fault.</summary>
    /// <param name="fault">What it found.</param>
    /// <param name="isLogin">Whether the line that is too long began with AUTH.</param>
    public Turn LineFault(LineStatus fault, bool isLogin)
    {
        var login = isLogin || Sasl is not null;
        CloseSasl(User);
        return fault == LineStatus.BareLineEnd
            ? new Turn(Replies.BareLineEnd, Next.Close)
            : Count(login ? Replies.LoginLineTooLong : Replies.LineTooLong);
    }

    /// <summary>The line that answers a challenge (334).</summary>
    public async ValueTask<Turn> SaslResponse(CommandLine line, CancellationToken cancellation) =>
        Count(await Auth.Answer(this, line.Octets, cancellation));

    internal IReadOnlyList<ISaslMechanism> OfferedMechanisms() =>
        SaslMechanisms.Offer(Options.Mechanisms, SaslHost?.Met(this) ?? SaslNeeds.None);

    internal SaslDialogue OpenSasl(ISaslMechanism mechanism) => Sasl = new SaslDialogue(mechanism, SaslHost!.Context(this));

    internal void CloseSasl(string? user)
    {
        Sasl?.Dispose();
        Sasl = null;
        User = user;
    }

    /// <summary>The content that followed 354 has come to its end.</summary>
    public async ValueTask<Turn> ContentEnded(ContentStatus status, CancellationToken cancellation)
    {
        if (status == ContentStatus.BareLineEnd)
        {
            await EndTransaction();
            return new Turn(Replies.BareLineEndInData, Next.Close);
        }

        return Count(await Deliver(cancellation));
    }

    /// <summary>The octets of a chunk have come; the answer is the chunk's.</summary>
    public async ValueTask<Turn> ChunkEnded(ContentStatus status, CancellationToken cancellation)
    {
        // A chunk that was refused before its octets came has had its answer.
        if (Phase != Phase.Chunks)
        {
            Chunk = null;
            return new Turn(null);
        }

        if (status == ContentStatus.BareLineEnd || (chunkIsLast && Chunk!.EndsInCr))
        {
            await EndTransaction();
            return new Turn(Replies.BareLineEndInData, Next.Close);
        }

        return Count(chunkIsLast ? await Deliver(cancellation) : contentRefusal ?? Replies.ChunkOk);
    }

    /// <summary>
    /// Whether more octets are stored. Called by the connection after each piece: over the limit, or where the content
    /// has no room, the rest is read and thrown away and the end is answered with the refusal.
    /// </summary>
    public async ValueTask ContentWritten(CancellationToken cancellation)
    {
        if (Content is null)
        {
            return;
        }

        if (Content.Length > Options.MaxMessageOctets)
        {
            contentRefusal = Replies.MessageTooBig;
        }
        else
        {
            await Content.Flush(cancellation);
            contentRefusal = Content.Refusal;
        }

        if (contentRefusal is not null)
        {
            await Content.DisposeAsync();
            Content = null;
        }
    }

    /// <summary>TLS has begun: the session is as at its start (RFC 3207 §4.2).</summary>
    public async ValueTask TlsStarted(string description)
    {
        HelloName = null;
        await EndTransaction();
        IsExtended = false;
        User = null;
        IsTls = true;
        TlsDescription = description;
    }

    internal void Begin(MailTransaction draft)
    {
        Transaction = draft;
        Phase = Phase.Mail;
    }

    internal void Offered(Recipient recipient, bool accepted)
    {
        Transaction!.RecipientsOffered++;
        if (accepted)
        {
            Transaction.Add(recipient);
            Phase = Phase.Recipients;
        }
    }

    internal void OpenContent()
    {
        Content = Receiver.NewContent(this, Transaction!);
        contentRefusal = null;
    }

    internal Turn OpenChunk(long octets, bool last)
    {
        if (Phase != Phase.Chunks)
        {
            Phase = Phase.Chunks;
            Chunk = new ChunkReader(Transaction!.Body == BodyType.BinaryMime);
            OpenContent();
        }

        chunkIsLast = last;
        Chunk!.Begin(octets);
        return new Turn(null, Next.Chunk, octets);
    }

    // RFC 3030 §2: the octets follow whatever the answer is, and must not be taken for commands.
    internal Turn SkipChunk(long octets, Reply refusal)
    {
        Chunk = new ChunkReader(binary: true);
        Chunk.Begin(octets);
        return new Turn(refusal, Next.Chunk, octets);
    }

    internal ValueTask Hello(string name, bool extended)
    {
        HelloName = name;
        IsExtended = extended;
        return EndTransaction();
    }

    /// <summary>Forgets the transaction, as RSET does.</summary>
    public ValueTask EndTransaction()
    {
        var content = Content;
        Transaction = null;
        Content = null;
        Chunk = null;
        contentRefusal = null;
        Phase = HelloName is null ? Phase.Start : Phase.Ready;
        return content is null ? default : content.DisposeAsync();
    }

    private async ValueTask<Reply> Deliver(CancellationToken cancellation)
    {
        var reply = contentRefusal;
        if (reply is null && Content is not null)
        {
            reply = await Receiver.Message(this, Transaction!, Content, cancellation);
        }

        await EndTransaction();
        if (reply is { IsRefusal: false })
        {
            Accepted++;
            errors = 0;
        }

        return reply ?? Replies.StoreFault;
    }

    private Turn Count(Turn turn)
    {
        if (turn.Reply is { Code.Severity: ReplySeverity.PermanentNegative } && turn.Next != Next.Close && ++errors >= Options.MaxErrors)
        {
            return new Turn(Replies.TooManyErrors, Next.Close);
        }

        return turn;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Sasl?.Dispose();
        return EndTransaction();
    }
}
