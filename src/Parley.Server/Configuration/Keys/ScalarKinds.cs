using System.Globalization;
using System.Text.Json.Nodes;
using Parley.Server.Configuration.Reading;

namespace Parley.Server.Configuration.Keys;

/// <summary>A whole number within bounds; in a variable its digits.</summary>
internal sealed class WholeKind(long smallest, long largest) : ValueKind
{
    public override string Name => $"number, {smallest} to {largest}";

    public override string Mend => $"write a whole number from {smallest} to {largest}";

    public override bool TryRead(ConfigNode node, string path, LoadContext context, out object? value)
    {
        value = null;
        if (node.Kind != NodeKind.Number && !node.IsBareText)
        {
            return Fault(node, path, context, $"{node.Show()} is not a number");
        }

        if (!long.TryParse(node.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return Fault(node, path, context, $"{node.Show()} is not a whole number");
        }

        if (number < smallest || number > largest)
        {
            return Fault(node, path, context, $"{number} is too {(number < smallest ? "small" : "large")}");
        }

        value = number;
        return true;
    }

    public override JsonObject Schema() => new() { ["type"] = "integer", ["minimum"] = smallest, ["maximum"] = largest };
}

/// <summary>true or false.</summary>
internal sealed class FlagKind : ValueKind
{
    public override string Name => "true or false";

    public override string Mend => "write true or false";

    public override bool TryRead(ConfigNode node, string path, LoadContext context, out object? value)
    {
        value = node.Kind switch
        {
            NodeKind.True => true,
            NodeKind.False => false,
            _ => node.IsBareText && bool.TryParse(node.Text, out var flag) ? flag : null,
        };
        return value is not null || Fault(node, path, context, $"{node.Show()} is neither true nor false");
    }

    public override JsonObject Schema() => new() { ["type"] = "boolean" };
}

/// <summary>A duration such as "5m", within bounds.</summary>
internal sealed class DurationKind(TimeSpan shortest, TimeSpan longest) : ValueKind
{
    public override string Name => $"duration, {Durations.Write(shortest)} to {Durations.Write(longest)}";

    public override string Mend =>
        $"write a number and ms, s, m, h or d, such as \"5m\", from {Durations.Write(shortest)} to {Durations.Write(longest)}";

    public override bool TryRead(ConfigNode node, string path, LoadContext context, out object? value)
    {
        value = null;
        if (node.Kind != NodeKind.Text || Durations.Parse(node.Text) is not { } duration)
        {
            return Fault(node, path, context, $"{node.Show()} is not a duration");
        }

        if (duration < shortest || duration > longest)
        {
            return Fault(node, path, context, $"{node.Show()} is too {(duration < shortest ? "short" : "long")}");
        }

        value = duration;
        return true;
    }

    public override JsonObject Schema() => new() { ["type"] = "string", ["pattern"] = "^[0-9]{1,7}(ms|s|m|h|d)$" };
}

/// <summary>One of a few words, lower case.</summary>
internal sealed class ChoiceKind<T>(params (string Word, T Value)[] choices) : ValueKind
    where T : struct
{
    /// <summary>Words that mean something, but not yet: each with the sentence that says so.</summary>
    public IReadOnlyDictionary<string, string> NotYet { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public override string Name => string.Join(" \\| ", choices.Select(c => "`" + c.Word + "`"));

    public override string Mend => choices.Length == 1
        ? $"write \"{choices[0].Word}\""
        : "write " + string.Join(", ", choices[..^1].Select(c => $"\"{c.Word}\"")) + $" or \"{choices[^1].Word}\"";

    public override bool TryRead(ConfigNode node, string path, LoadContext context, out object? value)
    {
        value = null;
        foreach (var (word, choice) in choices)
        {
            if (node.Kind == NodeKind.Text && node.Text.Equals(word, node.IsBareText ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal))
            {
                value = choice;
                return true;
            }
        }

        var nearest = node.Kind == NodeKind.Text ? Nearest.Of(node.Text, choices.Select(c => c.Word)) : null;
        return Fault(node, path, context, NotYet.TryGetValue(node.Text, out var notYet)
            ? notYet
            : $"{node.Show()} is not known here" + (nearest is null ? "" : $" (did you mean \"{nearest}\"?)"));
    }

    public override JsonObject Schema() =>
        new() { ["type"] = "string", ["enum"] = new JsonArray([.. choices.Select(c => (JsonNode)c.Word)]) };
}

/// <summary>Text with a form of its own: an address, a domain, a network.</summary>
/// <param name="name">For the table of keys.</param>
/// <param name="mend">What to write.</param>
/// <param name="parse">Gives the value, or null; a fault that deserves other words than "is not a …" goes into `problem`.</param>
internal sealed class TextKind(string name, string mend, TextParser parse) : ValueKind
{
    private const int Longest = 1024;

    public override string Name => name;

    public override string Mend => mend;

    public override bool TryRead(ConfigNode node, string path, LoadContext context, out object? value)
    {
        value = null;
        string? problem = null;
        if (node.Kind == NodeKind.Text && node.Text.Length <= Longest)
        {
            value = parse(node.Text, out problem);
        }

        return value is not null
            || Fault(node, path, context, problem ?? $"{node.Show()} is not {("aeioAEIO".Contains(name[0], StringComparison.Ordinal) ? "an" : "a")} {name}");
    }

    public override JsonObject Schema() => new() { ["type"] = "string" };
}

internal delegate object? TextParser(string text, out string? problem);

/// <summary>A file that exists and can be read; the value is its absolute path.</summary>
internal sealed class FileKind : ValueKind
{
    public override string Name => "file";

    public override string Mend => "write the path of a file that the server may read (relative to the folder of the configuration file)";

    public override bool TryRead(ConfigNode node, string path, LoadContext context, out object? value)
    {
        value = null;
        if (node.Kind != NodeKind.Text || node.Text.Length == 0 || node.Text.Contains('\0', StringComparison.Ordinal))
        {
            return Fault(node, path, context, $"{node.Show()} is not a path");
        }

        var file = context.FullPath(node.Text);
        try
        {
            using var opened = File.OpenHandle(file);
            context.Files.Add(file);
            value = file;
            return true;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return Fault(node, path, context, fault switch
            {
                FileNotFoundException or DirectoryNotFoundException => $"there is no file {file}",
                UnauthorizedAccessException when Directory.Exists(file) => $"{file} is a folder",
                UnauthorizedAccessException => $"{file} may not be read by this user",
                _ => $"{file} cannot be read",
            });
        }
    }

    public override JsonObject Schema() => new() { ["type"] = "string", ["minLength"] = 1 };
}

/// <summary>A folder, made when it is first needed; the value is its absolute path.</summary>
internal sealed class FolderKind : ValueKind
{
    public override string Name => "folder";

    public override string Mend => "write the path of a folder (relative to the folder of the configuration file)";

    public override bool TryRead(ConfigNode node, string path, LoadContext context, out object? value)
    {
        value = null;
        if (node.Kind != NodeKind.Text || node.Text.Length == 0 || node.Text.Contains('\0', StringComparison.Ordinal))
        {
            return Fault(node, path, context, $"{node.Show()} is not a path");
        }

        var folder = context.FullPath(node.Text);
        value = folder;
        return !File.Exists(folder) || Fault(node, path, context, $"{folder} is a file");
    }

    public override JsonObject Schema() => new() { ["type"] = "string", ["minLength"] = 1 };
}
