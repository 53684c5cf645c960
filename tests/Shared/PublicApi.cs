using System.Reflection;
using System.Text;

namespace Parley.Tests.Shared;

/// <summary>The public types of an assembly and their members, in words near to C#.</summary>
internal static class PublicApi
{
    // What the compiler writes for each record says nothing that `record` does not.
    private static readonly HashSet<string> OfRecords = new(StringComparer.Ordinal) { "Equals", "GetHashCode", "ToString", "Deconstruct", "<Clone>$", "PrintMembers", "op_Equality", "op_Inequality", "EqualityContract" };

    public static string Of(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().OrderBy(static type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(Kind(type)).Append(' ').Append(type.FullName).Append(Bases(type)).Append('\n');
            foreach (var member in Members(type).Order(StringComparer.Ordinal))
            {
                text.Append("  ").Append(member).Append('\n');
            }
        }

        return text.ToString();
    }

    private static IEnumerable<string> Members(Type type)
    {
        var isRecord = IsRecord(type);
        return type.GetMembers(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Where(member => !(isRecord && OfRecords.Contains(member.Name)))
            .Select(static member => member switch
            {
                FieldInfo field when (field.IsPublic || field.IsFamily) && !field.IsSpecialName => Field(field),
                PropertyInfo property when Getter(property) is { } => Property(property),
                ConstructorInfo constructor when IsVisible(constructor) => $"new({Parameters(constructor)})",
                MethodInfo method when IsVisible(method) && !method.IsSpecialName => $"{(method.IsStatic ? "static " : "")}{Name(method.ReturnType)} {method.Name}({Parameters(method)})",
                MethodInfo { IsSpecialName: true } method when IsVisible(method) && method.Name.StartsWith("op_", StringComparison.Ordinal) => $"{Name(method.ReturnType)} {method.Name}({Parameters(method)})",
                EventInfo @event => $"event {Name(@event.EventHandlerType!)} {@event.Name}",
                _ => null,
            })
            .OfType<string>();

        static string Field(FieldInfo field) => field.IsLiteral
            ? $"const {Name(field.FieldType)} {field.Name} = {field.GetRawConstantValue()}"
            : $"{(field.IsStatic ? "static " : "")}{Name(field.FieldType)} {field.Name}";
    }

    private static string Property(PropertyInfo property)
    {
        var setter = property.SetMethod is { } set && IsVisible(set)
            ? set.ReturnParameter.GetRequiredCustomModifiers().Any(static one => one.Name == "IsExternalInit") ? " init;" : " set;"
            : "";
        return $"{(Getter(property)!.IsStatic ? "static " : "")}{Name(property.PropertyType)} {property.Name} {{ get;{setter} }}";
    }

    private static MethodInfo? Getter(PropertyInfo property) => property.GetMethod is { } get && IsVisible(get) ? get : null;

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsRecord(Type type) => type.GetMethod("PrintMembers", BindingFlags.NonPublic | BindingFlags.Instance) is not null;

    private static string Kind(Type type) =>
        type.IsEnum ? "enum"
        : type.IsInterface ? "interface"
        : typeof(Delegate).IsAssignableFrom(type) ? "delegate"
        : type.IsValueType ? IsRecord(type) ? "record struct" : "struct"
        : type.IsAbstract && type.IsSealed ? "static class"
        : (type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "") + (IsRecord(type) ? "record" : "class");

    private static string Bases(Type type)
    {
        var bases = type.IsEnum || type.IsValueType || type.BaseType is null || type.BaseType == typeof(object) || typeof(Delegate).IsAssignableFrom(type) ? [] : new[] { type.BaseType };
        var all = bases.Concat(type.GetInterfaces().Where(one => one.Assembly == type.Assembly || one == typeof(IAsyncDisposable) || one == typeof(IDisposable)).OrderBy(static one => one.FullName, StringComparer.Ordinal)).Select(Name).ToList();
        return all.Count == 0 || type.IsEnum ? "" : " : " + string.Join(", ", all);
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(static one =>
        $"{(one.IsOut ? "out " : one.IsIn ? "in " : one.ParameterType.IsByRef ? "ref " : "")}{Name(one.ParameterType)} {one.Name}{(one.HasDefaultValue ? " = " + (one.DefaultValue ?? "default") : "")}"));

    private static string Name(Type type)
    {
        if (type.IsByRef)
        {
            return Name(type.GetElementType()!);
        }

        if (type.IsArray)
        {
            return Name(type.GetElementType()!) + "[]";
        }

        if (!type.IsGenericType)
        {
            return type.IsNested && !type.IsGenericParameter ? Name(type.DeclaringType!) + "." + type.Name : type.Name;
        }

        var arguments = string.Join(", ", type.GetGenericArguments().Select(Name));
        return Nullable.GetUnderlyingType(type) is { } value ? Name(value) + "?" : $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{arguments}>";
    }
}
