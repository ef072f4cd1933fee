#!/usr/bin/env python3
"""mistakes.py BIN CASE [SCRIPT...]: every diagnosis is earned on the wire. Exit status 77: skipped.

Each script beside this file is what a student writes who makes one typical mistake; its second line says with which
challenge of course/, and what has to be told: `# ip, expect: ip.id BYTE_SWAPPED` (A+B where two mistakes were made at
once). All of them run in one range, one after the other, while tcpdump captures beside the targets; then
`wiregrade check` has to name for each capture exactly the fields and codes that its script expects (and codes that
codes.def calls their twins: the same bytes can mean either). A message to a stream or datagram target is no packet that
check judges: for these the target's journal is asked. A code without a script fails.

The other case gives every packet that the targets have judged to check, which must say the same in every word."""
import json
import pathlib
import re
import struct
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))
from classroom import Classroom, need, require  # noqa: E402
from steady import DEADLINE, until  # noqa: E402
from twice import codes, pcap  # noqa: E402

MARK_PORT = 9  # discard: what is sent there ends a script's packets in the capture
DRIVER = """import os, socket, subprocess, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for name in sys.argv[1:]:
    done = subprocess.run(["/usr/bin/python3", "-IS", f"/tmp/mistakes/{name}.py"], capture_output=True, text=True)
    if done.returncode or done.stderr:
        print(name, "ended with", done.returncode, done.stderr)
    s.sendto(name.encode(), ("172.16.1.15", 9))
"""
ROSTER = "handle,name,email\nsmith,S,s@example.org\njones,J,j@example.org\n"


class Script:
    def __init__(self, path):
        self.name, self.path = path.stem, path
        line = path.read_text().splitlines()[1]
        self.slug = re.match(r"# (\w+), ", line).group(1)
        self.expected = {field: word.split("+") for field, word in re.findall(r"expect: (\S+) ([\w+]+)", line)}
        self.codes = {code for expected in self.expected.values() for code in expected}
        self.code = self.name.split("-")[0]
        require(self.code in self.codes, path, "expects", self.expected)


class Capture:
    """tcpdump on the targets' side, read as it writes."""

    def __init__(self, room):
        self.process = subprocess.Popen(
            room.command("range", f"--join={room.name}", "--side=target", "--", "tcpdump", "-Unpi", "eth0",
                         "--immediate-mode", "-w", "-"),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=room.environment())
        self.header = self._read(24)
        require(self.header[:4] == b"\xd4\xc3\xb2\xa1", "tcpdump began with", self.header)

    def _read(self, n):
        got = self.process.stdout.read(n)
        require(len(got) == n, "tcpdump ended early")
        return got

    def until_mark(self, name):
        """The records of a pcap file up to the driver's word that this script has ended."""
        records = b""
        while True:
            record = self._read(16)
            frame = self._read(struct.unpack("<IIII", record)[2])
            if frame[23:24] == b"\x11" and frame[36:38] == struct.pack("!H", MARK_PORT) and frame[12:14] == b"\x08\x00":
                require(frame[42:].decode() == name, "after", name, "came", frame[42:])
                return records
            records += record + frame

    def close(self):
        self.process.terminate()
        self.process.communicate(timeout=DEADLINE)


def codes_of(bin_dir):
    run = subprocess.run([bin_dir + "/wiregrade", "diagnose", "--list", "--format", "json"], capture_output=True,
                         text=True, check=False)
    require(run.returncode == 0, "diagnose --list:", run.stderr)
    return {c["code"]: set(c["twins"].split(",")) - {""} for c in json.loads(run.stdout)}


def told(findings):
    """{field: codes} of what failed."""
    return {f["field"]: codes(f) for f in findings if f["status"] == "fail"}


def compare(script, got, twins):
    """What is wrong with the fields and codes that were told, in one sentence; None when nothing is."""
    def twin(a, b):
        return a in twins[b] or b in twins[a]

    for field, expected in script.expected.items():
        codes = got.get(field, [])
        if missing := [c for c in expected if c not in codes]:
            return f"{field} should be told {missing}, got {codes} of {got}"
        if more := [c for c in codes if c not in expected and not any(twin(c, e) for e in expected)]:
            return f"{field} is told {codes}: {more} are no twins of {expected}"
    if more := {f: c for f, c in got.items() if f not in script.expected}:
        return f"{more} are told, too"
    return None


