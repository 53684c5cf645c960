using Parley.Smtp.Addresses;

namespace Parley.Server.Accounts;

/// <summary>
/// Where the accounts of <c>parley user</c> are kept. What a member has answered survives <c>kill -9</c>. Members may be
/// called from any thread, and a change made by another process is seen by the next call.
/// </summary>
/// <remarks>Every member throws <see cref="IOException"/> for a fault of the disk or of the store.</remarks>
public interface IAccountStore : IDisposable
{
    /// <summary>The account of a name, without regard to case; or null.</summary>
    ValueTask<Account?> Find(string name, CancellationToken cancellation);

    /// <summary>The accounts that own an address.</summary>
    ValueTask<IReadOnlyList<Account>> FindByAddress(Mailbox address, CancellationToken cancellation);

    /// <summary>All accounts in the order of their names.</summary>
    ValueTask<IReadOnlyList<Account>> List(CancellationToken cancellation);

    /// <summary>Adds an account; false when the name is taken.</summary>
    ValueTask<bool> Add(Account account, CancellationToken cancellation);

    /// <summary>Replaces the account of the same name; false when there is none.</summary>
    ValueTask<bool> Replace(Account account, CancellationToken cancellation);

    /// <summary>Removes an account; false when there is none.</summary>
    ValueTask<bool> Remove(string name, CancellationToken cancellation);

    /// <summary>Whether any account keeps a readable secret, so that CRAM-MD5 is worth offering.</summary>
    ValueTask<bool> HasReadableSecrets(CancellationToken cancellation);

    /// <summary>
    /// 32 random octets that belong to this store and never change: the salts that names without an account show are made
    /// of them, so they must be the same at every start.
    /// </summary>
    ValueTask<byte[]> ServerSecret(CancellationToken cancellation);
}
