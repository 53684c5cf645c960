namespace Parley.Smtp.Sending;

/// <summary>
/// Every cause of our own, for which a delivery is deferred (4.y.z) or fails (5.y.z). One sentence, one place; each says
/// what happened and whose move it is.
/// </summary>
public static class SendCauses
{
    // ---- finding the next hop ----

    /// <summary>The domain has no record of any kind (RFC 5321 §5.1).</summary>
    public static readonly SendCause NoSuchDomain = Cause("no-such-domain", "5.1.2", "this domain does not exist; check the address for a typing error");

    /// <summary>RFC 7505 §3: the domain takes no mail, and says so.</summary>
    public static readonly SendCause NullMx = Cause("null-mx", "5.1.10", "this domain declares that it takes no mail; use another address of the recipient") with { Code = 556 };

    /// <summary>The domain exists, but none of its mail servers has an address (RFC 5321 §5.1).</summary>
    public static readonly SendCause NoAddress = Cause("no-address", "5.4.4", "no mail server of this domain has an address; its operator has to mend the DNS");

    /// <summary>Every address is loopback or private, and the configuration does not allow those.</summary>
    public static readonly SendCause PrivateAddress = Cause("private-address", "5.4.4", "the mail servers of this domain have only private addresses; its operator has to mend the DNS, or a route or delivery.allowPrivateAddresses here allows them");

    /// <summary>RFC 5321 §5.1: the best mail server of the domain is this one, and the domain is not ours.</summary>
    public static readonly SendCause LoopsBack = Cause("loops-back", "5.4.6", "the MX of this domain is this server, which does not serve it; add it to domains or routes, or mend its MX");

    /// <summary>The address literal is of a kind that cannot be connected to.</summary>
    public static readonly SendCause UnknownLiteral = Cause("unknown-literal", "5.1.2", "only IPv4 and IPv6 literals can be delivered to; use a domain name");

    /// <summary>DNS gave no answer.</summary>
    public static readonly SendCause DnsFailed = Cause("dns-failed", "4.4.3", "DNS gave no answer; tried again later, and if it stays, check the DNS servers of both sides");

    /// <summary>The destination is not in the configuration any more.</summary>
    public static readonly SendCause RouteGone = Cause("route-gone", "4.3.5", "the route that this recipient was queued for is no longer configured; add it again, or remove the message");

    /// <summary>The name that a route gives leads to no address.</summary>
    public static readonly SendCause RouteHostUnknown = Cause("route-host-unknown", "4.4.4", "the host of this route has no address; check its name in the configuration, and the DNS");

    // ---- the connection ----

    /// <summary>No address could be connected to.</summary>
    public static readonly SendCause NoConnection = Cause("no-connection", "4.4.1", "no connection; tried again later");

    /// <summary>The other side closed or reset the connection.</summary>
    public static readonly SendCause ConnectionLost = Cause("connection-lost", "4.4.2", "the connection was lost; tried again later");

    /// <summary>RFC 5321 §4.5.3.2: no whole reply within the time of the phase.</summary>
    public static readonly SendCause Silence = Cause("silence", "4.4.2", "the server did not answer in time; tried again later");

    /// <summary>What came is no reply.</summary>
    public static readonly SendCause NotSmtp = Cause("not-smtp", "4.5.0", "what the server sent is not SMTP; check which service listens there");

    /// <summary>A reply over <see cref="ReplyReader.MaxReplyOctets"/>.</summary>
    public static readonly SendCause ReplyTooLong = Cause("reply-too-long", "4.5.0", "the server's reply is longer than 64 KB; check which service listens there");

    /// <summary>A reply that nothing had been asked for.</summary>
    public static readonly SendCause EarlyReply = Cause("early-reply", "4.5.0", "the server answered before it was asked, so that its answers cannot be told apart; tried again later");

    /// <summary>RFC 5321 §4.2.1: a first digit that the command cannot have.</summary>
    public static readonly SendCause OddReply = Cause("odd-reply", "4.5.0", "the server's reply does not fit the command; tried again later");

