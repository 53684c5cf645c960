namespace Parley.Smtp.Sending;

/// <content>From the greeting to the login.</content>
public sealed partial class SendDialogue
{
    private SendTurn Greeted(PeerReply reply)
    {
        if (reply.Is(ReplySeverity.PositiveCompletion))
        {
            return Hello();
        }

        // RFC 5321 §3.1: 554 instead of a greeting; the server waits for QUIT.
        return Refuse(reply);
    }

    private SendTurn Hello()
    {
        saidHelo = false;
        commands.Add(new Command(SendPhase.Hello), (options.Lmtp ? "LHLO " : "EHLO ") + options.Hostname);
        return Write();
    }

    private SendTurn SaidHello(PeerReply reply)
    {
        if (reply.Is(ReplySeverity.PositiveCompletion))
        {
            Hop = saidHelo ? HopCapabilities.None : HopCapabilities.Parse(reply);
            return AfterHello();
        }

        // RFC 5321 §3.2: who does not know EHLO is asked with HELO; inside TLS EHLO is known.
        if (reply.Is(ReplySeverity.PermanentNegative) && !saidHelo && !options.Lmtp && !IsTls)
        {
            saidHelo = true;
            commands.Add(new Command(SendPhase.Hello), "HELO " + options.Hostname);
            return Write();
        }

        return Refuse(reply);
    }

    private SendTurn AfterHello()
    {
        if (!IsTls && options.Tls != SendTls.Never)
        {
            if (Hop.StartTls)
            {
                commands.Add(new Command(SendPhase.Tls), "STARTTLS");
                return Write();
            }

            if (options.Tls == SendTls.Always)
            {
                return GiveUp(SendPhase.Tls, SendCauses.TlsNotOffered);
            }
        }

        return AfterTls();
    }

    private SendTurn TlsAnswered(PeerReply reply)
    {
        if (reply.Is(ReplySeverity.PositiveCompletion))
        {
            return new SendTurn(SendAction.StartTls, SendPhase.Tls);
        }

        // RFC 3207 §4: 454 and the like leave the session as it was, and the choice to us.
        return options.Tls == SendTls.Always ? GiveUp(SendPhase.Tls, SendCause.Refused(reply)) : AfterTls();
    }

    private SendTurn AfterTls()
    {
        if (options.Login is not { } who)
        {
            return Established();
        }

        if (Hop.Mechanisms.Count == 0)
        {
            return GiveUp(SendPhase.Login, SendCauses.LoginNotOffered);
        }

        login = new LoginDialogue(who, Hop.Mechanisms, tls);
        return Go(login.Begin());
    }

    private SendTurn LoginAnswered(PeerReply reply) => Go(login!.Receive(reply));

    private SendTurn Go(LoginStep step)
    {
        switch (step)
        {
            case LoginStep.Say say:
                commands.Add(new Command(SendPhase.Login), say.Line);
                return Write();
            case LoginStep.Failed failed:
                return GiveUp(SendPhase.Login, failed.Why);
            default:
                return Established();
        }
    }

    private SendTurn Established()
    {
        established = true;
        return new SendTurn(SendAction.Ready, Phase);
    }

    // A server that refuses us before it has heard of any message says nothing about the message, but something about us:
    // a block list, a name, a limit. Operators mend that, so the mail waits. Only 521 is for good: a host that never takes
    // mail (RFC 7504 §3).
    private SendTurn Refuse(PeerReply reply)
    {
        var cause = reply.IsRefusal ? SendCause.Refused(reply) : SendCauses.OddReply.With(reply);
        SessionFailure = reply.Code.Value == 521 ? new SendOutcome.Failed(cause, Phase) : new SendOutcome.Deferred(cause, Phase);
        return Quit();
    }

    // What stands between us and the hop is for operators to mend, so the messages wait.
    private SendTurn GiveUp(SendPhase where, SendCause cause)
    {
        SessionFailure = new SendOutcome.Deferred(cause, where);
        return Quit();
    }
}
