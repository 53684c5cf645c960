using System.Security.Cryptography.X509Certificates;
using System.Text;
using Parley.Smtp.Sasl;

namespace Parley.Smtp.Tests.Sasl;

/// <summary>One AUTH dialogue as lines: what follows 334, or how it ended.</summary>
internal sealed class Talk : IDisposable
{
    public const string User = "probe@example.net";
    public const string Password = "open-sesame";

    private readonly SaslDialogue dialogue;

    public Talk(string mechanism, TableAuthenticator? accounts = null, SaslContextSettings? settings = null)
    {
        Accounts = accounts ?? new TableAuthenticator().Add(User, Password);
        dialogue = new SaslDialogue(SaslMechanisms.Find(mechanism)!, Context(Accounts, settings ?? new()));
    }

    public TableAuthenticator Accounts { get; }

    public static SaslContext Context(IAuthenticator accounts, SaslContextSettings settings) => new()
    {
        ServerName = settings.ServerName,
        Authenticator = accounts,
        NewNonce = () => settings.Nonce,
        Time = new StoppedClock(settings.UnixSeconds),
        ChannelBinding = type => type == settings.BindingType ? settings.Binding : null,
        ChannelBindingOffered = settings.BindingType.Length > 0,
        ClientCertificate = settings.Certificate,
        OAuthScope = settings.Scope,
        OpenIdConfiguration = settings.OpenIdConfiguration,
    };

    public string Begin() => Show(dialogue.Begin());

    public string Begin(string initialResponse) =>
        Show(Finished(dialogue.BeginAsync(Encoding.Latin1.GetBytes(initialResponse), TestContext.Current.CancellationToken)));

    public string Answer(string line) =>
        Show(Finished(dialogue.AnswerAsync(Encoding.Latin1.GetBytes(line), TestContext.Current.CancellationToken)));

    /// <summary>As <see cref="Answer"/>, with the text to be encoded, and the challenge decoded.</summary>
    public string Say(string text) => Plainly(Answer(Base64(text)));

    public string SayFirst(string text) => Plainly(Begin(text.Length == 0 ? "=" : Base64(text)));

    public static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    public void Dispose() => dialogue.Dispose();

    private static SaslStep Finished(ValueTask<SaslStep> task)
    {
        Assert.True(task.IsCompleted);
        return task.Result;
    }

    private static string Plainly(string shown) =>
        shown.StartsWith("334 ", StringComparison.Ordinal)
            ? "334 " + Encoding.UTF8.GetString(Convert.FromBase64String(shown[4..]))
            : shown;

    private static string Show(SaslStep step) => step switch
    {
        SaslChallenge challenge => "334 " + StrictBase64.Encode(challenge.Data.Span),
        SaslSuccess success when success.AuthorizationId == success.AuthenticationId => success.AuthenticationId,
        SaslFailure failure => failure.Reason.ToString(),
        _ => step.ToString(),
    };
}

internal sealed record SaslContextSettings
{
    public string ServerName { get; init; } = "mx1.example.net";

    public string Nonce { get; init; } = "mX1sErver2026Part";

    public long UnixSeconds { get; init; } = 1795221337;

    public string BindingType { get; init; } = "";

    public byte[]? Binding { get; init; }

    public X509Certificate2? Certificate { get; init; }

    public string? Scope { get; init; }

    public string? OpenIdConfiguration { get; init; }
}

internal sealed class StoppedClock(long unixSeconds) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeSeconds(unixSeconds);
}
