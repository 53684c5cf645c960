using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Parley.Server.Accounts;
using Parley.Server.Configuration;
using Parley.Server.Tests.Queue;
using Parley.Smtp.Sasl;

namespace Parley.Server.Tests.Accounts;

public sealed class TokenValidatorTests : IDisposable
{
    private const string Issuer = "https://login.example.org";
    private readonly TemporaryFolder folder = new();
    private readonly HastyClock clock = new();
    private readonly RSA rsa = RSA.Create(2048);
    private readonly ECDsa ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public TokenValidatorTests() => File.WriteAllText(folder["keys.json"], KeySet("r1", "e1"));

    public void Dispose()
    {
        rsa.Dispose();
        ec.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData("RS256", "r1")]
    [InlineData("ES256", "e1")]
    [InlineData("RS256", null)]
    public async Task A_token_signed_by_a_known_key_names_its_user(string algorithm, string? keyId) =>
        Assert.Equal("alice@example.org", await Validate(Sign(algorithm, keyId, Claims())));

    public static TheoryData<string, string> Changed => new()
    {
        { "exp", "-61" }, { "exp", "\"soon\"" }, { "exp", "null" }, { "nbf", "+61" }, { "iss", "\"https://other.example\"" },
        { "aud", "\"another\"" }, { "aud", "null" }, { "email", "null" }, { "email", "7" }, { "email", "\"\"" }, { "email_verified", "false" }, { "email_verified", "\"false\"" },
    };

    [Theory]
    [MemberData(nameof(Changed))]
    public async Task A_token_that_is_old_early_or_for_another_is_invalid(string claim, string value)
    {
        var claims = Claims();
        var number = value[0] is '-' or '+' ? clock.GetUtcNow().ToUnixTimeSeconds() + int.Parse(value, System.Globalization.CultureInfo.InvariantCulture) : 0;
        claims[claim] = number != 0 ? number : JsonSerializer.Deserialize<object?>(value)!;
        if (value == "null")
        {
            claims.Remove(claim);
        }

        Assert.Equal("Invalid", await Validate(Sign("RS256", "r1", claims)));
    }

