namespace Parley.StoreBench;

/// <summary>One run: latencies in milliseconds, sorted, and what they cost.</summary>
internal sealed record Measured(List<double> Latencies, TimeSpan Elapsed, TimeSpan Cpu, long Allocated, string Collections);
