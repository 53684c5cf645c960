using System.Buffers;
using BenchmarkDotNet.Attributes;
using Parley.Smtp.Lines;

namespace Parley.MicroBench;

/// <summary>Cutting command lines: alone in a segment, many in a pipelined group, and lying across two segments.</summary>
public class LineReaderBenchmarks
{
    private const int Limit = 512;
    private const int Group = 32;

    private readonly LineReader _reader = new(Limit);
    private ReadOnlySequence<byte> _one;
    private ReadOnlySequence<byte> _split;
    private ReadOnlySequence<byte> _group;

    [GlobalSetup]
    public void Setup()
    {
        var line = "RCPT TO:<somebody@department.example.org>\r\n"u8.ToArray();
        _one = new ReadOnlySequence<byte>(line);
        _split = Segments.Cut(line, (line.Length / 2) + 1);
        _group = new ReadOnlySequence<byte>([.. Enumerable.Repeat(line, Group).SelectMany(octets => octets)]);
    }

    [Benchmark]
    public LineStatus One() => Read(_one);

    [Benchmark]
    public LineStatus AcrossTwoSegments() => Read(_split);

    [Benchmark(OperationsPerInvoke = Group)]
    public int OfAPipelinedGroup()
    {
        var input = _group;
        var octets = 0;
        while (_reader.Read(ref input, out var line) == LineStatus.Line)
        {
            octets += line.WireLength;
        }

        return octets;
    }

    private LineStatus Read(ReadOnlySequence<byte> input) => _reader.Read(ref input, out _);
}
