using Parley.Bench.Reporting;

namespace Parley.Bench.Scenarios;

/// <summary>Something that <c>bench/run NAME</c> measures.</summary>
public interface IScenario
{
    string Name { get; }

    string Describe { get; }

    /// <summary>Runs it in <paramref name="folder"/>, which is empty and will be removed.</summary>
    Task<ScenarioResult> RunAsync(BenchSettings settings, string folder, CancellationToken cancel);
}
