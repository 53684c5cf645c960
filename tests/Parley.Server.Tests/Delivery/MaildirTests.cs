using System.Text;
using Parley.Server.Delivery;
using Parley.Server.Tests.Queue;
using Parley.Smtp.Addresses;

namespace Parley.Server.Tests.Delivery;

public sealed class MaildirTests : IDisposable
{
    private static readonly DateTimeOffset At = DateTimeOffset.FromUnixTimeSeconds(1_767_000_000);

    private readonly TemporaryFolder folder = new();
    private readonly Maildir maildir;

    public MaildirTests() => maildir = new Maildir(folder["mail"], "mx.example.org");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_message_arrives_whole_in_new_under_a_name_of_the_convention()
    {
        await Deliver("alice@Example.ORG", "abc", "hello\r\n");

        var file = Assert.Single(Directory.GetFiles(folder["mail"], "*", SearchOption.AllDirectories));
        Assert.Equal(folder["mail/example.org/alice/new/1767000000.Qabc.mx.example.org"], file);
        Assert.Equal("hello\r\n", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        Assert.True(Directory.Exists(folder["mail/example.org/alice/cur"]));
        Assert.Empty(Directory.GetFiles(folder["mail/example.org/alice/tmp"]));
    }

    [Fact]
    public async Task A_message_that_is_delivered_a_second_time_is_there_once()
    {
        await Deliver("alice@example.org", "abc", "hello\r\n");
        await Deliver("alice@example.org", "abc", "hello\r\n");

        Assert.Single(Directory.GetFiles(folder["mail/example.org/alice/new"]));
    }

    [Fact]
    public async Task What_a_crash_left_in_tmp_is_written_anew()
    {
        await Deliver("alice@example.org", "first", "x");
        await File.WriteAllTextAsync(folder["mail/example.org/alice/tmp/1767000000.Qabc.mx.example.org"], "hel", TestContext.Current.CancellationToken);

        await Deliver("alice@example.org", "abc", "hello\r\n");

        Assert.Empty(Directory.GetFiles(folder["mail/example.org/alice/tmp"]));
        Assert.Equal("hello\r\n", await File.ReadAllTextAsync(folder["mail/example.org/alice/new/1767000000.Qabc.mx.example.org"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_message_that_cannot_be_written_leaves_nothing()
    {
        await Assert.ThrowsAsync<IOException>(() => maildir.Deliver(Mailbox.Parse("alice@example.org")!, At, "abc", async file =>
        {
            await file.WriteAsync("half"u8.ToArray());
            throw new IOException("the disk is full");
        }));

        Assert.Empty(Directory.GetFiles(folder["mail"], "*", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("alice@example.org", "example.org/alice")]
    [InlineData("a.b+c@example.org", "example.org/a.b+c")]
    [InlineData("\"../../etc/passwd\"@example.org", "example.org/%2E.%2F..%2Fetc%2Fpasswd")]
    [InlineData("\"..\"@example.org", "example.org/%2E.")]
    [InlineData("\".\"@example.org", "example.org/%2E")]
    [InlineData("\"/\"@example.org", "example.org/%2F")]
    [InlineData("\"a\\\\b\"@example.org", "example.org/a%5Cb")]
    [InlineData("\"a b:c%\"@example.org", "example.org/a%20b%3Ac%25")]
    [InlineData("用户@例子.example", "xn--fsqu00a.example/用户")]
    [InlineData("x@[IPv6:2001:db8::1]", "%5Bipv6%3A2001%3Adb8%3A%3A1%5D/x")]
    public void A_mailbox_is_two_names_below_the_root_whatever_its_address_holds(string address, string expected) =>
        Assert.Equal(folder["mail/" + expected], maildir.FolderOf(Mailbox.Parse(address)!));

    [Fact]
    public void Different_mailboxes_never_share_a_folder()
    {
        string[] addresses = ["\"a/b\"@example.org", "\"a%2Fb\"@example.org", "a.b@example.org", "\".a\"@example.org", "a@example.org", "A@example.org"];

        Assert.Equal(addresses.Length, addresses.Select(address => maildir.FolderOf(Mailbox.Parse(address)!)).Distinct(StringComparer.Ordinal).Count());
    }

    private Task Deliver(string address, string unique, string text) =>
        maildir.Deliver(Mailbox.Parse(address)!, At, unique, file => file.WriteAsync(Encoding.ASCII.GetBytes(text)).AsTask());
}
