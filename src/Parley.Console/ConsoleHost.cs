using System.Net;
using System.Net.Sockets;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Parley.Console.Access;
using Parley.Console.Api;
using Parley.Console.Assets;
using Parley.Console.Health;
using Parley.Console.Pages.Messages;
using Parley.Console.Pages.Queue;
using Parley.Console.Pages.Reference;
using Parley.Console.Pages.Sessions;
using Parley.Server;

namespace Parley.Console;

/// <summary>The web side of the server: console, API, reference pages, health and metrics on one address.</summary>
public sealed class ConsoleHost : IAsyncDisposable
{
    private const long LargestBody = 1024 * 1024;
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(3);

    private readonly WebApplication web;

    private ConsoleHost(WebApplication app, IPEndPoint address)
    {
        web = app;
        Address = address;
    }

    /// <summary>The address it is bound to; the port is the real one where the configuration asked for any.</summary>
    public IPEndPoint Address { get; }

    /// <summary>Starts it on the configured address.</summary>
    /// <exception cref="InvalidOperationException">The configuration has no address.</exception>
    /// <exception cref="ListenException">The address cannot be listened on.</exception>
    public static async Task<ConsoleHost> Start(ConsoleParts parts, CancellationToken cancellation = default)
    {
        var address = parts.Settings().Http.Address
            ?? throw new InvalidOperationException("HTTP is switched off; set `http.address` to have the console.");
        var app = Build(parts, address);
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (Exception fault)
        {
            await app.DisposeAsync();
            if (fault is IOException or SocketException)
            {
                throw new ListenException(address, fault.GetBaseException(), "--http or `http.address`");
            }

            throw;
        }

        var bound = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new ConsoleHost(app, new IPEndPoint(address.Address, new Uri(bound).Port));
    }

    /// <summary>Takes no more requests, lets those that run finish for a short time, and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        await web.StopAsync(CancellationToken.None);
        await web.DisposeAsync();
    }

    private static WebApplication Build(ConsoleParts parts, IPEndPoint address)
    {
        // The empty builder: no configuration files, environment variables or log of its own that would surprise anybody.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "parley" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestBody;
            kestrel.Listen(address);
        });
        var services = builder.Services;
        services.AddSingleton<IConnectionListenerFactory>(made =>
            new BoundedSockets(ActivatorUtilities.CreateInstance<SocketTransportFactory>(made), parts.MostConnections));
        services.AddSingleton(parts).AddSingleton(parts.Store).AddSingleton(parts.Journal).AddSingleton(parts.Time).AddSingleton<Catalogues>().AddSingleton<FormToken>();
        services.AddSingleton(parts.Logging);
        services.AddSingleton<IHostLifetime, QuietLifetime>();
        services.Configure<HostOptions>(options => options.ShutdownTimeout = StopWithin);
        // Letters of every script stay letters in the pages; what HTML gives a meaning is encoded all the same.
        services.AddSingleton(HtmlEncoder.Create(UnicodeRanges.All));
        services.AddRoutingCore();
        services.AddProblemDetails();
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default);
            json.SerializerOptions.TypeInfoResolverChain.Insert(1, Codes.CodesJsonContext.Default);
        });
        services.AddOpenApi("v1", OpenApiText.Describe);
        services.AddParleyChecks(parts);

        var app = builder.Build();
        Configure(app, parts);
        return app;
    }

    private static void Configure(WebApplication app, ConsoleParts parts)
    {
        app.UseSecurityHeaders();
        app.Use(AnswerHead);
        app.UseExceptionHandler(handler => handler.Run(Faults.Answer));
        app.UseStatusCodePages(Faults.AnswerStatus);
        app.UseRouting();
        app.UseDoor(parts.Settings);

        Checks.Map(app);
        Metrics.Map(app);
        app.MapOpenApi("/openapi/{documentName}.json");
        Asset.Map(app);
        MessagePages.Map(app.MapGroup("").ExcludeFromDescription());
        SessionPages.Map(app.MapGroup("").ExcludeFromDescription());
        QueuePages.Map(app.MapGroup("").ExcludeFromDescription());
        ReferencePages.Map(app);
        var api = app.MapGroup("/api/v1");
        MessagesApi.Map(api);
        SessionsApi.Map(api);
        QueueApi.Map(api);
        CodesApi.Map(api);
    }

    // RFC 9110 §9.3.2: HEAD is GET without the content, which the server below leaves out by itself.
    private static Task AnswerHead(HttpContext context, RequestDelegate next)
    {
        if (HttpMethods.IsHead(context.Request.Method))
        {
            context.Request.Method = HttpMethods.Get;
        }

        return next(context);
    }

    /// <summary>The program decides when to stop; the web host listens to no signals and prints nothing.</summary>
    private sealed class QuietLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
