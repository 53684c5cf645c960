using Microsoft.AspNetCore.Http;

namespace Parley.Console.Access;

/// <summary>
/// Requests that change something come from our own pages or from programs, never from other sites: a browser on this
/// machine would else carry out what any page tells it.
/// </summary>
internal static class OriginRule
{
    public static bool Allows(HttpRequest request)
    {
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method))
        {
            return true;
        }

        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0)
        {
            return site is "same-origin" or "none";
        }

        var origin = request.Headers.Origin.ToString();
        return origin.Length == 0 || origin.Equals($"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
    }
}
