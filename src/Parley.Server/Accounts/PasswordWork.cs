namespace Parley.Server.Accounts;

/// <summary>
/// Runs what takes a millisecond of pure computing (PBKDF2) on the thread pool, a few at a time in the order in which
/// they came, so that a flood of logins leaves room for the sessions.
/// </summary>
internal sealed class PasswordWork(int atOnce) : IDisposable
{
    private readonly SemaphoreSlim room = new(atOnce);

    public async ValueTask<bool> Run(Func<bool> check, CancellationToken cancellation)
    {
        await room.WaitAsync(cancellation);
        try
        {
            // Once begun it is not cancelled: the secret must stay until it has been read.
            return await Task.Run(check, CancellationToken.None);
        }
        finally
        {
            room.Release();
        }
    }

    public void Dispose() => room.Dispose();
}
