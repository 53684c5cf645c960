using System.Net;
using System.Text.Json;

namespace Parley.Console.Tests.Health;

public class HealthTests
{
    [Fact]
    public async Task A_server_that_accepts_mail_is_ready()
    {
        await using var console = await RunningConsole.Start();
        Assert.Equal("ok\n", await console.Client.GetStringAsync("healthz"));
        Assert.Equal("ok\n", await console.Client.GetStringAsync("readyz"));
    }

    [Fact]
    public async Task Without_listeners_it_is_alive_but_not_ready()
    {
        await using var console = await RunningConsole.Start();
        console.Smtp.Clear();
        using var ready = await console.Client.GetAsync("readyz");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Equal("listeners: no SMTP listener accepts connections\n", await ready.Content.ReadAsStringAsync());
        Assert.Equal("ok\n", await console.Client.GetStringAsync("healthz"));
    }

    [Fact]
    public async Task The_metrics_tell_what_the_store_holds()
    {
        await using var console = await RunningConsole.Start();
        await console.Queue("carol@example.com");
        await console.Put("Subject: rests\n\n.\n");
        using var response = await console.Client.GetAsync("metrics");
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        var lines = (await response.Content.ReadAsStringAsync()).Split('\n');
        Assert.Contains("# TYPE parley_queue_messages gauge", lines);
        Assert.Contains("parley_queue_messages 1", lines);
        Assert.Contains("parley_store_messages 2", lines);
        Assert.Equal(lines.Length, lines.Distinct().Count());
    }

    [Fact]
    public async Task The_api_describes_itself()
    {
        await using var console = await RunningConsole.Start();
        var document = JsonDocument.Parse(await console.Client.GetStringAsync("openapi/v1.json")).RootElement;
        Assert.StartsWith("3.", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        Assert.Equal(
            ["/api/v1/codes", "/api/v1/codes/{code}", "/api/v1/compare/{a}/{b}", "/api/v1/explain", "/api/v1/messages", "/api/v1/messages/{id}",
                "/api/v1/messages/{id}/parts/{part}", "/api/v1/messages/{id}/raw", "/api/v1/queue", "/api/v1/queue/{id}", "/api/v1/queue/{id}/hold",
                "/api/v1/queue/{id}/release", "/api/v1/queue/{id}/retry", "/api/v1/sessions", "/api/v1/sessions/{id}"],
            document.GetProperty("paths").EnumerateObject().Select(path => path.Name).Order(StringComparer.Ordinal));
    }
}
