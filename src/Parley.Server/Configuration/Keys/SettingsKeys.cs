using System.Net;
using Parley.Smtp.Addresses;
using Parley.Smtp.Sasl;
using static Parley.Server.Configuration.Keys.ValueKinds;

namespace Parley.Server.Configuration.Keys;

/// <summary>Every key of the configuration, in the order of the documentation. What is not here is an unknown key.</summary>
internal static class SettingsKeys
{
    private static readonly string[] Mechanisms = [.. SaslMechanisms.All.Select(m => m.Name)];

    // What the client side can do at the next hop: all but EXTERNAL, as there is no certificate of ours to show.
    private static readonly string[] RouteMechanisms = [.. Mechanisms.Where(m => m != "EXTERNAL")];

    public static readonly IReadOnlyList<SettingsKey> All =
    [
        new("$schema", Text, null, "Where an editor finds the JSON schema; the server does not read it."),
        new("hostname", Domain, null, "The name of this server in its greeting, in EHLO, in trace fields and in notifications. Other servers want one with a dot that leads back to this machine.")
        {
            DefaultNote = "the machine's name, else `localhost`",
        },
        .. Listening(),
        .. Recipients(),
        .. Accounts(),
        .. Bounds(),
        .. Answers(),
        .. Leaving(),
    ];

    public static readonly KeyNode Root = KeyNode.Build(All);

    private static IEnumerable<SettingsKey> Listening() =>
    [
        new("listeners", Rows, null, "The SMTP sockets, each with its role.") { DefaultNote = "one: `127.0.0.1:2525`, role `mx`" },
        new("listeners[].address", Listen, null, "Where to listen. Port 0 takes a free one; `0.0.0.0` and `[::]` stand for every address of the machine.") { IsRequired = true, NeedsRestart = true },
        new("listeners[].role", new ChoiceKind<ListenerRole>(("mx", ListenerRole.Mx), ("submission", ListenerRole.Submission)), "\"mx\"", "`mx` takes mail from other servers; `submission` takes mail from your users (RFC 6409), who log in first."),
        new("listeners[].tls", new ChoiceKind<ListenerTls>(("none", ListenerTls.None), ("starttls", ListenerTls.StartTls), ("required", ListenerTls.Required), ("implicit", ListenerTls.Implicit)), null, "`starttls` offers TLS, `required` wants it before mail, `implicit` speaks it from the first octet (port 465).")
        {
            DefaultNote = "`starttls` where there is a certificate, else `none`",
        },
        new("listeners[].auth", new ChoiceKind<ListenerAuth>(("required", ListenerAuth.Required), ("optional", ListenerAuth.Optional), ("off", ListenerAuth.Off)), null, "Whether clients log in.")
        {
            DefaultNote = "`required` on `submission`, `off` on `mx`, `optional` in the catcher",
        },
        new("listeners[].mechanisms", OrNull(new ListKind<string>(Mechanism(Mechanisms), fewest: 1)), "null", "The SASL mechanisms to offer, in this order; null leaves the choice to the server."),
        new("http", ValueKinds.Section, null, "The console, the API, the reference pages and the metrics."),
        new("http.address", OrNull(Listen), "\"127.0.0.1:8025\"", "Where to listen for HTTP; null switches it off.") { NeedsRestart = true },
        new("http.tokenFile", OrNull(ReadableFile), "null", "A file whose first line is the bearer token that opens the console and the API to other machines; null leaves them to loopback."),
        new("tls", ValueKinds.Section, null, "Certificates of the listeners. They are read again when the files change."),
        new("tls.certificateFile", OrNull(ReadableFile), "null", "The certificate with its chain, PEM. The catcher makes itself one."),
        new("tls.keyFile", OrNull(ReadableFile), "null", "The private key of `tls.certificateFile`, PEM without a password."),
        new("tls.certificates", Rows, null, "More certificates, chosen by the name that the client asks for (SNI).") { DefaultNote = "`[]`" },
        new("tls.certificates[].certificateFile", ReadableFile, null, "The certificate with its chain, PEM.") { IsRequired = true },
        new("tls.certificates[].keyFile", ReadableFile, null, "Its private key, PEM without a password.") { IsRequired = true },
        new("tls.clientCaFile", OrNull(ReadableFile), "null", "Authorities, PEM, whose client certificates SASL EXTERNAL accepts; null asks for none."),
        new("tls.allowPlaintextAuth", Flag, "false", "Lets clients log in without TLS, where the network can read the password. For tests on one machine."),
    ];

