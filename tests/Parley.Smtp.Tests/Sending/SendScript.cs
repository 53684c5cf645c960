using System.Text;
using Parley.Smtp.Addresses;
using Parley.Smtp.Sasl;
using Parley.Smtp.Sending;
using Parley.Smtp.Serving;

namespace Parley.Smtp.Tests.Sending;

/// <summary>What the acts of a dialogue file say: how the client is set up, and which message it sends.</summary>
internal sealed class SendScript
{
    private OutgoingMessage? message;

    public SendScript(string[] words)
    {
        var given = Pairs(words);
        var login = given.TryGetValue("user", out var user)
            ? new SendLogin(user, Secret.FromText(given["password"]), () => given.GetValueOrDefault("nonce", "clientnonce"))
            {
                Mechanism = given.GetValueOrDefault("mechanism"),
                AllowClear = given.ContainsKey("clear"),
            }
            : null;
        Binding = given.GetValueOrDefault("binding");
        ImplicitTls = given.ContainsKey("implicit");
        Options = new SendOptions("client.example.org")
        {
            Lmtp = given.ContainsKey("lmtp"),
            Tls = given.GetValueOrDefault("tls") switch
            {
                "never" => SendTls.Never,
                "always" => SendTls.Always,
                _ => SendTls.WhenOffered,
            },
            Login = login,
            MaxRecipients = int.Parse(given.GetValueOrDefault("recipients", "100")),
        };
    }

    public SendOptions Options { get; }

    public string? Binding { get; }

    public bool ImplicitTls { get; }

    public byte[] Content { get; private set; } = [];

    /// <summary>Words such as <c>from=a@example.org to=b@example.net,c@example.net body=8bit content=Hi\r\n</c>.</summary>
    public OutgoingMessage Message(string[] words)
    {
        var given = Pairs(words);
        Content = Encoding.UTF8.GetBytes(System.Text.RegularExpressions.Regex.Unescape(given.GetValueOrDefault("content", "Hi\\r\\n")));
        var notify = Enum.Parse<DsnNotify>(given.GetValueOrDefault("notify", "Unspecified"));
        var recipients = given["to"].Split(',').Select(to => new OutgoingRecipient(ForwardPath.Parse(to)!)
        {
            Notify = notify,
            OriginalRecipient = given.GetValueOrDefault("orcpt"),
        });
        message = new OutgoingMessage(ReversePath.Parse(given.GetValueOrDefault("from", ""))!, [.. recipients], long.Parse(given.GetValueOrDefault("octets", $"{Content.Length}")))
        {
            Body = given.GetValueOrDefault("body") switch
            {
                "8bit" => BodyType.EightBitMime,
                "binary" => BodyType.BinaryMime,
                _ => BodyType.SevenBit,
            },
            SmtpUtf8 = given.ContainsKey("utf8"),
            RequireTls = given.ContainsKey("requiretls"),
            Return = Enum.Parse<DsnReturn>(given.GetValueOrDefault("ret", "Unspecified")),
            EnvelopeId = given.GetValueOrDefault("envid"),
        };
        return message;
    }

    public SendOutcome? OutcomeOf(string recipient, IReadOnlyList<SendOutcome> outcomes)
    {
        var at = message!.Recipients.Select(r => r.Address.ToString()).ToList().IndexOf(recipient);
        return at >= 0 && at < outcomes.Count ? outcomes[at] : null;
    }

    private static Dictionary<string, string> Pairs(string[] words) =>
        words.Select(word => word.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair.Length > 1 ? pair[1] : "", StringComparer.Ordinal);
}
