using System.Net;
using Parley.Server.Configuration;
using Parley.Smtp.Sasl;
using Parley.Smtp.Serving;

namespace Parley.Server.Listening;

/// <summary>From the configuration of a listener to what its sessions are given.</summary>
internal static class ListenerStates
{
    public static ListenerState Of(Settings settings, ListenerSettings listener, LoginParts logins)
    {
        var tls = listener.Tls != ListenerTls.None && logins.Certificates.Configured;
        var session = new SessionOptions
        {
            Hostname = settings.Hostname,
            IsSubmission = listener.Role == ListenerRole.Submission,
            MaxMessageOctets = settings.Limits.MessageBytes,
            MaxRecipients = settings.Limits.Recipients,
            MaxErrors = settings.Limits.ErrorsPerSession,
            Vrfy = settings.Commands.Vrfy switch
            {
                VrfyAnswer.Answer => AddressCommand.Answer,
                VrfyAnswer.Disabled => AddressCommand.Disabled,
                _ => AddressCommand.Neutral,
            },
            Expn = settings.Commands.Expn == ExpnAnswer.Answer ? AddressCommand.Answer : AddressCommand.Disabled,
            StartTls = tls && listener.Tls is ListenerTls.StartTls or ListenerTls.Required,
            TlsRequired = tls && listener.Tls == ListenerTls.Required,
            Auth = listener.Auth switch
            {
                ListenerAuth.Required => AuthMode.Required,
                ListenerAuth.Optional => AuthMode.Optional,
                _ => AuthMode.Off,
            },
            // The catcher's credentials are no secret of anybody's, and do not leave the machine.
            AllowPlaintextAuth = settings.Tls.AllowPlaintextAuth || (settings.AnyCredentialsLogIn && IPAddress.IsLoopback(listener.Address.Address)),
            Mechanisms = listener.Mechanisms is null
                ? SaslMechanisms.All
                : [.. listener.Mechanisms.Select(SaslMechanisms.Find).OfType<ISaslMechanism>()],
        };
        return new ListenerState(
            session,
            new ConnectionLimits(logins.Time, settings.Limits.CommandTimeout, settings.Limits.DataTimeout),
            tls ? logins.Certificates.Options : null,
            () => logins.Certificates.Usable,
            tls && listener.Tls == ListenerTls.Implicit,
            settings.Replies.ExplainUrl,
            logins);
    }
}
