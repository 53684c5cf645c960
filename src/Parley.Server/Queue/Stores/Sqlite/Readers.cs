using System.Collections.Concurrent;

namespace Parley.Server.Queue.Stores.Sqlite;

/// <summary>A few reading connections, opened when they are first needed and used in turn.</summary>
/// <param name="open">Opens a connection.</param>
/// <param name="health">Told of what cannot be read.</param>
internal sealed class Readers<TReader>(Func<TReader> open, StoreHealth health) : IDisposable
    where TReader : IDisposable
{
    private const int Most = 4;

    private readonly ConcurrentBag<TReader> idle = [];
    private readonly SemaphoreSlim free = new(Most);

    /// <summary>Asks a question on the thread pool, as the answer may have to come from the disk.</summary>
    public async ValueTask<T> Ask<T>(Func<TReader, T> question, CancellationToken cancellation)
    {
        await free.WaitAsync(cancellation);
        try
        {
            return await Task.Run(() => Answer(question), cancellation);
        }
        finally
        {
            free.Release();
        }
    }

    /// <summary>Waits for the questions that are being answered.</summary>
    public void Dispose()
    {
        for (var reader = 0; reader < Most; reader++)
        {
            free.Wait();
        }

        foreach (var reader in idle)
        {
            reader.Dispose();
        }

        free.Dispose();
    }

    private T Answer<T>(Func<TReader, T> question)
    {
        var taken = idle.TryTake(out var reader);
        try
        {
            reader = taken ? reader! : open();
            var answer = question(reader);
            idle.Add(reader);
            return answer;
        }
        catch (Exception fault)
        {
            // Its statements may stand in the midst of their rows.
            reader?.Dispose();
            health.CouldNotRead(fault);
            throw;
        }
    }
}