    private static IEnumerable<SettingsKey> Recipients() =>
    [
        new("domains", new MapKind(Domain), null, "The local domains. Without any (and without routes and trusted networks) the server is the catcher.") { DefaultNote = "`{}`" },
        new("domains.*", ValueKinds.Section, null, "A local domain; names beyond ASCII may be written as they are."),
        new("domains.*.mailboxes", new ListKind<string>(LocalPart), "[]", "Who keeps mail here: what stands left of the @."),
        new("domains.*.aliases", new MapKind(LocalPart), null, "Names that stand for others.") { DefaultNote = "`{}`" },
        new("domains.*.aliases.*", new ListKind<string>(MailTarget, fewest: 1), null, "Whom mail to this name goes to: mailboxes of this domain, or whole addresses anywhere."),
        new("domains.*.catchAll", OrNull(MailTarget), "null", "Who takes mail for names that are neither mailbox nor alias; null refuses it with 550 5.1.1."),
        new("domains.*.subaddressSeparator", OrNull(Separator), "\"+\"", "`alice+news` is delivered to `alice`; null treats such a name like any other."),
        new("trustedNetworks", new ListKind<IPNetwork>(Network), "[]", "Clients from here may relay without a login and are exempt from `limits.connectionsPerAddress`."),
    ];

    private static IEnumerable<SettingsKey> Accounts() =>
    [
        new("users", new MapKind(UserName), null, "Accounts, by the name to log in with (it may be an address); `parley user` manages others in the store.") { DefaultNote = "`{}`" },
        new("users.*", ValueKinds.Section, null, "An account."),
        new("users.*.passwordFile", ReadableFile, null, "A file whose first line is `{SCRAM-SHA-256}iterations$salt:stored:server`, or the password in clear, which is turned into such keys at load and warned about.") { IsRequired = true },
        new("users.*.addresses", new ListKind<Mailbox>(MailAddress), "[]", "The addresses that this user may send from."),
        new("oauth", ValueKinds.Section, null, "How the tokens of OAUTHBEARER and XOAUTH2 are checked."),
        new("oauth.issuer", OrNull(Issuer), "null", "Who must have issued the token (`iss`); its keys are fetched from there unless `oauth.keysFile` has them."),
        new("oauth.audience", OrNull(Text), "null", "Whom the token must be meant for (`aud`)."),
        new("oauth.keysFile", OrNull(ReadableFile), "null", "The issuer's keys, a JSON Web Key Set."),
        new("oauth.userClaim", Text, "\"email\"", "The claim that names the account."),
    ];

    private static IEnumerable<SettingsKey> Bounds() =>
    [
        new("limits", ValueKinds.Section, null, "Bounds on what clients may use."),
        new("limits.messageBytes", new WholeKind(1, 1L << 40), "52428800", "Largest message in octets, announced as SIZE; above it 552 5.3.4."),
        new("limits.recipients", new WholeKind(1, 100_000), "1000", "Recipients of one transaction; above it 452 4.5.3. RFC 5321 asks for at least 100."),
        new("limits.connections", new WholeKind(1, 1_000_000), "20000", "SMTP connections at one time; above it 421 4.3.2."),
        new("limits.connectionsPerAddress", new WholeKind(1, 1_000_000), "50", "SMTP connections at one time from one address, of IPv6 from one /64; above it 421 4.7.0. Loopback and `trustedNetworks` are exempt."),
        new("limits.errorsPerSession", new WholeKind(1, 1_000_000), "20", "Commands refused with 5yz until the session ends with 421 4.7.0."),
        new("limits.commandTimeout", Duration("100ms", "1d"), "\"5m\"", "Longest wait for a command; then 421 4.4.2. RFC 5321 asks for at least 5 minutes."),
        new("limits.dataTimeout", Duration("100ms", "1d"), "\"10m\"", "Longest wait for the next piece of a message; six times as long in all for one that comes at fewer than 100 octets a second. Then 421 4.4.2."),
        new("limits.shutdownGrace", Duration("0s", "1h"), "\"30s\"", "How long open transactions may go on when the server is told to stop."),
        new("limits.keepMessages", new WholeKind(1, 100_000_000), "10000", "The catcher keeps the newest messages, at most so many. A server with domains keeps all."),
        new("limits.keepBytes", new WholeKind(1, 1L << 50), "1073741824", "The catcher keeps the newest messages, at most so many octets. A server with domains keeps all."),
    ];

