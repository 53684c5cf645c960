using System.Buffers;

namespace Parley.MicroBench;

/// <summary>Octets cut into segments, as a pipe hands them over.</summary>
internal sealed class Segments : ReadOnlySequenceSegment<byte>
{
    /// <summary>The size of a pipe's segment by default.</summary>
    public const int PipeSegment = 4096;

    private Segments(ReadOnlyMemory<byte> memory, long runningIndex)
    {
        Memory = memory;
        RunningIndex = runningIndex;
    }

    public static ReadOnlySequence<byte> Cut(byte[] octets, int size)
    {
        var first = new Segments(octets.AsMemory(0, Math.Min(size, octets.Length)), 0);
        var last = first;
        for (var at = size; at < octets.Length; at += size)
        {
            var next = new Segments(octets.AsMemory(at, Math.Min(size, octets.Length - at)), at);
            last.Next = next;
            last = next;
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }
}
