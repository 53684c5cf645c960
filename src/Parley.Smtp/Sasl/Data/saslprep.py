"""Writes saslprep.txt: the tables of RFC 4013 for Unicode 3.2, from Python's stringprep and unicodedata modules.

    python3 saslprep.py > saslprep.txt
"""
import stringprep
from unicodedata import ucd_3_2_0 as ucd

EVERY = [c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF]
HANGUL = range(0xAC00, 0xD7A4)


def ranges(name, test):
    print("@" + name)
    start = last = None
    for c in EVERY:
        if test(chr(c)):
            if last is not None and c == last + 1:
                last = c
                continue
            if start is not None:
                print(f"{start:X}-{last:X}")
            start = last = c
    print(f"{start:X}-{last:X}")


def runs(name, value, step):
    """Runs of code points whose single value stays (step 0) or grows with them (step 1)."""
    print("@" + name)
    run = None
    for c in EVERY:
        v = value(c)
        if v is None:
            continue
        if run and c == run[1] + 1 and len(v) == 1 == len(run[2]) and v[0] == run[2][0] + step * (c - run[0]):
            run[1] = c
            continue
        if run:
            print(f"{run[0]:X}-{run[1]:X} " + " ".join(f"{x:X}" for x in run[2]))
        run = [c, c, v]
    print(f"{run[0]:X}-{run[1]:X} " + " ".join(f"{x:X}" for x in run[2]))


def decomposition(c):
    if c in HANGUL:
        return None
    d = [ord(x) for x in ucd.normalize("NFKD", chr(c))]
    return None if d == [c] else d


def prohibited(ch):
    return any(test(ch) for test in (
        stringprep.in_table_c12, stringprep.in_table_c21_c22, stringprep.in_table_c3, stringprep.in_table_c4,
        stringprep.in_table_c6, stringprep.in_table_c7, stringprep.in_table_c8, stringprep.in_table_c9))


print("# Tables of SASLprep (RFC 4013, RFC 3454) for Unicode 3.2. Made by saslprep.py; do not edit.")
print("# Derived from the Unicode Character Database, copyright Unicode, Inc., used under the Unicode License.")
ranges("space", lambda ch: stringprep.in_table_c12(ch))
ranges("nothing", stringprep.in_table_b1)
ranges("prohibited", prohibited)
ranges("right-to-left", stringprep.in_table_d1)
ranges("left-to-right", stringprep.in_table_d2)
runs("class", lambda c: [ucd.combining(chr(c))] if ucd.combining(chr(c)) else None, 0)
runs("decomposition", decomposition, 1)
print("@composition")
for c in EVERY:
    parts = ucd.decomposition(chr(c)).split()
    if c not in HANGUL and len(parts) == 2 and parts[0][0] != "<" and ucd.normalize("NFC", chr(c)) == chr(c):
        print(f"{c:X}-{c:X} {int(parts[0], 16):X} {int(parts[1], 16):X}")
