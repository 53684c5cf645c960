using BenchmarkDotNet.Attributes;
using Parley.Smtp.Addresses;

namespace Parley.MicroBench;

/// <summary>Parsing one address of each kind.</summary>
public class AddressBenchmarks
{
    [Params("alice@example.org", "\"a b\"@example.org", "alice@[IPv6:2001:db8::1]", "алиса@пример.example")]
    public string Address { get; set; } = "";

    [Benchmark]
    public Mailbox? Parse() => Mailbox.Parse(Address);
}