class Range:
    """A range with targets, the capture beside them, and the scripts that are run there."""

    def __init__(self, bin_dir, scripts, hops):
        self.scripts = scripts
        self.room = Classroom(bin_dir, course=HERE / "course", feedback="none", roster=ROSTER, args=["--every-attempt"],
                              range_options=[f"--hops={hops}"], word="26-04")
        self.capture = Capture(self.room)
        self.seen = {}  # attempts of the streams and datagrams

    def run(self):
        """All scripts, one after the other."""
        names = [s.name for s in self.scripts]
        said = self.room.student("/usr/bin/env", *values_that_are_made(self.room), "/usr/bin/python3", "-c", DRIVER, *names,
                                 show={HERE: "/tmp/mistakes"})
        require(not said, said)

    def findings(self, script):
        """What is found wrong with what this script sent; to be called in the order of the scripts."""
        records = self.capture.until_mark(script.name)
        if script.slug in ("stream", "datagram", "talk", "steps", "next"):
            return self._live(script)
        path = self.room.dir / f"{script.name}.pcap"
        path.write_bytes(self.capture.header + records)
        return check(self.room, path, "--student", "smith", script.slug)["challenges"][0].get("findings", [])

    def _live(self, script):
        """The journal's word: attempts of one source are written in their order."""
        n = self.seen.get(script.slug, 0)
        self.seen[script.slug] = n + 1
        attempts = until(lambda: (of := [a for a in self.room.journal("attempt") if a["slug"] == script.slug])[n:] and of)
        return attempts[n]["findings"]

    def judged_twice(self):
        for script in self.scripts:
            self.capture.until_mark(script.name)  # all has arrived
        return self.room.judged_twice()

    def close(self):
        self.capture.close()
        self.room.close()


def check(room, path, *args, class_file="class.yml"):
    run = subprocess.run(room.command("check", "--class", room.dir / class_file, "--format", "json", path, *args),
                         capture_output=True, text=True, check=False)
    require(run.returncode in (0, 1), "check", *args, run.stdout, run.stderr)
    return json.loads(run.stdout)


ANY_VALUES = """import socket, struct
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
for proto, handle in (203, b"smith"), (203, b"jones"), (207, b"smith"):
    s.sendto(struct.pack("!BBHHHBBH4s4s", 69, 0, 0, 1, 0, 64, proto, 0, socket.inet_aton("10.10.0.40"),
                         socket.inet_aton("172.16.1.15")) + handle, ("172.16.1.15", 0))
"""


def values_that_are_made(room):
    """The identifications that near misses tell: smith's, jones', and the one of last month's class."""
    room.python(ANY_VALUES)
    room.journal("attempt", 3)
    path = room.dir / "near.pcap"
    path.write_bytes(pcap("ethernet", room.journal("attempt")))
    text = (room.dir / "class.yml").read_text()
    (room.dir / "last.yml").write_text(text.replace("class: 26-04", "class: 26-03"))
    last = check(room, path, "class", class_file="last.yml")["challenges"][0]["findings"]
    last = next(f["expected"] for f in last if f["field"] == "ip.id")
    values = {"MY_ID": room.values("own", "smith")["ip.id"], "JONES_ID": room.values("own", "jones")["ip.id"],
              "LAST_CLASS_ID": last}
    return [f"{name}={text.split()[0]}" for name, text in values.items()]


def in_ranges(bin_dir, scripts, look):
    """Runs the scripts, then look(range) for each range; what all calls returned."""
    found = []
    for hops in 0, 1:  # most mistakes with IPv4's own header do not come past a router
        mine = [s for s in scripts if (s.slug == "hops") == bool(hops)]
        if not mine:
            continue
        r = Range(bin_dir, mine, hops)
        try:
            r.run()
            found += look(r)
        finally:
            r.close()
    return found


def every_code(bin_dir, scripts, only):
    twins = codes_of(bin_dir)
    bad = [f"{c}: no script makes this mistake" for c in twins if c not in {s.code for s in scripts}]
    bad += [f"{s.name}: {c} is no code" for s in scripts for c in s.codes if c not in twins]
    chosen = [s for s in scripts if not only or s.name in only]
    bad += in_ranges(bin_dir, chosen, lambda r: [f"{s.name}: {w}" for s in r.scripts
                                                 if (w := compare(s, told(r.findings(s)), twins))])
    print(f"{len(chosen)} scripts, {len(twins)} codes")
    if bad:
        sys.exit("\n".join(bad))


def same_live_and_offline(bin_dir, scripts, only):
    chosen = [s for s in scripts if not only or s.name in only]
    results = in_ranges(bin_dir, chosen, lambda r: [r.judged_twice()])
    packets = sum(n for n, _ in results)
    print(f"{packets} packets judged twice")
    require(packets >= len(chosen) / 2, "too few packets in the journal")
    if bad := [b for _, found in results for b in found]:
        sys.exit("\n".join(bad[:5]))


def main():
    bin_dir, case, *only = sys.argv[1:]
    need("/usr/bin/tcpdump", "/usr/bin/xxd")
    scripts = [Script(p) for p in sorted(HERE.glob("[A-Z]*.py"))]
    {f.__name__: f for f in (every_code, same_live_and_offline)}[case](bin_dir, scripts, only)


main()
