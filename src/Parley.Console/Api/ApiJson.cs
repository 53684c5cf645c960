using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;

namespace Parley.Console.Api;

/// <summary>How the shapes of the API become JSON, without reflection. Those of the catalogue are in its library.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(MessageList))]
[JsonSerializable(typeof(MessageDetail))]
[JsonSerializable(typeof(SessionList))]
[JsonSerializable(typeof(SessionDetail))]
[JsonSerializable(typeof(QueueList))]
[JsonSerializable(typeof(QueueItem))]
[JsonSerializable(typeof(CodeList))]
[JsonSerializable(typeof(ExplainRequest))]
[JsonSerializable(typeof(ProblemDetails))]
[JsonSerializable(typeof(int?))]
internal sealed partial class ApiJson : JsonSerializerContext;
