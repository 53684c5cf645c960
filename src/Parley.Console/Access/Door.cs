using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Parley.Console.Api;
using Parley.Server.Configuration;

namespace Parley.Console.Access;

/// <summary>Marks what everybody may see.</summary>
internal sealed class PublicMark
{
    public static readonly PublicMark Here = new();
}

/// <summary>Stands before every endpoint: whom we answer to, where a change may come from, who may see what.</summary>
internal static class Door
{
    // Fields with which proxies say that they pass a request on (RFC 7239, and what came before it).
    private static readonly string[] ForwardingFields = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via"];

    /// <summary>Lets everybody in.</summary>
    public static TBuilder IsPublic<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(PublicMark.Here);

    /// <summary>To be used between routing and the endpoints.</summary>
    public static void UseDoor(this IApplicationBuilder app, Func<Settings> settings) =>
        app.Use((context, next) => Refusal(context, settings()) is { } refusal ? refusal.ExecuteAsync(context) : next(context));

    /// <summary>Whether who asks may see what is not public.</summary>
    public static bool MayEnter(HttpContext context, Settings settings) => Verdict(context, settings) == AccessVerdict.Allowed;

    private static IResult? Refusal(HttpContext context, Settings settings)
    {
        var request = context.Request;
        if (!HostRule.Allows(request.Host, context.Connection.LocalIpAddress, settings))
        {
            return Problems.For(context, StatusCodes.Status421MisdirectedRequest, "Unknown host name",
                $"This server answers to localhost, its own addresses and {settings.Hostname}. Use one of these, or set `hostname` in the configuration.");
        }

        if (!OriginRule.Allows(request))
        {
            return Problems.For(context, StatusCodes.Status403Forbidden, "Request of another site",
                "A page of another site may not change anything here. Use this server's own pages, or a program.");
        }

        if (context.GetEndpoint()?.Metadata.GetMetadata<PublicMark>() is not null)
        {
            return null;
        }

        var verdict = Verdict(context, settings);
        return verdict == AccessVerdict.Allowed ? null : Refusal(context, verdict);
    }

    private static AccessVerdict Verdict(HttpContext context, Settings settings)
    {
        var forwarded = Array.Exists(ForwardingFields, context.Request.Headers.ContainsKey);
        return AccessRule.Decide(context.Connection.RemoteIpAddress, forwarded, context.Request.Headers.Authorization, settings.Http.Token);
    }

    private static IResult Refusal(HttpContext context, AccessVerdict verdict)
    {
        if (verdict == AccessVerdict.LoopbackOnly)
        {
            return Problems.For(context, StatusCodes.Status403Forbidden, "Only from this machine",
                "This answers to the machine it runs on. To use it from elsewhere set `http.tokenFile` and send the token as `Authorization: Bearer`.");
        }

        // RFC 6750 §3
        context.Response.Headers.WWWAuthenticate = verdict == AccessVerdict.TokenWrong ? "Bearer realm=\"parley\", error=\"invalid_token\"" : "Bearer realm=\"parley\"";
        return Problems.For(context, StatusCodes.Status401Unauthorized, "A token is needed",
            "Send the token of `http.tokenFile` as `Authorization: Bearer`.");
    }
}
