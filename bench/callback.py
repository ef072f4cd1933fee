"""callback.py - a raw packet is seen on the target's side -> the SYN of the call-back leaves it, idle and under a flood.

Beside it bench_answer: a program over libpcap that connects to whoever sent a packet of the protocol, and judges nothing."""
import json
import re
import subprocess
import sys
import time

from measure import part, turns
from room import TARGET, Room, end

SEND = """
import json, socket, struct, sys, time
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
for source, dscp, ident in json.load(open('/tmp/values')):
    s.sendto(struct.pack('!BBHHHBBH4s4s', 0x45, dscp << 2, 0, ident, 0, 64, int(sys.argv[1]), 0,
             socket.inet_aton('10.10.0.%d' % source), socket.inet_aton('172.16.1.15')) +
             b's%d'.__mod__(source).hex().encode(), ('172.16.1.15', 0))
    time.sleep(0.01)
"""
FLOOD = """
import socket, struct, time
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
packet = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 0, 1, 0, 64, 17, 0, socket.inet_aton('10.10.0.40'),
                     socket.inet_aton('172.16.1.15')) + struct.pack('!HHHH', 4000, 4001, 28, 0) + b'x' * 20
until = time.monotonic() + 6
while time.monotonic() < until:
    for _ in range(20):
        s.sendto(packet, ('172.16.1.15', 0))
    time.sleep(0.004)
"""
CHAOS, OTHER, SENT = 16, 254, 150  # OTHER is the peer's: what is the target's is not for both
SOURCES = range(41, 41 + SENT)
ROSTER = "handle,name,email,address\n" + "".join(f"s{n},S {n},s{n}@example.org,10.10.0.{n}\n" for n in SOURCES)


def send(room, values, protocol):
    room.python(SEND, str(protocol), files={"values": json.dumps(values)})


def values_of(room):
    """What each student must send, as the journal tells it of a near miss."""
    send(room, [(n, 1, 1) for n in SOURCES], CHAOS)
    room.journal("attempt", SENT)
    told = {n: room.values("raw-ipv4", f"s{n}") for n in SOURCES}
    return [(n, *(int(told[n][field].split()[0], 0) for field in ("ip.dsfield.dscp", "ip.id"))) for n in SOURCES]


def case(room, values, protocol, port, flood):
    """Microseconds between packet and SYN of each student: median and 99th percentile."""
    def run():
        more = room.beside("/usr/bin/python3", "-c", FLOOD, side="student") if flood else None
        capture = room.beside("timeout", "5", "tcpdump", "-nni", "eth0", "-tt", "-l",
                              f"ip proto {protocol} or (tcp[tcpflags] & (tcp-syn|tcp-ack) == tcp-syn and dst port {port})",
                              stdout=subprocess.PIPE, text=True)
        time.sleep(1)
        send(room, values, protocol)
        out, _ = capture.communicate()
        if more:
            end(more)
        seen, took = {}, []
        for line in out.splitlines():
            m = re.match(r"([\d.]+) IP ([\d.]+) > ([\d.]+): ", line)
            if m and m.group(3) == TARGET:
                seen[m.group(2)] = float(m.group(1))
            elif m and (student := m.group(3).rsplit(".", 1)[0]) in seen:
                took.append((float(m.group(1)) - seen.pop(student)) * 1e6)
        took.sort()
        if len(took) < SENT // 2:
            sys.exit(f"bench: callback: only {len(took)} of {SENT} packets were called back for")
        return {"p50": took[len(took) // 2], "p99": took[-1 - len(took) // 100], "lost": SENT - len(took)}
    return run


def measure(row):
    for flood in (False, True):
        with Room(row.bin, roster=ROSTER) as room:
            values = values_of(room)
            peer = room.beside("/tmp/answer", "eth0", str(OTHER), "1112", show={row.bin / "bench_answer": "/tmp/answer"})
            time.sleep(0.3)
            try:
                got = turns({"wiregrade-target": case(room, values, CHAOS, 1111, flood),
                             "libpcap and connect in C": case(room, values, OTHER, 1112, flood)}, 1 if flood else 2)
            finally:
                end(peer)
        when = "under 5,000 packets a second of others" if flood else "idle"
        row.add(f"packet seen to SYN, median, {when}", "us", part(got, "p50"))
        row.add(f"packet seen to SYN, p99, {when}", "us", part(got, "p99"))
        for name, lost in part(got, "lost").items():
            if sum(lost):
                row.note(f"{name}, {when}: {sum(lost)} of {len(lost) * SENT} packets were not called back for")
