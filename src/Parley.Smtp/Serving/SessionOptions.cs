using Parley.Smtp.Extensions;
using Parley.Smtp.Sasl;

namespace Parley.Smtp.Serving;

/// <summary>How a command that tells about addresses behaves (RFC 5321 §7.3).</summary>
public enum AddressCommand
{
    /// <summary>252 to everything: mail will be tried.</summary>
    Neutral,

    /// <summary>The receiver answers.</summary>
    Answer,

    /// <summary>502.</summary>
    Disabled,
}

/// <summary>Whether a listener offers AUTH.</summary>
public enum AuthMode
{
    /// <summary>Not offered: 502.</summary>
    Off,

    /// <summary>Offered.</summary>
    Optional,

    /// <summary>Offered, and 530 before it to all that needs it.</summary>
    Required,
}

/// <summary>What a listener is and allows. One value serves all its sessions.</summary>
public sealed record SessionOptions
{
    /// <summary>Our own host name, first word of the greeting.</summary>
    public required string Hostname { get; init; }

    /// <summary>Whether this is a submission service (RFC 6409): headers are checked and completed.</summary>
    public bool IsSubmission { get; init; }

    /// <summary>Largest message, in octets as stored; announced by SIZE.</summary>
    public long MaxMessageOctets { get; init; } = 52_428_800;

    /// <summary>Most recipients of one transaction; RFC 5321 §4.5.3.1.8 asks for 100 at least.</summary>
    public int MaxRecipients { get; init; } = 1000;

    /// <summary>Refused commands (5yz) after which the session ends with 421; an accepted message forgives them.</summary>
    public int MaxErrors { get; init; } = 20;

    /// <summary>VRFY.</summary>
    public AddressCommand Vrfy { get; init; } = AddressCommand.Neutral;

    /// <summary>EXPN.</summary>
    public AddressCommand Expn { get; init; } = AddressCommand.Disabled;

    /// <summary>Whether STARTTLS is offered.</summary>
    public bool StartTls { get; init; }

    /// <summary>Whether nothing but EHLO, NOOP, QUIT and STARTTLS is answered before TLS.</summary>
    public bool TlsRequired { get; init; }

    /// <summary>AUTH.</summary>
    public AuthMode Auth { get; init; }

    /// <summary>The mechanisms that may be offered, the preferred first; what the connection lacks is left out.</summary>
    public IReadOnlyList<ISaslMechanism> Mechanisms { get; init; } = SaslMechanisms.All;

    /// <summary>Whether AUTH is offered outside TLS.</summary>
    public bool AllowPlaintextAuth { get; init; }

    /// <summary>The service extensions, in the order in which EHLO tells them.</summary>
    public IReadOnlyList<Extension> Extensions { get; init; } = ServiceExtensions.All;
}
