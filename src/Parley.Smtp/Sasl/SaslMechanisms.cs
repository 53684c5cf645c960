namespace Parley.Smtp.Sasl;

/// <summary>Every mechanism there is, the strongest first. What a listener offers is a list of these.</summary>
public static class SaslMechanisms
{
    /// <summary>All mechanisms in the order in which EHLO lists them.</summary>
    public static IReadOnlyList<ISaslMechanism> All { get; } =
    [
        new Scram(ScramHash.Sha256, channelBinding: true),
        new Scram(ScramHash.Sha256, channelBinding: false),
        new Scram(ScramHash.Sha1, channelBinding: true),
        new Scram(ScramHash.Sha1, channelBinding: false),
        new OAuthBearer(),
        new XOAuth2(),
        new External(),
        new Plain(),
        new Login(),
        new CramMd5(),
    ];

    /// <summary>Finds a mechanism by name; capitals and small letters are the same.</summary>
    /// <param name="name">The name as the client sent it.</param>
    /// <returns>The mechanism, or null for a name we do not have.</returns>
    public static ISaslMechanism? Find(string name)
    {
        foreach (var mechanism in All)
        {
            if (string.Equals(mechanism.Name, name, StringComparison.OrdinalIgnoreCase))
            {
                return mechanism;
            }
        }

        return null;
    }

    /// <summary>The mechanisms of a list whose needs are met; a value for one connection in its present state.</summary>
    /// <param name="allowed">What the listener allows, in the order in which it is to be listed.</param>
    /// <param name="met">What is there: TLS, channel binding, a client certificate, and so on.</param>
    public static IReadOnlyList<ISaslMechanism> Offer(IEnumerable<ISaslMechanism> allowed, SaslNeeds met) =>
        [.. allowed.Where(mechanism => (mechanism.Needs & ~met) == SaslNeeds.None)];
}
