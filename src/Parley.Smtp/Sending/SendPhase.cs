namespace Parley.Smtp.Sending;

/// <summary>Where in a delivery something happened.</summary>
public enum SendPhase
{
    /// <summary>Before any connection: looking for the next hop.</summary>
    Route,

    /// <summary>Opening the connection.</summary>
    Connect,

    /// <summary>Waiting for the greeting.</summary>
    Greeting,

    /// <summary>EHLO, HELO or LHLO.</summary>
    Hello,

    /// <summary>STARTTLS and the handshake.</summary>
    Tls,

    /// <summary>AUTH.</summary>
    Login,

    /// <summary>RSET between two messages.</summary>
    Reset,

    /// <summary>MAIL.</summary>
    Mail,

    /// <summary>RCPT.</summary>
    Recipient,

    /// <summary>DATA, up to its 354.</summary>
    Data,

    /// <summary>Sending the content.</summary>
    Content,

    /// <summary>The content is sent; its answer is awaited. Who is lost here may have taken the message.</summary>
    Answer,

    /// <summary>QUIT.</summary>
    Quit,
}

/// <summary>How long a client waits in each phase (RFC 5321 §4.5.3.2). A wait is for a whole reply, not for its first octet.</summary>
public sealed record SendTimeouts
{
    /// <summary>One address, until it is connected. RFC 5321 says nothing; a longer wait keeps the next address waiting.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>RFC 5321 §4.5.3.2.1: the greeting.</summary>
    public TimeSpan Greeting { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>EHLO, HELO, LHLO, STARTTLS and AUTH; as MAIL.</summary>
    public TimeSpan Hello { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The TLS handshake.</summary>
    public TimeSpan Handshake { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>RFC 5321 §4.5.3.2.2: MAIL; also RSET.</summary>
    public TimeSpan Mail { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>RFC 5321 §4.5.3.2.3: RCPT.</summary>
    public TimeSpan Recipient { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>RFC 5321 §4.5.3.2.4: DATA.</summary>
    public TimeSpan Data { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>RFC 5321 §4.5.3.2.5: each block of content.</summary>
    public TimeSpan Content { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>RFC 5321 §4.5.3.2.6: the answer to the content. Shorter waits make duplicates.</summary>
    public TimeSpan Answer { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>QUIT: a courtesy, so not long.</summary>
    public TimeSpan Quit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The wait for the reply that is due in a phase.</summary>
    public TimeSpan For(SendPhase phase) => phase switch
    {
        SendPhase.Connect or SendPhase.Route => Connect,
        SendPhase.Greeting => Greeting,
        SendPhase.Hello or SendPhase.Tls or SendPhase.Login => Hello,
        SendPhase.Recipient => Recipient,
        SendPhase.Data => Data,
        SendPhase.Content => Content,
        SendPhase.Answer => Answer,
        SendPhase.Quit => Quit,
        _ => Mail,
    };
}
