using System.Diagnostics;
using System.Text.Json;
using Parley.Codes;

namespace Parley.Tests;

/// <summary>`parley explain` and `parley compare` as they were built.</summary>
public sealed class ExplainTests : IDisposable
{
    private readonly RunningProgram parley = new();

    public void Dispose() => parley.Dispose();

    [Fact]
    public void A_code_is_explained_for_people()
    {
        var outcome = parley.Run("explain", "550");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.StartsWith("550  ", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("How to fix it", outcome.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', outcome.Output);
    }

    [Fact]
    public void A_code_is_explained_for_programs()
    {
        var outcome = parley.Run("explain", "5.1.1", "--json");
        Assert.Equal("5.1.1", JsonDocument.Parse(outcome.Output).RootElement.GetProperty("code").GetString());
    }

    [Fact]
    public void Words_need_no_quotation_marks()
    {
        var outcome = parley.Run("explain", "550", "5.1.1", "No", "such", "user", "--json");
        Assert.Equal("550 5.1.1 No such user", JsonDocument.Parse(outcome.Output).RootElement[0].GetProperty("input").GetString());
    }

    [Fact]
    public async Task A_session_is_read_from_standard_input()
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "parley"), ["explain", "-", "--json"]) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync("220 mx1.example.net ESMTP\r\nEHLO probe.example.org\r\n250 mx1.example.net\r\nAUTH LOGIN\r\n334 VXNlcm5hbWU6\r\nprobe.plain\r\n501 5.5.2 Not base64\r\n");
        process.StandardInput.Close();
        var json = JsonDocument.Parse(await process.StandardOutput.ReadToEndAsync()).RootElement;
        await process.WaitForExitAsync();
        Assert.Equal(["220", "250", "334", "501"], json.EnumerateArray().Select(e => e.GetProperty("code").GetString()));
        Assert.Equal("auth", json[3].GetProperty("phase").GetString());
        Assert.Contains("clear text", json[3].GetProperty("cause").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("explain 599")]
    [InlineData("explain hello there")]
    [InlineData("compare 550 599")]
    public void What_is_not_known_is_exit_code_1_and_one_line(string arguments)
    {
        var outcome = parley.Run(arguments.Split(' '));
        Assert.Equal((1, ""), (outcome.ExitCode, outcome.Output));
        Assert.Equal(1, outcome.Error.Count(c => c == '\n'));
    }

    [Fact]
    public void A_text_without_a_reply_is_an_empty_array_for_programs()
    {
        var outcome = parley.Run("explain", "hello there", "--json");
        Assert.Equal((1, "[]\n"), (outcome.ExitCode, outcome.Output));
    }

    [Theory]
    [InlineData("explain")]
    [InlineData("compare 550")]
    [InlineData("compare 334 550 551")]
    [InlineData("compare 550 550")]
    [InlineData("explain 550 --lang xx")]
    [InlineData("compare 334 550 --lang xx")]
    public void Wrong_usage_is_exit_code_2_and_one_line(string arguments)
    {
        var outcome = parley.Run(arguments.Split(' '));
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.Equal(1, outcome.Error.Count(c => c == '\n'));
    }

    [Theory]
    [InlineData("500")]
    [InlineData("501")]
    [InlineData("502")]
    [InlineData("503")]
    [InlineData("550")]
    public void The_pairs_with_334_print_the_whole_comparison(string other)
    {
        var outcome = parley.Run("compare", "334", other);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.All(new[] { "Key differences", "When to use which", "Example", "What it means", "When you see it", "How to fix it", $"\n{other}  " }, part => Assert.Contains(part, outcome.Output, StringComparison.Ordinal));
        var json = JsonDocument.Parse(parley.Run("compare", "334", other, "--json").Output).RootElement;
        Assert.Equal(("334", other), (json.GetProperty("a").GetProperty("code").GetString(), json.GetProperty("b").GetProperty("code").GetString()));
    }

    [Theory]
    [InlineData("LANG", "en_US.UTF-8")]
    [InlineData("LC_ALL", "C")]
    [InlineData("LC_ALL", "tlh_XX.UTF-8")]
    public void The_locale_chooses_the_language_and_English_stands_in(string variable, string value)
    {
        parley.Set(variable, value);
        Assert.Equal("en", JsonDocument.Parse(parley.Run("explain", "550", "--json").Output).RootElement.GetProperty("lang").GetString());
    }

    [Fact]
    public void The_first_locale_variable_that_is_set_decides()
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal) { ["LC_ALL"] = "", ["LC_MESSAGES"] = "en_GB", ["LANG"] = "nowhere" };
        Assert.Equal("en", ReaderLanguage.Load(null, variables.GetValueOrDefault).Language);
        Assert.All(Catalogue.Languages, l => Assert.Equal(l, ReaderLanguage.Load(null, name => name == "LANG" ? $"{l}_XX.UTF-8" : null).Language));
        Assert.All(Catalogue.Languages, l => Assert.Equal(l, ReaderLanguage.Load(l, name => name == "LANG" ? "en_US" : null).Language));
    }
}
