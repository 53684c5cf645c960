using System.Globalization;
using Parley.Codes;
using Parley.Console.Api;
using Parley.Server.Queue;

namespace Parley.Console.Tests.Api;

public class ReplyMeaningsTests
{
    private static readonly Catalogue English = Catalogue.Load();

    [Fact]
    public void The_same_words_are_explained_once_whoever_said_them()
    {
        var meanings = new ReplyMeanings(English);
        var first = meanings.Of(new AttemptReply(450, "4.7.1", "Greylisted, try again later", "mx1.example.com [192.0.2.1]"));
        Assert.NotNull(first);
        Assert.Same(first, meanings.Of(new AttemptReply(450, "4.7.1", new string("Greylisted, try again later"), "mx2.example.com [192.0.2.2]")));
        Assert.NotEqual(first, meanings.Of(new AttemptReply(550, "4.7.1", "Greylisted, try again later", "")));
    }

    [Fact]
    public void Words_that_differ_each_time_are_each_explained_as_they_stand()
    {
        var meanings = new ReplyMeanings(English);
        for (var number = 0; number < 1200; number++)
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"Greylisted, try again in {number} seconds");
            Assert.Equal($"450 4.7.1 {text}", meanings.Of(new AttemptReply(450, "4.7.1", text, ""))?.Input);
        }
    }

    [Fact]
    public void What_the_catalogue_does_not_know_has_no_meaning()
    {
        Assert.Null(new ReplyMeanings(English).Of(new AttemptReply(0, "", "xyzzy", "")));
    }
}
