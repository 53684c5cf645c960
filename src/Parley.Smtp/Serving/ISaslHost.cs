using Parley.Smtp.Sasl;

namespace Parley.Smtp.Serving;

/// <summary>What a session asks its surroundings for AUTH: the connection's facts and the accounts.</summary>
public interface ISaslHost
{
    /// <summary>What is there now: encryption, channel binding, a client's certificate, and so on.</summary>
    SaslNeeds Met(SmtpSession session);

    /// <summary>The context of one authentication.</summary>
    SaslContext Context(SmtpSession session);
}
