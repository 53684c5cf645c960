namespace Parley.Server.Policy;

/// <summary>The checks of a recipient, in the order in which they are asked: the first that has a verdict decides.</summary>
public static class RecipientChecks
{
    private static readonly Func<RecipientQuestion, PolicyVerdict?>[] InOrder =
    [
        Catching.Check,
        HiddenRoute.Check,
        RecipientExists.Check,
        Relaying.Check,
    ];

    /// <summary>The verdict on a recipient; the last check always has one.</summary>
    public static PolicyVerdict Decide(RecipientQuestion question)
    {
        foreach (var check in InOrder)
        {
            if (check(question) is { } verdict)
            {
                return verdict;
            }
        }

        throw new InvalidOperationException("the last check of a recipient decides every question");
    }
}
