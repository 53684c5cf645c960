namespace Parley.Smtp.Tests.Sending;

public sealed class SendDialogueTests
{
    private static readonly string Root = Path.Combine(AppContext.BaseDirectory, "Dialogues", "Sending");

    public static TheoryData<string, int> Files()
    {
        var data = new TheoryData<string, int>();
        foreach (var path in Directory.EnumerateFiles(Root, "*.smtp", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            data.Add(Path.GetRelativePath(Root, path), int.MaxValue);
            data.Add(Path.GetRelativePath(Root, path), 1);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_dialogue_goes_as_it_is_written(string file, int pieces)
    {
        using var runner = new DialogueRunner(Path.Combine(Root, file), pieces);
        var difference = runner.Play();
        Assert.True(difference is null, difference);
    }

    [Fact]
    public void A_dialogue_that_goes_otherwise_is_told_by_file_and_line()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllLines(path, ["# A wrong expectation.", "S: 220 ready", "C: HELO client.example.org"]);
            using var runner = new DialogueRunner(path, int.MaxValue);
            Assert.Equal(
                $"{Path.GetFileName(path)}:3: expected \"HELO client.example.org\", the client said \"EHLO client.example.org\"",
                runner.Play());
        }
        finally
        {
            File.Delete(path);
        }
    }
}
