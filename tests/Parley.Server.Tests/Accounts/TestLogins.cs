using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Server.Accounts;
using Parley.Server.Configuration;
using Parley.Server.Tests.Configuration;
using Parley.Smtp.Sasl;

namespace Parley.Server.Tests.Accounts;

/// <summary>Logins over a table of accounts, and our own SASL client that uses them.</summary>
internal static class TestLogins
{
    public static Settings Server { get; } =
        Load.Good("""{ "hostname": "mx.example.org", "domains": { "example.org": { "mailboxes": ["alice"] } } }""");

    public static Settings Catcher { get; } = Load.Good("{}");

    public static Task<Logins> Make(AccountTable table, TimeProvider clock, Settings? settings = null, ILogger? log = null) =>
        Logins.Open(settings ?? Server, table, clock, log ?? NullLogger.Instance);

    /// <summary>A whole dialogue of our client with our server; how it ended.</summary>
    public static async Task<string> Converse(
        Logins logins, string mechanism, string user, string password, string authorizationId = "", string client = "192.0.2.1")
    {
        using var secret = Secret.FromText(password);
        using var server = SaslMechanisms.Find(mechanism)!.Start(new SaslContext
        {
            ServerName = "mx.example.org",
            Authenticator = logins.For(IPAddress.Parse(client)),
            NewNonce = () => "servernonce",
            Time = logins.Time,
        });
        using var peer = SaslMechanisms.Find(mechanism)!.StartClient(new SaslClientContext
        {
            User = user,
            Secret = secret,
            NewNonce = () => "clientnonce",
            AuthorizationId = authorizationId,
        });
        var said = peer.SendsFirst ? peer.Begin() : peer.Step(((SaslChallenge)server.Begin()).Data.Span);
        for (var round = 0; round < 5; round++)
        {
            if (said is SaslAbort abort)
            {
                return abort.Why;
            }

            var step = await server.StepAsync(((SaslResponse)said).Data, default);
            if (step is SaslOutcome outcome)
            {
                return Show(outcome);
            }

            said = peer.Step(((SaslChallenge)step).Data.Span);
        }

        return "no end";
    }

    public static string Show(SaslOutcome outcome) => outcome switch
    {
        SaslSuccess success => success.AuthenticationId,
        SaslFailure failure => failure.Reason.ToString(),
        _ => outcome.ToString(),
    };
}
