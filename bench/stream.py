"""stream.py - connect, send a line, read the flag, close; beside servers that do no more than that.

The load's own processor time is as much as a server's, so a server's time for an exchange is the figure; exchanges a
second are told beside it. In a range on one machine both share its cores."""
import os
import pathlib
import re
import subprocess
import time

from measure import HERE, part, processor_so_far, resident_bytes, turns
from room import NEIGHBOURS, TARGET, Room, end, pid_of

ROUNDS, COUNT, IDLE = 5, 1000, 10_000
CLIENTS = (1, 32, 240)  # a range gives a student's program 256 descriptors
SHELL = "/tmp/answer.sh"


def sockets(pid):
    """TCP sockets on the side of the process: of a target that has given up its rights, /proc tells others no descriptors."""
    found = re.search(r"^TCP: inuse (\d+)", pathlib.Path(f"/proc/{pid}/net/sockstat").read_text(encoding="ascii"), re.M)
    return int(found[1])


class Inside:
    """The student's network without a range's ceilings: 10,000 sockets are over them, and end the programs there."""

    def __init__(self, room):
        sleeper = room.beside("sleep", "600", side="student")
        pid = pid_of(sleeper, "sleep")
        self.fds = {kind: os.open(f"/proc/{pid}/ns/{kind}", os.O_RDONLY) for kind in ("net", "user")}
        end(sleeper)

    def start(self, *words, **more):
        user = [] if os.getuid() == 0 else [f"--user=/proc/self/fd/{self.fds['user']}", "--preserve-credentials"]
        return subprocess.Popen(["prlimit", f"--nofile={IDLE + 50}", "nsenter", f"--net=/proc/self/fd/{self.fds['net']}", *user, *words],
                                pass_fds=self.fds.values(), text=True, **more)


def exchanges(room, port, clients, count, inside=None):
    """(a second, median us, p99 us, flags, not within a second). inside: without ceilings."""
    words = ["stream", TARGET, str(port), str(count), str(NEIGHBOURS), str(clients)]
    if inside:
        out = inside.start(room.bin / "bench_load", *words, stdout=subprocess.PIPE).communicate(timeout=60)[0]
    else:
        out = room.student("/tmp/load", *words, show={room.bin / "bench_load": "/tmp/load"}, seconds=60)
    return [int(word) for word in out.split()[:5]]


def case(room, port, pid, clients, count=COUNT, inside=None):
    """Processor time that the server below pid takes for an exchange."""
    def run():
        before = processor_so_far(pid)
        rate, _, p99, flags, _ = exchanges(room, port, clients, count, inside)
        took = processor_so_far(pid) - before
        return {"us": took / max(flags, 1) * 1e6, "rate": rate, "p99": p99, "lost": count - flags}
    return run


def servers(row, room):
    """{case: (port, its process, the program's name, exchanges a round)}."""
    found = {"bare epoll server in C": (7001, room.beside("/tmp/bare", "stream", "7001", show={row.bin / "bench_bare": "/tmp/bare"}),
                                        "bare", COUNT)}
    found["the slides' Python receiver"] = (
        7002, room.beside("/usr/bin/python3", "/tmp/r.py", "stream", "7002", show={HERE / "peers/receivers.py": "/tmp/r.py"}),
        "python3", COUNT)
    answer = {HERE / "peers/answer.sh": SHELL}
    if socat := row.program("socat"):
        found["socat, fork and a shell"] = (7003, room.beside(socat, "TCP-LISTEN:7003,reuseaddr,fork,backlog=1024",
                                                              f"EXEC:{SHELL}", show=answer), "socat", COUNT // 10)
    if ncat := row.program("ncat"):
        found["ncat -k and a shell"] = (7004, room.beside(ncat, "-lk", "-m", "300", "-p", "7004", "-e", SHELL, show=answer), "ncat",
                                        COUNT // 10)
    return found


def idle(room, inside, port, pid):
    """Connections that say nothing: (the process that holds them, how many, bytes of one in the server)."""
    before, started = resident_bytes(pid), sockets(pid)
    holder = inside.start(room.bin / "bench_load", "idle", TARGET, str(port), str(IDLE), str(NEIGHBOURS))
    until = time.monotonic() + 10
    while (held := sockets(pid) - started) < IDLE and time.monotonic() < until:
        time.sleep(0.1)
    # the kernel has them before the server does
    now, last = resident_bytes(pid), 0
    while now != last and time.monotonic() < until + 10:
        time.sleep(0.5)
        now, last = resident_bytes(pid), now
    return holder, held, (now - before) / max(held, 1)


def measure_idle(row, room, cases):
    figures = {"bytes": {}, "us": {}}
    inside = Inside(room)
    for name, (port, pid, _) in cases.items():
        holder, held, each = idle(room, inside, port, pid)
        try:
            figures["bytes"][name] = [each]
            figures["us"][name] = [case(room, port, pid, 32, inside=inside)()["us"] for _ in range(3)]
            row.note(f"{name} held {held:,} idle connections")
        finally:
            end(holder)
    row.add("an idle connection", "bytes resident in the server", figures["bytes"])
    row.add("an exchange beside the idle connections, 32 clients", "us of the server's processor time", figures["us"])


def measure(row):
    with Room(row.bin) as room:
        found = servers(row, room)
        try:
            cases = {"wiregrade-target": (1111, room.target_pid(), COUNT)}
            cases |= {name: (port, pid_of(process, program), count) for name, (port, process, program, count) in found.items()}
            for clients in CLIENTS:
                got = turns({name: case(room, port, pid, clients, count) for name, (port, pid, count) in cases.items()},
                            ROUNDS if clients == 32 else 3)
                row.add(f"an exchange, {clients} client{'s' * (clients > 1)} at once", "us of the server's processor time",
                        part(got, "us"))
                row.add(f"exchanges, {clients} client{'s' * (clients > 1)} at once", "a second", part(got, "rate"), better="more")
                for name, lost in part(got, "lost").items():
                    if sum(lost):
                        row.note(f"{name}, {clients} clients: {sum(lost)} of {len(lost) * cases[name][2]} were not answered")
            measure_idle(row, room, {name: cases[name] for name in ("wiregrade-target", "bare epoll server in C")})
        finally:
            for _, process, *_ in found.values():
                end(process)
