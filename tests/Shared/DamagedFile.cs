namespace Parley.Tests.Shared;

/// <summary>A database file as a failing disk leaves it.</summary>
internal static class DamagedFile
{
    private const int PageOctets = 8192;

    /// <summary>Overwrites the pages in the middle of a file, a fifth of it; the server must not have it open.</summary>
    public static void Make(string path)
    {
        using var file = File.Open(path, FileMode.Open, FileAccess.ReadWrite);
        var pages = file.Length / PageOctets;
        Assert.True(pages >= 40, $"{path} has {pages} pages, too few to have a middle");
        var rubbish = new byte[PageOctets];
        Array.Fill(rubbish, (byte)0xff);
        for (var page = pages * 2 / 5; page < pages * 3 / 5; page++)
        {
            file.Position = page * PageOctets;
            file.Write(rubbish);
        }
    }
}
