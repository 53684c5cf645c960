using System.Diagnostics.Metrics;
using Parley.Server.Journal;

namespace Parley.Server.Tests.Journal;

public class PrometheusTextTests
{
    [Fact]
    public void Counters_are_added_up_for_each_set_of_labels()
    {
        using var text = new PrometheusText();
        using var meter = new Meter("Parley.Test");
        var counter = meter.CreateCounter<long>("parley_test_a_total", null, "Things.");
        counter.Add(1, new KeyValuePair<string, object?>("outcome", "delivered"));
        counter.Add(2, new KeyValuePair<string, object?>("outcome", "delivered"));
        counter.Add(1, new KeyValuePair<string, object?>("outcome", "failed"));
        Assert.Equal(
            "# HELP parley_test_a_total Things.\n# TYPE parley_test_a_total counter\nparley_test_a_total{outcome=\"delivered\"} 3\nparley_test_a_total{outcome=\"failed\"} 1\n",
            Part(text, "parley_test_a_total"));
    }

    [Fact]
    public void What_is_observable_is_asked_each_time()
    {
        using var text = new PrometheusText();
        using var meter = new Meter("Parley.Test");
        var value = 7;
        meter.CreateObservableGauge("parley_test_b", () => value);
        Assert.Contains("# TYPE parley_test_b gauge\nparley_test_b 7\n", text.Write(), StringComparison.Ordinal);
        value = 5;
        Assert.Contains("# TYPE parley_test_b gauge\nparley_test_b 5\n", text.Write(), StringComparison.Ordinal);
    }

    [Fact]
    public void Histograms_have_cumulative_buckets()
    {
        using var text = new PrometheusText();
        using var meter = new Meter("Parley.Test");
        var advice = new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 2] };
        var histogram = meter.CreateHistogram("parley_test_c_seconds", "s", "Time.", null, advice);
        histogram.Record(0.5);
        histogram.Record(2);
        histogram.Record(9);
        Assert.Equal(
            "# HELP parley_test_c_seconds Time.\n# TYPE parley_test_c_seconds histogram\nparley_test_c_seconds_bucket{le=\"1\"} 1\nparley_test_c_seconds_bucket{le=\"2\"} 2\n"
            + "parley_test_c_seconds_bucket{le=\"+Inf\"} 3\nparley_test_c_seconds_sum 11.5\nparley_test_c_seconds_count 3\n",
            Part(text, "parley_test_c_seconds"));
    }

    [Fact]
    public void A_label_cannot_end_its_line_or_its_quotes()
    {
        using var text = new PrometheusText();
        using var meter = new Meter("Parley.Test");
        meter.CreateCounter<int>("parley_test_d_total").Add(1, new KeyValuePair<string, object?>("a.b", "x\"} 9\n\\"));
        Assert.Contains("""parley_test_d_total{a_b="x\"} 9\n\\"} 1""", text.Write(), StringComparison.Ordinal);
    }

    [Fact]
    public void One_metric_has_a_bounded_number_of_series()
    {
        using var text = new PrometheusText();
        using var meter = new Meter("Parley.Test");
        var counter = meter.CreateCounter<long>("parley_test_e_total");
        for (var i = 0; i < 1500; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("who", i));
        }

        var lines = text.Write().Split('\n');
        Assert.Equal(1000, lines.Count(line => line.StartsWith("parley_test_e_total{", StringComparison.Ordinal)));
        Assert.Contains("parley_metrics_dropped_total 500", lines);
    }

    [Fact]
    public void Meters_of_others_are_left_out()
    {
        using var text = new PrometheusText();
        using var meter = new Meter("Other");
        meter.CreateCounter<long>("other_total").Add(1);
        Assert.DoesNotContain("other_total", text.Write(), StringComparison.Ordinal);
    }

    // What is written of one metric; other tests may count theirs at the same time.
    private static string Part(PrometheusText text, string name) =>
        string.Concat(text.Write().Split('\n').Where(line => line.Contains(name, StringComparison.Ordinal)).Select(line => line + "\n"));
}
