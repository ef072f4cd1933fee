#!/usr/bin/env python3
"""check_steps.py WIREGRADE COURSE: check follows a handshake by hand through captures made here."""
from check import Room, of, require, wrong
from check_packets import STUDENT, TARGET, pcap, tcp

SYN, RST, ACK = 2, 4, 16
MINE, YOURS, PORT, OURS = 0xffffffff, 0xffffffff, 40961, 8090  # both sequence numbers wrap


def syn(seq=YOURS, sport=PORT, payload=b"smith"):
    return tcp(payload, OURS, sport, seq, 0, SYN)


def reply(seq=MINE, ack=YOURS + 1, dport=PORT, flags=SYN | ACK):
    return tcp(b"", dport, OURS, seq, ack % 2**32, flags, src=TARGET, dst=STUDENT)


def reset(seq=YOURS + 1):
    return tcp(b"", OURS, PORT, seq % 2**32, 0, RST, 0)


def ack(seq=YOURS + 1, ack=MINE + 1, **more):
    return tcp(b"", OURS, more.pop("sport", PORT), seq % 2**32, ack % 2**32, more.pop("flags", ACK))


# packets, the verdict, its step, what is wrong there, the first reason
ROWS = [
    ([syn(), reply(), ack()], "pass", 2, [], None),
    ([syn(), reply(), reset(), ack()], "pass", 2, [], None),
    ([syn(), syn(), reply(), reply(), reset(), ack(), ack()], "pass", 2, [], None),
    # whoever begins anew has left his other try
    ([syn(5), reply(7, 6), syn(), reply(), ack(6, 8)], "fail", 2, ["tcp.seq_raw", "tcp.ack_raw"], "ANOTHER_TRY"),
    ([syn(5), reply(7, 6), syn(), reply(), ack(6, 8), ack()], "pass", 2, [], None),
    # the third wrong one ends a try; what comes again is no other one
    ([syn(), reply(), ack(ack=1), ack(ack=2), ack()], "pass", 2, [], None),
    ([syn(), reply(), ack(ack=1), syn(), ack(ack=2), reset(), ack()], "pass", 2, [], None),
    ([syn(), reply(), ack(ack=1), ack(ack=2), ack(ack=77), ack()], "fail", 2, ["tcp.ack_raw"], "WRONG_VALUE"),
    ([ack(), syn(), reply()], "step", 1, [], None),
    ([syn(), reply(), reset()], "step", 1, [], None),
    ([syn(), ack()], "step", 1, [], None),
    ([syn(), reply(flags=ACK), ack()], "step", 1, [], None),
    ([syn(), reply(ack=YOURS), ack()], "step", 1, [], None),
    ([syn(), reply(), ack(ack=MINE)], "fail", 2, ["tcp.ack_raw"], "NOT_ADDED"),
    ([syn(), reply(), ack(seq=YOURS)], "fail", 2, ["tcp.seq_raw"], "NOT_ADDED"),
    ([syn(), reply(), ack(flags=SYN | ACK)], "fail", 2, ["tcp.flags"], "EXTRA_FLAGS"),
    # a second each: too late
    ([syn(), reply(), *[reset()] * 31, ack()], "fail", 1, ["tcp.flags", "payload"], "STEP_LATE"),
    # a reset that no kernel makes is one of the student's own
    ([syn(), reply(), reset(YOURS + 5)], "fail", 2, ["tcp.seq_raw", "tcp.flags"], None),
    ([ack(ack=8)], "fail", 1, ["tcp.ack_raw", "tcp.flags", "payload"], None),
]

with Room() as room:
    for packets, verdict, step, fields, code in ROWS:
        result = room.check(pcap(packets), params=None, status=0 if verdict == "pass" else 1)
        row = of(result, "tcp-handshake")
        require((row["verdict"], row["step"], row["steps"]) == (verdict, step, 2), verdict, step, row)
        require(wrong(row) == fields and (code is None or row["first"] == code), fields, code, row)
        require(result["noise"] == [], result["noise"])
    (room.dir / "f.pcap").write_bytes(pcap([syn(), reply()]))
    told = room.run("f.pcap").stdout.decode()
    require("step 1 of 2: right, and what must follow is not in the capture" in told, told)
    (room.dir / "f.pcap").write_bytes(pcap([syn(), reply(), ack(ack=MINE)]))
    told = room.run("f.pcap").stdout.decode()
    require("step 2 of 2\nFAIL: 7 of 8 clauses right, for smith" in told, told)
    # with the sum of the first segment's payload
    summed = tcp(b"smith", OURS, PORT, (YOURS + 1) % 2**32, (MINE + 1) % 2**32, ACK)[36:38]
    (room.dir / "f.pcap").write_bytes(pcap([syn(), reply(), ack()[:36] + summed + ack()[38:]]))
    told = " ".join(room.run("f.pcap").stdout.decode().split())
    require("it is right with your handle behind the header, as in the first packet" in told, told)
