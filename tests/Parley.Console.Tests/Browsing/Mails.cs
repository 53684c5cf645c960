namespace Parley.Console.Tests.Browsing;

/// <summary>Messages that try something.</summary>
internal static class Mails
{
    public const string Plain = """
        From: Jürgen Groß <juergen@example.org>
        To: maya@example.net
        Subject: Plain words
        Date: Sun, 01 Mar 2026 12:00:00 +0000

        A few plain words,
        on two lines.
        """;

    /// <summary>Everything that a hostile HTML mail can do without help.</summary>
    public static string Hostile(string trap) => $"""
        From: "><img src={trap}/from onerror=fetch('{trap}/x')> <evil@example.org>
        To: maya@example.net
        Subject: =?utf-8?Q?=3Cscript=3Efetch('{trap.Replace("/", "=2F", StringComparison.Ordinal)}=2Fsubject')=3C=2Fscript=3E_=E2=80=AEgpj.exe?=
        X-Field: javascript:fetch('{trap}/header')
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary=b

        --b
        Content-Type: text/html; charset=utf-8

        <meta http-equiv="refresh" content="0;url={trap}/refresh">
        <link rel="stylesheet" href="{trap}/style.css"><link rel="prefetch" href="{trap}/prefetch">
        <style>@import url({trap}/import.css); body {lb}background: url({trap}/background.png){rb} @font-face {lb}font-family: x; src: url({trap}/font){rb} p {lb}font-family: x{rb}</style>
        <script>parent.document.title = 'script ran'; fetch('{trap}/script')</script>
        <p style="background: url({trap}/inline.png)" onclick="fetch('{trap}/click')" id="text">hostile</p>
        <img src="{trap}/image.png" onerror="fetch('{trap}/error')"><img srcset="{trap}/set.png 2x">
        <iframe src="{trap}/frame"></iframe><object data="{trap}/object"></object><embed src="{trap}/embed">
        <video src="{trap}/video" autoplay></video><audio src="{trap}/audio" autoplay></audio>
        <svg><image href="{trap}/svg.png"/><script>fetch('{trap}/svgscript')</script></svg>
        <form action="{trap}/form" id="form"><input name="a" autofocus onfocus="fetch('{trap}/focus')"><button>send</button></form>
        <a href="javascript:fetch('{trap}/javascript')" id="javascript">click</a>
        <a href="{trap}/top" target="_top" id="top">top</a>
        <base href="{trap}/">
        --b
        Content-Type: text/plain; charset=utf-8

        </pre><script>fetch('{trap}/text')</script><img src={trap}/textimage>
        --b
        Content-Type: text/html; name="=?utf-8?Q?=22=3E=3Cimg_src=3Dx_onerror=3Dalert(1)=3E.html?="
        Content-Disposition: attachment

        <script>fetch('{trap}/attachment')</script>
        --b--
        """;

    private const string lb = "{";
    private const string rb = "}";
}
