using Parley.Smtp.Serving;

namespace Parley.Smtp.Commands;

/// <summary>What a verb does with the text behind it.</summary>
internal enum Argument
{
    None,
    Optional,
    Required,
}

internal delegate ValueTask<Turn> Handler(SmtpSession session, ReadOnlyMemory<byte> argument, CancellationToken cancellation);

/// <summary>
/// One row of the law: a verb, when it may come and who handles it. <see cref="Order"/> holds for each phase the
/// refusal that belongs there, or null where the verb may come.
/// </summary>
internal sealed record Command(string Verb, Handler Handle)
{
    /// <summary>The refusal for each <see cref="Phase"/>, in the order of the enum; null: may come.</summary>
    public Reply?[] Order { get; init; } = new Reply?[5];

    /// <summary>May come before TLS where TLS is required (RFC 3207 §4).</summary>
    public bool BeforeTls { get; init; }

    /// <summary>Needs a login where logins are required (RFC 4954 §6).</summary>
    public bool NeedsLogin { get; init; } = true;

    public Argument Argument { get; init; } = Argument.Optional;

    /// <summary>May hold octets above 127: they are part of an address (RFC 6531 §3.3).</summary>
    public bool TakesUtf8 { get; init; }

    /// <summary>Longest line in octets with CRLF, without what extensions add.</summary>
    public int MaxLine { get; init; } = 512;

    /// <summary>Where a refusal is not the whole answer: octets of a chunk still have to be read.</summary>
    public Func<SmtpSession, ReadOnlyMemory<byte>, Reply, Turn>? WhenRefused { get; init; }
}
