using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Parley.Console.Access;

/// <summary>
/// Antiforgery: a form carries a proof that it was made for the browser that sends it. The proof is a MAC of a random
/// cookie under a key of this process, so that pages made before a restart have to be loaded again.
/// </summary>
internal sealed class FormToken
{
    /// <summary>The name of the form's hidden field.</summary>
    public const string Field = "token";

    private const string Cookie = "parley";
    private const int Octets = 32;

    private readonly byte[] key = RandomNumberGenerator.GetBytes(Octets);

    /// <summary>The proof for a form that this browser is about to get; gives it a cookie if it has none.</summary>
    public string For(HttpContext context)
    {
        var cookie = context.Request.Cookies[Cookie];
        if (!IsCookie(cookie))
        {
            cookie = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Octets));
            context.Response.Cookies.Append(Cookie, cookie, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Path = "/", IsEssential = true });
        }

        return Proof(cookie!);
    }

    /// <summary>Whether a form that was sent carries its proof.</summary>
    public bool IsGood(HttpContext context, IFormCollection form) =>
        context.Request.Cookies[Cookie] is { } cookie && IsCookie(cookie)
        && CryptographicOperations.FixedTimeEquals(System.Text.Encoding.UTF8.GetBytes(Proof(cookie)), System.Text.Encoding.UTF8.GetBytes(form[Field].ToString()));

    private static bool IsCookie(string? cookie) => cookie is { Length: 2 * Octets } && cookie.All(char.IsAsciiHexDigitLower);

    private string Proof(string cookie) => Convert.ToHexStringLower(HMACSHA256.HashData(key, System.Text.Encoding.ASCII.GetBytes(cookie)));
}
