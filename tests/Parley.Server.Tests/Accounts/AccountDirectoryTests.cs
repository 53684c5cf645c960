using Parley.Server.Accounts;
using Parley.Server.Configuration;
using Parley.Smtp.Addresses;
using Parley.Smtp.Sasl;

namespace Parley.Server.Tests.Accounts;

public class AccountDirectoryTests
{
    [Fact]
    public async Task A_clear_password_of_the_configuration_becomes_the_same_keys_at_every_start()
    {
        var first = await Find("alice", Configured("alice", "open-sesame"));
        Assert.True(first!.Sha256!.Matches("open-sesame"u8));
        Assert.True(first.Sha1!.Matches("open-sesame"u8));
        var second = await Find("alice", Configured("alice", "open-sesame"));
        Assert.Equal(first.Sha256.Format(), second!.Sha256!.Format());
        var other = await Find("bob", Configured("bob", "open-sesame"));
        Assert.NotEqual(first.Sha256.Format(), other!.Sha256!.Format());
    }

    [Fact]
    public async Task Keys_of_the_configuration_are_taken_as_they_are()
    {
        var line = People.Alice.Sha256!.Format();
        var account = await Find("ALICE", Configured("alice", line));
        Assert.Equal((line, null), (account!.Sha256!.Format(), account.Sha1));
        var old = await Find("alice", Configured("alice", People.Alice.Sha1!.Format()));
        Assert.Equal((null, People.Alice.Sha1.Format()), (old!.Sha256, old.Sha1!.Format()));
    }

    [Fact]
    public async Task The_configuration_comes_before_the_store()
    {
        var directory = new AccountDirectory([Configured("alice", "from-file")], new AccountTable(People.Alice, People.Bob), new byte[32]);
        Assert.True((await directory.Find("alice", default))!.Sha256!.Matches("from-file"u8));
        Assert.NotNull(await directory.Find("bob", default));
        Assert.Null(await directory.Find("carol", default));
    }

    [Fact]
    public async Task An_address_names_its_only_owner()
    {
        var directory = new AccountDirectory([Configured("carol", "x", "sales@example.org")], new AccountTable(People.Alice, People.Bob), new byte[32]);
        Assert.Equal("carol", (await directory.FindCalled("Sales@example.org", default))!.Name);
        Assert.Equal("bob", (await directory.FindCalled("bob@EXAMPLE.org", default))!.Name);
        Assert.Null(await directory.FindCalled("info@example.org", default));
        Assert.Null(await directory.FindCalled("no address", default));
    }

    private static UserSettings Configured(string name, string password, params string[] addresses) => new()
    {
        Name = name,
        Password = Secret.FromText(password),
        Addresses = [.. addresses.Select(address => Mailbox.Parse(address)!)],
    };

    private static async Task<Account?> Find(string name, UserSettings user) =>
        await new AccountDirectory([user], new AccountTable(), new byte[32]).Find(name, default);
}
