namespace Parley.Smtp;

/// <summary>
/// Everything this server can ever say. One sentence, one place: no handler holds a digit of a reply code. The id of
/// an entry is also the event, the metric label, the key of the explanation and the end of the link in the text.
/// </summary>
public static class Replies
{
    // ---- connection ----

    /// <summary>RFC 5321 §3.1: ready.</summary>
    public static readonly Reply Greeting = new("greeting", 220, null, "Parley ESMTP ready");

    /// <summary>RFC 5321 §3.8: the server stops.</summary>
    public static readonly Reply ShuttingDown = new("shutting-down", 421, "4.3.2", "This server is shutting down, try again shortly");

    /// <summary>RFC 5321 §3.8: all places are taken.</summary>
    public static readonly Reply TooManyConnections = new("too-many-connections", 421, "4.3.2", "All connections are in use, try again later");

    /// <summary>Too many connections of one address.</summary>
    public static readonly Reply TooManyFromAddress = new("too-many-from-address", 421, "4.7.0", "Too many connections from your address, close some first");

    /// <summary>RFC 5321 §4.5.3.2.7: no command for too long.</summary>
    public static readonly Reply IdleTooLong = new("idle-too-long", 421, "4.4.2", "No command came for too long, closing");

    /// <summary>RFC 5321 §4.5.3.2.5: the data stopped, or came octet by octet for too long.</summary>
    public static readonly Reply DataTimeout = new("data-timeout", 421, "4.4.2", "The message data stopped or came too slowly, closing; nothing was stored");

    /// <summary>More refused commands than one session may have.</summary>
    public static readonly Reply TooManyErrors = new("too-many-errors", 421, "4.7.0", "Too many errors in this session, closing");

    /// <summary>A fault of our own at any step.</summary>
    public static readonly Reply InternalFault = new("internal-fault", 421, "4.3.0", "A fault of this server stopped the session, try again later");

    /// <summary>RFC 5321 §4.1.1.10: QUIT.</summary>
    public static readonly Reply Closing = new("closing", 221, "2.0.0", "Goodbye");

    // ---- lines and verbs ----

    /// <summary>RFC 5321 §4.2.4: not a command.</summary>
    public static readonly Reply UnknownCommand = new("unknown-command", 500, "5.5.1", "This is not a command that SMTP knows");

    /// <summary>RFC 5321 §4.5.3.1.4: over the limit in force.</summary>
    public static readonly Reply LineTooLong = new("line-too-long", 500, "5.5.2", "The command line is longer than 512 octets and its extensions allow");

    /// <summary>RFC 5321 §2.4: octets above 127 outside an address.</summary>
    public static readonly Reply NonAsciiCommand = new("non-ascii-command", 500, "5.5.2", "A command holds ASCII only");

    /// <summary>RFC 5321 §2.3.8: CR or LF alone in a command.</summary>
    public static readonly Reply BareLineEnd = new("bare-line-end", 500, "5.5.2", "A line ends in CR LF together; a lone CR or LF is refused, closing");

    /// <summary>RFC 5321 §2.3.8: CR or LF alone in the content.</summary>
    public static readonly Reply BareLineEndInData = new("bare-line-end-in-data", 550, "5.5.2", "The message holds a lone CR or LF; lines end in CR LF together, closing");

    /// <summary>RFC 5321 §4.2.4: known, not built or switched off here.</summary>
    public static readonly Reply NotImplemented = new("not-implemented", 502, "5.5.1", "This command is not implemented here");

    /// <summary>RFC 5321 §7.3: EXPN or VRFY is switched off.</summary>
    public static readonly Reply CommandDisabled = new("command-disabled", 502, "5.5.1", "This command is switched off on this server");

    /// <summary>RFC 5321 §4.1.1: an argument where none belongs.</summary>
    public static readonly Reply NoArgumentAllowed = new("no-argument-allowed", 501, "5.5.4", "This command takes no argument");

    /// <summary>RFC 5321 §4.1.4: an argument is missing.</summary>
    public static readonly Reply ArgumentMissing = new("argument-missing", 501, "5.5.4", "This command needs an argument");

    // ---- order ----

    /// <summary>RFC 5321 §4.1.4: EHLO comes first.</summary>
    public static readonly Reply HelloFirst = new("hello-first", 503, "5.5.1", "Send EHLO first");

