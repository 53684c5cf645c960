namespace Parley.Smtp.Serving;

/// <summary>Where a session stands. TLS, login and what the client said of itself are facts beside it.</summary>
public enum Phase
{
    /// <summary>Greeted by us; no EHLO or HELO yet, or forgotten after STARTTLS.</summary>
    Start,

    /// <summary>After EHLO or HELO; no transaction.</summary>
    Ready,

    /// <summary>After MAIL; no recipient taken yet.</summary>
    Mail,

    /// <summary>At least one recipient is taken.</summary>
    Recipients,

    /// <summary>After a first BDAT that was not the last.</summary>
    Chunks,
}
