namespace Parley.Tests;

public sealed class UserTests : IDisposable
{
    private readonly RunningProgram parley = new();

    public void Dispose() => parley.Dispose();

    private Outcome User(params string[] arguments) => parley.Run(["user", .. arguments]);

    [Fact]
    public void An_account_is_added_listed_changed_and_removed()
    {
        parley.Input = "open-sesame\n";
        Assert.Equal(new Outcome(0, "alice: added\n", ""), User("add", "alice", "--address", "alice@example.org", "--address", "info@example.org", "--password-file", "-"));
        Assert.Equal(new Outcome(0, "bob: added\n", ""), User("add", "bob", "--cram-md5"));
        Assert.Equal(new Outcome(0, "carol@example.org: added\n", ""), User("add", "carol@example.org", "--scram-only", "--password-file", parley.Write("pw", "x\r\nrest")));
        Assert.Equal(new Outcome(0, "alice: disabled\n", ""), User("disable", "ALICE"));
        Assert.Equal(new Outcome(0, "bob: disabled until its password is changed\n", ""), User("disable", "bob", "--until-password-change"));
        Assert.Equal(
            """
            alice	disabled	SCRAM-SHA-256,SCRAM-SHA-1,PLAIN,LOGIN	alice@example.org info@example.org
            bob	must-change-password	SCRAM-SHA-256,SCRAM-SHA-1,PLAIN,LOGIN,CRAM-MD5
            carol@example.org	active	SCRAM-SHA-256,SCRAM-SHA-1

            """,
            User("list").Output);
        Assert.Equal(new Outcome(0, "alice: enabled\n", ""), User("enable", "alice"));
        Assert.Equal(new Outcome(0, "bob: password changed\n", ""), User("password", "bob"));
        Assert.Equal(new Outcome(0, "carol@example.org: removed\n", ""), User("remove", "carol@example.org"));
        Assert.Equal(
            """
            [
              {
                "name": "alice",
                "state": "active",
                "mechanisms": [
                  "SCRAM-SHA-256",
                  "SCRAM-SHA-1",
                  "PLAIN",
                  "LOGIN"
                ],
                "addresses": [
                  "alice@example.org",
                  "info@example.org"
                ]
              },
              {
                "name": "bob",
                "state": "active",
                "mechanisms": [
                  "SCRAM-SHA-256",
                  "SCRAM-SHA-1",
                  "PLAIN",
                  "LOGIN",
                  "CRAM-MD5"
                ],
                "addresses": []
              }
            ]

            """,
            User("list", "--json").Output);
    }

    [Fact]
    public void A_data_folder_that_is_misspelt_is_said_and_not_made()
    {
        var folder = Path.Combine(parley.Folder, "nowhere");
        string[][] acts = [["list"], ["password", "bob"], ["disable", "bob"], ["enable", "bob"], ["remove", "bob"]];
        Assert.All(acts, act => Assert.Equal(
            new Outcome(2, "", $"parley user {act[0]}: {folder} holds no accounts; name the server's data folder with --data\n"),
            User([.. act, "--data", folder])));
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public void A_name_that_is_taken_or_not_there_is_a_no()
    {
        parley.Input = "open-sesame";
        User("add", "alice");
        Assert.Equal(
            new Outcome(1, "", "parley user add: Alice is there already; `parley user password Alice` changes its password\n"),
            User("add", "Alice"));
        foreach (var act in new[] { "password", "disable", "enable", "remove" })
        {
            Assert.Equal(
                new Outcome(1, "", $"parley user {act}: there is no account bob here; `parley user list` shows those that are (accounts of the configuration are changed there)\n"),
                User(act, "bob"));
        }
    }

    [Theory]
    [InlineData("x", "--address no-address", "\"no-address\" is not an address; write it as name@domain")]
    [InlineData("", "", "standard input does not begin with a line of UTF-8 text; give the password there, or in a --password-file")]
    [InlineData("bell\a", "", "the password holds a control character, mixes writing directions or is longer than 1024 octets; take another")]
    [InlineData("{SCRAM-SHA-256}1$x", "", "the SCRAM keys cannot be read; write {SCRAM-SHA-256}iterations$salt:stored:server, iterations from 4096, the others in base64")]
    [InlineData("{SCRAM-SHA-1}4096$c2FsdA==:AAAAAAAAAAAAAAAAAAAAAAAAAAA=:AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "--cram-md5", "CRAM-MD5 needs the password itself, not its keys; give the password")]
    public void What_cannot_be_used_is_said_in_one_line_and_adds_nothing(string input, string options, string why)
    {
        parley.Input = input;
        var outcome = User(["add", "alice", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        Assert.Equal(new Outcome(2, "", $"parley user add: {why}\n"), outcome);
        Assert.False(Directory.Exists(Path.Combine(parley.Folder, ".local")));
    }

    [Fact]
    public void A_password_file_that_is_not_there_is_said()
    {
        var outcome = User("add", "alice", "--password-file", "missing");
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.Matches(@"^parley user add: Could not find file '.*missing'; give another --password-file\n$", outcome.Error);
    }

    [Fact]
    public void Keys_are_taken_in_place_of_a_password()
    {
        parley.Input = "{SCRAM-SHA-1}4096$c2FsdA==:AAAAAAAAAAAAAAAAAAAAAAAAAAA=:AAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
        Assert.Equal(0, User("add", "alice", "--data", Path.Combine(parley.Folder, "elsewhere")).ExitCode);
        Assert.Equal("alice\tactive\tSCRAM-SHA-1,PLAIN,LOGIN\n", User("list", "--data", Path.Combine(parley.Folder, "elsewhere")).Output);
        Assert.Equal("", User("list").Output);
    }
}
