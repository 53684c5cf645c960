namespace Parley.Bench.Reporting;

/// <summary>What a scenario prints: one table of figures and the goals they answer.</summary>
public sealed record ScenarioResult(string Title, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows, IReadOnlyList<Goal> Goals);
