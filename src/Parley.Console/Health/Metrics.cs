using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Parley.Server.Journal;
using Parley.Server.Queue;

namespace Parley.Console.Health;

/// <summary><c>/metrics</c>: what the meters measure, and the figures that the store keeps.</summary>
internal static class Metrics
{
    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/metrics", Write).ExcludeFromDescription();

    private static async Task<IResult> Write(ConsoleParts parts, CancellationToken cancellation)
    {
        var text = new StringBuilder(parts.Metrics.Write());
        AddStore(text, await parts.Store.Count(cancellation));
        AddProcess(text);
        return Results.Text(text.ToString(), PrometheusText.ContentType);
    }

    private static void AddStore(StringBuilder text, StoreCounts counts)
    {
        Gauge(text, "parley_queue_messages", "Messages with a recipient still to be delivered.", counts.Queued);
        Gauge(text, "parley_store_messages", "Messages in the store, resting or queued.", counts.Messages);
        Gauge(text, "parley_store_bytes", "Octets of the messages in the store.", counts.Octets);
    }

    private static void AddProcess(StringBuilder text)
    {
        PrometheusText.Head(text, "process_cpu_seconds_total", "counter", "Processor time used, in seconds.");
        PrometheusText.Sample(text, "process_cpu_seconds_total", "", Environment.CpuUsage.TotalTime.TotalSeconds);
        Gauge(text, "process_resident_memory_bytes", "Resident memory.", Environment.WorkingSet);
    }

    private static void Gauge(StringBuilder text, string name, string help, double value)
    {
        PrometheusText.Head(text, name, "gauge", help);
        PrometheusText.Sample(text, name, "", value);
    }
}
