namespace Parley.Server.Queue.Stores.Sqlite;

/// <summary>Something for the writer to do in its next transaction.</summary>
internal abstract class Work
{
    /// <summary>Octets that it writes, for the bound of a transaction.</summary>
    public abstract long Octets { get; }

    /// <summary>Does it; it may be called again after a transaction was rolled back.</summary>
    public abstract void Run(Tables tables);

    /// <summary>Tells that it is on disk.</summary>
    public abstract void Complete();

    /// <summary>Tells that it could not be done; nothing of it was.</summary>
    public abstract void Fail(Exception fault);
}

/// <summary>Work that answers something.</summary>
internal sealed class Work<T>(Func<Tables, T> run, long octets) : Work
{
    // Asynchronously: who awaits must not go on on the writer's thread, which everybody else waits for.
    private readonly TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? answer;

    public override long Octets => octets;

    public Task<T> Done => done.Task;

    public override void Run(Tables tables) => answer = run(tables);

    public override void Complete() => done.SetResult(answer!);

    public override void Fail(Exception fault) => done.SetException(fault);
}
