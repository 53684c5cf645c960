using System.CommandLine;

namespace Parley;

/// <summary>A command of the program, and the example that its help ends with.</summary>
internal sealed record Verb(Command Command, string Example)
{
    /// <summary>The verbs under this one, as `add` is under `user`.</summary>
    public IReadOnlyList<Verb> Acts { get; init; } = [];
}

/// <summary>Every verb, in the order of the help.</summary>
internal static class Verbs
{
    public static IReadOnlyList<Verb> All() =>
    [
        ServeVerb.Create(),
        CheckConfigVerb.Create(),
        ExplainVerb.Create(),
        CompareVerb.Create(),
        SendVerb.Create(),
        QueueVerb.Create(),
        UserVerb.Create(),
        McpVerb.Create(),
    ];
}
