using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Parley.Console.Access;

namespace Parley.Console.Health;

/// <summary><c>/healthz</c>: the process answers. <c>/readyz</c>: it takes mail: its listeners accept and its store has room.</summary>
internal static class Checks
{
    private const long SomeMail = 64 * 1024;

    public static void AddParleyChecks(this IServiceCollection services, ConsoleParts parts) => services.AddHealthChecks()
        .AddCheck("listeners", () => parts.SmtpAddresses().Count > 0
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("no SMTP listener accepts connections"))
        .AddCheck("room", () => parts.Store.HasRoomFor(SomeMail)
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("the disk has no room for mail"))
        .AddCheck("certificate", () => parts.Troubles().Count == 0
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Degraded("the newest certificate cannot be used; the log says why"))
        .AddAsyncCheck("store", async cancellation =>
        {
            try
            {
                _ = await parts.Store.Count(cancellation);
            }
            catch (IOException) when (parts.Store.Trouble is not null)
            {
                // Then it knows what is wrong.
            }

            return parts.Store.Trouble is { } trouble ? HealthCheckResult.Unhealthy(trouble) : HealthCheckResult.Healthy();
        });

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapHealthChecks("/healthz", new HealthCheckOptions { Predicate = static _ => false, ResponseWriter = Write }).IsPublic();
        app.MapHealthChecks("/readyz", new HealthCheckOptions { ResponseWriter = Write }).IsPublic();
    }

    // These pages are public: they tell what is wrong in a word, and nothing of the exception behind it.
    private static Task Write(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        var faults = report.Entries.Where(entry => entry.Value.Status != HealthStatus.Healthy)
            .Select(entry => $"{entry.Key}: {(entry.Value.Exception is null ? entry.Value.Description : "it does not answer; the log says more")}\n");
        return context.Response.WriteAsync(report.Status == HealthStatus.Healthy ? "ok\n" : string.Concat(faults));
    }
}
