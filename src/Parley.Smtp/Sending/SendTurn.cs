namespace Parley.Smtp.Sending;

/// <summary>What the driver of a dialogue does next.</summary>
public enum SendAction
{
    /// <summary>Wait for a reply and give it to <see cref="SendDialogue.Receive"/>.</summary>
    Read,

    /// <summary>Begin TLS, then call <see cref="SendDialogue.TlsStarted"/>. Octets that came behind the reply make the handshake void.</summary>
    StartTls,

    /// <summary>Send the content through a <see cref="DotWriter"/>, then call <see cref="SendDialogue.ContentSent"/>.</summary>
    SendDotted,

    /// <summary>Send the content as it is, then call <see cref="SendDialogue.ContentSent"/>.</summary>
    SendChunk,

    /// <summary>Nothing: the dialogue is ready for <see cref="SendDialogue.Send"/> or <see cref="SendDialogue.Quit"/>.</summary>
    Ready,

    /// <summary>Close the connection.</summary>
    Close,
}

/// <summary>The dialogue's whole answer: what to write, and what to do then.</summary>
/// <param name="Action">What to do after writing.</param>
/// <param name="Phase">Where the dialogue stands; it sets the time to wait (<see cref="SendTimeouts.For"/>).</param>
/// <param name="Write">Octets to write first; valid until the dialogue is asked again. May be empty.</param>
public readonly record struct SendTurn(SendAction Action, SendPhase Phase, ReadOnlyMemory<byte> Write = default);
