using System.Buffers;
using Parley.Smtp;
using Parley.Smtp.Serving;

namespace Parley.Server.Queue;

/// <summary>
/// The octets of one message while they come in. Up to <see cref="MemoryBound"/> they stay in pooled memory and go to
/// disk with the commit; a longer message streams to a file of its own, so that memory does not follow its length.
/// </summary>
public sealed class MessageContent : IMessageContent
{
    /// <summary>The longest content, in octets, that is held in memory.</summary>
    public const int MemoryBound = 256 * 1024;

    private const int SmallestBuffer = 4 * 1024;
    private const int ShortBuffer = 16 * 1024;
    private const int FileBuffer = 128 * 1024;

    private readonly Spool spool;
    private byte[] head;
    private int headLength;
    private byte[]? tail;
    private int tailLength;
    private SpoolFile? file;
    private bool disposed;

    internal MessageContent(Spool spool, long expected)
    {
        this.spool = spool;
        head = Rent((int)Math.Clamp(expected, SmallestBuffer, spool.HoldsMost ? ShortBuffer : MemoryBound));
    }

    /// <inheritdoc/>
    public long Length { get; private set; }

    /// <inheritdoc/>
    public Reply? Refusal { get; private set; }

    /// <summary>The fault of the disk behind a <see cref="Refusal"/>, for the log; null when there was none.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>
    /// The beginning of the content: all of it up to <see cref="MemoryBound"/>, and at least so many octets of a longer
    /// one. Valid until the content is disposed or written to.
    /// </summary>
    public ReadOnlyMemory<byte> Head => head.AsMemory(0, headLength);

    /// <summary>The file that holds all of it, or null while memory does.</summary>
    internal SpoolFile? File => file;

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        sizeHint = Math.Max(sizeHint, 1);
        if (tail is not null)
        {
            Grow(ref tail, tailLength, sizeHint, FileBuffer);
            return tail.AsMemory(tailLength);
        }

        Grow(ref head, headLength, sizeHint, MemoryBound);
        return head.AsMemory(headLength);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ref var length = ref tail is null ? ref headLength : ref tailLength;
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, (tail ?? head).Length - length);
        length += count;
        Length += count;
    }

    /// <inheritdoc/>
    public ValueTask Flush(CancellationToken cancellation)
    {
        // Many that stop halfway must not take all memory; a short one is taken even then.
        if (Refusal is null && head.Length > ShortBuffer && spool.HoldsMost)
        {
            Refusal = Replies.NoRoom;
        }

        if (tail is null ? headLength <= MemoryBound : tailLength < FileBuffer / 2)
        {
            return ValueTask.CompletedTask;
        }

        return Spill(cancellation);
    }

    /// <summary>Brings a content that has a file of its own to disk, file and folder; the others go with the commit.</summary>
    internal async ValueTask Seal(CancellationToken cancellation)
    {
        if ((file is not null || headLength > MemoryBound) && Refusal is null)
        {
            await Spill(cancellation);
            if (Refusal is null)
            {
                await Guarded(() => file!.Seal());
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (disposed)
        {
            return;
        }

        disposed = true;
        Return(head);
        head = [];
        if (tail is not null)
        {
            Return(tail);
        }

        if (file is not null)
        {
            await file.DisposeAsync();
        }
    }

    private byte[] Rent(int octets)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(octets);
        spool.Hold(buffer.Length);
        return buffer;
    }

    private void Return(byte[] buffer)
    {
        spool.Hold(-buffer.Length);
        ArrayPool<byte>.Shared.Return(buffer);
    }

    private void Grow(ref byte[] buffer, int used, int more, int bound)
    {
        if (buffer.Length - used >= more)
        {
            return;
        }

        // Four times as large each time, so that a message is copied a third of its length on the way; past the bound
        // only as far as asked, as the next flush empties the buffer.
        var larger = Rent(Math.Max(used + more, Math.Min(buffer.Length * 4, bound)));
        buffer.AsSpan(0, used).CopyTo(larger);
        Return(buffer);
        buffer = larger;
    }

    private async ValueTask Spill(CancellationToken cancellation)
    {
        if (Refusal is null)
        {
            await Guarded(async () =>
            {
                if (file is null)
                {
                    file = spool.Create();
                    if (file is null)
                    {
                        Refusal = Replies.NoRoom;
                        return;
                    }

                    tail = Rent(FileBuffer);
                    await Write(head.AsMemory(0, headLength), cancellation);
                }
                else
                {
                    await Write(tail.AsMemory(0, tailLength), cancellation);
                    tailLength = 0;
                }
            });
        }

        if (Refusal is not null)
        {
            // What still comes is read and thrown away; the client hears the refusal after its last dot.
            tailLength = 0;
            headLength = tail is null ? 0 : headLength;
        }
    }

    private async ValueTask Write(ReadOnlyMemory<byte> octets, CancellationToken cancellation)
    {
        if (!spool.HasRoomFor(octets.Length))
        {
            Refusal = Replies.NoRoom;
            return;
        }

        await file!.Write(octets, cancellation);
    }

    private async ValueTask Guarded(Func<ValueTask> work)
    {
        try
        {
            await work();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            Fault = fault;
            Refusal = DiskSpace.IsFull(fault) ? Replies.NoRoom : Replies.StoreFault;
        }
    }
}
