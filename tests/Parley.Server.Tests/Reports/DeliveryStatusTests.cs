using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Server.Configuration;
using Parley.Server.Delivery;
using Parley.Server.Queue;
using Parley.Server.Queue.Stores.Sqlite;
using Parley.Server.Reports;
using Parley.Server.Tests.Delivery;
using Parley.Server.Tests.Queue;
using Parley.Smtp.Sending;
using Parley.Smtp.Serving;
using Parley.Tests.Shared;
using static Parley.Server.Tests.Delivery.ScriptedDeliverer.Replies;

namespace Parley.Server.Tests.Reports;

/// <summary>The reports that senders get: whole, as golden files, and as a program that is not ours reads them.</summary>
public sealed class DeliveryStatusTests : IAsyncLifetime
{
    private const string Peer = "mx.example.com [192.0.2.25]";

    private static readonly string Folder = Path.Combine("tests", "Parley.Server.Tests", "Reports", "Golden");
    private static readonly SendOutcome Expired = new SendOutcome.Deferred(SendCauses.NoConnection, SendPhase.Connect);
    private static readonly SendOutcome Greylisted = new SendOutcome.Deferred(
        SendCause.Refused(Said(450, "4.2.0 Greylisted, please come back in 5 minutes")), SendPhase.Recipient);

    private static readonly SendOutcome Waiting = new SendOutcome.Deferred(
        OutcomeRecorder.SiteWaits(new SitePause(new DateTimeOffset(2026, 3, 1, 17, 0, 0, TimeSpan.Zero), new AttemptReply(421, "", "Busy, come back tonight", Peer), IsThrottling: true)),
        SendPhase.Route);

    private readonly TemporaryFolder folder = new();
    private readonly ManualTime time = new();
    private readonly Settings settings = ManagedQueue.Load("""
        { "hostname": "mx.example.org", "domains": { "example.org": { "mailboxes": ["alice"], "aliases": { "team": ["alice", "bob@example.com"] } } } }
        """);

    private SqliteQueueStore store = null!;

    public async ValueTask InitializeAsync() => store = await SqliteQueueStore.Open(new SqliteStoreOptions { Folder = folder["data"], Time = time });

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public Task A_refusal() => Check("failed", ReportedAction.Failed, Refused, Going("bob@example.com"));

    [Theory]
    [InlineData("fr")]
    [InlineData("ru")]
    [InlineData("th")]
    public async Task A_refusal_in_the_language_of_the_message(string language)
    {
        var message = await Claim(
            Envelope(Going("bob@example.com")),
            Encoding.UTF8.GetBytes($"Subject: Lunch on Friday?\r\nContent-Language: xx, {language}-XX\r\nMessage-ID: <1@example.org>\r\n\r\nShall we?\r\n"));
        await Check($"failed-{language}", message, [Status(message, 0, ReportedAction.Failed, Refused)]);
    }

    [Theory]
    [InlineData("fr")]
    [InlineData("ru")]
    public async Task What_was_not_refused_in_the_language_of_the_message(string language)
    {
        foreach (var (name, action, outcome) in new[]
        {
            ("delayed", ReportedAction.Delayed, Greylisted), ("expired", ReportedAction.Failed, Expired),
            ("delivered", ReportedAction.Delivered, Taken), ("relayed", ReportedAction.Relayed, Taken), ("expanded", ReportedAction.Expanded, Taken),
        })
        {
            var message = await Claim(
                Envelope(Going("bob@example.com")),
                Encoding.UTF8.GetBytes($"Subject: Lunch on Friday?\r\nContent-Language: {language}\r\nMessage-ID: <1@example.org>\r\n\r\nShall we?\r\n"));
            await Check($"{name}-{language}", message, [Status(message, 0, action, outcome, expired: name == "expired")]);
        }
    }

