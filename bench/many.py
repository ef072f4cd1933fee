"""many.py - what scale is made of: a class with its store in PostgreSQL, targets whose journals are written here, what runs
beside them, and the students who hand in."""
import collections
import json
import pathlib
import re
import selectors
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

from measure import ROOT, end
from scoreboard import SLUGS, class_at

sys.path.insert(0, str(ROOT / "tests/support"))
import postgres  # noqa: E402  pylint: disable=wrong-import-position

# as a server is, but for memory
SETTINGS = ("shared_buffers=128MB", "max_connections=60", "listen_addresses=")
REST = 0.2  # s
SECONDS = 600  # the longest that anything is waited for
REASONS = (("ip.ttl", "WRONG_VALUE"), ("ip.id", "BYTE_ORDER"), ("udp.dstport", "WRONG_VALUE"), ("ip.checksum", "CHECKSUM_ZERO"))
WIRE = ["raw-ipv4", "raw-tcp", "datagram-hex", "stream-base64"]
FRAME = "RQAAVAABAABAAQAACgoAKAoKAAEIAPf/AAAAAGFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3YWJjZGVmZ2hpamtsbW5vcHFyc3R1dndhYmNkZWZnaGk="


def until(what, seconds=SECONDS):
    """Waits for what() to be true; returns it."""
    deadline = time.monotonic() + seconds
    while not (got := what()):
        if time.monotonic() > deadline:
            raise SystemExit(f"bench/scale: it did not come about in {seconds} s: {what.__name__}")
        time.sleep(0.02)
    return got


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def peak_bytes(pid):
    """The most that was resident of a process."""
    return int(re.search(r"VmHWM:\s+(\d+) kB", pathlib.Path(f"/proc/{pid}/status").read_text())[1]) * 1024


def share_bytes(pid):
    """What is resident of a process, its part alone of what it shares with others."""
    try:
        return int(re.search(r"^Pss:\s+(\d+) kB", pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M)[1]) * 1024
    except OSError:
        return 0


