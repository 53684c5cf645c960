using System.Buffers;
using System.Text;
using BenchmarkDotNet.Attributes;
using Parley.Smtp.Lines;

namespace Parley.MicroBench;

/// <summary>Reading content up to its dot, in the segments of a pipe, into a buffer that is used again.</summary>
public class DotReaderBenchmarks
{
    private readonly ArrayBufferWriter<byte> _output = new(1 << 20);
    private ReadOnlySequence<byte> _content;

    [Params(1024, 10 * 1024, 100 * 1024)]
    public int Octets { get; set; }

    /// <summary>Whether every line starts with a dot that has to be taken out.</summary>
    [Params(false, true)]
    public bool Stuffed { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var line = (Stuffed ? ".." : "ab") + new string('c', 74) + "\r\n";
        var lines = string.Concat(Enumerable.Repeat(line, Octets / line.Length));
        _content = Segments.Cut(Encoding.ASCII.GetBytes(lines + ".\r\n"), Segments.PipeSegment);
    }

    [Benchmark]
    public ContentStatus Content()
    {
        _output.ResetWrittenCount();
        var input = _content;
        return new DotReader().Read(ref input, _output);
    }
}
