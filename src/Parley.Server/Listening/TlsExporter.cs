using System.IO.Pipelines;
using System.Net.Security;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Parley.Server.Listening;

/// <summary>
/// Exports keying material through OpenSSL, which .NET uses on Linux but does not pass on. The way in is a private field
/// of <see cref="SslStream"/>, so nothing is taken for granted: without a successful <see cref="Probe"/> there is no
/// exporter, and only <c>tls-server-end-point</c> is offered.
/// </summary>
internal sealed class TlsExporter
{
    private const int Length = 32;
    private const int GetExtendedMasterSecret = 122;

    private readonly FieldInfo context;
    private readonly unsafe delegate* unmanaged<nint, byte*, nuint, byte*, nuint, byte*, nuint, int, int> export;
    private readonly unsafe delegate* unmanaged<nint, int, nint, nint, nint> control;

    private unsafe TlsExporter(FieldInfo context, nint library)
    {
        this.context = context;
        export = (delegate* unmanaged<nint, byte*, nuint, byte*, nuint, byte*, nuint, int, int>)
            NativeLibrary.GetExport(library, "SSL_export_keying_material");
        control = (delegate* unmanaged<nint, int, nint, nint, nint>)NativeLibrary.GetExport(library, "SSL_ctrl");
    }

    /// <summary>An exporter that was seen to give both ends of a connection the same octets; null where there is none.</summary>
    public static async Task<TlsExporter?> Probe(CancellationToken cancellation)
    {
        if (Open() is not { } exporter)
        {
            return null;
        }

        try
        {
            return await GivesBothEndsTheSame(exporter, cancellation) ? exporter : null;
        }
        catch (Exception fault) when (fault is AuthenticationException or IOException or CryptographicException)
        {
            return null;
        }
    }

    /// <summary>RFC 9266 §2: 32 octets under its label with an empty context; null where the handshake does not allow it.</summary>
    public byte[]? Export(SslStream stream)
    {
        if (context.GetValue(stream) is not SafeHandle { IsInvalid: false } handle)
        {
            return null;
        }

        var added = false;
        try
        {
            handle.DangerousAddRef(ref added);
            return Export(handle.DangerousGetHandle(), stream.SslProtocol);
        }
        catch (ObjectDisposedException)
        {
            return null;
        }
        finally
        {
            if (added)
            {
                handle.DangerousRelease();
            }
        }
    }

    private unsafe byte[]? Export(nint connection, SslProtocols protocol)
    {
        // RFC 9266 §4.2: before TLS 1.3 only with the extended master secret (RFC 7627).
        if (protocol != SslProtocols.Tls13 && control(connection, GetExtendedMasterSecret, 0, 0) != 1)
        {
            return null;
        }

        var material = new byte[Length];
        var label = "EXPORTER-Channel-Binding"u8;
        fixed (byte* output = material, name = label)
        {
            return export(connection, output, Length, name, (nuint)label.Length, null, 0, 1) == 1 ? material : null;
        }
    }

    private static TlsExporter? Open()
    {
        // The field's octets mean something only to the library that made them: OpenSSL 3, which .NET takes first unless
        // it is told another version.
        if (!OperatingSystem.IsLinux()
            || SafeEvpPKeyHandle.OpenSslVersion >> 28 != 3
            || Environment.GetEnvironmentVariable("CLR_OPENSSL_VERSION_OVERRIDE") is not null
            || typeof(SslStream).GetField("_securityContext", BindingFlags.Instance | BindingFlags.NonPublic) is not { } field
            || !typeof(SafeHandle).IsAssignableFrom(field.FieldType)
            || !NativeLibrary.TryLoad("libssl.so.3", out var library)
            || !NativeLibrary.TryGetExport(library, "SSL_export_keying_material", out _)
            || !NativeLibrary.TryGetExport(library, "SSL_ctrl", out _))
        {
            return null;
        }

        return new TlsExporter(field, library);
    }

    private static async Task<bool> GivesBothEndsTheSame(TlsExporter exporter, CancellationToken cancellation)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=probe.invalid", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        var toServer = new Pipe();
        var toClient = new Pipe();
        await using var server = new SslStream(new BothWays(toServer.Reader.AsStream(), toClient.Writer.AsStream()));
        await using var client = new SslStream(
            new BothWays(toClient.Reader.AsStream(), toServer.Writer.AsStream()), false, static (_, _, _, _) => true);
        await Task.WhenAll(
            server.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions { ServerCertificate = certificate }, cancellation),
            client.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { TargetHost = "probe.invalid" }, cancellation));
        return exporter.Export(server) is { } material
            && exporter.Export(client) is { } other
            && material.AsSpan().SequenceEqual(other)
            && material.AsSpan().ContainsAnyExcept((byte)0);
    }

    /// <summary>Two one-way streams as one.</summary>
    private sealed class BothWays(Stream input, Stream output) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => input.Read(buffer, offset, count);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            input.ReadAsync(buffer, cancellationToken);

        public override void Write(byte[] buffer, int offset, int count) => output.Write(buffer, offset, count);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            output.WriteAsync(buffer, cancellationToken);

        public override void Flush() => output.Flush();

        public override Task FlushAsync(CancellationToken cancellationToken) => output.FlushAsync(cancellationToken);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                input.Dispose();
                output.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
