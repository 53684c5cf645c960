using System.Globalization;

namespace Parley.StoreBench;

/// <summary>One run: latencies in milliseconds, sorted, and what they cost.</summary>
internal sealed record Measured(List<double> Latencies, TimeSpan Elapsed, TimeSpan Cpu, long Allocated, string Collections)
{
    public const string Header = "sessions  msg/s  CPU us/msg  p50 ms  p99 ms  max ms  alloc B/msg  gc0/1/2";

    public string Row(int sessions) => string.Create(
        CultureInfo.InvariantCulture,
        $"{sessions,8}  {Latencies.Count / Elapsed.TotalSeconds,5:F0}  {Cpu.TotalMicroseconds / Latencies.Count,10:F0}  {At(0.5),6:F2}  {At(0.99),6:F2}  {At(1),6:F1}  {Allocated / Latencies.Count,11}  {Collections}");

    private double At(double share) => Latencies[(int)Math.Min(Latencies.Count - 1, share * Latencies.Count)];
}
