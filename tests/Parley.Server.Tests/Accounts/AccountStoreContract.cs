using Parley.Server.Accounts;
using Parley.Smtp.Addresses;
using Parley.Smtp.Sasl;

namespace Parley.Server.Tests.Accounts;

/// <summary>What every store of accounts must do. A store's test class inherits it and says how to open one.</summary>
public abstract class AccountStoreContract : IAsyncLifetime
{
    private IAccountStore store = null!;

    /// <summary>Opens the store of this test: an empty one the first time, and then the same one again.</summary>
    protected abstract Task<IAccountStore> OpenStore();

    public async ValueTask InitializeAsync() => store = await OpenStore();

    public virtual ValueTask DisposeAsync()
    {
        store.Dispose();
        GC.SuppressFinalize(this);
        return default;
    }

    [Fact]
    public async Task An_account_is_found_as_it_was_added_also_by_another_opening()
    {
        var alice = People.Alice with { State = AccountState.MustChangePassword, ScramOnly = true };
        Assert.True(await store.Add(alice, default));
        using var other = await OpenStore();
        foreach (var opened in new[] { store, other })
        {
            var found = await opened.Find("alice", default);
            Assert.NotNull(found);
            Assert.Equal("alice", found.Name);
            Assert.Equal(alice.Addresses, found.Addresses);
            Assert.Equal(alice.Sha256!.Format(), found.Sha256!.Format());
            Assert.Equal(alice.Sha1!.Format(), found.Sha1!.Format());
            Assert.Null(found.ReadableSecret);
            Assert.Equal(AccountState.MustChangePassword, found.State);
            Assert.True(found.ScramOnly);
        }
    }

    [Fact]
    public async Task A_readable_secret_comes_back_octet_for_octet()
    {
        Assert.False(await store.HasReadableSecrets(default));
        await store.Add(People.Alice with { ReadableSecret = Secret.FromText("påss wörd ") }, default);
        Assert.True((await store.Find("alice", default))!.ReadableSecret!.IsEqualTo("påss wörd "u8));
        Assert.True(await store.HasReadableSecrets(default));
    }

    [Fact]
    public async Task Names_that_differ_in_case_are_one()
    {
        Assert.True(await store.Add(People.Alice with { Name = "Älice" }, default));
        Assert.False(await store.Add(People.Alice with { Name = "äLICE" }, default));
        Assert.Equal("Älice", (await store.Find("älice", default))!.Name);
    }

    [Fact]
    public async Task A_name_that_is_not_there_is_not_found_replaced_or_removed()
    {
        Assert.Null(await store.Find("nobody", default));
        Assert.False(await store.Replace(People.Alice, default));
        Assert.False(await store.Remove("alice", default));
        Assert.Empty(await store.List(default));
    }

    [Fact]
    public async Task A_replaced_account_keeps_nothing_of_the_old_one()
    {
        await store.Add(People.Alice with { ReadableSecret = Secret.FromText("x") }, default);
        var other = new Account { Name = "Alice", Addresses = [Mailbox.Parse("a@example.com")!], State = AccountState.Disabled };
        Assert.True(await store.Replace(other, default));
        var found = (await store.Find("alice", default))!;
        Assert.Equal(("Alice", AccountState.Disabled, null, null), (found.Name, found.State, found.Sha256, found.ReadableSecret));
        Assert.Equal(other.Addresses, found.Addresses);
        Assert.Empty(await store.FindByAddress(People.Alice.Addresses[0], default));
    }

    [Fact]
    public async Task A_removed_account_is_gone_with_its_addresses()
    {
        await store.Add(People.Alice, default);
        Assert.True(await store.Remove("ALICE", default));
        Assert.Null(await store.Find("alice", default));
        Assert.Empty(await store.FindByAddress(People.Alice.Addresses[0], default));
    }

    [Fact]
    public async Task Owners_of_an_address_are_found_without_regard_to_case()
    {
        await store.Add(People.Alice, default);
        await store.Add(People.Bob, default);
        Assert.Equal(
            ["alice", "bob"],
            (await store.FindByAddress(Mailbox.Parse("INFO@EXAMPLE.org")!, default)).Select(account => account.Name));
        Assert.Equal(
            "alice", Assert.Single(await store.FindByAddress(Mailbox.Parse("Alice@example.org")!, default)).Name);
    }

    [Fact]
    public async Task The_list_is_in_the_order_of_names()
    {
        await store.Add(People.Bob, default);
        await store.Add(People.Alice, default);
        Assert.Equal(["alice", "bob"], (await store.List(default)).Select(account => account.Name));
    }

    [Fact]
    public async Task The_servers_secret_never_changes()
    {
        var secret = await store.ServerSecret(default);
        Assert.Equal(32, secret.Length);
        using var other = await OpenStore();
        Assert.Equal(secret, await other.ServerSecret(default));
    }

    [Fact]
    public async Task Many_can_read_and_write_at_one_time()
    {
        await Parallel.ForAsync(0, 20, TestContext.Current.CancellationToken, async (i, cancellation) =>
        {
            Assert.True(await store.Add(People.Alice with { Name = $"user{i}" }, cancellation));
            Assert.NotNull(await store.Find($"USER{i}", cancellation));
        });
        Assert.Equal(20, (await store.List(default)).Count);
    }
}
