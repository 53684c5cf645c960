using System.Text.Json;

namespace Parley.Tests.Interop;

/// <summary>testssl.sh against STARTTLS and implicit TLS: nothing of severity MEDIUM or above but trust in the local authority.</summary>
public sealed class TestSslTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("parley-testssl-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Testssl_finds_nothing_of_weight_on_either_port()
    {
        Peer.Need("testssl", "testssl.sh");
        using var certificate = new TestCertificate(folder);
        using var parley = new ServingProgram($$"""
            {
              "hostname": "localhost",
              "listeners": [{ "address": "127.0.0.1:0", "role": "submission" }, { "address": "127.0.0.1:0", "role": "submission", "tls": "implicit" }],
              "tls": { "certificateFile": "{{certificate.CertificateFile}}", "keyFile": "{{certificate.KeyFile}}" },
              "limits": { "connectionsPerAddress": 1000 },
              "domains": { "example.org": { "mailboxes": ["alice"] } }
            }
            """);
        var findings = await Task.WhenAll(Scan(parley.Smtp[0].Port, "-t", "smtp"), Scan(parley.Smtp[1].Port));
        Assert.Empty(findings.SelectMany(f => f));
    }

    private async Task<List<string>> Scan(int port, params string[] how)
    {
        var report = Path.Combine(folder, $"{port}.json");
        await Peer.Run("testssl", null, TimeSpan.FromMinutes(9), ["--quiet", "--color", "0", "--warnings", "batch", "--jsonfile", report, .. how, $"127.0.0.1:{port}"]);
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(report));
        var all = json.RootElement.EnumerateArray().ToList();
        // The scan reached its end: without this an early stop would look like a clean bill.
        Assert.Contains(all, f => f.GetProperty("id").GetString() == "TLS1_3" && f.GetProperty("finding").GetString()!.StartsWith("offered", StringComparison.Ordinal));
        Assert.Contains(all, f => f.GetProperty("id").GetString() == "LUCKY13");
        return [.. all
            .Where(f => f.GetProperty("severity").GetString() is "MEDIUM" or "HIGH" or "CRITICAL" or "FATAL")
            .Where(f => f.GetProperty("id").GetString() is not ("cert_chain_of_trust" or "cert_trust" or "cert_trust_wildcard"))
            .Select(f => $"{port}: {f.GetProperty("severity")} {f.GetProperty("id")}: {f.GetProperty("finding")}")];
    }
}
