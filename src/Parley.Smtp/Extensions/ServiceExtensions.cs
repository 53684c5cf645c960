namespace Parley.Smtp.Extensions;

/// <summary>The service extensions that this server does, in the order in which EHLO tells them.</summary>
public static class ServiceExtensions
{
    /// <summary>All of them. BINARYMIME stands before 8BITMIME: the latter answers for every other BODY.</summary>
    public static IReadOnlyList<Extension> All { get; } =
    [
        new Pipelining(),
        new SizeExtension(),
        new StartTlsExtension(),
        new AuthExtension(),
        new EnhancedStatusCodes(),
        new BinaryMimeExtension(),
        new EightBitMimeExtension(),
        new SmtpUtf8Extension(),
        new Chunking(),
        new DsnExtension(),
        new LimitsExtension(),
    ];
}
