namespace Parley.Bench;

/// <summary>A scenario cannot be measured here; the message says what is missing and how to get it.</summary>
public sealed class BenchException(string message) : Exception(message);
