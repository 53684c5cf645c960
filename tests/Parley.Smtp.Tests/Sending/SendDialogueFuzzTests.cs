using Parley.Smtp.Addresses;
using Parley.Smtp.Sasl;
using Parley.Smtp.Sending;
using Parley.Smtp.Serving;
using Parley.Tests.Shared;

namespace Parley.Smtp.Tests.Sending;

public sealed class SendDialogueFuzzTests
{
    private static readonly string[] Keywords =
    [
        "PIPELINING", "8BITMIME", "SMTPUTF8", "CHUNKING", "BINARYMIME", "DSN", "SIZE", "SIZE 3", "SIZE 1000", "STARTTLS", "REQUIRETLS",
        "AUTH PLAIN", "AUTH SCRAM-SHA-256 CRAM-MD5", "AUTH LOGIN", "LIMITS RCPTMAX=1", "LIMITS MAILMAX=1 RCPTMAX=2",
    ];

    private static readonly string[] Texts = ["OK", "", "4.5.3 many", "5.5.3 many", "5.1.1 no", "dGVzdA==", "eyJzdGF0dXMiOiI0MDEifQ=="];

    [Fact]
    public void Whatever_a_server_answers_every_recipient_has_one_outcome_and_nothing_is_delivered_that_was_not_sent() =>
        Fuzzing.Run((random, _) =>
        {
            using var secret = Secret.FromText("pencil");
            using var dialogue = new SendDialogue(Options(random, secret));
            var turn = Run(dialogue, dialogue.Begin(), random, out _);
            for (var n = random.Next(4); n > 0 && turn.Action == SendAction.Ready && dialogue.CanSend; n--)
            {
                var message = Message(random);
                turn = Run(dialogue, dialogue.Send(message), random, out var answersBehindContent);
                Assert.Equal(message.Recipients.Count, dialogue.Outcomes.Count);
                Assert.Equal(answersBehindContent == 0, !dialogue.Outcomes.OfType<SendOutcome.Delivered>().Any());
            }

            if (turn.Action == SendAction.Ready)
            {
                Assert.Null(dialogue.SessionFailure);
                turn = Run(dialogue, dialogue.Quit(), random, out _);
            }

            Assert.Equal(SendAction.Close, turn.Action);
            Assert.False(dialogue.CanSend);
            Assert.Equal(SendAction.Close, dialogue.Receive(Reply(random)).Action);
        });

    // Drives until Ready or Close, and counts positive answers that came behind content while someone was accepted.
    private static SendTurn Run(SendDialogue dialogue, SendTurn turn, Random random, out int answersBehindContent)
    {
        answersBehindContent = 0;
        var contentSent = false;
        for (var steps = 0; steps < 500; steps++)
        {
            switch (turn.Action)
            {
                case SendAction.Ready or SendAction.Close:
                    return turn;
                case SendAction.StartTls:
                    turn = random.Next(4) == 0 ? dialogue.Fault(SendCauses.TlsFailed) : dialogue.TlsStarted(new SendTlsFacts("tls-exporter", new byte[] { 1 }));
                    break;
                case SendAction.SendDotted or SendAction.SendChunk when random.Next(5) > 0:
                    contentSent = true;
                    turn = dialogue.ContentSent();
                    break;
                case SendAction.Read when random.Next(60) == 0:
                    turn = dialogue.Fault(SendCauses.All[random.Next(SendCauses.All.Count)]);
                    break;
                default:
                    var reply = Reply(random);
                    answersBehindContent += contentSent && turn is { Action: SendAction.Read, Phase: SendPhase.Answer } && reply.Is(ReplySeverity.PositiveCompletion) ? 1 : 0;
                    contentSent &= turn.Phase == SendPhase.Answer;
                    turn = dialogue.Receive(reply);
                    break;
            }
        }

        throw new InvalidOperationException("the dialogue does not end");
    }

    private static PeerReply Reply(Random random)
    {
        int[] likely = [220, 250, 250, 250, 250, 354, 334, 235, 421, 450, 452, 535, 504, 550, 552, 554];
        var code = random.Next(8) == 0 ? random.Next(200, 600) : likely[random.Next(likely.Length)];
        var lines = new List<string> { Texts[random.Next(Texts.Length)] };
        for (var n = random.Next(8); n > 0; n--)
        {
            lines.Add(Keywords[random.Next(Keywords.Length)]);
        }

        return new PeerReply(new ReplyCode(code), lines);
    }

    private static SendOptions Options(Random random, Secret secret) => new("client.example.org")
    {
        Lmtp = random.Next(3) == 0,
        Tls = (SendTls)random.Next(3),
        MaxRecipients = random.Next(1, 4),
        MaxMessages = random.Next(1, 4),
        Login = random.Next(4) > 0 ? null : new SendLogin("user", secret, () => "nonce") { AllowClear = random.Next(2) == 0 },
    };

    private static OutgoingMessage Message(Random random)
    {
        var recipients = Enumerable.Range(0, random.Next(1, 6)).Select(i => new OutgoingRecipient(ForwardPath.Parse($"r{i}@example.net")!));
        return new OutgoingMessage(ReversePath.Null, [.. recipients], random.Next(5))
        {
            Body = (BodyType)random.Next(3),
            SmtpUtf8 = random.Next(4) == 0,
        };
    }
}
