using System.Text;

namespace Parley.Smtp.Tests.Sasl;

public class ScramTests
{
    private const string OurFirst = "n,,n=probe@example.net,r=kX41pRobeNonce7";
    private const string OurNonce = "kX41pRobeNonce7mX1sErver2026Part";
    private const string OurFinal = "c=biws,r=" + OurNonce + ",p=SpqyNGqDAv9bMU2LczsBcjTRUkuHaZKZc9rfRqBvIko=";

    [Fact]
    public void The_example_of_RFC_5802_logs_in()
    {
        var accounts = new TableAuthenticator().Add("user", "pencil", "QSXCR+Q6sek8bf92");
        using var talk = new Talk("SCRAM-SHA-1", accounts, new SaslContextSettings { Nonce = "3rfcNHYJY1ZVvWVs7j" });
        Assert.Equal(
            "334 r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
            talk.SayFirst("n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL"));
        Assert.Equal(
            "334 v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
            talk.Say("c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts="));
        Assert.Equal("user", talk.Answer(""));
    }

    [Fact]
    public void The_example_of_RFC_7677_logs_in()
    {
        var accounts = new TableAuthenticator().Add("user", "pencil", "W22ZaJ0SNY7soEsUEjb6gQ==");
        var settings = new SaslContextSettings { Nonce = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0" };
        using var talk = new Talk("SCRAM-SHA-256", accounts, settings);
        Assert.Equal(
            "334 r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
            talk.SayFirst("n,,n=user,r=rOprNGfwEbeRWgbNEkqO"));
        Assert.Equal(
            "334 v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
            talk.Say("c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="));
        Assert.Equal("user", talk.Answer(""));
    }

    [Fact]
    public void Our_own_vector_logs_in_to_the_octet()
    {
        using var talk = new Talk("SCRAM-SHA-256");
        Assert.Equal("334 ", talk.Begin());
        Assert.Equal(
            "334 cj1rWDQxcFJvYmVOb25jZTdtWDFzRXJ2ZXIyMDI2UGFydCxzPUFBRUNBd1FGQmdjSUNRb0xEQTBPRHc9PSxpPTQwOTY=",
            talk.Answer("biwsbj1wcm9iZUBleGFtcGxlLm5ldCxyPWtYNDFwUm9iZU5vbmNlNw=="));
        Assert.Equal("334 v=rULowxyF+GrVsmEh4n+H27rmOQk4PAp2iNkHU74c0MU=", talk.Say(OurFinal));
        Assert.Equal(Talk.User, talk.Answer(""));
    }

    [Fact]
    public void Nothing_but_an_empty_line_may_follow_the_servers_proof()
    {
        using var talk = new Talk("SCRAM-SHA-256");
        talk.SayFirst(OurFirst);
        talk.Say(OurFinal);
        Assert.Equal("Malformed", talk.Say("more"));
    }

    [Theory]
    [InlineData("c=biws,r=" + OurNonce + ",p=SpqyNGqDAv9bMU2LczsBcjTRUkuHaZKZc9rfRqBvIks=", "InvalidCredentials")]
    [InlineData("c=biws,r=" + OurNonce + ",p=SpqyNGqDAv9bMU2LczsBcg==", "InvalidCredentials")]
    [InlineData("c=biws,r=kX41pRobeNonce7,p=SpqyNGqDAv9bMU2LczsBcjTRUkuHaZKZc9rfRqBvIko=", "InvalidCredentials")]
    [InlineData("c=eSws,r=" + OurNonce + ",p=SpqyNGqDAv9bMU2LczsBcjTRUkuHaZKZc9rfRqBvIko=", "InvalidCredentials")]
    [InlineData("r=" + OurNonce + ",c=biws,p=SpqyNGqDAv9bMU2LczsBcjTRUkuHaZKZc9rfRqBvIko=", "Malformed")]
    [InlineData("c=biws,r=" + OurNonce, "Malformed")]
    [InlineData("c=bi ws,r=" + OurNonce + ",p=SpqyNGqDAv9bMU2LczsBcjTRUkuHaZKZc9rfRqBvIko=", "Malformed")]
    [InlineData("c=biws,r=" + OurNonce + ",p=", "InvalidCredentials")]
    [InlineData("c=biws,r=" + OurNonce + ",m=must,p=SpqyNGqDAv9bMU2LczsBcjTRUkuHaZKZc9rfRqBvIko=", "Malformed")]
    [InlineData("", "Malformed")]
    public void A_wrong_final_message_fails(string final, string outcome)
    {
        using var talk = new Talk("SCRAM-SHA-256");
        talk.SayFirst(OurFirst);
        Assert.Equal(outcome, talk.Say(final));
    }

    [Theory]
    [InlineData("")]
    [InlineData("n,,")]
    [InlineData("n,,n=user")]
    [InlineData("n,,n=user,r=")]
    [InlineData("n,,n=,r=abc")]
    [InlineData("n,,r=abc,n=user")]
    [InlineData("n,,m=must,n=user,r=abc")]
    [InlineData("n,,n=user,r=abc,m=must")]
    [InlineData("n,,n=us=20er,r=abc")]
    [InlineData("n,,n=user,r=a c")]
    [InlineData("x,,n=user,r=abc")]
    [InlineData("p,,n=user,r=abc")]
    [InlineData("p=tls_unique,,n=user,r=abc")]
    [InlineData("n,user,n=user,r=abc")]
    [InlineData("n,,n=user,r=abc,novalue")]
    public void A_first_message_of_another_form_is_malformed(string first)
    {
        using var talk = new Talk("SCRAM-SHA-256");
        Assert.Equal("Malformed", talk.SayFirst(first));
    }

    [Fact]
    public void Commas_and_equals_signs_in_names_are_unescaped()
    {
        using var talk = new Talk("SCRAM-SHA-256");
        talk.SayFirst("n,a=the=2Cboss,n=a=3Db,r=abc");
        talk.Say("c=biws,r=abcmX1sErver2026Part,p=AAAA");
        var claim = Assert.Single(talk.Accounts.Claims);
        Assert.Equal(("a=b", "the,boss"), (claim.User, claim.AuthorizationId));
    }

    [Fact]
    public void Extensions_that_need_not_be_known_are_passed_over()
    {
        using var talk = new Talk("SCRAM-SHA-256");
        Assert.StartsWith("334 r=abc", talk.SayFirst("n,,n=user,r=abc,x=anything"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_does_not_exist_sees_the_same_dialogue_each_time_and_fails_at_the_proof()
    {
        using var one = new Talk("SCRAM-SHA-256");
        using var two = new Talk("SCRAM-SHA-256");
        var challenge = one.SayFirst("n,,n=nobody,r=abc");
        Assert.Equal(challenge, two.SayFirst("n,,n=nobody,r=abc"));
        Assert.Matches("^334 r=abcmX1sErver2026Part,s=[A-Za-z0-9+/]{22}==,i=4096$", challenge);
        Assert.Equal("InvalidCredentials", one.Say("c=biws,r=abcmX1sErver2026Part,p=AAAA"));
    }

    [Fact]
    public void A_store_that_is_down_is_said()
    {
        using var talk = new Talk("SCRAM-SHA-256");
        talk.Accounts.IsDown = true;
        Assert.Equal("Unavailable", talk.SayFirst(OurFirst));
    }

    // RFC 5802 §6: each flag with each kind of mechanism.
    [Theory]
    [InlineData("SCRAM-SHA-256", "", "n", true)]
    [InlineData("SCRAM-SHA-256", "", "y", true)]
    [InlineData("SCRAM-SHA-256", "tls-exporter", "n", true)]
    [InlineData("SCRAM-SHA-256", "tls-exporter", "y", false)]
    [InlineData("SCRAM-SHA-256", "tls-exporter", "p=tls-exporter", false)]
    [InlineData("SCRAM-SHA-256-PLUS", "tls-exporter", "p=tls-exporter", true)]
    [InlineData("SCRAM-SHA-256-PLUS", "tls-exporter", "p=tls-unique", false)]
    [InlineData("SCRAM-SHA-256-PLUS", "tls-exporter", "n", false)]
    [InlineData("SCRAM-SHA-256-PLUS", "tls-exporter", "y", false)]
    [InlineData("SCRAM-SHA-1-PLUS", "tls-server-end-point", "p=tls-server-end-point", true)]
    public void The_binding_flag_decides(string mechanism, string binding, string flag, bool passes)
    {
        byte[] data = [1, 2, 3, 0xFE];
        using var talk = new Talk(mechanism, null, new SaslContextSettings { BindingType = binding, Binding = data });
        var client = new ScriptedScram(mechanism, flag + ",,", flag[0] == 'p' ? data : []);
        var answer = talk.Say(client.Final(talk.SayFirst(client.First())));
        Assert.Equal(passes, answer.StartsWith("334 v=", StringComparison.Ordinal));
    }

    [Fact]
    public void Other_binding_data_fail()
    {
        using var talk = new Talk(
            "SCRAM-SHA-256-PLUS", null, new SaslContextSettings { BindingType = "tls-exporter", Binding = [1, 2, 3] });
        var client = new ScriptedScram("SCRAM-SHA-256-PLUS", "p=tls-exporter,,", [1, 2, 4]);
        Assert.Equal("InvalidCredentials", talk.Say(client.Final(talk.SayFirst(client.First()))));
    }

    /// <summary>A client with a free hand over header and binding, with the arithmetic of RFC 5802 §3 written out again.</summary>
    private sealed class ScriptedScram(string mechanism, string header, byte[] binding)
    {
        private const string Bare = "n=probe@example.net,r=clientnonce";

        public string First() => header + Bare;

        public string Final(string challenge)
        {
            var serverFirst = challenge[4..];
            var fields = serverFirst.Split(',');
            var name = mechanism.StartsWith("SCRAM-SHA-256", StringComparison.Ordinal)
                ? System.Security.Cryptography.HashAlgorithmName.SHA256
                : System.Security.Cryptography.HashAlgorithmName.SHA1;
            var size = System.Security.Cryptography.CryptographicOperations.HashData(name, []).Length;
            var salted = System.Security.Cryptography.Rfc2898DeriveBytes.Pbkdf2(
                Talk.Password, Convert.FromBase64String(fields[1][2..]), 4096, name, size);
            byte[] Hmac(byte[] key, string text) =>
                System.Security.Cryptography.CryptographicOperations.HmacData(name, key, Encoding.UTF8.GetBytes(text));
            byte[] c = [.. Encoding.UTF8.GetBytes(header), .. binding];
            var without = $"c={Convert.ToBase64String(c)},{fields[0]}";
            var clientKey = Hmac(salted, "Client Key");
            var stored = System.Security.Cryptography.CryptographicOperations.HashData(name, clientKey);
            var signature = Hmac(stored, $"{Bare},{serverFirst},{without}");
            var proof = clientKey.Zip(signature, (a, b) => (byte)(a ^ b)).ToArray();
            return $"{without},p={Convert.ToBase64String(proof)}";
        }
    }
}
