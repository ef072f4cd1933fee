#!/usr/bin/env python3
"""rooms.py WIREGRADE COURSE CASE: one host with 64 addresses takes all the places there are, and a neighbour comes.
77: skipped."""
import contextlib
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))
import desk  # noqa: E402
import daemon  # noqa: E402
from classroom import TARGET, Classroom, require  # noqa: E402
from steady import DEADLINE, until  # noqa: E402

HOG = HERE / "hog.py"
SECONDS = 2 * DEADLINE  # unless it is ended before
WITHIN = 5
TRIES = 5


class Times:
    """How long what is asked for takes, while the attack goes on: of most, for what else a machine does may hold one up."""

    def __init__(self):
        self.took = []

    def of(self, what):
        begin = time.monotonic()
        got = what()
        self.add(time.monotonic() - begin, got)
        return got

    def add(self, seconds, got):
        self.took.append(seconds)
        print(f"{seconds:.2f} s: {str(got).strip()[:150]!r}", flush=True)

    def student(self, room, line):
        """Of a line of shell on the student's side, without what it takes to make that side."""
        out = room.student("bash", "-c", f"begin=$EPOCHREALTIME; {line}; echo; echo $begin $EPOCHREALTIME", check=False)
        text, _, last = out.rstrip().rpartition("\n")
        begin, end = map(float, last.split())
        self.add(end - begin, text)
        return text

    def look(self):
        require(sorted(self.took)[len(self.took) // 2] < WITHIN, self.took)


class Hog:
    """A program that takes what it can."""

    def __init__(self, command, env):
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env)
        self.said = []
        self.thread = threading.Thread(target=lambda: self.said.extend(self.process.stdout), daemon=True)
        self.thread.start()

    def has_its_places(self):
        """Whether it has held no more than before for a second: it tells ten times a second how many it holds."""
        held = [int(line.split()[1]) for line in list(self.said) if line.startswith("holding ")]
        return len(held) > 10 and held[-1] and max(held[-10:]) <= max(held[:-10])

    def end(self):
        self.process.terminate()
        self.process.wait(DEADLINE)
        self.thread.join()
        print("hog:", *self.said[-1:], flush=True)


@contextlib.contextmanager
def hogs(*commands):
    running = [Hog(command, env) for command, env in commands]
    try:
        until(lambda: all(h.has_its_places() for h in running))
        yield
        require(all(h.process.poll() is None for h in running), "the attack ended too early")
    finally:
        for h in running:
            h.end()


def range_hogs(room, port, each):
    """Three programs with together 64 addresses: in a range each may have 256 descriptors."""
    return [(room.command("range", f"--join={room.name}", f"--show={HOG}:/tmp/hog.py", "--", "/usr/bin/python3", "/tmp/hog.py",
                          TARGET, str(port), str(SECONDS), str(each), f"10.10.0.{first}", str(n)), room.environment())
            for first, n in ((64, 22), (86, 21), (107, 21))]


def full(room, *ports):
    times = Times()
    for _ in range(TRIES):
        if 1110 in ports:
            out = times.student(room, f"echo list | nc -N {TARGET} 1110")
            require("Briefing of class" in out and "raw-ipv4" in out, "the briefing:", out)
        if 1111 in ports:
            out = times.student(room, f"echo smith | nc -N {TARGET} 1111")
            require("flag{stream-sender.smith" in out, "the stream target:", out)
    times.look()


def classroom(roster=None, **more):
    """The neighbour's address is in no network of the host's."""
    return Classroom(os.path.dirname(desk.wiregrade), roster=roster, range_options=["--neighbours=120"], **more)


def case_briefing(roster=None):
    with classroom(roster) as room:
        flag = room.flag("raw-tcp")
        with hogs(*range_hogs(room, 1110, 180)):
            full(room, 1110)
            out = room.student("bash", "-c", f"echo submit '{flag}' | nc -N {TARGET} 1110")
            require("OK: raw-tcp for smith" in out, "submit:", out)


def case_roster():
    """The host has the addresses of twenty students; what it holds of them beyond one each goes like any other."""
    case_briefing("handle,name,email,address\nsmith,S,s@example.org,10.10.0.40\n" +
                  "".join(f"host{n},H,h{n}@example.org,10.10.0.{64 + n}\n" for n in range(20)))


def case_streams():
    """With few descriptors: 200 places of streams, and 100 of the briefing."""
    with classroom(before="ulimit -n 400") as room:
        with hogs(*range_hogs(room, 1111, 120), *range_hogs(room, 1110, 60)):
            full(room, 1110, 1111)


def local_hog(port, count, first="127.0.1.64"):
    return [sys.executable, str(HOG), "127.0.0.1", str(port), str(SECONDS), str(count), first, "64"], None


def case_intake():
    b, c = daemon.room()
    flags = [c.flag(slug) for slug in daemon.SLUGS]
    times = Times()
    with daemon.Serve(c) as s:
        with hogs(local_hog(s.intake, 540)):
            for n in range(TRIES):
                for flag in flags:
                    answers = times.of(lambda flag=flag: s.hand_in(flag))
                    require([daemon.word(a) for a in answers] == ["DUP" if n else "OK"], "the intake:", answers)
            # guesses of the neighbour's own, and after them a right flag all the same
            words = [daemon.word(a) for a in s.hand_in(*["flag{raw-ipv4.smith.aaaa-aaaa-aaaa-aaaa}"] * 40, flags[0])]
            require(words[-2:] == ["LIMIT", "DUP"], words)
            # a line that comes in two parts is one
            with socket.create_connection(("127.0.0.1", s.intake), timeout=DEADLINE) as slow:
                slow.sendall(flags[1][:20].encode())
                time.sleep(1.5)
                slow.sendall(flags[1][20:].encode() + b"\n")
                answer = slow.recv(4096).decode()
                require(daemon.word(answer) == "DUP", answer)
    times.look()
    b.stop()


def case_metrics():
    """/healthz while silent connections stand open: of its own address, and of 64 others."""
    b, c = daemon.room()
    times = Times()
    with daemon.Serve(c) as s:
        idle = [socket.create_connection(("127.0.0.1", s.metrics), timeout=DEADLINE) for _ in range(100)]
        with hogs(local_hog(s.metrics, 200)):
            for path in ["/healthz", "/metrics"] * TRIES:
                require(times.of(lambda path=path: s.get(path))[0] == 200, path)
        for i in idle:
            i.close()
    times.look()
    b.stop()


def main():
    desk.wiregrade, desk.course = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    with tempfile.TemporaryDirectory(prefix="wiregrade-rooms-") as scratch:
        desk.scratch = scratch
        globals()["case_" + sys.argv[3]]()


if __name__ == "__main__":
    main()