class Running:
    """A program of ours that is started again however it ends, as its unit does."""

    def __init__(self, command, folder, log):
        self.command, self.folder, self.log, self.ended, self.peak = list(map(str, command)), folder, log, 0, 0
        self.start()

    def start(self):
        with open(self.log, "a", encoding="utf-8") as log:
            self.process = subprocess.Popen(self.command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def look(self):
        """Remembers how much it took, and starts it again if it has ended."""
        if self.process.poll() is None:
            try:
                self.peak = max(self.peak, peak_bytes(self.process.pid))
            except (OSError, TypeError):
                pass
            return
        self.ended += 1
        self.start()

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.start()

    def stop(self):
        self.look()
        end(self.process)


class Serve(Running):
    def __init__(self, room, n):
        self.intake, self.metrics = free_port(), free_port()
        super().__init__([room.bin / "wiregrade", "serve", "--intake", f"127.0.0.1:{self.intake}", "--metrics",
                          f"127.0.0.1:{self.metrics}"], room.folder, room.folder / f"serve{n}.log")

    def up(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics}/livez", timeout=5) as answer:
                return answer.status == 200
        except (OSError, urllib.error.URLError):
            return False


class Target:
    """Writes lines as a target does (docs/journal.md), and counts what they say."""

    def __init__(self, room, n):
        self.room, self.n, self.lines, self.files = room, n, 0, 0
        self.near, self.passes = collections.Counter(), collections.Counter()  # (student, slug): tries
        self.reasons, self.solved = collections.Counter(), set()
        self.journal = room.folder / f"target{n}.jsonl"
        self.begin()

    def write(self, lines):
        with open(self.journal, "a", encoding="utf-8") as f:
            f.write("".join(json.dumps(line) + "\n" for line in lines))
        self.lines += len(lines)

    def begin(self):
        when = f"2026-11-22T{self.n % 24:02}:{self.files % 60:02}:{self.n // 24 % 60:02}.{self.files // 60:06}+00:00"
        self.write([{"time": when, "event": "start", "class": self.room.word, "course": self.room.course, "key": self.room.key,
                     "targets": len(WIRE), "ceiling": 256 << 20}])
        self.files += 1

    def rotate(self):
        """As logrotate and SIGHUP do."""
        older = sorted(self.journal.parent.glob(self.journal.name + ".*"), key=lambda p: -int(p.suffix[1:]))
        for path in older:
            path.rename(path.with_suffix(f".{int(path.suffix[1:]) + 1}"))
        self.journal.rename(self.journal.with_name(self.journal.name + ".1"))
        self.begin()

    def tries(self, n, draw):
        """n near misses and passes, of students at random."""
        lines = []
        for _ in range(n):
            student, slug, port = f"student{draw.randrange(self.room.students)}", draw.choice(WIRE), draw.randrange(1024, 65536)
            line = {"time": "2026-11-22T18:47:33.309128+00:00", "event": "attempt", "slug": slug, "kind": "packet", "student": student,
                    "source": "10.10.0.40", "port": port, "own_host": True}
            if draw.random() < 0.2:
                self.passes[student, slug] += 1
                lines.append({**line, "verdict": "pass", "right": 9, "judged": 9, "answer": "queued", "findings": []})
                continue
            self.near[student, slug] += 1
            failed = draw.sample(REASONS, draw.randrange(1, 3))
            for field, code in failed:
                self.reasons[slug, field, code] += 1
            findings = [{"field": field, "status": "fail", "expected": "64", "got": str(port), "codes": [code],
                         "why": f"{field} was {port}, where 64 is asked for", "try": "struct.pack('!H', value) writes it as the network has it"}
                        for field, code in failed]
            lines.append({**line, "verdict": "near", "right": 9 - len(failed), "judged": 9, "answer": "report", "first": failed[0][1],
                          "first_field": failed[0][0], "findings": findings, "link": "ethernet", "frame_bytes": 84, "frame": FRAME})
        self.write(lines)

    def briefing(self, pairs):
        """Flags of (student, slug) that were handed in at the briefing."""
        when, source, port = "2026-11-22T18:47:33.309128+00:00", "10.10.0.40", 4711
        proofs = self.room.flags(f"{slug} {student} {source} {port} {when}" for student, slug in pairs)
        self.write([{"time": when, "event": "submit", "slug": slug, "student": student, "key": self.room.key, "via": "briefing",
                     "source": source, "port": port, "by": None, "proof": proof} for (student, slug), proof in zip(pairs, proofs)])
        self.solved |= set(pairs)

    def bytes(self):
        return sum(p.stat().st_size for p in self.journal.parent.glob(self.journal.name + "*"))


class Room:
    """A class of so many students with its store in a PostgreSQL, and a role there for each of its targets."""

    def __init__(self, binaries, folder, server, students, url="http://127.0.0.1:9", token="none"):
        self.bin, self.server, self.students = binaries, server, students
        self.folder = class_at(binaries, folder, url, token, students)
        self.store = server.fresh()
        self.schema = self.store.rpartition("%3D")[2]
        at = self.folder / "class.yml"
        text = re.sub("(?m)^store: .*", lambda _: f"store: {self.store}", at.read_text()).replace("[target.jsonl]", "[]")
        at.write_text(text + "\npaste: audit\n")
        self.word = re.search('(?m)^class: *"(.+)"', text)[1]
        self.course = re.search(r"(?m)^id: *(\S+)", (ROOT / "challenges/course.yml").read_text())[1]
        self.key = self.run("key", "show").split()[0]
        self.running = []

    def run(self, *words):
        return subprocess.run([self.bin / "wiregrade", *words], cwd=self.folder, check=True, capture_output=True, text=True).stdout

    def flags(self, lines):
        """bench_flags' answers."""
        done = subprocess.run([self.bin / "bench_flags", self.folder / "course.key", self.course, self.word], input="\n".join(lines),
                              check=True, capture_output=True, text=True)
        return done.stdout.split()

    def serves(self, n):
        made = [Serve(self, k) for k in range(n)]
        self.running += made
        until(lambda: all(s.up() for s in made), 30)
        return made

    def ships(self, targets):
        made = []
        for t in targets:
            subprocess.run([postgres.programs() / "psql", "-Xq", "-d", self.store, "-v", f"target={self.schema}_{t.n}", "-f",
                            ROOT / "packaging/postgresql.sql"], check=True, stdin=subprocess.DEVNULL, capture_output=True)
            made.append(Running([self.bin / "wiregrade", "ship", "--to", self.server.url(self.schema, f"{self.schema}_{t.n}"), t.journal],
                                self.folder, self.folder / f"ship{t.n}.log"))
        self.running += made
        return made

    def sql(self, text):
        return self.server.sql(text, self.store)

    def number(self, text):
        """The first of a row; -1 while the database is not there."""
        try:
            return self.sql(text)[0][0]
        except RuntimeError:
            return -1

    def look(self):
        for one in self.running:
            one.look()

    def close(self):
        for one in self.running:
            one.stop()


def verdict(room, targets, solved):
    """Compares the store with what was written and with the (student, slug) that were handed in, and tells: how many of all are lost or
    doubled."""
    near, passes, reasons = (sum((getattr(t, what) for t in targets), collections.Counter()) for what in ("near", "passes", "reasons"))
    rows = room.sql("SELECT student, slug, n_near, n_pass FROM attempts")
    pairs = (
        (near, {(student, slug): n for student, slug, n, _ in rows}),
        (passes, {(student, slug): n for student, slug, _, n in rows}),
        (reasons, {(slug, field, code): n for slug, field, code, n in room.sql("SELECT slug, field, code, n FROM reasons")}),
        (collections.Counter(solved.union(*(t.solved for t in targets))), collections.Counter(room.sql("SELECT student, slug FROM solve"))))
    lost = sum(max(0, n - kept.get(what, 0)) for written, kept in pairs for what, n in written.items())
    doubled = sum(max(0, n - written.get(what, 0)) for written, kept in pairs for what, n in kept.items())
    tries, told, solves = sum(near.values()) + sum(passes.values()), sum(reasons.values()), sum(pairs[3][0].values())
    print(f"of {tries} tries, their {told} reasons and {solves} solves: {lost} lost, {doubled} doubled", flush=True)
    return lost + doubled


class Students:
    """Hand in flags at all daemons, one at a time a connection, each until it is taken. After ERR, which comes at once while the
    database is away, a connection rests: the number of those answers would tell nothing but how fast one can ask."""

    def __init__(self, serves, flags, connections):
        self.left, self.total, self.took = collections.deque(flags), len(flags), []
        self.again, self.refused, self.cut = set(), 0, 0  # flags that were not taken at first; answers ERR; connections that ended unanswered
        self.serves, self.selector, self.resting = serves, selectors.DefaultSelector(), collections.deque()
        for n in range(connections):
            self.connect(n)

    def connect(self, n):
        """A connection, from an address that not too many have."""
        s = socket.socket()
        s.bind((f"127.0.1.{1 + n // 8}", 0))
        s.setblocking(False)
        s.connect_ex(("127.0.0.1", self.serves[n % len(self.serves)].intake))
        self.selector.register(s, selectors.EVENT_WRITE, Waits(n))

    def drop(self, s, waits):
        """Nobody is there, or no more: what was not answered is handed in again."""
        self.selector.unregister(s)
        s.close()
        if waits.flag:
            self.cut += 1
            self.later(waits)
        self.connect(waits.n)

    def later(self, waits):
        self.left.append(waits.flag)
        self.again.add(waits.flag)

    def send(self, s, waits):
        waits.flag, waits.heard = self.left.popleft() if self.left else None, b""
        if waits.flag:
            waits.since = time.monotonic()
            s.sendall((waits.flag + "\n").encode())
        self.selector.modify(s, selectors.EVENT_READ, waits)

    def answered(self, s, waits):
        word = waits.heard.decode().split(" ")[1]
        if word in ("OK", "DUP"):
            self.took.append(time.monotonic() - waits.since)
        elif word == "ERR":
            self.refused += 1
            self.later(waits)
            self.selector.unregister(s)
            self.resting.append((time.monotonic() + REST, s, waits))
            return
        else:
            raise SystemExit(f"bench/scale: {waits.heard.decode()}")
        self.send(s, waits)

    def step(self, s, waits, events):
        if events & selectors.EVENT_WRITE:
            if s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                raise ConnectionError
            self.send(s, waits)
            return
        data = s.recv(65536)
        if not data:
            raise ConnectionError
        waits.heard += data
        if waits.heard.endswith(b"\n"):
            self.answered(s, waits)

    def some(self, seconds):
        """Goes on for so long; True when all are taken."""
        end_at = time.monotonic() + seconds
        while len(self.took) < self.total and time.monotonic() < end_at:
            while self.resting and self.resting[0][0] < time.monotonic():
                _, s, waits = self.resting.popleft()
                waits.flag = None
                self.selector.register(s, selectors.EVENT_WRITE, waits)
            for key, events in self.selector.select(0.05):
                try:
                    self.step(key.fileobj, key.data, events)
                except OSError:
                    self.drop(key.fileobj, key.data)
        return len(self.took) == self.total

    def done(self):
        for s in [key.fileobj for key in self.selector.get_map().values()] + [s for _, s, _ in self.resting]:
            s.close()
        self.selector.close()

    def trouble(self):
        return (f"of {self.total} flags {len(self.again)} were handed in more than once: {self.refused} answers ERR (at most one in "
                f"{REST} s a connection), {self.cut} connections that ended before the answer")

    def p99_ms(self):
        return sorted(self.took)[-1 - len(self.took) // 100] * 1000


class Waits:
    """A connection: the flag that it has sent and not heard of."""

    def __init__(self, n):
        self.n, self.flag, self.heard, self.since = n, None, b"", 0