    /// <summary>RFC 5321 §4.1.4: a transaction is open.</summary>
    public static readonly Reply NestedMail = new("nested-mail", 503, "5.5.1", "A MAIL is open already; finish it or send RSET");

    /// <summary>RFC 5321 §3.3: RCPT or DATA without MAIL.</summary>
    public static readonly Reply MailFirst = new("mail-first", 503, "5.5.1", "Send MAIL FROM first");

    /// <summary>RFC 5321 §3.3: DATA without RCPT.</summary>
    public static readonly Reply RecipientFirst = new("recipient-first", 503, "5.5.1", "No recipient yet; send RCPT TO first");

    /// <summary>RFC 5321 §3.3: every recipient was refused.</summary>
    public static readonly Reply NoValidRecipient = new("no-valid-recipient", 554, "5.5.1", "No recipient was accepted, so there is nobody to take the message for");

    /// <summary>RFC 3030 §2: DATA, MAIL or RCPT after a first chunk.</summary>
    public static readonly Reply ChunksOpen = new("chunks-open", 503, "5.5.1", "The message is coming by BDAT; end it with BDAT LAST or send RSET");

    /// <summary>RFC 3030 §3: a binary body needs BDAT.</summary>
    public static readonly Reply BinaryNeedsChunks = new("binary-needs-chunks", 503, "5.5.1", "BODY=BINARYMIME travels by BDAT, not by DATA");

    /// <summary>Not inside a transaction: STARTTLS and AUTH after MAIL.</summary>
    public static readonly Reply NotInTransaction = new("not-in-transaction", 503, "5.5.1", "Not inside a mail transaction; finish it or send RSET");

    // ---- EHLO, HELO ----

    /// <summary>RFC 5321 §4.1.1.1: EHLO's answer.</summary>
    public static readonly Reply Ehlo = new("ehlo", 250, null, "Hello");

    /// <summary>RFC 5321 §4.1.1.1: HELO's answer.</summary>
    public static readonly Reply Helo = new("helo", 250, null, "Hello");

    /// <summary>RFC 5321 §4.1.1.1: the name is missing or malformed.</summary>
    public static readonly Reply HelloName = new("hello-name", 501, null, "Give your host name or [address literal], as in EHLO client.example.org");

    // ---- MAIL ----

    /// <summary>RFC 5321 §3.3: the sender is taken.</summary>
    public static readonly Reply SenderOk = new("sender-ok", 250, "2.1.0", "Sender accepted");

    /// <summary>RFC 5321 §4.1.1.2: not <c>FROM:&lt;…&gt;</c>.</summary>
    public static readonly Reply MailSyntax = new("mail-syntax", 501, "5.5.4", "Write MAIL FROM:<address>, in angle brackets and without spaces around the colon");

    /// <summary>RFC 5321 §4.1.2: the reverse-path does not follow the grammar.</summary>
    public static readonly Reply SenderMalformed = new("sender-malformed", 501, "5.1.7", "The sender's address is malformed");

    /// <summary>RFC 5321 §4.5.3.1.3: the reverse-path is too long.</summary>
    public static readonly Reply SenderTooLong = new("sender-too-long", 501, "5.1.7", "The sender's address is too long: at most 64 octets before the @, and 254 in all");

    /// <summary>RFC 5321 §4.1.1.11: a parameter that is not offered.</summary>
    public static readonly Reply ParameterUnknown = new("parameter-unknown", 555, "5.5.4", "A parameter of this command is not known or not offered here");

    /// <summary>RFC 5321 §4.1.4: a parameter's value is bad.</summary>
    public static readonly Reply ParameterValue = new("parameter-value", 501, "5.5.4", "A parameter of this command has a bad value");

    /// <summary>A parameter given twice.</summary>
    public static readonly Reply ParameterTwice = new("parameter-twice", 501, "5.5.4", "A parameter of this command is given twice");

    /// <summary>RFC 1870 §6.1: over the fixed limit.</summary>
    public static readonly Reply MessageTooBig = new("message-too-big", 552, "5.3.4", "The message is larger than this server takes");

    /// <summary>RFC 6531 §3.5: a sender that needs SMTPUTF8.</summary>
    public static readonly Reply SenderNeedsUtf8 = new("sender-needs-utf8", 550, "5.6.7", "The sender's address is not ASCII; add SMTPUTF8 to MAIL");

