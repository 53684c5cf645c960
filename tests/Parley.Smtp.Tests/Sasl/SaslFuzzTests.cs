using FsCheck;
using FsCheck.Fluent;
using Parley.Smtp.Sasl;

namespace Parley.Smtp.Tests.Sasl;

/// <summary>Whatever a client sends, an exchange ends after a few steps, without an exception and with short challenges.</summary>
public class SaslFuzzTests
{
    private static readonly string[] Pieces =
    [
        "n,,", "y,,", "p=tls-exporter,,", "n=user", "a=user", ",", "=", "r=abc", "r=abcmX1sErver2026Part", "c=biws", "p=",
        "p=AAAA", "m=x", "=2C", "=3D", "\0", "user", "user=", "\u0001", "auth=Bearer ", "T0k3n", "é", "e\u0301", "\u0627",
        "\uFDFA", "Username:", " 4e8568e22d3b60054f55e8e19ebf8665", "x=y", "i=4096", "s=QSXC", "v=AAAA", "e=no", "\r\n",
    ];

    public static TheoryData<string> Mechanisms => [.. SaslMechanisms.All.Select(mechanism => mechanism.Name)];

    private static Gen<byte[]> Messages()
    {
        var pieced = Gen.Elements(Pieces).ArrayOf().Select(pieces => System.Text.Encoding.UTF8.GetBytes(string.Concat(pieces)));
        var random = ArbMap.Default.GeneratorFor<byte[]>();
        var large = Gen.Choose(5000, 9216).SelectMany(
            length => Gen.Elements(Pieces).Select(piece => Filled(piece, length)));
        return Gen.Frequency((6, pieced), (3, random), (1, large));
    }

    [Theory]
    [MemberData(nameof(Mechanisms))]
    public void The_server_ends_on_any_octets(string mechanism) =>
        Prop.ForAll(Messages().ArrayOf(5).ToArbitrary(), messages =>
        {
            var accounts = new TableAuthenticator { Token = "T0k3n" };
            var settings = new SaslContextSettings { BindingType = "tls-exporter", Binding = [1] };
            using var exchange = SaslMechanisms.Find(mechanism)!.Start(Talk.Context(accounts, settings));
            var bounded = exchange.Begin() is SaslChallenge first && first.Data.Length < 1024;
            SaslStep? last = null;
            foreach (var message in messages)
            {
                last = exchange.StepAsync(message, CancellationToken.None).Result;
                bounded &= last is not SaslChallenge challenge || challenge.Data.Length < 1024;
            }

            return bounded && last is SaslFailure;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(400));

    [Theory]
    [MemberData(nameof(Mechanisms))]
    public void The_client_ends_on_any_octets(string mechanism) =>
        Prop.ForAll(Messages().ArrayOf(4).ToArbitrary(), messages =>
        {
            using var secret = Secret.FromText("pencil");
            using var client = SaslMechanisms.Find(mechanism)!.StartClient(new SaslClientContext
            {
                User = "user",
                Secret = secret,
                NewNonce = () => "abc",
                ChannelBindingType = "tls-exporter",
            });
            if (client.SendsFirst)
            {
                client.Begin();
            }

            return messages.Select(message => client.Step(message)).ToArray()[^1] is SaslAbort;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Fact]
    public void SASLprep_takes_any_octets_and_prepares_what_it_prepared_to_the_same() =>
        Prop.ForAll(Messages().ToArbitrary(), octets =>
        {
            if (!SaslPrep.TryPrepare(octets, out var once) || once.Length > SaslPrep.MaximumLength)
            {
                return true;
            }

            return SaslPrep.TryPrepare(once, out var twice) && twice.AsSpan().SequenceEqual(once);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void Stored_keys_are_read_from_any_text_without_an_exception() =>
        Prop.ForAll<string>(text =>
        {
            var line = "{SCRAM-SHA-256}4096$" + text;
            return ScramKeys.TryParse(line) is null || line.Length > 100;
        }).QuickCheckThrowOnFailure();

    private static byte[] Filled(string piece, int length)
    {
        var octets = System.Text.Encoding.UTF8.GetBytes(piece);
        return [.. Enumerable.Range(0, length).Select(i => octets[i % octets.Length])];
    }
}
