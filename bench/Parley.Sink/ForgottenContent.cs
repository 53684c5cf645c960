using System.Buffers;
using Parley.Smtp;
using Parley.Smtp.Serving;

namespace Parley.Sink;

/// <summary>Room for one piece of a message, used again for the next.</summary>
internal sealed class ForgottenContent : IMessageContent
{
    private const int Room = 16 * 1024;

    private byte[]? _room;

    public long Length { get; private set; }

    public Reply? Refusal => null;

    public void Advance(int count) => Length += count;

    public Memory<byte> GetMemory(int sizeHint = 0) => Of(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => Of(sizeHint);

    public ValueTask Flush(CancellationToken cancellation) => default;

    public ValueTask DisposeAsync()
    {
        if (_room is { } room)
        {
            _room = null;
            ArrayPool<byte>.Shared.Return(room);
        }

        return default;
    }

    private byte[] Of(int sizeHint)
    {
        if (_room is null || _room.Length < sizeHint)
        {
            _ = DisposeAsync();
            _room = ArrayPool<byte>.Shared.Rent(Math.Max(Room, sizeHint));
        }

        return _room;
    }
}
