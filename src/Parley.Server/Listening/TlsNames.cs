using System.Net.Security;
using System.Security.Authentication;

namespace Parley.Server.Listening;

/// <summary>What was agreed, in the words of the IANA registries, for trace fields and the dialogue.</summary>
internal static class TlsNames
{
    public static string Describe(SslStream ssl) => $"{Version(ssl.SslProtocol)} {ssl.NegotiatedCipherSuite}";

    private static string Version(SslProtocols protocol) => protocol switch
    {
        SslProtocols.Tls12 => "TLS1.2",
        SslProtocols.Tls13 => "TLS1.3",
        _ => protocol.ToString(),
    };
}