    [Fact]
    public async Task A_token_with_a_critical_extension_is_invalid() =>
        Assert.Equal("Invalid", await Validate(Assemble(
            """{"alg":"RS256","typ":"JWT","kid":"r1","crit":["exp"],"exp":1}""",
            Claims(),
            input => rsa.SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))));

    [Theory]
    [InlineData("exp", -59)]
    [InlineData("nbf", 59)]
    public async Task A_minute_between_clocks_is_borne(string claim, int seconds)
    {
        var claims = Claims();
        claims[claim] = clock.GetUtcNow().ToUnixTimeSeconds() + seconds;
        Assert.Equal("alice@example.org", await Validate(Sign("RS256", "r1", claims)));
    }

    [Fact]
    public async Task A_changed_octet_or_another_key_is_invalid()
    {
        var token = Sign("RS256", "r1", Claims());
        Assert.Equal("Invalid", await Validate(token[..^8] + (token[^8] == 'A' ? 'B' : 'A') + token[^7..]));
        using var other = RSA.Create(2048);
        Assert.Equal("Invalid", await Validate(Assemble(Header("RS256", "r1"), Claims(), input => other.SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))));
    }

    // RFC 8725 §3.1, §3.2: the classic forgeries.
    [Fact]
    public async Task No_signature_and_a_MAC_made_with_the_public_key_are_invalid()
    {
        Assert.Equal("Invalid", await Validate(Assemble("""{"alg":"none"}""", Claims(), _ => [])));
        var publicKey = Encoding.UTF8.GetBytes(rsa.ExportSubjectPublicKeyInfoPem());
        Assert.Equal("Invalid", await Validate(Assemble(Header("HS256", "r1"), Claims(), input => HMACSHA256.HashData(publicKey, input))));
        Assert.Equal("Invalid", await Validate(Assemble(Header("HS256", "r1"), Claims(), input => HMACSHA256.HashData(rsa.ExportRSAPublicKey(), input))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("a.b.c")]
    [InlineData("..")]
    [InlineData("e30.e30.")]
    [InlineData("e30.e30.e30.e30.e30")]
    public async Task What_is_no_signed_token_is_invalid(string token) => Assert.Equal("Invalid", await Validate(token));

    [Fact]
    public async Task Nesting_without_end_is_invalid_and_harms_nothing()
    {
        var deep = Base64Url.EncodeToString(Encoding.ASCII.GetBytes(new string('[', 6000)));
        var object_ = Base64Url.EncodeToString(Encoding.ASCII.GetBytes("{\"a\":" + new string('[', 3000) + new string(']', 3000) + "}"));
        Assert.Equal("Invalid", await Validate($"{deep}.{deep}.AAAA"));
        Assert.Equal("Invalid", await Validate($"{object_}.{object_}.AAAA"));
    }

    [Fact]
    public async Task A_signature_spelled_in_the_other_base64_alphabet_is_invalid()
    {
        var good = Sign("RS256", "r1", Claims());
        var signature = good.LastIndexOf('.');
        var other = good[signature..].Replace('-', '+').Replace('_', '/');
        Assert.NotEqual(good[signature..], other);
        Assert.Equal("alice@example.org", await Validate(good));
        Assert.Equal("Invalid", await Validate(good[..signature] + other));
    }

    [Fact]
    public void Any_octets_are_answered()
    {
        var validator = new TokenValidator(Settings(), new TokenKeysFile(folder["keys.json"], clock), clock);
        var good = Sign("RS256", "r1", Claims());

        // The last letter holds bits that belong to no octet of the signature.
        var changed = Gen.Choose(0, good.Length - 2).SelectMany(at => Gen.Choose(0, 255).Select(octet =>
        {
            var octets = Encoding.ASCII.GetBytes(good);
            octets[at] = (byte)octet;
            return octets;
        }));
        Prop.ForAll(changed.ToArbitrary(), octets =>
        {
            using var secret = Secret.Copy(octets);
            var verdict = validator.Validate(secret, default).AsTask().GetAwaiter().GetResult();
            return verdict.Standing == TokenStanding.Invalid || Encoding.ASCII.GetString(octets).Equals(good, StringComparison.Ordinal);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
    }

    [Fact]
    public async Task A_new_key_in_the_file_is_found_when_a_token_names_it()
    {
        var validator = new TokenValidator(Settings(), new TokenKeysFile(folder["keys.json"], clock), clock);
        Assert.Equal("alice@example.org", await Validate(Sign("RS256", "r1", Claims()), validator));
        await File.WriteAllTextAsync(folder["keys.json"], KeySet("r2", "e2"));
        var renewed = Sign("RS256", "r2", Claims());
        clock.Advance(TimeSpan.FromSeconds(50));
        await Validate(renewed, validator);
        clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal("alice@example.org", await Validate(renewed, validator));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("not json")]
    [InlineData("[]")]
    public async Task Without_keys_the_answer_is_later(string? content)
    {
        if (content is null)
        {
            File.Delete(folder["keys.json"]);
        }
        else
        {
            await File.WriteAllTextAsync(folder["keys.json"], content);
        }

        Assert.Equal("Unavailable", await Validate(Sign("RS256", "r1", Claims())));
    }

    [Fact]
    public async Task A_providers_keys_are_found_through_its_discovery_document()
    {
        var requests = new List<string>();
        using var http = new HttpClient(new Provider(requests, new()
        {
            [Issuer + "/.well-known/openid-configuration"] = $$"""{"issuer":"{{Issuer}}","jwks_uri":"{{Issuer}}/keys"}""",
            [Issuer + "/keys"] = KeySet("r1", "e1"),
        }));
        var validator = new TokenValidator(Settings(), new OpenIdKeys(Issuer, http, clock), clock);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("alice@example.org", await Validate(Sign("ES256", "e1", Claims()), validator));
        }

        Assert.Equal(2, requests.Count);
    }

    [Theory]
    [InlineData("""{"issuer":"https://other.example","jwks_uri":"https://login.example.org/keys"}""")]
    [InlineData("""{"issuer":"https://login.example.org","jwks_uri":"http://login.example.org/keys"}""")]
    [InlineData("""{"issuer":"https://login.example.org"}""")]
    [InlineData("[]")]
    [InlineData("no json")]
    public async Task A_discovery_document_that_cannot_be_trusted_gives_no_keys(string document)
    {
        using var http = new HttpClient(new Provider([], new()
        {
            [Issuer + "/.well-known/openid-configuration"] = document,
            [Issuer + "/keys"] = KeySet("r1", "e1"),
            ["http://login.example.org/keys"] = KeySet("r1", "e1"),
        }));
        var validator = new TokenValidator(Settings(), new OpenIdKeys(Issuer, http, clock), clock);
        Assert.Equal("Unavailable", await Validate(Sign("RS256", "r1", Claims()), validator));
    }

    [Theory]
    [InlineData("OAUTHBEARER")]
    [InlineData("XOAUTH2")]
    public async Task A_token_logs_in_whom_it_names_and_nobody_else(string mechanism)
    {
        var settings = TestLogins.Server with { OAuth = Settings() with { KeysFile = folder["keys.json"] } };
        using var logins = await TestLogins.Make(new AccountTable(People.Alice, People.Bob), clock, settings);
        var token = Sign("RS256", "r1", Claims());
        Assert.Equal("alice", await TestLogins.Converse(logins, mechanism, "alice@example.org", token));
        Assert.Equal("alice", await TestLogins.Converse(logins, mechanism, "alice", token));
        Assert.Equal("InvalidCredentials", await TestLogins.Converse(logins, mechanism, "bob@example.org", token));
        Assert.Equal("InvalidCredentials", await TestLogins.Converse(logins, mechanism, "alice", token + "AAAA"));
    }

    private async Task<string> Validate(string token, TokenValidator? validator = null)
    {
        validator ??= new TokenValidator(Settings(), new TokenKeysFile(folder["keys.json"], clock), clock);
        using var secret = Secret.FromText(token);
        var verdict = await validator.Validate(secret, TestContext.Current.CancellationToken);
        return verdict.Standing == TokenStanding.Valid ? verdict.User : verdict.Standing.ToString();
    }

    private static OAuthSettings Settings() => new() { Issuer = Issuer, Audience = "mail", KeysFile = null, UserClaim = "email" };

    private Dictionary<string, object> Claims() => new(StringComparer.Ordinal)
    {
        ["iss"] = Issuer,
        ["aud"] = "mail",
        ["exp"] = clock.GetUtcNow().ToUnixTimeSeconds() + 600,
        ["email"] = "alice@example.org",
    };

    private static string Header(string algorithm, string? keyId) =>
        keyId is null ? $$"""{"alg":"{{algorithm}}","typ":"JWT"}""" : $$"""{"alg":"{{algorithm}}","typ":"JWT","kid":"{{keyId}}"}""";

    private string Sign(string algorithm, string? keyId, Dictionary<string, object> claims) => Assemble(
        Header(algorithm, keyId),
        claims,
        input => algorithm == "RS256"
            ? rsa.SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : ec.SignData(input, HashAlgorithmName.SHA256));

    private static string Assemble(string header, Dictionary<string, object> claims, Func<byte[], byte[]> sign)
    {
        var input = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header)) + "." + Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims));
        return input + "." + Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(input)));
    }

    private string KeySet(string rsaId, string ecId)
    {
        var r = rsa.ExportParameters(false);
        var e = ec.ExportParameters(false);
        return JsonSerializer.Serialize(new
        {
            keys = new object[]
            {
                new { kty = "RSA", use = "sig", kid = rsaId, n = Base64Url.EncodeToString(r.Modulus), e = Base64Url.EncodeToString(r.Exponent) },
                new { kty = "EC", use = "sig", kid = ecId, crv = "P-256", x = Base64Url.EncodeToString(e.Q.X), y = Base64Url.EncodeToString(e.Q.Y) },
            },
        });
    }

    /// <summary>An OpenID provider that answers from a table.</summary>
    private sealed class Provider(List<string> requests, Dictionary<string, string> pages) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var address = request.RequestUri!.AbsoluteUri;
            requests.Add(address);
            return Task.FromResult(pages.TryGetValue(address, out var page)
                ? new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(page) }
                : new HttpResponseMessage(HttpStatusCode.NotFound));
        }
    }
}