    [Fact]
    public async Task A_delay_in_the_configured_language()
    {
        var message = await Claim(Envelope(Going("bob@example.com")));
        var text = await Write(message, [Status(message, 0, ReportedAction.Delayed, Expired)], settings with { Delivery = settings.Delivery with { ReportLanguage = "fr" } });
        Assert.Contains("\r\nContent-Language: fr\r\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public Task A_delay() => Check("delayed", ReportedAction.Delayed, Greylisted, Going("bob@example.com"));

    [Fact]
    public Task A_message_whose_site_waits_tells_what_the_site_said() => Check("site-waits", ReportedAction.Delayed, Waiting, Going("bob@example.com"));

    [Fact]
    public Task A_message_whose_time_is_over() => Check("expired", ReportedAction.Failed, Expired, Going("bob@example.com"), expired: true);

    [Fact]
    public Task A_domain_that_takes_no_mail() =>
        Check("null-mx", ReportedAction.Failed, new SendOutcome.Failed(SendCauses.NullMx.For("example.com"), SendPhase.Route), Going("bob@example.com"));

    [Fact]
    public Task A_success_in_a_mailbox() => Check("delivered", ReportedAction.Delivered, Taken, Going("alice@example.org"));

    [Fact]
    public Task A_success_that_nobody_will_confirm() => Check("relayed", ReportedAction.Relayed, Taken, Going("bob@example.com"));

    [Fact]
    public Task A_list_that_was_expanded() => Check("expanded", ReportedAction.Expanded, Taken, Going("team@example.org"));

    [Fact]
    public async Task What_the_sender_gave_comes_back_and_of_the_message_the_header_only()
    {
        var first = Going("bob@example.com") with { OriginalRecipient = "rfc822;robert+2Bsales@example.com", Given = Mail.To("team@example.org") };
        var message = await Claim(Envelope(first, Going("carol@example.com")) with { EnvelopeId = "QQ314159", Return = DsnReturn.Headers });
        await Check("dsn-parameters", message,
        [
            Status(message, 0, ReportedAction.Failed, Refused),
            Status(message, 1, ReportedAction.Delayed, Greylisted),
        ]);
    }

    [Fact]
    public async Task Addresses_beyond_ASCII_are_reported_as_they_are_to_who_can_read_them()
    {
        var message = await Claim(
            new Envelope(Mail.From("jürgen@exämple.org"), [Going("δοκιμή@example.com")]) { Utf8 = true, Body = BodyType.EightBitMime },
            "Subject: grüße\r\nMessage-ID: <1@exämple.org>\r\n\r\nhé\r\n"u8.ToArray());
        await Check("utf8", message, [Status(message, 0, ReportedAction.Failed, Refused)]);
    }

    [Fact]
    public async Task An_alias_beyond_ASCII_has_a_form_in_ASCII_in_a_report_to_others()
    {
        var message = await Claim(Envelope(Going("δοκιμή@example.com") with { Given = Mail.To("team@example.org") }));
        var text = await Write(message, [Status(message, 0, ReportedAction.Failed, Refused)]);
        Assert.Contains("Final-Recipient:\r\n utf-8;\\x{3B4}\\x{3BF}\\x{3BA}\\x{3B9}\\x{3BC}\\x{3AE}@example.com\r\n", text, StringComparison.Ordinal);
        Assert.True(Ascii.IsValid(text));
    }

    [Theory]
    [InlineData("QQ+0D+0AX-Evil:+20yes", "rfc822;bob+0D+0AX-Evil:+20yes")]
    [InlineData("+00", "rfc822;+7F")]
    public async Task Line_ends_hidden_in_parameters_never_become_lines(string envelopeId, string original)
    {
        var message = await Claim(
            Envelope(Going("bob@example.com") with { OriginalRecipient = original }) with { EnvelopeId = envelopeId },
            "Subject: =?utf-8?B?YQ0KWC1FdmlsOiB5ZXM=?=\r\nMessage-ID: <a\rb>\r\n\r\nx\r\n"u8.ToArray());
        var refused = new SendOutcome.Failed(SendCause.Refused(Said(550, "5.1.1 no")) with { Text = "no\r\nX-Evil: yes" }, SendPhase.Recipient);
        var text = await Write(message, [Status(message, 0, ReportedAction.Failed, refused)]);
        Assert.DoesNotContain("\nX-Evil", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Original-Envelope-Id", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Original-Recipient", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(DsnReturn.Unspecified, 1000, true)]
    [InlineData(DsnReturn.Unspecified, 100_000, false)]
    [InlineData(DsnReturn.Full, 3_000_000, true)]
    [InlineData(DsnReturn.Headers, 1000, false)]
    public async Task A_failure_brings_back_as_much_as_was_asked_for(DsnReturn asked, int octets, bool whole)
    {
        var body = Encoding.ASCII.GetBytes("Subject: hello\r\n\r\n" + string.Concat(Enumerable.Repeat("0123456789012345678901234567890123456789\r\n", octets / 42)) + "the end\r\n");
        var message = await Claim(Envelope(Going("bob@example.com")) with { Return = asked }, body);
        var text = await Write(message, [Status(message, 0, ReportedAction.Failed, Refused)]);
        Assert.Equal(whole, text.Contains("the end\r\n", StringComparison.Ordinal));
        Assert.Equal(!whole, text.Contains("Content-Type: text/rfc822-headers", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_message_of_8_bits_comes_back_in_8_bits_and_a_binary_one_not_at_all()
    {
        byte[] content = [.. "Subject: hello\r\n\r\n"u8, 0xE9, (byte)'\r', (byte)'\n'];
        var eight = await Claim(Envelope(Going("bob@example.com")) with { Body = BodyType.EightBitMime }, content);
        var (report, text) = await WriteBoth(eight, [Status(eight, 0, ReportedAction.Failed, Refused)]);
        Assert.Equal(BodyType.EightBitMime, report.Body);
        Assert.Contains("Content-Type: message/rfc822\r\nContent-Transfer-Encoding: 8bit\r\n", text, StringComparison.Ordinal);

        var binary = await Claim(Envelope(Going("bob@example.com")) with { Body = BodyType.BinaryMime }, content);
        (report, text) = await WriteBoth(binary, [Status(binary, 0, ReportedAction.Failed, Refused)]);
        Assert.Equal(BodyType.SevenBit, report.Body);
        Assert.Contains("Content-Type: text/rfc822-headers\r\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_report_goes_to_the_envelope_s_sender_from_nobody_and_wants_no_report_itself()
    {
        var message = await Claim(Envelope(Going("bob@example.com")) with { Sender = Mail.From("team@example.org") });
        var (envelope, _) = await WriteBoth(message, [Status(message, 0, ReportedAction.Failed, Refused)]);
        Assert.True(envelope.Sender.IsNull);
        Assert.Equal([("alice@example.org", null), ("bob@example.com", "example.com")], envelope.Recipients.Select(r => (r.Address.ToString(), r.Destination)));
        Assert.All(envelope.Recipients, recipient => Assert.Equal(DsnNotify.Never, recipient.Notify));
    }

    [Fact]
    public async Task A_report_to_a_local_address_without_a_mailbox_is_not_written()
    {
        var message = await Claim(Envelope(Going("bob@example.com")) with { Sender = Mail.From("nobody@example.org") });
        Assert.Null(await Reports().Write(settings, message, [Status(message, 0, ReportedAction.Failed, Refused)], default));
    }

    [Theory]
    [InlineData("mx.example.com [192.0.2.25]:25", "dns; mx.example.com")]
    [InlineData("[192.0.2.25]:2525", "dns; [192.0.2.25]")]
    [InlineData("[2001:db8::25]:25", "dns; [IPv6:2001:db8::25]")]
    [InlineData("unix:/run/dovecot/lmtp", "x-unix; /run/dovecot/lmtp")]
    public async Task The_remote_server_is_named_without_its_port(string peer, string expected)
    {
        var message = await Claim(Envelope(Going("bob@example.com")));
        var text = await Write(message, [Status(message, 0, ReportedAction.Failed, Refused, expired: false, peer)]);
        Assert.Contains($"\r\nRemote-MTA: {expected}\r\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "", "FAILURE DELAY")]
    [InlineData("NEVER", "", "")]
    [InlineData("FAILURE", "", "FAILURE")]
    [InlineData("SUCCESS,DELAY", "", "SUCCESS DELAY")]
    [InlineData("SUCCESS,FAILURE,DELAY", "null", "")]
    public async Task NOTIFY_decides_what_is_reported_and_the_null_sender_hears_nothing(string notify, string sender, string expected)
    {
        var asked = notify.Length == 0 ? DsnNotify.Unspecified : Enum.Parse<DsnNotify>(notify, ignoreCase: true);
        var message = await Claim(Envelope(Going("bob@example.com") with { Notify = asked }) with { Sender = Mail.From(sender == "null" ? "" : "alice@example.org") });
        var told = new[] { (ReportedAction.Relayed, "SUCCESS"), (ReportedAction.Failed, "FAILURE"), (ReportedAction.Delayed, "DELAY") }
            .Where(one => DeliveryStatus.Wants(message, message.Recipients[0], one.Item1)).Select(one => one.Item2);
        Assert.Equal(expected, string.Join(' ', told));
    }

    [Fact]
    public void Every_cause_of_our_own_has_a_sentence_in_every_language()
    {
        var causes = SendCauses.All.Select(cause => cause.Id).Concat(["site-waits", "fault-of-ours", "maildir-not-written", "nothing-leaves"]);
        foreach (var language in Parley.Codes.Catalogue.Languages)
        {
            var catalogue = Parley.Codes.Catalogue.Load(language);
            Assert.All(causes, cause => Assert.False(string.IsNullOrEmpty(catalogue.ReportCause(cause)), $"{language}: {cause}"));
        }
    }

    [Fact]
    public async Task A_program_that_is_not_ours_reads_every_golden_report()
    {
        var start = new ProcessStartInfo("python3", ["-c", Reader, Path.Combine(Golden.Root, Folder)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var python = Tools.Start(start);
        var error = python.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await python.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.Equal("", await error);
        Golden.Check(Path.Combine(Folder, "read-by-python.txt"), output);
    }

    // Python's own library: what it finds in each report, and what it complains of.
    private const string Reader = """
        import email, email.policy, pathlib, sys
        for path in sorted(pathlib.Path(sys.argv[1]).glob("*.eml")):
            m = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            print(path.stem, m.get_content_type(), m.get_param("report-type"), "|", m["subject"], "|", m["content-language"])
            text, status, returned = m.get_payload()
            print("  ", text.get_content_type(), len(text.get_content().splitlines()) > 5)
            for group in status.get_payload() if status.is_multipart() else [status]:
                for name in ("Reporting-MTA", "Original-Envelope-Id", "Original-Recipient", "Final-Recipient", "Action", "Status", "Remote-MTA", "Diagnostic-Code", "Will-Retry-Until"):
                    if group[name]:
                        print("  ", name + ":", " ".join(str(group[name]).split()))
            inner = returned.get_payload()
            print("  ", returned.get_content_type(), inner[0]["subject"] if returned.is_multipart() else "")
            for part in m.walk():
                if part.defects:
                    print("   defects", part.get_content_type(), part.defects)
        """;

    private static EnvelopeRecipient Going(string address) => Mail.Going(address);

    private static Envelope Envelope(params EnvelopeRecipient[] recipients) => new(Mail.From("alice@example.org"), recipients);

    private DeliveryStatus Reports() => new(store, time, NullLogger.Instance);

    private RecipientStatus Status(ClaimedMessage message, int index, ReportedAction action, SendOutcome outcome, bool expired = false) =>
        Status(message, index, action, outcome, expired, Attempts.Cause(outcome) is { Reply: null } || action is ReportedAction.Delivered or ReportedAction.Expanded ? "" : Peer);

    private RecipientStatus Status(ClaimedMessage message, int index, ReportedAction action, SendOutcome outcome, bool expired, string peer) =>
        new(message.Recipients[index], action, outcome, Attempts.Reply(outcome, peer))
        {
            AttemptedAt = time.Now,
            RetryUntil = message.ReceivedAt + TimeSpan.FromDays(5),
            Expired = expired,
        };

    private async Task<ClaimedMessage> Claim(Envelope envelope, byte[]? octets = null)
    {
        var came = time.Now;
        var message = await Mail.New(store, envelope, came, octets ?? "Subject: Lunch on Friday?\r\nFrom: Alice <alice@example.org>\r\nMessage-ID: <1@example.org>\r\n\r\nShall we?\r\n"u8.ToArray());
        await using var content = message.Content;
        await store.Enqueue(message, default);
        time.Advance(TimeSpan.FromHours(4));
        var claims = await store.Claim([.. envelope.Recipients.Select(recipient => recipient.Destination!).Distinct()], 10, TimeSpan.FromMinutes(1), default);
        return claims.SelectMany(claim => claim.Messages).Single(claimed => claimed.Id == message.Id);
    }

    private async Task Check(string name, ReportedAction action, SendOutcome outcome, EnvelopeRecipient recipient, bool expired = false)
    {
        var message = await Claim(Envelope(recipient));
        await Check(name, message, [Status(message, 0, action, outcome, expired)]);
    }

    private async Task Check(string name, ClaimedMessage message, IReadOnlyList<RecipientStatus> told) =>
        Golden.Check(Path.Combine(Folder, name + ".eml"), await Write(message, told));

    private async Task<string> Write(ClaimedMessage message, IReadOnlyList<RecipientStatus> told, Settings? by = null) => (await WriteBoth(message, told, by)).Text;

    private async Task<(Envelope Envelope, string Text)> WriteBoth(ClaimedMessage message, IReadOnlyList<RecipientStatus> told, Settings? by = null)
    {
        var report = (await Reports().Write(by ?? settings, message, told, default))!;
        await using var content = report.Content;
        Assert.Equal(EnqueueResult.Stored, await store.Enqueue(report, default));
        return (report.Envelope, Encoding.UTF8.GetString((await Mail.Read(store, report.Id))!));
    }
}
