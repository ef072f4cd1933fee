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
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))
import desk  # noqa: E402
import daemon  # noqa: E402
from classroom import TARGET, Classroom, require  # noqa: E402

HOG = HERE / "hog.py"
SECONDS = 30
WITHIN = 5
TRIES = 5


def timed(what):
    begin = time.monotonic()
    got = what()
    took = time.monotonic() - begin
    print(f"{took:.2f} s: {str(got).strip()[:150]!r}", flush=True)
    return got, took


@contextlib.contextmanager
def hogs(*commands, head_start=3):
    """Programs that take what they can, meanwhile."""
    running = [subprocess.Popen(c, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                env=e) for c, e in commands]
    try:
        time.sleep(head_start)  # they take their places: the attack itself, and not a wait for something
        yield
        require(all(h.poll() is None for h in running), "the attack ended too early")
    finally:
        for h in running:
            h.terminate()
            text = h.communicate()[0]
            print("hog:", *text.strip().splitlines()[-1:], flush=True)


def range_hogs(room, port, each):
    """Three programs with together 64 addresses: in a range each may have 256 descriptors."""
    return [(room.command("range", f"--join={room.name}", f"--show={HOG}:/tmp/hog.py", "--", "/usr/bin/python3", "/tmp/hog.py",
                          TARGET, str(port), str(SECONDS), str(each), f"10.10.0.{first}", str(n)), room.environment())
            for first, n in ((64, 22), (86, 21), (107, 21))]


def full(room, *ports):
    for _ in range(TRIES):
        if 1110 in ports:
            out, took = timed(lambda: room.student("bash", "-c", f"echo list | timeout 9 nc -N {TARGET} 1110", check=False))
            require("Briefing of class" in out and "raw-ipv4" in out and took < WITHIN, "the briefing:", out)
        if 1111 in ports:
            out, took = timed(lambda: room.student("bash", "-c", f"echo smith | timeout 9 nc -N {TARGET} 1111", check=False))
            require("flag{stream-sender.smith" in out and took < WITHIN, "the stream target:", out)


def classroom(roster=None, **more):
    """The neighbour's address is in no network of the host's."""
    return Classroom(os.path.dirname(desk.wiregrade), roster=roster, range_options=["--neighbours=120"], **more)


def case_briefing(roster=None):
    with classroom(roster) as room:
        flag = room.flag("raw-tcp")
        with hogs(*range_hogs(room, 1110, 180)):
            full(room, 1110)
            out, took = timed(lambda: room.student("bash", "-c", f"echo submit '{flag}' | timeout 9 nc -N {TARGET} 1110",
                                                   check=False))
            require("OK: raw-tcp for smith" in out and took < WITHIN, "submit:", out)


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
    with daemon.Serve(c) as s:
        with hogs(local_hog(s.intake, 540)):
            for n in range(TRIES):
                for flag in flags:
                    answers, took = timed(lambda flag=flag: s.hand_in(flag))
                    require([daemon.word(a) for a in answers] == ["DUP" if n else "OK"] and took < WITHIN, "the intake:",
                            answers)
            # guesses of the neighbour's own, and after them a right flag all the same
            words = [daemon.word(a) for a in s.hand_in(*["flag{raw-ipv4.smith.aaaa-aaaa-aaaa-aaaa}"] * 40, flags[0])]
            require(words[-2:] == ["LIMIT", "DUP"], words)
            # a line that comes in two parts is one
            with socket.create_connection(("127.0.0.1", s.intake), timeout=9) as slow:
                slow.sendall(flags[1][:20].encode())
                time.sleep(1.5)
                slow.sendall(flags[1][20:].encode() + b"\n")
                answer = slow.recv(4096).decode()
                require(daemon.word(answer) == "DUP", answer)
    b.stop()


def case_metrics():
    """/healthz while silent connections stand open: of its own address, and of 64 others."""
    b, c = daemon.room()
    with daemon.Serve(c) as s:
        idle = [socket.create_connection(("127.0.0.1", s.metrics), timeout=9) for _ in range(100)]
        with hogs(local_hog(s.metrics, 200), head_start=1):
            for path in ["/healthz", "/metrics"] * TRIES:
                (status, _), took = timed(lambda path=path: s.get(path))
                require(status == 200 and took < WITHIN, path, status)
        for i in idle:
            i.close()
    b.stop()


def main():
    desk.wiregrade, desk.course = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    with tempfile.TemporaryDirectory(prefix="wiregrade-rooms-") as scratch:
        desk.scratch = scratch
        globals()["case_" + sys.argv[3]]()


if __name__ == "__main__":
    main()
