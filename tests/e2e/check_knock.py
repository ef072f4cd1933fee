#!/usr/bin/env python3
"""check_knock.py WIREGRADE COURSE: check follows steps that nothing answers through captures made here, three knocks, two
fragments and letters that are hidden: in order, in time, none left out, sent twice, late or in another order, and wrong with what comes behind it."""
import socket
import struct

from check import Room, of, require, wrong
from check_packets import STUDENT, TARGET, checksum, ipv4, pcap, udp

DOORS = 7411, 9622, 8533


def knock(n, payload=b""):
    return udp(b"smith" if n == 1 and not payload else payload, DOORS[n - 1])


def fragment(flags_offset, payload, ident=0x1234):
    packet = ipv4(payload, proto=254, tos=0, ident=ident)
    head = packet[:6] + struct.pack("!H", flags_offset) + packet[8:10] + b"\0\0" + packet[12:20]
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def letters(word, key=5, payload=b"", **more):
    """The identification is the word and the key."""
    ident = int.from_bytes(word, "big") + key
    src, dst, sport, dport = more.get("ends", (STUDENT, TARGET, 40961, 4851))
    head = struct.pack("!HHHH", sport, dport, 8 + len(payload), 0)
    right = checksum(socket.inet_aton(src) + socket.inet_aton(dst) + struct.pack("!BBH", 0, 17, 8 + len(payload)) + head + payload)
    return ipv4(head[:6] + struct.pack("!H", right) + payload, proto=17, tos=0, ident=ident, src=src, dst=dst)


def begun(key=5, ident=b"\0\1"):
    """The first packet, and what the target answers."""
    return [letters(ident, 0, b"smith"), letters(b"\0\1", 0, str(key).encode(), ends=(TARGET, STUDENT, 4851, 40961))]


def swapped(word, key=5):
    return letters((int.from_bytes(word, "big") + key).to_bytes(2, "little"), 0)


CO, VE, RT = b"CO", b"VE", b"RT"
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
    ("covert", [*begun(), *map(letters, (CO, VE, RT))], "pass", 4, [], None),
    # the first that is wrong is told, whatever a program that does not read sent behind it
    ("covert", [*begun(), letters(CO, 0), letters(VE), letters(RT)], "fail", 2, ["ip.id"], "NOT_ADDED"),
    ("covert", [*begun(), *map(swapped, (CO, VE, RT))], "fail", 2, ["ip.id"], "BYTE_SWAPPED"),
    ("covert", [*begun(), letters(CO, 0), letters(VE, 0), letters(RT, 0)], "fail", 2, ["ip.id"], "NOT_ADDED"),
    ("covert", [*begun(100), letters(CO, 200), letters(VE, 200), letters(RT, 200)], "fail", 2, ["ip.id"], "WRONG_VALUE"),
    ("covert", [*begun(), letters(CO), swapped(VE), letters(RT)], "fail", 3, ["ip.id"], "BYTE_SWAPPED"),
    ("covert", [*begun(), *begun(9, b"\0\2"), letters(CO)], "fail", 2, ["ip.id"], "ANOTHER_TRY"),
    ("covert", [*begun(), letters(VE), letters(CO), letters(RT)], "fail", 3, ["ip.id"], "OTHER_STEP"),
]

# packets, and what is said of the one that is told
SAID = [
    ([udp(b"", 7411), knock(2), knock(3, b"smith")], "your handle came in the packet of step 3: it belongs in that of"),
    ([udp(b"", 7411), knock(2, b"smith"), knock(3)], "your handle came in the packet of step 2: it belongs in that of"),
    ([knock(1), knock(2, b"smith"), knock(3, b"smith")], "your handle came, and nothing may stand there"),
]

# packets, and of which the others say that they came behind it, and are for a later step
BEHIND = [
    ([*begun(), letters(CO, 0), letters(VE), letters(RT)], 3, [4, 5]),
    ([*begun(100), letters(CO, 200), letters(VE, 200), letters(RT, 200)], 3, [4, 5]),
    ([*begun(), letters(CO), swapped(VE), letters(RT)], 4, [5]),
    # begun anew, and wrongly, while the second packet of another try was due
    ([LATER, fragment(MF, b"fragments, from ", 0x1235), *[udp(b"", 4800)] * 5, fragment(MF | 2, b"smith", 0x1236),
      fragment(MF, b"fragments, from ", 0x1236)], 8, [9]),
    ([*begun(), letters(CO, 0), *[udp(b"", 4800)] * 5, letters(VE)], 3, []),  # a second each: no run of one program
]

with Room() as room:
    for name, packets, verdict, step, fields, code in ROWS:
        row = of(room.check(pcap(packets), params=None, status=0 if verdict == "pass" else 1), f"practice-{name}")
        require((row["verdict"], row["step"]) == (verdict, step), verdict, step, row)
        require(wrong(row) == fields and (code is None or row["first"] == code), fields, code, row)
    for packets, said in SAID:
        room.check(pcap(packets), params=None, status=1)
        told = room.run("f.pcap").stdout.decode()
        require(said in told, said, told)
    for packets, first, behind in BEHIND:
        rows = [c for c in room.check(pcap(packets), "--every-packet", params=None, status=1)["challenges"] if c["verdict"] != "none"]
        require([c["packet"]["number"] for c in rows if c.get("follows") == first] == behind, first, behind, rows)
        told = room.run("f.pcap", "--every-packet").stdout.decode()
        require(told.count(f"not told: it came right behind packet {first}, which was wrong,\nand is for") == len(behind), told)
