using System.Globalization;
using System.Text;
using Parley.Bench.Measuring;

namespace Parley.Bench.Reporting;

/// <summary>Results as Markdown tables whose columns also line up in a terminal.</summary>
public static class Markdown
{
    public static string Write(ScenarioResult result)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"## {result.Title}").AppendLine();
        AppendTable(text, result.Columns, result.Rows);
        if (result.Goals.Count > 0)
        {
            text.AppendLine();
            AppendTable(
                text,
                ["goal", "wanted", "reached", ""],
                [.. result.Goals.Select(goal => new[] { goal.What, goal.WantedText, goal.ReachedText, goal.Passed ? "PASS" : "short" })]);
        }

        return text.ToString();
    }

    /// <summary>"median (min–max)", or a dash where nothing was measured.</summary>
    public static string Text(Spread spread, string format)
        => double.IsNaN(spread.Median)
            ? "–"
            : $"{Number(spread.Median, format)} ({Number(spread.Min, format)}–{Number(spread.Max, format)})";

    public static string Number(double value, string format)
        => double.IsNaN(value) ? "–" : value.ToString(format, CultureInfo.InvariantCulture);

    private static void AppendTable(StringBuilder text, IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var widths = columns.Select((column, i) => rows.Select(row => row[i].Length).Append(column.Length).Max()).ToArray();
        AppendRow(text, columns, widths);
        AppendRow(text, [.. widths.Select(width => new string('-', width))], widths);
        foreach (var row in rows)
        {
            AppendRow(text, row, widths);
        }
    }

    private static void AppendRow(StringBuilder text, IReadOnlyList<string> cells, int[] widths)
        => text.AppendLine("| " + string.Join(" | ", cells.Select((cell, i) => cell.PadRight(widths[i]))) + " |");
}