    private static IEnumerable<SettingsKey> Answers() =>
    [
        new("commands", ValueKinds.Section, null, "What the commands that tell about mailboxes answer."),
        new("commands.vrfy", new ChoiceKind<VrfyAnswer>(("neutral", VrfyAnswer.Neutral), ("answer", VrfyAnswer.Answer), ("disabled", VrfyAnswer.Disabled)), "\"neutral\"", "`neutral` answers 252 to every address, `answer` tells the truth, `disabled` answers 502."),
        new("commands.expn", new ChoiceKind<ExpnAnswer>(("disabled", ExpnAnswer.Disabled), ("answer", ExpnAnswer.Answer)), "\"disabled\"", "`answer` lists the members of an alias, `disabled` answers 502."),
        new("replies", ValueKinds.Section, null, "How refusals are worded."),
        new("replies.explainUrl", OrNull(WebAddress), "null", "Ends each refusal with a link to its explanation: this address, a slash and the reply's name."),
        new("store", ValueKinds.Section, null, "Where the queue and the mailboxes rest."),
        new("store.engine", new ChoiceKind<StoreEngine>(("sqlite", StoreEngine.Sqlite))
        {
            NotYet = new Dictionary<string, string>(StringComparer.Ordinal) { ["postgres"] = "PostgreSQL is not supported yet" },
        }, "\"sqlite\"", "The store: SQLite, in the data folder.") { NeedsRestart = true },
        new("maildir", OrNull(Folder), "null", "Local mail also goes to `{domain}/{mailbox}/{tmp,new,cur}` in this folder, where Dovecot can serve it."),
    ];

    private static IEnumerable<SettingsKey> Leaving() =>
    [
        new("dns", ValueKinds.Section, null, "Whom to ask for DNS records."),
        new("dns.servers", OrNull(new ListKind<IPEndPoint>(DnsServer, fewest: 1)), "null", "Resolvers, asked in this order; null takes the system's."),
        new("routes", Rows, null, "Where mail for some domains goes instead of to their MX. The first whose `match` covers the recipient's domain wins; a route for a local domain replaces its mailboxes.") { DefaultNote = "`[]`" },
        new("routes[].match", RoutePattern, null, "`*` for every domain, `example.org` for that one, `*.example.org` for those below it.") { IsRequired = true },
        new("routes[].smarthost", OrNull(NextHop), "null", "The SMTP server to hand the mail to; port 25 unless named."),
        new("routes[].lmtp", OrNull(Lmtp), "null", "The LMTP server to hand the mail to, instead of a smarthost."),
        new("routes[].tls", new ChoiceKind<RouteTls>(("none", RouteTls.None), ("opportunistic", RouteTls.Opportunistic), ("required", RouteTls.Required)), "\"opportunistic\"", "`opportunistic` uses TLS when it is offered, `required` sends only over TLS with a certificate that checks out, `none` never uses it."),
        new("routes[].user", OrNull(Text), "null", "Whom to log in as."),
        new("routes[].passwordFile", OrNull(ReadableFile), "null", "A file whose first line is the password (for XOAUTH2 the token)."),
        new("routes[].mechanism", OrNull(Mechanism(RouteMechanisms)), "null", "The SASL mechanism; null takes the best that both sides know."),
        new("delivery", ValueKinds.Section, null, "How mail leaves."),
        new("delivery.port", Port, "25", "The port of MX hosts; another than 25 is for tests."),
        new("delivery.retry", new ListKind<TimeSpan>(Duration("10ms", "7d"), fewest: 1), "[\"5m\", \"15m\", \"30m\", \"1h\", \"2h\", \"4h\"]", "The waits between attempts; the last one repeats."),
        new("delivery.giveUpAfter", Duration("10ms", "30d"), "\"5d\"", "After this time a recipient fails and the sender is told."),
        new("delivery.warnAfter", OrNull(Duration("10ms", "30d")), "\"4h\"", "After this time the sender is told, once, that delivery is delayed; null never tells."),
        new("delivery.reportLanguage", OrNull(ReaderLanguage()), "null", "The language of reports to senders whose message names none (Content-Language), such as `fr`; null is English."),
        new("delivery.lease", Duration("1s", "1h"), "\"60s\"", "How long a delivery worker owns what it took up; when it dies, others take over after this time."),
        new("delivery.concurrencyPerSite", new WholeKind(1, 1000), "20", "Connections at one time to the servers of one site."),
        new("delivery.allowPrivateAddresses", Flag, "false", "Lets MX delivery go to loopback, link-local and private addresses; a route may name them anyway."),
    ];

    // Checked against the catalogue and not written into the schema, so that a new language touches nothing here.
    private static TextKind ReaderLanguage() => new("language", "write one of " + string.Join(", ", Codes.Catalogue.Languages), (string text, out string? problem) =>
    {
        problem = null;
        return Codes.Catalogue.ChooseLanguage(text);
    });

    private static TextKind Mechanism(string[] known) => new("SASL mechanism", "write one of " + string.Join(", ", known), (string text, out string? problem) =>
    {
        var name = text.ToUpperInvariant();
        var isKnown = known.Contains(name, StringComparer.Ordinal);
        var nearest = isKnown ? null : Reading.Nearest.Of(name, known);
        problem = nearest is null ? null : $"\"{text}\" is not a SASL mechanism known here (did you mean \"{nearest}\"?)";
        return isKnown ? name : null;
    });
}
