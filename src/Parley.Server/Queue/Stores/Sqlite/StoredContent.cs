using System.Buffers;

namespace Parley.Server.Queue.Stores.Sqlite;

/// <summary>
/// A stored message to be read once: what the database holds of it, in pooled memory, then the file that holds the rest
/// of a long one. The file stays readable when the message is deleted meanwhile.
/// </summary>
internal sealed class StoredContent : Stream
{
    private readonly FileStream? file;
    private readonly int headLength;
    private byte[] head;
    private int position;

    /// <summary>Takes over the rented buffer and the file.</summary>
    public StoredContent(byte[] head, int headLength, FileStream? file)
    {
        this.head = head;
        this.headLength = headLength;
        this.file = file;
        Length = headLength + (file?.Length ?? 0);
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length { get; }

    public override long Position
    {
        get => position + (file?.Position ?? 0);
        set => throw new NotSupportedException("a stored message is read once, from its beginning");
    }

    public override int Read(Span<byte> buffer) => position < headLength ? ReadHead(buffer) : file?.Read(buffer) ?? 0;

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        position < headLength ? new(ReadHead(buffer.Span)) : file?.ReadAsync(buffer, cancellationToken) ?? new(0);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("a stored message is read once, from its beginning");

    public override void SetLength(long value) => throw new NotSupportedException("a stored message is not changed");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("a stored message is not changed");

    protected override void Dispose(bool disposing)
    {
        if (disposing && head.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(head);
            head = [];
            position = headLength;
            file?.Dispose();
        }

        base.Dispose(disposing);
    }

    private int ReadHead(Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, headLength - position);
        head.AsSpan(position, count).CopyTo(buffer);
        position += count;
        return count;
    }
}
