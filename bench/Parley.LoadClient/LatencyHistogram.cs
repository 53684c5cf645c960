using System.Numerics;

namespace Parley.LoadClient;

/// <summary>
/// Counts of durations in buckets that grow with the value: 64 to each power of two, so a bucket is never wider than
/// 1.6 % of what it holds. Durations are microseconds; whatever exceeds 2^36 µs (19 hours) counts in the last bucket.
/// Adding is safe from many threads.
/// </summary>
public sealed class LatencyHistogram
{
    private const int SubBucketBits = 6;
    private const int SubBuckets = 1 << SubBucketBits;
    private const int MaxExponent = 36;

    private readonly long[] _counts = new long[(MaxExponent - SubBucketBits + 1) * SubBuckets];
    private long _maxMicroseconds;

    public void Add(TimeSpan duration)
    {
        var microseconds = Math.Max(0, (long)duration.TotalMicroseconds);
        Interlocked.Increment(ref _counts[IndexOf(microseconds)]);
        var seen = Volatile.Read(ref _maxMicroseconds);
        while (microseconds > seen)
        {
            var before = Interlocked.CompareExchange(ref _maxMicroseconds, microseconds, seen);
            if (before == seen)
            {
                break;
            }

            seen = before;
        }
    }

    public long Count => _counts.Sum();

    public double MaxMilliseconds => _maxMicroseconds / 1000.0;

    /// <summary>The duration, in milliseconds, that <paramref name="share"/> (0 to 1) of all do not exceed.</summary>
    public double PercentileMilliseconds(double share)
    {
        var wanted = Math.Max(1, (long)Math.Ceiling(Count * share));
        long passed = 0;
        for (var i = 0; i < _counts.Length; i++)
        {
            passed += _counts[i];
            if (passed >= wanted)
            {
                return Math.Min(UpperBound(i), _maxMicroseconds) / 1000.0;
            }
        }

        return 0;
    }

    /// <summary>How many durations reached <paramref name="milliseconds"/>, to the width of a bucket.</summary>
    public long CountAtLeast(double milliseconds)
        => _counts.Skip(IndexOf((long)(milliseconds * 1000))).Sum();

    private static int IndexOf(long microseconds)
    {
        if (microseconds < SubBuckets)
        {
            return (int)microseconds;
        }

        // The position of the highest bit says the power of two, the six bits below it the place within.
        var exponent = Math.Min(BitOperations.Log2((ulong)microseconds), MaxExponent - 1);
        var within = Math.Min(microseconds >> (exponent - SubBucketBits), (2 * SubBuckets) - 1) - SubBuckets;
        return ((exponent - SubBucketBits + 1) * SubBuckets) + (int)within;
    }

    private static long UpperBound(int index)
    {
        if (index < SubBuckets)
        {
            return index;
        }

        var exponent = (index / SubBuckets) + SubBucketBits - 1;
        var width = 1L << (exponent - SubBucketBits);
        return (1L << exponent) + ((index % SubBuckets) * width) + width - 1;
    }
}
