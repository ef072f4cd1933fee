#!/usr/bin/env python3
"""check_knock.py WIREGRADE COURSE: check follows steps that nothing answers through captures made here, three knocks and two
fragments: in order, in time, none left out, and sent twice, late or in another order."""
import struct

from check import Room, checksum, ipv4, of, pcap, require, udp, wrong

DOORS = 7411, 9622, 8533


def knock(n, payload=b""):
    return udp(b"smith" if n == 1 and not payload else payload, DOORS[n - 1])


def fragment(flags_offset, payload, ident=0x1234):
    packet = ipv4(payload, proto=254, tos=0, ident=ident)
    head = packet[:6] + struct.pack("!H", flags_offset) + packet[8:10] + b"\0\0" + packet[12:20]
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


LATER, FIRST, MF = fragment(2, b"smith"), fragment(1 << 13, b"fragments, from "), 1 << 13

# the challenge, packets, a second apart, the verdict, its step, what is wrong there, the first reason
ROWS = [
    ("knock", [knock(1), knock(2), knock(3)], "pass", 3, [], None),
    ("knock", [knock(1), knock(1), knock(2), knock(2), knock(3)], "pass", 3, [], None),
    ("knock", [knock(3), knock(2), knock(1), knock(2), knock(3)], "pass", 3, [], None),
    ("knock", [knock(1), knock(2)], "step", 2, [], None),
    ("knock", [knock(1), knock(3)], "fail", 2, ["udp.dstport"], "OTHER_STEP"),
    ("knock", [knock(1), knock(3), knock(2)], "step", 2, [], None),
    ("knock", [knock(2), knock(3)], "fail", 1, ["udp.dstport", "payload"], "OTHER_STEP"),
    ("knock", [knock(1), *[udp(b"", 4800)] * 3, knock(2)], "fail", 1, ["udp.dstport", "payload"], "STEP_LATE"),
    ("knock", [knock(1), knock(2, b"smith")], "fail", 2, ["payload"], "WRONG_VALUE"),
    ("fragments", [LATER, FIRST], "pass", 2, [], None),
    ("fragments", [FIRST, LATER, LATER, FIRST], "pass", 2, [], None),
    ("fragments", [FIRST, LATER], "step", 1, [], None),
    ("fragments", [FIRST], "fail", 1, ["ip.flags.mf", "ip.frag_offset", "payload"], "OTHER_STEP"),
    ("fragments", [LATER, *[udp(b"", 4800)] * 30, FIRST], "fail", 1, ["ip.flags.mf", "ip.frag_offset", "payload"], "STEP_LATE"),
    ("fragments", [fragment(16, b"smith")], "fail", 1, ["ip.frag_offset"], "WRONG_UNITS"),
    ("fragments", [fragment(MF | 2, b"smith")], "fail", 1, ["ip.flags.mf"], "EXTRA_FLAGS"),
    ("fragments", [fragment(0, b"fragments, from smith")], "fail", 1, ["ip.frag_offset", "payload"], "NOT_SET"),
    ("fragments", [LATER, fragment(MF, b"fragments, from ", 0x1235)], "fail", 2, ["ip.id"], "OFF_BY_ONE"),
    ("fragments", [LATER, fragment(1 << 15, b"fragments, from ")], "fail", 2, ["ip.flags.mf"], "MISSING_FLAGS"),
]

with Room() as room:
    for name, packets, verdict, step, fields, code in ROWS:
        row = of(room.check(pcap(packets), params=None, status=0 if verdict == "pass" else 1), f"practice-{name}")
        require((row["verdict"], row["step"]) == (verdict, step), verdict, step, row)
        require(wrong(row) == fields and (code is None or row["first"] == code), fields, code, row)
