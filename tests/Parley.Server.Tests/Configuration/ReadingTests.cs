using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Parley.Server.Configuration;
using Parley.Server.Configuration.Reading;

namespace Parley.Server.Tests.Configuration;

public class ReadingTests
{
    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("0s", 0)]
    [InlineData("60s", 60_000)]
    [InlineData("5m", 300_000)]
    [InlineData("4h", 14_400_000)]
    [InlineData("5d", 432_000_000)]
    public void A_duration_is_a_number_and_a_unit(string text, long milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Durations.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("m")]
    [InlineData("-5m")]
    [InlineData("1.5h")]
    [InlineData("5 m")]
    [InlineData("5M")]
    [InlineData("1h30m")]
    [InlineData("99999999d")]
    public void Anything_else_is_none(string text) => Assert.Null(Durations.Parse(text));

    [Theory]
    [InlineData("1000ms", "1s")]
    [InlineData("120s", "2m")]
    [InlineData("90m", "90m")]
    [InlineData("48h", "2d")]
    [InlineData("1ms", "1ms")]
    [InlineData("0s", "0s")]
    public void A_duration_is_written_in_its_largest_whole_unit(string text, string expected) =>
        Assert.Equal(expected, Durations.Write(Durations.Parse(text)!.Value));

    [Theory]
    [InlineData("hostnam", "hostname", 1)]
    [InlineData("hsotname", "hostname", 1)]
    [InlineData("HOSTNAME", "hostname", 0)]
    [InlineData("", "abc", 3)]
    [InlineData("kitten", "sitting", 3)]
    public void The_distance_counts_letters_to_change(string a, string b, int distance)
    {
        Assert.Equal(distance, Nearest.Distance(a, b));
        Assert.Equal(distance, Nearest.Distance(b, a));
    }

    [Theory]
    [InlineData("message_bytes", "messageBytes")]
    [InlineData("connectionPerAddress", "connectionsPerAddress")]
    [InlineData("timeout", null)]
    public void Only_a_close_name_is_offered(string name, string? expected) =>
        Assert.Equal(expected, Nearest.Of(name, ["messageBytes", "recipients", "connectionsPerAddress", "dataTimeout"]));

    [Fact]
    public void Nesting_without_end_is_a_fault_and_not_a_crash() =>
        Assert.Contains("not valid JSON", Load.Fault("{\"a\":" + new string('[', 100_000)), StringComparison.Ordinal);

    [Fact]
    public void A_file_that_is_too_long_is_a_fault() =>
        Assert.Contains("longer than", Load.Fault("{}" + new string(' ', JsonText.MaxBytes)), StringComparison.Ordinal);

    // A configuration that uses every kind of value, broken in one to four places in 10,000 ways.
    [Fact]
    public void No_mutation_of_a_configuration_is_more_than_a_fault()
    {
        const string Whole = """
            { "hostname": "mx.bücher.example", "listeners": [ { "address": "[::1]:25", "role": "mx", "tls": "none", "auth": "optional", "mechanisms": ["PLAIN"] } ],
              "http": { "address": null }, "tls": { "certificateFile": "c.pem", "allowPlaintextAuth": false, "certificates": [ {} ] },
              "domains": { "example.org": { "mailboxes": ["a", "\"b c\""], "aliases": { "x": ["a", "y"], "y": ["x@example.org"] }, "catchAll": "a", "subaddressSeparator": "+" } },
              "users": { "a": { "passwordFile": "p", "addresses": ["a@example.org"] } }, "oauth": { "issuer": "https://x.example" },
              "limits": { "messageBytes": 1000, "commandTimeout": "5m" }, "dns": { "servers": ["127.0.0.1:53"] }, // end
              "routes": [ { "match": "*.x", "lmtp": "unix:/x", "smarthost": "[::1]:25" } ], "delivery": { "retry": ["1s"], "warnAfter": null }, "trustedNetworks": ["10.0.0.0/8"], }
            """;
        var octets = Encoding.UTF8.GetBytes(Whole);
        var interesting = "\"\\{}[],:/*.@+- 0null\r\n"u8.ToArray();
        var mutation =
            from count in Gen.Choose(1, 4)
            from places in Gen.Choose(0, octets.Length - 1).ListOf(count)
            from values in Gen.OneOf(Gen.Elements(interesting), Gen.Choose(0, 255).Select(v => (byte)v)).ListOf(count)
            from cut in Gen.Choose(0, 9)
            select (places, values, cut);

        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(10_000).WithReplay(20261001, 1),
            Prop.ForAll(mutation.ToArbitrary(), m =>
            {
                var mutated = octets.ToArray();
                foreach (var (place, value) in m.places.Zip(m.values))
                {
                    mutated[place] = value;
                }

                var kept = m.cut == 0 ? mutated.AsSpan(0, m.places[0]) : mutated;
                var result = Settings.Load(new SettingsSources { Text = Encoding.UTF8.GetString(kept), File = "/nonexistent/parley.json" });
                return result.Settings is not null || result.Faults.Any(f => !f.IsWarning);
            }));
    }

    [Fact]
    public void No_variable_is_more_than_a_fault()
    {
        string[] words = ["LIMITS", "LISTENERS", "0", "1", "DOMAINS", "X", "", "MAILBOXES", "ADDRESS", "TLS", "CERTIFICATES", "ALIASES", "HOSTNAME", "RETRY", "DELIVERY", "ROUTES", "999999", "9999999"];
        string[] values = ["", "null", "1", "x", "[]", "{}", "[{}]", "[[1]]", "{\"x\":{}}", "\"", "127.0.0.1:0", "true"];
        var variables =
            from count in Gen.Choose(1, 5)
            from names in Gen.Elements(words).ListOf().Select(w => "PARLEY__" + string.Join("__", w.Take(5))).ListOf(count)
            from texts in Gen.Elements(values).ListOf(count)
            select names.Zip(texts).DistinctBy(v => v.First).ToDictionary(v => v.First, v => v.Second, StringComparer.Ordinal);

        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(10_000).WithReplay(20261002, 1),
            Prop.ForAll(variables.ToArbitrary(), v =>
            {
                var result = Settings.Load(new SettingsSources { Environment = v });
                return result.Settings is not null || result.Faults.Any(f => !f.IsWarning);
            }));
    }
}
