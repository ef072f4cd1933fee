"""capture_live.py - a steady flood over the range's veth pair: how many packets a second are taken in without one lost, and
what one costs.

Six of ten packets are for a packet challenge, each with one thing wrong or another's values, so that the target also says why;
the others are for nobody. tcpdump and scapy have a filter for the same six and judge nothing. Lost is what the kernel had
no room for, as the target's journal tells it; of the peers it is what they did not count."""
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import time

from measure import HERE, part, processor_of, processor_so_far, resident_bytes, turns
from room import Room, pid_of
from traffic import write_capture

RATES = (5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 320_000)
STEADY, SECONDS, ROUNDS = 2_000, 2, 3
FILTER = "dst host 172.16.1.15 and (tcp dst port 8081 or ip proto 16)"
TAKEN = (1, 0, 1, 1, 0, 1, 0, 1, 1, 0)  # by the filter, of each ten of traffic.mix
PASS = "import socket; s = socket.create_connection(('172.16.1.15', 1111)); s.sendall(b'{}\\n'); s.recv(99)"


def taken_of(sent):
    return sent // 10 * sum(TAKEN) + sum(TAKEN[:sent % 10])


class Targets:
    """The packet targets; they stay, and tell what was lost on the next line of their journal."""

    def __init__(self, room):
        self.room, self.pid, self.passes = room, room.target_pid(), 0

    def begin(self):
        self.known = 0
        self.lost(0)  # what others' floods left in its ring
        self.known = len(self.room.journal())

    def lost(self, _):
        """What was lost is asked at most once a second, when something comes, and told on the line after that; and what waited to
        be read may take a while."""
        told = [-1]
        while len(told) < 3 or told[-1] != told[-3]:
            time.sleep(1.1)
            told.append(self.told())
        return told[-1]

    def told(self):
        self.passes += 1
        name = f"last{self.passes}"
        self.room.python(PASS.format(name))
        until, lines = time.monotonic() + 10, []
        while not any(line.get("student") == name for line in lines):
            if time.monotonic() > until:
                raise SystemExit("bench: capture-live: the journal does not go on")
            time.sleep(0.05)
            lines = self.room.journal()[self.known:]
        return sum(line.get("dropped", {}).get("capture", 0) for line in lines)


class Peer:
    """A program that counts what it captures, and says `N packets captured` when SIGINT ends it. The targets, who would judge the
    same flood on the same cores, are stopped meanwhile."""

    def __init__(self, room, command, program, show=None):
        self.room, self.command, self.program, self.show = room, command, program, show

    def begin(self):
        self.process = self.room.beside(*self.command, show=self.show, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        os.kill(self.room.target_pid(), signal.SIGSTOP)
        said = ""
        while "listening" not in said:
            line = self.process.stdout.readline()
            said += line
            if not line:
                raise SystemExit(f"bench: capture-live: {self.program} did not begin: {said}")
        time.sleep(0.3)
        self.pid = pid_of(self.process, self.program)

    def lost(self, sent):
        os.kill(self.pid, signal.SIGINT)
        said, _ = self.process.communicate(timeout=20)
        os.kill(self.room.target_pid(), signal.SIGCONT)
        return taken_of(sent) - int(re.search(r"(\d+) packets captured", said).group(1))


def flood(room, capture, rate):
    """(packets sent, how many a second)"""
    out = room.student("/tmp/flood", "/tmp/packets", str(rate), str(SECONDS * 1000),
                       show={room.bin / "bench_flood": "/tmp/flood", capture: "/tmp/packets"})
    sent, reached = out.split()[:2]
    return int(sent), int(reached)


def one(room, capture, who, rate):
    who.begin()
    before, began = processor_so_far(who.pid), time.monotonic()
    sent, reached = flood(room, capture, rate)
    time.sleep(0.7)
    got = {"us": (processor_so_far(who.pid) - before) / taken_of(sent) * 1e6, "resident": resident_bytes(who.pid) / 2**20,
           "reached": reached, "seconds": time.monotonic() - began}
    return {**got, "lost": who.lost(sent)}


def highest(room, capture, who):
    """The highest rate that was really sent, of those at which nothing was lost."""
    best = 0
    for rate in RATES:
        got = one(room, capture, who, rate)
        if got["lost"] > 0 or got["reached"] < rate * 0.8:
            return max(best, got["reached"] if got["lost"] <= 0 else 0)
        best = got["reached"]
    return best


def case(room, capture, who):
    return lambda: {**one(room, capture, who, STEADY), "highest": highest(room, capture, who)}


def measure(row):
    with tempfile.TemporaryDirectory(prefix="wiregrade-bench-") as folder, Room(row.bin) as room:
        capture = pathlib.Path(folder) / "packets.pcap"
        write_capture(capture, 10_000)
        capture.chmod(0o644)
        pathlib.Path(folder).chmod(0o755)
        cases = {"wiregrade-target": case(room, capture, Targets(room))}
        if tcpdump := row.program("tcpdump"):
            cases["tcpdump -w /dev/null"] = case(room, capture, Peer(
                room, [tcpdump, "-ni", "eth0", "-w", "/dev/null", FILTER], "tcpdump"))
        if python := row.module("scapy"):
            _, where = processor_of([python, "-c", "import scapy; print(scapy.__path__[0])"])
            cases["scapy sniff"] = case(room, capture, Peer(
                room, ["/usr/bin/python3", "/tmp/sniff.py", "eth0", FILTER], "python3",
                show={HERE / "peers/sniff_scapy.py": "/tmp/sniff.py", where.strip(): "/tmp/scapy"}))
        got = turns(cases, ROUNDS)
        row.add(f"a packet for a challenge, at {STEADY:,} a second of all", "us of processor time", part(got, "us"))
        row.add("resident memory after that", "MiB", part(got, "resident"))
        row.add("the highest rate without a packet lost, of steps that double", "packets a second", part(got, "highest"), better="more")
        for name, lost in part(got, "lost").items():
            row.note(f"{name}, {STEADY:,} a second: {sum(lost)} lost in {len(lost)} rounds of {SECONDS} s")