    /// <summary>RFC 4954 §6: log in first.</summary>
    public static readonly Reply LoginFirst = new("login-first", 530, "5.7.0", "Log in with AUTH first");

    /// <summary>RFC 3207 §4: TLS first.</summary>
    public static readonly Reply TlsFirst = new("tls-first", 530, "5.7.0", "Must issue STARTTLS first");

    /// <summary>RFC 6409 §6.1: the user may not use this sender.</summary>
    public static readonly Reply SenderNotYours = new("sender-not-yours", 550, "5.7.1", "Your login may not send as this address");

    // ---- RCPT ----

    /// <summary>RFC 5321 §3.3: the recipient is taken.</summary>
    public static readonly Reply RecipientOk = new("recipient-ok", 250, "2.1.5", "Recipient accepted");

    /// <summary>RFC 5321 §4.1.1.3: not <c>TO:&lt;…&gt;</c>.</summary>
    public static readonly Reply RcptSyntax = new("rcpt-syntax", 501, "5.5.4", "Write RCPT TO:<address>, in angle brackets and without spaces around the colon");

    /// <summary>RFC 5321 §4.1.2: the forward-path does not follow the grammar.</summary>
    public static readonly Reply RecipientMalformed = new("recipient-malformed", 501, "5.1.3", "The recipient's address is malformed");

    /// <summary>RFC 5321 §4.5.3.1.3: the forward-path is too long.</summary>
    public static readonly Reply RecipientTooLong = new("recipient-too-long", 501, "5.1.3", "The recipient's address is too long: at most 64 octets before the @, and 254 in all");

    /// <summary>RFC 6531 §3.5: a recipient that needs SMTPUTF8.</summary>
    public static readonly Reply RecipientNeedsUtf8 = new("recipient-needs-utf8", 553, "5.6.7", "The recipient's address is not ASCII; add SMTPUTF8 to MAIL");

    /// <summary>RFC 5321 §3.3: no such mailbox.</summary>
    public static readonly Reply NoSuchMailbox = new("no-such-mailbox", 550, "5.1.1", "There is no such mailbox here");

    /// <summary>RFC 5321 §3.6.2: a foreign domain, and the client may not relay.</summary>
    public static readonly Reply RelayDenied = new("relay-denied", 550, "5.7.1", "This server does not take mail for that domain from you; log in to send to others");

    /// <summary>RFC 5321 §4.5.3.1.10: too many recipients.</summary>
    public static readonly Reply TooManyRecipients = new("too-many-recipients", 452, "4.5.3", "Too many recipients for one message; send the rest in another");

    // ---- DATA, BDAT ----

    /// <summary>RFC 5321 §4.1.1.4: send the message.</summary>
    public static readonly Reply StartMailInput = new("start-mail-input", 354, null, "Send the message, end with a line that holds a dot alone");

    /// <summary>RFC 5321 §3.3: the message is on disk.</summary>
    public static readonly Reply MessageAccepted = new("message-accepted", 250, "2.0.0", "Message accepted");

    /// <summary>RFC 3030 §2: the chunk is taken.</summary>
    public static readonly Reply ChunkOk = new("chunk-ok", 250, "2.0.0", "Chunk accepted");

    /// <summary>RFC 3030 §2: the size is missing or no number.</summary>
    public static readonly Reply ChunkSize = new("chunk-size", 501, "5.5.4", "Write BDAT <octets> or BDAT <octets> LAST; the place in the stream is lost, closing");

    /// <summary>RFC 5321 §4.2.2: no room now.</summary>
    public static readonly Reply NoRoom = new("no-room", 452, "4.3.1", "No room to store the message now, try again later");

    /// <summary>RFC 5321 §4.2.2: a local error; nothing was stored.</summary>
    public static readonly Reply StoreFault = new("store-fault", 451, "4.3.0", "The message could not be stored for a fault of this server, try again later");

    /// <summary>RFC 5321 §6.3: the message goes in circles.</summary>
    public static readonly Reply TooManyHops = new("too-many-hops", 554, "5.4.6", "The message passed too many servers, it seems to run in a circle");

