using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Parley.Console.Access;

namespace Parley.Console.Assets;

/// <summary>A file that the pages need; it is part of the program. Its address changes with its content, so that browsers may keep it.</summary>
internal sealed class Asset
{
    public static readonly Asset Style = new("console.css", "text/css; charset=utf-8");
    public static readonly Asset Script = new("console.js", "text/javascript; charset=utf-8");
    public static readonly Asset Icon = new("icon.svg", "image/svg+xml");

    private readonly string name;
    private readonly string type;
    private readonly byte[] octets;

    private Asset(string name, string type)
    {
        this.name = name;
        this.type = type;
        using var stream = typeof(Asset).Assembly.GetManifestResourceStream(name)!;
        octets = new byte[stream.Length];
        stream.ReadExactly(octets);
        Address = $"/assets/{Convert.ToHexStringLower(SHA256.HashData(octets))[..12]}/{name}";
    }

    /// <summary>Where the pages find it.</summary>
    public string Address { get; }

    public static void Map(IEndpointRouteBuilder app)
    {
        foreach (var asset in new[] { Style, Script, Icon })
        {
            app.MapGet($"/assets/{{version}}/{asset.name}", asset.Send).IsPublic().ExcludeFromDescription();
        }
    }

    private IResult Send(HttpContext context)
    {
        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return Results.Bytes(octets, type);
    }
}
