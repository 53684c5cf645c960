using System.Text.Json.Nodes;
using Parley.Server.Configuration.Reading;

namespace Parley.Server.Configuration.Keys;

/// <summary>What a key's value may be: how it is read, what to write instead, and how the JSON schema says it.</summary>
internal abstract class ValueKind
{
    /// <summary>For the table of keys: "duration, 1s to 1h".</summary>
    public abstract string Name { get; }

    /// <summary>What to write, as advice: "write a number and a unit, such as \"5m\"".</summary>
    public abstract string Mend { get; }

    /// <summary>Reads a value, or adds a fault and gives false.</summary>
    public abstract bool TryRead(ConfigNode node, string path, LoadContext context, out object? value);

    /// <summary>The part of the JSON schema for a value of this kind, without description and default.</summary>
    public abstract JsonObject Schema();

    protected bool Fault(ConfigNode node, string path, LoadContext context, string problem)
    {
        context.Error(node.Place, path, problem, Mend);
        return false;
    }
}

/// <summary>An object with fixed keys.</summary>
internal sealed class SectionKind : ContainerKind
{
    public override string Name => "object";

    public override string Mend => "write { … }, or leave the key out";

    public override NodeKind NodeKind => NodeKind.Object;

    public override JsonObject Schema() => new() { ["type"] = "object" };
}

/// <summary>An object whose keys are names of the user's: domains, users, aliases.</summary>
internal sealed class MapKind(ValueKind nameKind) : ContainerKind
{
    public ValueKind NameKind { get; } = nameKind;

    public override string Name => "object by " + NameKind.Name;

    public override string Mend => $"write {{ \"{NameKind.Name}\": … }}, or leave the key out";

    public override NodeKind NodeKind => NodeKind.Object;

    public override JsonObject Schema() => new() { ["type"] = "object" };
}

/// <summary>A list of objects.</summary>
internal sealed class RowsKind : ContainerKind
{
    public override string Name => "list of objects";

    public override string Mend => "write [ { … } ], or leave the key out";

    public override NodeKind NodeKind => NodeKind.Array;

    public override JsonObject Schema() => new() { ["type"] = "array" };
}

/// <summary>A value that holds other keys; <see cref="Structure"/> checks it, nobody reads it whole.</summary>
internal abstract class ContainerKind : ValueKind
{
    public abstract NodeKind NodeKind { get; }

    public override bool TryRead(ConfigNode node, string path, LoadContext context, out object? value)
    {
        value = null;
        return node.Kind == NodeKind || Fault(node, path, context, $"{node.Show()} is not {(NodeKind == NodeKind.Array ? "a list" : "an object")}");
    }
}

/// <summary>A list of plain values, whatever their kind.</summary>
internal interface IListKind;

/// <summary>A list of values of one kind; a wrong item is a fault of its own.</summary>
internal sealed class ListKind<T>(ValueKind item, int fewest = 0) : ValueKind, IListKind
{
    public ValueKind Item { get; } = item;

    public override string Name => "list of " + Item.Name;

    public override string Mend => $"write a list [ … ]; for each item {Item.Mend}";

    public override bool TryRead(ConfigNode node, string path, LoadContext context, out object? value)
    {
        value = null;
        if (node.Kind != NodeKind.Array)
        {
            return Fault(node, path, context, $"{node.Show()} is not a list");
        }

        if (node.Items.Count < fewest)
        {
            return Fault(node, path, context, "the list is empty");
        }

        var items = new List<T>(node.Items.Count);
        for (var i = 0; i < node.Items.Count; i++)
        {
            if (Item.TryRead(node.Items[i], KeyPath.Item(path, i), context, out var read))
            {
                items.Add((T)read!);
            }
        }

        value = items;
        return true;
    }

    public override JsonObject Schema()
    {
        var schema = new JsonObject { ["type"] = "array", ["items"] = Item.Schema() };
        if (fewest > 0)
        {
            schema["minItems"] = fewest;
        }

        return schema;
    }
}

/// <summary>A value or null, where null means "none".</summary>
internal sealed class NullableKind(ValueKind inner) : ValueKind
{
    public ValueKind Inner { get; } = inner;

    public override string Name => Inner.Name + " or null";

    public override string Mend => Inner.Mend + ", or null for none";

    public override bool TryRead(ConfigNode node, string path, LoadContext context, out object? value)
    {
        value = null;
        return node.IsNull || Inner.TryRead(node, path, context, out value);
    }

    public override JsonObject Schema()
    {
        var schema = Inner.Schema();
        if (schema["enum"] is JsonArray values)
        {
            values.Add(null);
        }

        if (schema["type"] is { } type)
        {
            schema["type"] = new JsonArray(type.DeepClone(), "null");
        }

        return schema;
    }
}
