using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Parley.Smtp.Sasl;

namespace Parley.Server.Tests.Configuration;

/// <summary>Makes the files that an example names: a certificate and its key, SCRAM keys for accounts, and secrets.</summary>
internal static class ExampleFiles
{
    public static void Write(ConfigFolder folder, string json)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=mx.example.org", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2046, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var keys = ScramKeys.TryDerive(ScramHash.Sha256, "open-sesame"u8, "0123456789abcdef"u8)!.Format();

        foreach (Match file in Regex.Matches(json, "\"(?<key>[a-zA-Z]*File)\": \"(?<path>[^\"]+)\"", RegexOptions.None, TimeSpan.FromSeconds(60)))
        {
            folder.Write(file.Groups["path"].Value, file.Groups["key"].Value switch
            {
                "certificateFile" or "clientCaFile" => certificate.ExportCertificatePem(),
                "keyFile" => key.ExportPkcs8PrivateKeyPem(),
                "keysFile" => "{ \"keys\": [] }",
                "passwordFile" => keys,
                _ => "a secret",
            });
        }
    }
}
