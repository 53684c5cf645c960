using System.Text;
using Parley.Smtp.Sasl;

namespace Parley.Smtp.Tests.Sasl;

public class ScramKeysTests
{
    private static readonly byte[] Salt = Convert.FromBase64String("W22ZaJ0SNY7soEsUEjb6gQ==");
    private static readonly byte[] ServerSecret = Encoding.ASCII.GetBytes("sixteen octets or more");

    [Fact]
    public void The_text_form_is_read_back()
    {
        var keys = ScramKeys.TryDerive(ScramHash.Sha256, "pencil"u8, Salt)!;
        Assert.Matches(
            @"^\{SCRAM-SHA-256\}4096\$W22ZaJ0SNY7soEsUEjb6gQ==:[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$", keys.Format());
        var back = ScramKeys.TryParse(keys.Format())!;
        Assert.Equal(keys.Format(), back.Format());
        Assert.True(back.Matches("pencil"u8));
    }

    [Theory]
    [InlineData("pencil", true)]
    [InlineData("pencil ", false)]
    [InlineData("Pencil", false)]
    [InlineData("", false)]
    [InlineData("pencil\u0007", false)]
    public void Only_the_password_fits(string password, bool fits)
    {
        foreach (var hash in ScramHash.All)
        {
            Assert.Equal(fits, ScramKeys.TryDerive(hash, "pencil"u8, Salt)!.Matches(Encoding.UTF8.GetBytes(password)));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("pencil")]
    [InlineData("{SCRAM-SHA-512}4096$c2FsdA==:AAAA:AAAA")]
    [InlineData("{SCRAM-SHA-256}4096$W22ZaJ0SNY7soEsUEjb6gQ==:AAAA:AAAA")]
    [InlineData("{SCRAM-SHA-1}4095$c2FsdA==:AAAAAAAAAAAAAAAAAAAAAAAAAAA=:AAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("{SCRAM-SHA-1}10000001$c2FsdA==:AAAAAAAAAAAAAAAAAAAAAAAAAAA=:AAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("{SCRAM-SHA-1}+4096$c2FsdA==:AAAAAAAAAAAAAAAAAAAAAAAAAAA=:AAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("{SCRAM-SHA-1}4096$:AAAAAAAAAAAAAAAAAAAAAAAAAAA=:AAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("{SCRAM-SHA-1}4096$c2FsdA==:AAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("{SCRAM-SHA-1}4096$c2FsdA==:AAAAAAAAAAAAAAAAAAAAAAAAAAA=:AAAAAAAAAAAAAAAAAAAAAAAAAAA=:")]
    public void Other_texts_are_refused(string text) => Assert.Null(ScramKeys.TryParse(text));

    [Fact]
    public void A_password_that_SASLprep_forbids_makes_no_keys()
    {
        Assert.Null(ScramKeys.TryDerive(ScramHash.Sha256, "bell\u0007"u8, Salt));
        Assert.Null(ScramKeys.TryDerive(ScramHash.Sha256, ""u8, Salt));
    }

    [Fact]
    public void A_decoy_is_the_same_for_a_name_and_differs_between_names_and_servers()
    {
        var decoy = ScramKeys.Decoy(ScramHash.Sha256, ServerSecret, "nobody");
        Assert.Equal(decoy.Format(), ScramKeys.Decoy(ScramHash.Sha256, ServerSecret, "nobody").Format());
        Assert.Equal(ScramKeys.SaltLength, decoy.Salt.Length);
        string[] all =
        [
            decoy.Format(),
            ScramKeys.Decoy(ScramHash.Sha256, ServerSecret, "someone").Format(),
            ScramKeys.Decoy(ScramHash.Sha256, "another server's secret"u8, "nobody").Format(),
        ];
        Assert.Equal(3, all.Distinct().Count());
    }

    [Fact]
    public void Neither_keys_nor_secrets_show_themselves()
    {
        using var secret = Secret.FromText("pencil");
        Assert.Equal("(secret)", secret.ToString());
        Assert.Equal("SCRAM-SHA-1 keys", ScramKeys.TryDerive(ScramHash.Sha1, "pencil"u8, Salt)!.ToString());
    }

    [Fact]
    public void A_disposed_secret_is_overwritten()
    {
        var secret = Secret.FromText("pencil");
        secret.Dispose();
        Assert.Equal(new byte[6], secret.Octets.ToArray());
    }
}
