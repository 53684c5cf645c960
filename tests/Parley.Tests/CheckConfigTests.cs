using Parley.Tests.Shared;

namespace Parley.Tests;

public sealed class CheckConfigTests : IDisposable
{
    private readonly RunningProgram parley = new();

    public void Dispose() => parley.Dispose();

    [Fact]
    public void Without_a_file_there_is_nothing_wrong() =>
        Assert.Equal(new Outcome(0, "no configuration file: OK (catcher)\n", ""), parley.Run("check-config"));

    [Fact]
    public void A_good_file_is_OK_on_standard_output()
    {
        parley.Write("good.json", """{ "hostname": "mx.example.org", "domains": { "example.org": { "mailboxes": ["alice"] } } }""");

        Assert.Equal(new Outcome(0, "good.json: OK (server)\n", ""), parley.Run("check-config", "good.json"));
    }

    [Fact]
    public void The_file_in_the_current_folder_is_found()
    {
        parley.Write("parley.json", "{}");

        Assert.Equal(new Outcome(0, "parley.json: OK (catcher)\n", ""), parley.Run("check-config"));
    }

    [Fact]
    public void Every_fault_is_a_line_on_standard_error_and_the_exit_code_is_2()
    {
        parley.Write("bad.json", "{\n  \"hostnam\": \"mx.example.org\",\n  \"limits\": { \"recipients\": 0 },\n}");
        parley.Set("PARLEY__STORE__ENGINE", "postgres");

        Assert.Equal(
            new Outcome(2, "", """
                bad.json:2:3: error: hostnam: unknown key; did you mean "hostname"?
                bad.json:3:29: error: limits.recipients: 0 is too small; write a whole number from 1 to 100000
                PARLEY__STORE__ENGINE: error: store.engine: PostgreSQL is not supported yet; write "sqlite"

                """),
            parley.Run("check-config", "bad.json"));
    }

    [Fact]
    public void A_warning_does_not_fail_the_check()
    {
        parley.Set("PARLEY__LIMITS__RECIPIENTS", "10");

        var outcome = parley.Run("check-config");

        Assert.Equal((0, "no configuration file: OK (catcher, 1 warning)\n"), (outcome.ExitCode, outcome.Output));
        Assert.StartsWith("PARLEY__LIMITS__RECIPIENTS: warning: limits.recipients: ", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_wrong_usage() =>
        Assert.Equal(
            new Outcome(2, "", "missing.json: error: there is no such file; name an existing one with --config, or leave the flag out to run without\n"),
            parley.Run("check-config", "missing.json"));

    [Fact]
    public void The_schema_is_the_published_one() =>
        Assert.Equal(File.ReadAllText(Path.Combine(Golden.Root, "docs/parley.schema.json")), parley.Run("check-config", "--schema").Output);
}
