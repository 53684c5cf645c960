using System.Security.Cryptography;
using System.Text;
using Parley.Smtp.Sasl;

namespace Parley.LoadClient;

/// <summary>What every session begins with: greeting, EHLO, and where the options ask for them TLS and the login.</summary>
internal static class SessionOpening
{
    private const int Challenge = 334;
    private const int LoggedIn = 235;

    private static readonly byte[] Ehlo = "EHLO load.bench.test\r\n"u8.ToArray();
    private static readonly byte[] StartTls = "STARTTLS\r\n"u8.ToArray();

    public static async Task OpenAsync(LoadConnection connection, LoadOptions options, CancellationToken cancel)
    {
        if (options.Tls == TlsMode.Implicit)
        {
            await connection.StartTlsAsync(cancel);
        }

        await connection.ExpectAsync(220, cancel);
        await connection.SendAsync(Ehlo, cancel);
        await connection.ExpectAsync(250, cancel);
        if (options.Tls == TlsMode.StartTls)
        {
            await connection.SendAsync(StartTls, cancel);
            await connection.ExpectAsync(220, cancel);
            await connection.StartTlsAsync(cancel);
            await connection.SendAsync(Ehlo, cancel);
            await connection.ExpectAsync(250, cancel);
        }

        if (options.Login is { } login)
        {
            await LogInAsync(connection, login, cancel);
        }
    }

    private static async Task LogInAsync(LoadConnection connection, LoadLogin login, CancellationToken cancel)
    {
        using var client = login.Mechanism.StartClient(new SaslClientContext
        {
            User = login.User,
            Secret = login.Secret,
            NewNonce = static () => SaslNonce.Create(RandomNumberGenerator.Fill),
        });
        var first = client.SendsFirst ? " " + Encode(client.Begin()) : "";
        await connection.SendAsync(Line($"AUTH {login.Mechanism.Name}{first}"), cancel);
        while (await connection.ReadReplyAsync(cancel) == Challenge)
        {
            await connection.SendAsync(Line(Encode(client.Step(ChallengeOf(connection)))), cancel);
        }

        if (!connection.Reply.StartsWith("235"u8) || !client.IsComplete)
        {
            throw new UnexpectedReplyException(LoggedIn, connection.Reply);
        }
    }

    private static byte[] ChallengeOf(LoadConnection connection)
    {
        var text = connection.Reply["334 ".Length..].TrimEnd("\r\n"u8);
        return StrictBase64.TryDecode(text, out var octets) ? octets : throw new UnexpectedReplyException(0, connection.Reply);
    }

    private static string Encode(SaslClientStep step) => step switch
    {
        SaslResponse response => StrictBase64.Encode(response.Data.Span),
        SaslAbort abort => throw new IOException($"the login was broken off: {abort.Why}"),
        _ => throw new InvalidOperationException($"{step} is no step of a client."),
    };

    private static byte[] Line(string text) => Encoding.ASCII.GetBytes(text + "\r\n");
}