    /// <summary>RFC 6409 §6.3: the header section is not one.</summary>
    public static readonly Reply HeadersBroken = new("headers-broken", 554, "5.6.0", "The header section is broken: it needs one From field, and Date and Message-ID at most once");

    // ---- RSET, NOOP, HELP, VRFY, EXPN ----

    /// <summary>RFC 5321 §4.1.1.5: forgotten.</summary>
    public static readonly Reply ResetOk = new("reset-ok", 250, "2.0.0", "Reset");

    /// <summary>RFC 5321 §4.1.1.9: nothing done.</summary>
    public static readonly Reply NoopOk = new("noop-ok", 250, "2.0.0", "OK");

    /// <summary>RFC 5321 §4.1.1.8: help.</summary>
    public static readonly Reply Help = new("help", 214, "2.0.0", "Commands of this server");

    /// <summary>RFC 5321 §4.3.2: no help on that.</summary>
    public static readonly Reply HelpTopicUnknown = new("help-topic-unknown", 504, "5.5.4", "There is no help on that; HELP alone lists the commands");

    /// <summary>RFC 5321 §7.3: not said, mail will be tried.</summary>
    public static readonly Reply CannotVerify = new("cannot-verify", 252, "2.5.0", "Not verified here; send the message and see");

    /// <summary>RFC 5321 §3.5.1: the mailbox exists.</summary>
    public static readonly Reply Verified = new("verified", 250, "2.1.5", "The mailbox exists");

    /// <summary>RFC 5321 §3.5.1: more than one mailbox fits.</summary>
    public static readonly Reply VerifyAmbiguous = new("verify-ambiguous", 553, "5.1.4", "More than one mailbox fits that name");

    /// <summary>RFC 5321 §3.5.2: the members of a list.</summary>
    public static readonly Reply Expanded = new("expanded", 250, "2.1.5", "The members of the list");

    // ---- STARTTLS ----

    /// <summary>RFC 3207 §4: begin TLS.</summary>
    public static readonly Reply TlsReady = new("tls-ready", 220, "2.0.0", "Ready to start TLS");

    /// <summary>RFC 3207 §4: TLS cannot be used now.</summary>
    public static readonly Reply TlsUnavailable = new("tls-unavailable", 454, "4.7.0", "TLS cannot be started now for a fault of this server's certificate");

    /// <summary>TLS is there already.</summary>
    public static readonly Reply TlsActive = new("tls-active", 503, "5.5.1", "TLS is active already");

    /// <summary>STARTTLS is not offered here.</summary>
    public static readonly Reply TlsNotOffered = new("tls-not-offered", 502, "5.5.1", "STARTTLS is not offered here");

    // ---- AUTH ----

    /// <summary>RFC 4954 §4: logged in.</summary>
    public static readonly Reply LoggedIn = new("logged-in", 235, "2.7.0", "Logged in");

    /// <summary>RFC 4954 §4: a challenge; its text is base64.</summary>
    public static readonly Reply Challenge = new("challenge", 334, null, string.Empty);

    /// <summary>RFC 4954 §6: the credential was right, and has to be changed first.</summary>
    public static readonly Reply PasswordTransition = new("password-transition", 432, "4.7.12", "Your password has to be changed before you can log in; change it, then log in again");

    /// <summary>RFC 4954 §6: accounts cannot be read now.</summary>
    public static readonly Reply LoginUnavailable = new("login-unavailable", 454, "4.7.0", "Logins cannot be checked now, try again later");

    /// <summary>Too many failures for an account; slow down.</summary>
    public static readonly Reply TooManyLogins = new("too-many-logins", 454, "4.7.0", "Too many failed logins, wait before the next try");

    /// <summary>Too many failures from an address; closing. In place of the greeting where nothing is done without a login.</summary>
    public static readonly Reply TooManyLoginsClosing = new("too-many-logins-closing", 421, "4.7.0", "Too many failed logins from your address, closing; try again later");

    /// <summary>RFC 4954 §4: the line is over 12288 octets.</summary>
    public static readonly Reply LoginLineTooLong = new("login-line-too-long", 500, "5.5.6", "The authentication line is longer than 12288 octets");

    /// <summary>RFC 4954 §4: the answer is not base64.</summary>
    public static readonly Reply NotBase64 = new("not-base64", 501, "5.5.2", "The answer is not valid base64");

