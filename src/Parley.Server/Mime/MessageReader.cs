using System.Buffers;

namespace Parley.Server.Mime;

/// <summary>Reads messages for display, from a stream and with a fixed amount of memory, whatever their length.</summary>
public static class MessageReader
{
    private const int Piece = 64 * 1024;

    /// <summary>Reads a message to its end.</summary>
    /// <param name="content">The octets, from the beginning; not disposed.</param>
    /// <param name="limits">How much of it to read; null for the usual limits.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public static async ValueTask<ReadableMessage> Read(Stream content, MimeLimits? limits, CancellationToken cancellation)
    {
        limits ??= new MimeLimits();
        var visitor = new DisplayVisitor(limits);
        await Walk(content, new PartWalker(visitor, limits), null, cancellation);
        return visitor.Message();
    }

    /// <summary>Copies the decoded content of one part; false when there is no such part.</summary>
    /// <param name="content">The octets of the message, from the beginning; not disposed.</param>
    /// <param name="number">The part's number, from 1.</param>
    /// <param name="output">Where the part goes.</param>
    /// <param name="cancellation">Ends the copying.</param>
    public static async ValueTask<bool> CopyPart(Stream content, int number, Stream output, CancellationToken cancellation)
    {
        var visitor = new CopyVisitor(number);
        await Walk(content, new PartWalker(visitor, new MimeLimits()), async () =>
        {
            await output.WriteAsync(visitor.Written, cancellation);
            visitor.Clear();
            return !visitor.HasEnded;
        }, cancellation);
        return visitor.HasBegun;
    }

    private static async ValueTask Walk(Stream content, PartWalker walker, Func<ValueTask<bool>>? afterPiece, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Piece);
        try
        {
            var goOn = true;
            while (goOn && !walker.IsDone && await content.ReadAsync(buffer.AsMemory(0, Piece), cancellation) is var count and > 0)
            {
                walker.Feed(buffer.AsSpan(0, count));
                goOn = afterPiece is null || await afterPiece();
            }

            if (goOn)
            {
                walker.End();
                _ = afterPiece is null || await afterPiece();
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private sealed class CopyVisitor(int wanted) : PartVisitor
    {
        private readonly ArrayBufferWriter<byte> buffer = new(Piece);
        private int number;

        public bool HasBegun => number >= wanted;

        public bool HasEnded { get; private set; }

        public ReadOnlyMemory<byte> Written => buffer.WrittenMemory;

        public void Clear() => buffer.ResetWrittenCount();

        public override void Begin(PartHeader part) => number++;

        public override void Body(ReadOnlySpan<byte> octets)
        {
            if (number == wanted)
            {
                buffer.Write(octets);
            }
        }

        public override void End() => HasEnded = number == wanted || HasEnded;
    }
}
