using System.Reflection;
using System.Text;
using Microsoft.Extensions.Logging;
using Parley.Console;
using Parley.Server;
using Parley.Tests.Shared;

namespace Parley.Tests;

/// <summary>Whoever watches the log goes by these numbers and words.</summary>
public sealed class LogEventTests
{
    private static readonly List<LoggerMessageAttribute> Events =
        [.. new[] { typeof(ServeVerb), typeof(ParleyServer), typeof(ConsoleHost) }
            .SelectMany(type => type.Assembly.GetTypes())
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>())
            .OfType<LoggerMessageAttribute>()
            .OrderBy(one => one.EventId)];

    [Fact]
    public void The_events_of_the_log_are_those_of_the_golden_file()
    {
        var text = new StringBuilder();
        foreach (var one in Events)
        {
            text.Append($"{one.EventId} {one.Level,-11} {one.Message}\n");
        }

        Golden.Check("tests/Parley.Tests/log-events.golden", text.ToString());
    }

    [Fact]
    public void No_two_events_have_one_number() => Assert.Distinct(Events.Select(one => one.EventId));
}