    /// <summary>RFC 4954 §4: base64, but not what the mechanism speaks.</summary>
    public static readonly Reply LoginMalformed = new("login-malformed", 501, "5.5.2", "The answer is not what this mechanism asks for");

    /// <summary>RFC 4954 §4: the client cancelled with an asterisk.</summary>
    public static readonly Reply LoginCancelled = new("login-cancelled", 501, "5.7.0", "Authentication cancelled by the client");

    /// <summary>RFC 4954 §4: an initial response where the server speaks first.</summary>
    public static readonly Reply NoInitialResponse = new("no-initial-response", 501, "5.5.4", "This mechanism takes no initial response; wait for the challenge");

    /// <summary>RFC 4954 §4: AUTH without a mechanism.</summary>
    public static readonly Reply MechanismMissing = new("mechanism-missing", 501, "5.5.4", "Name a mechanism, as in AUTH PLAIN");

    /// <summary>RFC 4954 §4: a mechanism that is not offered.</summary>
    public static readonly Reply MechanismUnknown = new("mechanism-unknown", 504, "5.5.4", "This authentication mechanism is not offered here");

    /// <summary>RFC 4954 §4: logged in already.</summary>
    public static readonly Reply AlreadyLoggedIn = new("already-logged-in", 503, "5.5.1", "Already logged in");

    /// <summary>AUTH is off on this listener.</summary>
    public static readonly Reply LoginNotOffered = new("login-not-offered", 502, "5.5.1", "AUTH is not available on this port");

    /// <summary>RFC 4954 §6: log in inside TLS only.</summary>
    public static readonly Reply LoginNeedsTls = new("login-needs-tls", 538, "5.7.11", "Logging in needs encryption; send STARTTLS first");

    /// <summary>RFC 5248: the account is disabled.</summary>
    public static readonly Reply AccountDisabled = new("account-disabled", 525, "5.7.13", "This account is disabled");

    /// <summary>RFC 4954 §6: the mechanism is too weak for this user.</summary>
    public static readonly Reply MechanismTooWeak = new("mechanism-too-weak", 534, "5.7.9", "This mechanism is too weak for this account, use a stronger one");

    /// <summary>RFC 4954 §6: wrong user or password, and never which.</summary>
    public static readonly Reply WrongCredentials = new("wrong-credentials", 535, "5.7.8", "User or password is wrong");

    /// <summary>Every entry, in the order above.</summary>
    public static IReadOnlyList<Reply> All { get; } =
    [
        Greeting, ShuttingDown, TooManyConnections, TooManyFromAddress, IdleTooLong, DataTimeout, TooManyErrors, InternalFault, Closing,
        UnknownCommand, LineTooLong, NonAsciiCommand, BareLineEnd, BareLineEndInData, NotImplemented, CommandDisabled, NoArgumentAllowed, ArgumentMissing,
        HelloFirst, NestedMail, MailFirst, RecipientFirst, NoValidRecipient, ChunksOpen, BinaryNeedsChunks, NotInTransaction,
        Ehlo, Helo, HelloName,
        SenderOk, MailSyntax, SenderMalformed, SenderTooLong, ParameterUnknown, ParameterValue, ParameterTwice, MessageTooBig, SenderNeedsUtf8,
        LoginFirst, TlsFirst, SenderNotYours,
        RecipientOk, RcptSyntax, RecipientMalformed, RecipientTooLong, RecipientNeedsUtf8, NoSuchMailbox, RelayDenied, TooManyRecipients,
        StartMailInput, MessageAccepted, ChunkOk, ChunkSize, NoRoom, StoreFault, TooManyHops, HeadersBroken,
        ResetOk, NoopOk, Help, HelpTopicUnknown, CannotVerify, Verified, VerifyAmbiguous, Expanded,
        TlsReady, TlsUnavailable, TlsActive, TlsNotOffered,
        LoggedIn, Challenge, PasswordTransition, LoginUnavailable, TooManyLogins, TooManyLoginsClosing, LoginLineTooLong, NotBase64, LoginMalformed,
        LoginCancelled, NoInitialResponse, MechanismMissing, MechanismUnknown, AlreadyLoggedIn, LoginNotOffered, LoginNeedsTls,
        AccountDisabled, MechanismTooWeak, WrongCredentials,
    ];
}
