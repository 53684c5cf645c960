using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Parley.Server.Journal;

/// <summary>
/// Writes what the meters of this program measure in the text format of Prometheus. Instruments bear their Prometheus
/// names; dots become underscores. Counters of events are added up here; observable instruments are asked when written.
/// Instruments of one name are one metric.
/// </summary>
public sealed class PrometheusText : IDisposable
{
    /// <summary>What to send as Content-Type.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private const string MeterPrefix = "Parley";
    private const int MostSeries = 1000; // of one instrument; what a client can vary must not grow without end

    private readonly MeterListener listener = new();
    private readonly ConcurrentDictionary<string, Family> families = new(StringComparer.Ordinal);
    private readonly Lock writing = new();
    private long dropped;

    /// <summary>Listens from here on.</summary>
    public PrometheusText()
    {
        listener.InstrumentPublished = (instrument, listening) =>
        {
            if (instrument.Meter.Name.StartsWith(MeterPrefix, StringComparison.Ordinal))
            {
                listening.EnableMeasurementEvents(instrument, families.GetOrAdd(instrument.Name, static (_, made) => new Family(made), instrument));
            }
        };
        listener.SetMeasurementEventCallback<long>((_, value, labels, family) => Take(family, value, labels));
        listener.SetMeasurementEventCallback<int>((_, value, labels, family) => Take(family, value, labels));
        listener.SetMeasurementEventCallback<double>((_, value, labels, family) => Take(family, value, labels));
        listener.Start();
    }

    /// <summary>Everything, now.</summary>
    public string Write()
    {
        lock (writing)
        {
            foreach (var family in families.Values)
            {
                family.Forget();
            }

            listener.RecordObservableInstruments();
            var text = new StringBuilder();
            foreach (var family in families.Values.OrderBy(family => family.Name, StringComparer.Ordinal))
            {
                family.Write(text);
            }

            Head(text, "parley_metrics_dropped_total", "counter", "Measurements left out because one metric had too many label values.");
            Sample(text, "parley_metrics_dropped_total", "", Interlocked.Read(ref dropped));
            return text.ToString();
        }
    }

    /// <summary>Writes the head of a metric.</summary>
    public static void Head(StringBuilder text, string name, string type, string help) =>
        text.Append("# HELP ").Append(name).Append(' ').Append(help.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal))
            .Append("\n# TYPE ").Append(name).Append(' ').Append(type).Append('\n');

    /// <summary>Writes one sample.</summary>
    /// <param name="text">Where it goes.</param>
    /// <param name="name">The metric.</param>
    /// <param name="labels">The labels without braces, from <see cref="Label"/>; empty for none.</param>
    /// <param name="value">The value.</param>
    public static void Sample(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
        {
            text.Append('{').Append(labels).Append('}');
        }

        text.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }

    /// <summary>One label, its value escaped.</summary>
    public static string Label(string name, object? value)
    {
        var text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        return $"{PrometheusName(name)}=\"{text.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal)}\"";
    }

    /// <inheritdoc/>
    public void Dispose() => listener.Dispose();

    private static string PrometheusName(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));

    private void Take(object? family, double value, ReadOnlySpan<KeyValuePair<string, object?>> labels)
    {
        if (family is Family known && !known.Take(value, labels))
        {
            Interlocked.Increment(ref dropped);
        }
    }

    /// <summary>One instrument and its series.</summary>
    private sealed class Family(Instrument instrument)
    {
        private static readonly double[] UsualBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

        private readonly Dictionary<string, Series> series = new(StringComparer.Ordinal);
        private readonly string kind = Kind(instrument);
        private readonly bool isSet = instrument.GetType().Name.StartsWith("Gauge", StringComparison.Ordinal);
        private readonly double[] bounds = [.. (instrument as Histogram<double>)?.Advice?.HistogramBucketBoundaries ?? UsualBounds];

        public string Name { get; } = PrometheusName(instrument.Name);

        public bool Take(double value, ReadOnlySpan<KeyValuePair<string, object?>> labels)
        {
            var key = Key(labels);
            lock (series)
            {
                if (!series.TryGetValue(key, out var one))
                {
                    if (series.Count >= MostSeries)
                    {
                        return false;
                    }

                    series[key] = one = new Series { Buckets = kind == "histogram" ? new long[bounds.Length] : [] };
                }

                // Only a gauge that is set has no sum; what observable instruments tell is new since Forget.
                one.Add(value, adds: !isSet, bounds);
                return true;
            }
        }

        // An observable instrument tells all of its series each time; one that it no longer tells is gone.
        public void Forget()
        {
            if (instrument.IsObservable)
            {
                lock (series)
                {
                    series.Clear();
                }
            }
        }

        public void Write(StringBuilder text)
        {
            Head(text, Name, kind, instrument.Description ?? Name);
            lock (series)
            {
                foreach (var (labels, one) in series.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                {
                    if (kind == "histogram")
                    {
                        WriteHistogram(text, labels, one);
                    }
                    else
                    {
                        Sample(text, Name, labels, one.Value);
                    }
                }
            }
        }

        private static string Key(ReadOnlySpan<KeyValuePair<string, object?>> labels)
        {
            if (labels.IsEmpty)
            {
                return "";
            }

            var key = Label(labels[0].Key, labels[0].Value);
            for (var i = 1; i < labels.Length; i++)
            {
                key += "," + Label(labels[i].Key, labels[i].Value);
            }

            return key;
        }

        private static string Kind(Instrument instrument) => instrument.GetType().Name.Split('`')[0] switch
        {
            "Counter" or "ObservableCounter" => "counter",
            "Histogram" => "histogram",
            _ => "gauge",
        };

        private void WriteHistogram(StringBuilder text, string labels, Series one)
        {
            var comma = labels.Length > 0 ? "," : "";
            long total = 0;
            for (var i = 0; i < bounds.Length; i++)
            {
                total += one.Buckets[i];
                Sample(text, Name + "_bucket", $"{labels}{comma}{Label("le", bounds[i])}", total);
            }

            Sample(text, Name + "_bucket", $"{labels}{comma}le=\"+Inf\"", one.Count);
            Sample(text, Name + "_sum", labels, one.Value);
            Sample(text, Name + "_count", labels, one.Count);
        }
    }

    private sealed class Series
    {
        public required long[] Buckets { get; init; }

        public double Value { get; private set; }

        public long Count { get; private set; }

        public void Add(double value, bool adds, double[] bounds)
        {
            Value = adds ? Value + value : value;
            Count++;
            var bucket = Buckets.Length == 0 ? -1 : Array.FindIndex(bounds, bound => value <= bound);
            if (bucket >= 0)
            {
                Buckets[bucket]++;
            }
        }
    }
}
