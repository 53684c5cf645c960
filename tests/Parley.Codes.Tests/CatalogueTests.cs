namespace Parley.Codes.Tests;

public class CatalogueTests
{
    private static readonly Catalogue English = Catalogue.Load("en");

    [Fact]
    public void An_enhanced_code_goes_with_reply_codes_of_its_own_class()
    {
        Assert.All(English.EnhancedCodes, code => Assert.All(English.Explain(code)!.GoesWith, basic => Assert.Equal(code[0], basic[0])));
        Assert.Equal(["550"], English.Explain("5.1.1")!.GoesWith);
    }

    [Fact]
    public void A_basic_code_is_explained()
    {
        var e = English.Explain("550")!;
        Assert.Equal(("550", null, "permanent", "no", "en"), (e.Code, e.Enhanced, e.Class, e.Retry, e.Lang));
    }

    [Fact]
    public void The_class_in_front_of_an_enhanced_code_decides_the_retry()
    {
        Assert.Equal(("permanent", "no"), (English.Explain("5.1.1")!.Class, English.Explain("5.1.1")!.Retry));
        Assert.Equal(("transient", "later"), (English.Explain("4.1.1")!.Class, English.Explain("4.1.1")!.Retry));
    }

    [Theory]
    [InlineData("2.1.5", "5.1.1")]
    [InlineData("4.2.2", "4.2.1")]
    [InlineData("5.2.2", "5.2.1")]
    [InlineData("5.2.2", "4.3.1")]
    public void A_related_code_is_named_in_a_class_that_it_has(string code, string related)
    {
        var names = English.Explain(code)!.Related;
        Assert.Contains(related, names);
        Assert.All(names, name => Assert.NotNull(English.Explain(name)));
    }

    [Theory]
    [InlineData("599")]
    [InlineData("5.1.999")]
    [InlineData("2.1.1")]
    [InlineData("3.1.1")]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("5.01.1")]
    public void An_unknown_code_has_no_explanation(string code) => Assert.Null(English.Explain(code));

    [Fact]
    public void A_number_that_a_large_provider_made_its_own_is_explained_in_its_words()
    {
        var e = English.Explain("5.7.515")!;
        Assert.Equal(("5.7.515", "folk", "permanent", "sender"), (e.Code, e.Standing, e.Class, e.WhoseMove));
        Assert.Equal([English.CauseOf("outlook-com-01")!], e.Causes);
        Assert.Equal("5.7.620", English.Explain("5.7.620")!.Code);
    }

    [Fact]
    public void The_wordings_of_providers_stand_beside_a_code()
    {
        Assert.Contains(English.Wordings("5.7.26"), w => w.Provider == "Gmail" && w.Cause.Length > 0);
        Assert.Empty(English.Wordings("250"));
    }

    [Fact]
    public void The_class_and_the_subject_have_explanations_of_their_own()
    {
        Assert.Equal("permanent", English.Explain("5.X.X")!.Class);
        Assert.Equal(English.Explain("5.X.X")!.Title, English.Explain("5.X.Y")!.Title);
        Assert.Equal("X.7.X", English.Explain("x.7.y")!.Code);
    }
}