    // ---- TLS and login ----

    /// <summary>TLS is required and not offered.</summary>
    public static readonly SendCause TlsNotOffered = Cause("tls-not-offered", "4.7.10", "this route requires TLS and the server does not offer it; mend the server, or set the route's tls to opportunistic");

    /// <summary>The handshake failed, or the certificate is not the right one.</summary>
    public static readonly SendCause TlsFailed = Cause("tls-failed", "4.7.5", "TLS could not be set up; check the server's certificate and name");

    /// <summary>The route has a user, and the server offers no AUTH.</summary>
    public static readonly SendCause LoginNotOffered = Cause("login-not-offered", "4.7.0", "this route logs in and the server offers no AUTH; check its port, or remove the route's user");

    /// <summary>No mechanism is both offered and allowed.</summary>
    public static readonly SendCause NoCommonMechanism = Cause("no-common-mechanism", "4.7.4", "no login mechanism suits both sides; passwords go in clear only inside TLS, to this machine, or where the route's tls is none");

    /// <summary>The server broke the rules of the mechanism, or could not prove that it knows the password.</summary>
    public static readonly SendCause LoginAborted = Cause("login-aborted", "4.7.0", "the login was broken off; check that this is the right server");

    // ---- the message ----

    /// <summary>RFC 1870 §6.3: over the size that the hop announced.</summary>
    public static readonly SendCause TooBig = Cause("too-big", "5.3.4", "the message is larger than the next server takes; send it smaller, or by a link");

    /// <summary>RFC 6152 §3: the hop takes 7 bits only.</summary>
    public static readonly SendCause NeedsEightBit = Cause("needs-8bitmime", "5.6.3", "the message has 8-bit content and the next server does not offer 8BITMIME; send it as quoted-printable or base64");

    /// <summary>RFC 6531 §3.5: the hop has no SMTPUTF8.</summary>
    public static readonly SendCause NeedsUtf8 = Cause("needs-smtputf8", "5.6.9", "the message has addresses or headers in UTF-8 and the next server does not offer SMTPUTF8; use ASCII addresses");

    /// <summary>RFC 3030 §3: the hop has no BINARYMIME with CHUNKING.</summary>
    public static readonly SendCause NeedsBinary = Cause("needs-binarymime", "5.6.1", "the message is binary and the next server does not offer BINARYMIME; send it as base64");

    /// <summary>RFC 8689 §4.2.1: the hop cannot keep the promise.</summary>
    public static readonly SendCause NeedsRequireTls = Cause("needs-requiretls", "5.7.30", "the sender asked for TLS all the way and the next server does not support REQUIRETLS; send without it");

    /// <summary>RFC 5321 §2.3.8: a CR or LF alone could end the message early for a careless reader.</summary>
    public static readonly SendCause BareLineEnd = Cause("bare-line-end", "5.6.0", "the message holds a CR or LF alone, which only a binary transfer could carry unharmed; send it as base64");

    /// <summary>The store could not give the content.</summary>
    public static readonly SendCause ContentUnreadable = Cause("content-unreadable", "4.3.0", "the content could not be read from the store; check the disk");

    /// <summary>Every entry, in the order above.</summary>
    public static IReadOnlyList<SendCause> All { get; } =
    [
        NoSuchDomain, NullMx, NoAddress, PrivateAddress, LoopsBack, UnknownLiteral, DnsFailed, RouteGone, RouteHostUnknown,
        NoConnection, ConnectionLost, Silence, NotSmtp, ReplyTooLong, EarlyReply, OddReply,
        TlsNotOffered, TlsFailed, LoginNotOffered, NoCommonMechanism, LoginAborted,
        TooBig, NeedsEightBit, NeedsUtf8, NeedsBinary, NeedsRequireTls, BareLineEnd, ContentUnreadable,
    ];

    private static SendCause Cause(string id, string status, string text) => new(id, EnhancedStatusCode.Parse(status)!.Value, text);
}
