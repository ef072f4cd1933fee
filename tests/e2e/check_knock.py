#!/usr/bin/env python3
"""check_knock.py WIREGRADE COURSE: check follows three knocks through captures made here: in order, in time, none left out, and
sent twice, late or in another order."""
from check import Room, of, pcap, require, udp, wrong

DOORS = 7411, 9622, 8533


def knock(n, payload=b""):
    return udp(b"smith" if n == 1 and not payload else payload, DOORS[n - 1])


# packets, a second apart, the verdict, its step, what is wrong there, the first reason
ROWS = [
    ([knock(1), knock(2), knock(3)], "pass", 3, [], None),
    ([knock(1), knock(1), knock(2), knock(2), knock(3)], "pass", 3, [], None),
    ([knock(3), knock(2), knock(1), knock(2), knock(3)], "pass", 3, [], None),
    ([knock(1), knock(2)], "step", 2, [], None),
    ([knock(1), knock(3)], "fail", 2, ["udp.dstport"], "OTHER_STEP"),
    ([knock(1), knock(3), knock(2)], "step", 2, [], None),
    ([knock(2), knock(3)], "fail", 1, ["udp.dstport", "payload"], "OTHER_STEP"),
    ([knock(1), *[udp(b"", 4800)] * 3, knock(2)], "fail", 1, ["udp.dstport", "payload"], "STEP_LATE"),
    ([knock(1), knock(2, b"smith")], "fail", 2, ["payload"], "WRONG_VALUE"),
]

with Room() as room:
    for packets, verdict, step, fields, code in ROWS:
        row = of(room.check(pcap(packets), params=None, status=0 if verdict == "pass" else 1), "practice-knock")
        require((row["verdict"], row["step"], row["steps"]) == (verdict, step, 3), verdict, step, row)
        require(wrong(row) == fields and (code is None or row["first"] == code), fields, code, row)
