#!/usr/bin/env python3
"""serve.py WIREGRADE COURSE CASE...: the class's daemon, from a flag on the wire to the scoreboard, through what
befalls it."""
import atexit
import json
import os
import pathlib
import random
import re
import resource
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import relay
from relay import Class, RealBoard, STUDENT, expect

SLUGS = ["stream-sender", "raw-ipv4", "raw-tcp", "datagram-hex"]


def until(what, seconds=20):
    """Waits for what() to be true; returns it."""
    deadline = time.monotonic() + seconds
    while not (got := what()):
        assert time.monotonic() < deadline, f"it did not come about: {what}"
        time.sleep(0.02)
    return got


class Board(RealBoard):
    """A wiregrade-board that may go away and come back at its port."""

    def __init__(self, name, *args):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        super().__init__(name, *args)
        self.args = ("--port", str(self.port), *args)

    def start(self):
        self.__enter__()
        atexit.register(self.process.kill)  # a case that fails leaves nothing behind
        return self

    def stop(self):
        self.__exit__()

    def reset(self):
        """As new, with other numbers: what an instructor does who re-imports or begins anew."""
        self.stop()
        for path in (*self.dir.glob("b.db*"), self.dir / "token"):
            path.unlink()
        self.start()

    def user(self, name, **more):
        return self.api("POST", "/users", {"name": name, "password": os.urandom(12).hex(), **more})["data"]["id"]

    def solves(self):
        rows, page = [], 1
        while page:
            got = self.api("GET", f"/submissions?type=correct&per_page=100&page={page}")
            rows += got["data"]
            page = got["meta"]["pagination"]["next"]
        return rows


class Serve:
    """`wiregrade serve` of a class, for a with statement."""

    def __init__(self, c, *args, limit=None):
        self.c, self.args, self.limit = c, args, limit
        self.notices = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notices.bind(str(c.dir / f"notify{os.urandom(3).hex()}"))
        self.notices.settimeout(20)
        self.intake = self.metrics = 0

    def prepare(self):
        if self.limit:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (self.limit, resource.RLIM_INFINITY))

    def __enter__(self):
        self.log = open(self.c.dir / "serve.log", "a+", encoding="utf-8")
        self.process = subprocess.Popen(
            [relay.wiregrade, "serve", "--intake", f"127.0.0.1:{self.intake}", "--metrics",
             f"127.0.0.1:{self.metrics}", "--every", "1", *self.args],
            cwd=self.c.dir, stdout=subprocess.PIPE, stderr=self.log, text=True, preexec_fn=self.prepare,
            env={**os.environ, "NOTIFY_SOCKET": self.notices.getsockname()})
        line = self.process.stdout.readline()
        match = re.fullmatch(r"serving class w1: flags to 127\.0\.0\.1:(\d+), /metrics and /healthz on "
                             r"http://127\.0\.0\.1:(\d+)\n", line)
        assert match, line + self.said()
        self.intake, self.metrics = int(match[1]), int(match[2])
        return self

    def __exit__(self, kind, *_):
        if self.process.poll() is None:
            self.process.terminate()
        begun = self.process.wait(20)
        self.process.stdout.close()
        if kind is None:
            assert begun == 0, self.said()
        elif begun != -9:
            print(self.said(), file=sys.stderr)
        assert "Sanitizer" not in self.said() and "runtime error" not in self.said(), self.said()

    def said(self):
        return (self.c.dir / "serve.log").read_text()

    def hand_in(self, *lines, source="127.0.0.1"):
        """The answers to lines, sent in one connection."""
        with socket.create_connection(("127.0.0.1", self.intake), timeout=20, source_address=(source, 0)) as s:
            s.sendall("".join(l + "\n" for l in lines).encode())
            s.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: s.recv(65536), b"")).decode().splitlines()

    def get(self, path):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics}{path}", timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def metric(self, name):
        text = self.get("/metrics")[1]
        match = re.search(rf"^{re.escape(name)} (\S+)$", text, re.M)
        assert match, text
        return float(match[1])


def word(answer):
    """The word of an answer to a line without blanks."""
    return answer.split(" ")[1]


def room(name="board", roster=None, paste=None, mode="users", users=(STUDENT,)):
    """A board with the course on it and a class at it."""
    b = Board(name, "--mode", mode).start()
    for user in users:
        b.user(user, email=f"{user}@example.edu")
    c = Class(b.url, mode=mode, token=b.token, roster=roster)
    if paste:
        with open(c.dir / "class.yml", "a", encoding="utf-8") as f:
            f.write(f"\npaste: {paste}\n")
    expect(c, 0, "raw-ipv4", c.run("deploy"))
    return b, c


def once(b, c, flags):
    """Every solve is on the scoreboard exactly once, and the store agrees."""
    rows = b.solves()
    pairs = [(r["user_id"], r["challenge_id"]) for r in rows]
    assert len(pairs) == len(set(pairs)) == flags, pairs
    assert c.states() == ["posted"] * flags, c.output


def posted(c, n):
    def all_posted():
        return c.states() == ["posted"] * n
    try:
        return until(all_posted)
    except AssertionError:
        print(c.output)
        raise


def case_words():
    """Each answer repeats its line and says what it was; right ones are posted without being asked to."""
    b, c = room()
    flag, other = c.flag("raw-ipv4"), c.flag("raw-tcp")
    with Serve(c) as s:
        sloppy = flag.upper().replace("FLAG{", "").rstrip("}")
        got = s.hand_in(flag, sloppy, "", "  hello there\x01", flag[:-10] + "aaaa-aaaa}", c.flag("raw-ipv4")[:30], "x" * 300)
        assert [g.split(" ")[0] for g in got[:2]] == [flag, sloppy], got
        assert got[0].startswith(f"{flag} OK right: {STUDENT} solved raw-ipv4; "), got
        assert got[1].startswith(f"{sloppy} DUP right: ") and "already known since" in got[1], got
        assert got[2].startswith("hello there? BAD wrong: this has not the form of a flag"), got
        assert word(got[3]) == "BAD" and word(got[4]) == "BAD" and got[5].startswith("x" * 200 + "... BAD "), got
        # without a newline at the end, as printf sends it
        with socket.create_connection(("127.0.0.1", s.intake), timeout=20) as raw:
            raw.sendall(other.encode())
            assert word(raw.recv(4096).decode()) == "OK"
        posted(c, 2)
        assert s.metric('wiregrade_intake_answers_total{word="OK"}') == 2
        assert s.metric('wiregrade_intake_answers_total{word="DUP"}') == 1
        assert s.metric('wiregrade_intake_answers_total{word="BAD"}') == 4
        until(lambda: s.metric('wiregrade_solves{state="posted"}') == 2)
        assert s.metric("wiregrade_posts_total") == 2 and s.metric("wiregrade_store_up") == 1
        assert s.get("/healthz") == (200, "ok\n") and s.get("/other")[0] == 404
        assert flag[-20:-1] not in s.said() and other[-20:-1] not in s.said(), s.said()
    once(b, c, 2)
    b.stop()


def case_limit():
    """Guesses are slowed down for the address they come from; a right flag is never refused."""
    b, c = room()
    flag = c.flag("raw-ipv4")
    with Serve(c) as s:
        words = [word(a) for a in s.hand_in(*[flag[:-5] + f"{n:04}".translate(str.maketrans("0189", "abcd")) + "}"
                                              for n in range(60)])]
        assert words[:30] == ["BAD"] * 30 and set(words[31:]) == {"LIMIT"}, words
        assert word(s.hand_in(flag)[0]) == "OK"
        # another address, and the student whom the guesses named, are free
        assert word(s.hand_in("nothing", source="127.0.0.9")[0]) == "BAD"
        posted(c, 1)
    b.stop()


def case_bulk():
    """A file of flags as long as may be: each line is answered, and the last is taken like the first."""
    b, c = room()
    flag, last = c.flag("raw-ipv4"), c.flag("raw-tcp")
    with Serve(c) as s:
        got = s.hand_in(*[flag] * 3000, last)
        assert [word(got[0]), word(got[-1])] == ["OK", "OK"] and len(got) == 3001, (len(got), got[-1])
        posted(c, 2)
    b.stop()


def case_borrowed():
    """From the address of somebody else a right flag reads as a wrong one; staff find it with its evidence."""
    roster = ("handle,name,email,address,role\nann,Ann,ann@example.edu,127.0.0.2,\nbob,Bob,bob@example.edu,127.0.0.3,\n"
              f"{STUDENT},S,{STUDENT}@example.edu,,\n")
    b, c = room(users=("ann", "bob", STUDENT))
    (c.dir / "roster.csv").write_text(roster)
    text = (c.dir / "class.yml").read_text()
    text = text.replace("# roster: roster.csv", "roster: roster.csv")
    (c.dir / "class.yml").write_text(text + "\npaste: off\n")
    ann, invented = c.flag("raw-ipv4", "ann"), c.flag("raw-ipv4", "ann")[:-10] + "aaaa-aaaa}"
    with Serve(c) as s:
        got = s.hand_in(ann, invented, source="127.0.0.3")
        assert got[0] == f"{ann} BAD wrong: mistyped, of another class, invented, or not yours", got
        assert got[1].partition(" ")[2] == got[0].partition(" ")[2], got
        for slip in (ann[:-2] + "1}", ann[:-2] + "}"):
            his, not_his = (s.hand_in(slip, source=f"127.0.0.{n}")[0].partition(" ")[2] for n in (2, 3))
            assert his == "BAD wrong: nearly ann's flag of raw-ipv4, with 1 letter mistyped; copy it anew", his
            assert not_his == got[0].partition(" ")[2], not_his
        assert word(s.hand_in(ann, source="127.0.0.2")[0]) == "OK"
        # who is not known by his address may show what he has
        assert word(s.hand_in(c.flag("raw-tcp", "bob"))[0]) == "OK"
        posted(c, 2)
        assert "borrowed: ann's flag of raw-ipv4 was handed in from the address of bob" in s.said(), s.said()
        expect(c, 0, r"bob", c.run("borrowed", "list", "--format", "json"))
        row, = json.loads(c.output[c.output.index("["):])
        assert (row["owner"], row["shower"], row["source"], row["slug"]) == ("ann", "bob", "127.0.0.3", "raw-ipv4"), row
        expect(c, 0, "dismissed", c.run("borrowed", "dismiss", str(row["id"]), "--by", "tutor", "--reason", "lab"))
    b.stop()


def case_audit():
    """What is entered on the scoreboard itself: right ones count, forged ones are taken back soon."""
    b, c = room(paste="audit", users=("ann", "bob"))
    ids = {r["name"]: r["id"] for r in b.api("GET", "/challenges?view=admin")["data"]}
    users = {u: b.api("GET", f"/users?view=admin&field=name&q={u}")["data"][0]["id"] for u in ("ann", "bob")}
    with Serve(c) as s:
        until(lambda: s.metric("wiregrade_watch_passes_total") >= 1)

        def enter(user, text):
            return b.api("POST", "/submissions", {"challenge_id": ids["Raw IPv4"], "user_id": users[user],
                                                  "type": "correct", "provided": text})["data"]["id"]
        forged = c.flag("raw-ipv4", "ann")[:-10] + "aaaa-aaaa}"
        begun = time.monotonic()
        row = enter("ann", forged)

        def revoked():
            return row not in [r["id"] for r in b.solves()]
        until(revoked)
        print(f"a forged row was taken back after {time.monotonic() - begun:.2f} s (--every 1)")
        right = enter("bob", c.flag("raw-ipv4", "bob"))
        posted(c, 1)
        assert [r["id"] for r in b.solves()] == [right]
        assert s.metric('wiregrade_watch_found_total{kind="revoked"}') == 1
        assert s.metric('wiregrade_watch_found_total{kind="solved"}') == 1
    b.stop()


def case_outage():
    """While the scoreboard is away flags are taken, and it says so; when it is back they are posted."""
    b, c = room()
    flags = [c.flag(slug) for slug in SLUGS]
    with Serve(c) as s:
        until(lambda: s.metric("wiregrade_watch_passes_total") >= 1)
        b.stop()
        assert [word(a) for a in s.hand_in(*flags)] == ["OK"] * 4
        code, text = until(lambda: (got := s.get("/healthz"))[0] == 503 and got)
        assert text.startswith("scoreboard, for ") and f"127.0.0.1:{b.port}" in text, text
        assert s.get("/livez") == (200, "ok\n")  # no reason to restart it
        assert s.metric('wiregrade_trouble{part="scoreboard"}') == 1
        assert s.metric('wiregrade_solves{state="waiting"}') == 4
        b.start()
        posted(c, 4)
        until(lambda: s.get("/healthz") == (200, "ok\n"))
        assert "scoreboard: well again after" in s.said()
    once(b, c, 4)
    b.stop()


def case_newer():
    """A newer version brings the tables up to date while this one serves: this one writes nothing more and says why, until the store is its own again."""
    b, c = room()
    flags = [c.flag(slug) for slug in SLUGS]

    def version(step):
        if c.server:
            c.sql(f"UPDATE schema_version SET version = version + {step}")
            # as whoever migrates does
            c.sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'wiregrade % {s.process.pid}'")
        else:
            c.sql(f"PRAGMA user_version = {c.sql('PRAGMA user_version')[0][0] + step}")

    with Serve(c) as s:
        assert word(s.hand_in(flags[0])[0]) == "OK"
        posted(c, 1)
        version(1)
        assert word(s.hand_in(flags[1])[0]) == "ERR"
        text = until(lambda: (got := s.get("/healthz"))[0] == 503 and got[1])
        assert "made by a newer wiregrade (version " in text and text.rstrip().endswith("update this machine, too"), text
        assert word(s.hand_in(flags[1])[0]) == "ERR" and c.sql("SELECT count(*) FROM solve")[0][0] == 1
        expect(c, 3, "made by a newer wiregrade", c.run("submit", flags[2]))
        version(-1)
        until(lambda: word(s.hand_in(flags[1])[0]) in ("OK", "AGAIN"))
        posted(c, 2)
        until(lambda: s.get("/healthz") == (200, "ok\n"))
        assert "made by a newer wiregrade" in s.said(), s.said()
    once(b, c, 2)
    b.stop()


def case_token():
    """A token that expires in the middle: what waits is held with the mend; a new one in its file is enough."""
    b, c = room()
    with Serve(c) as s:
        assert word(s.hand_in(c.flag("raw-ipv4"))[0]) == "OK"
        posted(c, 1)
        right = (c.dir / "ctfd.token").read_text().strip()
        c.token("ctfd_" + "0" * 64)
        assert word(s.hand_in(c.flag("raw-tcp"))[0]) == "OK"
        text = until(lambda: (got := s.get("/healthz"))[0] == 503 and got[1])
        assert "token" in text, text
        until(lambda: c.states() == ["held", "posted"])
        c.token(right)
        posted(c, 2)
        until(lambda: s.get("/healthz")[0] == 200)
    once(b, c, 2)
    b.stop()


def case_token_gone():
    """A token's file that is not there: what waits does, so does the daemon, and the file that comes is enough."""
    b, c = room()
    with Serve(c) as s:
        assert word(s.hand_in(c.flag("raw-ipv4"))[0]) == "OK"
        posted(c, 1)
        (c.dir / "ctfd.token").rename(c.dir / "away")
        text = until(lambda: (got := s.get("/healthz"))[0] == 503 and got[1])
        assert "ctfd.token" in text, text
        assert word(s.hand_in(c.flag("raw-tcp"))[0]) == "OK"

        def ticks():
            of = pathlib.Path(f"/proc/{s.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
            return int(of[11]) + int(of[12])  # utime, stime
        before = ticks()
        time.sleep(3)
        assert ticks() - before < 60, ticks() - before  # without a pause nearly 300
        (c.dir / "away").rename(c.dir / "ctfd.token")
        posted(c, 2)
        until(lambda: s.get("/healthz")[0] == 200)
    once(b, c, 2)
    b.stop()


def case_reset():
    """The scoreboard begins anew with other numbers: nothing goes to the wrong user, and reconcile says what is gone."""
    b, c = room()
    with Serve(c) as s:
        assert word(s.hand_in(c.flag("raw-ipv4"))[0]) == "OK"
        posted(c, 1)
        b.reset()
        for n in range(3):
            b.user(f"stranger{n}")
        assert word(s.hand_in(c.flag("raw-tcp"))[0]) == "OK"
        c.token(b.token)
        until(lambda: "held" in c.states() or s.get("/healthz")[0] == 503)
        user = b.user(STUDENT)
        expect(c, 0, "created", c.run("deploy"))
        c.token(b.token)

        def there():
            return [r["user_id"] for r in b.solves()] == [user]
        until(lambda: c.run("outbox", "run") in (0, 1) and there())
        said = until(lambda: (got := s.get("/healthz"))[0] == 503 and "solves, for" in got[1] and got[1])
        assert "1 solve that was posted is there no more" in said and "wiregrade reconcile" in said, said
        assert s.metric('wiregrade_trouble{part="solves"}') == 1
        expect(c, 1, "raw-ipv4", c.run("reconcile"))
        expect(c, 0, "", c.run("reconcile", "--fix"))
        until(lambda: sorted(r["user_id"] for r in b.solves()) == [user, user])
        until(lambda: s.get("/healthz")[0] == 200)
        lines = [line for line in s.said().splitlines() if ": solves: " in line]
        assert len(lines) == 2 and "well again" in lines[1], lines
    once(b, c, 2)
    b.stop()


def case_question():
    """A question's solve that was posted is there until it is deleted, though no flag of it is ever looked at."""
    b, c = room()
    c.submit(["raw-ipv4"])
    c.sql("UPDATE solve SET slug = 'socket-types'")  # as the demo does it, which has answers to try
    expect(c, 0, "1 posted", c.outbox())
    number = b.solves()[0]["id"]
    with Serve(c) as s:
        until(lambda: s.metric("wiregrade_watch_passes_total") > 0)
        assert s.get("/healthz")[0] == 200 and "there no more" not in s.said(), s.said()
        b.api("DELETE", f"/submissions/{number}")
        said = until(lambda: (got := s.get("/healthz"))[0] == 503 and got[1])
        assert "1 solve that was posted is there no more" in said, said
    b.stop()


def case_beside():
    """Other commands are of use while it runs; a second daemon is not."""
    b, c = room()
    with Serve(c) as s:
        assert word(s.hand_in(c.flag("raw-ipv4"))[0]) == "OK"
        assert s.metric("wiregrade_leads") == 1
        if not c.server:  # there, several may serve: postgres_store.py
            expect(c, 4, rf"process {s.process.pid} is `wiregrade serve` for this class already",
                   c.run("serve", "--intake", "127.0.0.1:0", "--metrics", "127.0.0.1:0"))
        c.submit(["raw-tcp"])
        posted(c, 2)
        expect(c, 0, "0 waiting", c.outbox())
        expect(c, 0, "", c.run("reconcile"))
        expect(c, 0, "unchanged", c.run("deploy"))
        expect(c, 0, "", c.run("borrowed", "list"))
        expect(c, 0, STUDENT, c.run("report"))
        other = Class(b.url, "class2", token=b.token)
        expect(other, 4, f"--intake: port {s.intake}/tcp of 127.0.0.1 is in use",
               other.run("serve", "--intake", f"127.0.0.1:{s.intake}", "--metrics", "127.0.0.1:0"))
    once(b, c, 2)
    b.stop()


def case_signals():
    """SIGHUP reads the class anew, or goes on when it is wrong; SIGTERM ends it; the service manager hears of all."""
    roster = f"handle,name,email\n{STUDENT},S,{STUDENT}@example.edu\n"
    b, c = room(roster=roster, users=(STUDENT, "late"))
    with open(c.dir / "class.yml", "a", encoding="utf-8") as f:
        f.write("\npaste: off\n")
    late = None
    c.brief("stream-sender", "late")
    with Serve(c) as s:
        assert s.notices.recv(512) == b"READY=1\nSTATUS=serving"
        until(lambda: "wiregrade_unplaced_flags 1\n" in s.get("/metrics")[1])
        until(lambda: "cannot place yet: 1;" in s.said())
        (c.dir / "roster.csv").write_text(roster + "late,L,late@example.edu\n")
        late = c.flag("raw-ipv4", "late")
        got, = s.hand_in(late)
        assert word(got) == "BAD" and "'late', who is not on the roster" in got, got
        (c.dir / "roster.csv").write_text(roster + "late,L\n")
        s.process.send_signal(signal.SIGHUP)
        until(lambda: "not read anew: roster.csv:3" in s.said() or "not read anew: " in s.said())
        assert word(s.hand_in(late)[0]) == "BAD"
        (c.dir / "roster.csv").write_text(roster + "late,L,late@example.edu\n")
        # what only a start needs is looked at before anything ends
        for name, place in (("ctfd.token", "ctfd.token: no such file"), ("course.key", "course.key: ")):
            (c.dir / name).rename(c.dir / "away")
            s.process.send_signal(signal.SIGHUP)
            until(lambda place=place: f"not read anew: ./{place}" in s.said())
            assert word(s.hand_in(late)[0]) == "BAD" and s.get("/healthz")[0] in (200, 503)
            (c.dir / "away").rename(c.dir / name)
        s.process.send_signal(signal.SIGHUP)
        # at the same ports, though any free ones had been asked for
        line = s.process.stdout.readline()
        assert line.startswith("serving class w1: flags to "), line
        assert [s.intake, s.metrics] == [int(n) for n in re.findall(r":(\d+)", line)], line
        assert s.notices.recv(512).startswith(b"RELOADING=1\n")
        assert s.notices.recv(512) == b"READY=1\nSTATUS=serving"
        assert word(s.hand_in(late)[0]) == "OK"
        posted(c, 2)
        assert "wiregrade_unplaced_flags 0\n" in s.get("/metrics")[1]
        s.process.terminate()
        assert s.notices.recv(512).startswith(b"STOPPING=1\n")
    b.stop()


def case_watchdog():
    """The service manager hears that it lives as often as it asks to."""
    b, c = room()
    os.environ["WATCHDOG_USEC"] = "400000"
    try:
        with Serve(c) as s:
            heard = [s.notices.recv(512) for _ in range(4)]
            assert heard.count(b"WATCHDOG=1") >= 3, heard
    finally:
        del os.environ["WATCHDOG_USEC"]
    b.stop()


def case_full_disk():
    """A disk that is full: the student reads ERR and hands in again later; nothing that was taken is lost."""
    b, c = room()
    c.submit(["raw-ipv4"])
    with Serve(c, limit=1 << 30) as s:
        posted(c, 1)
        resource.prlimit(s.process.pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
        got, = s.hand_in(flag := c.flag("raw-tcp"))
        assert word(got) == "ERR" and "hand it in again" in got, got
        code, text = s.get("/healthz")
        assert code == 503 and "store, for " in text and "wiregrade.db" in text, text
        resource.prlimit(s.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        assert word(s.hand_in(flag)[0]) == "OK"
        posted(c, 2)
        until(lambda: s.get("/healthz") == (200, "ok\n"))
    once(b, c, 2)
    b.stop()


def case_locked():
    """A store that another program holds for longer than anybody waits: nothing is held, and when it is free again
    what waits is posted at once, without a person and without the pause that a refused token has."""
    users = [STUDENT, "other"]
    b, c = room(users=users)
    c.submit(["raw-ipv4"])
    with Serve(c) as s:
        posted(c, 1)
        b.stop()
        assert word(s.hand_in(c.flag("raw-tcp", "other"))[0]) == "OK"
        db = sqlite3.connect(c.dir / "wiregrade.db", timeout=20, isolation_level=None)
        db.execute("BEGIN IMMEDIATE")
        db.execute("DELETE FROM known")
        db.execute("COMMIT")
        db.execute("BEGIN IMMEDIATE")
        b.start()
        until(lambda: "store, for " in s.get("/healthz")[1])
        time.sleep(7)  # held for more than one time-out, and less than two of who comes now
        db.execute("COMMIT")
        db.close()
        posted(c, 2)
        assert "held" not in s.said(), s.said()
        until(lambda: s.get("/healthz") == (200, "ok\n"))
    once(b, c, 2)
    b.stop()


def case_journals():
    """Journals are read as they grow; half a line waits for its other half; what cannot be read is told."""
    b, c = room()
    text = (c.dir / "class.yml").read_text()
    (c.dir / "class.yml").write_text(text.replace("[target.jsonl]", "[target.jsonl, other.jsonl]"))
    attempt = json.dumps({"time": "2026-11-22T18:47:33.309128+00:00", "event": "attempt", "slug": "raw-ipv4",
                          "student": STUDENT, "source": "10.10.0.40", "port": 0, "verdict": "near", "answer": "report",
                          "findings": [{"field": "ip.ttl", "status": "fail"}]})
    journal = c.dir / "target.jsonl"
    with Serve(c) as s, open(journal, "a", encoding="utf-8") as f:
        name = 'wiregrade_journal_lines_total'
        f.write(attempt + "\n" + attempt + "\n" + attempt[:40])
        f.flush()
        until(lambda: s.metric(name) == 2)
        f.write(attempt[40:] + "\n")
        f.flush()
        until(lambda: s.metric(name) == 3)
        assert s.metric("wiregrade_journal_cut_lines_total") == 0
        (c.dir / "other.jsonl").mkdir()
        text = until(lambda: (got := s.get("/healthz"))[0] == 503 and got[1])
        assert "other.jsonl" in text and text.startswith("journals, for "), text
        f.write(attempt + "\n")
        f.flush()
        until(lambda: s.metric(name) == 4)
        assert s.metric('wiregrade_attempts_total{challenge="raw-ipv4",verdict="near_miss"}') == 4
        (c.dir / "other.jsonl").rmdir()
        until(lambda: s.get("/healthz")[0] == 200)
        # of 10,000 bytes that its first line tells, more than 8,000: a trouble until it is moved away
        other = c.dir / "other.jsonl"
        start = json.dumps({"time": "2026-11-22T18:47:33.000000+00:00", "event": "start", "class": "w1", "course": "sockets",
                            "ceiling": 10000})
        other.write_text(start + "\n" + (attempt + "\n") * (7000 // len(attempt)))
        until(lambda: 0.6 < s.metric("wiregrade_journal_fill_ratio") < 0.8)
        assert s.get("/healthz")[0] == 200
        with open(other, "a", encoding="utf-8") as more:
            more.write((attempt + "\n") * (2000 // len(attempt)))
        text = until(lambda: (got := s.get("/healthz"))[0] == 503 and got[1])
        assert "other.jsonl is over 80 % of the size at which its target ends it" in text, text
        assert s.said().count("over 80 %") == 1, s.said()
        other.rename(c.dir / "other.jsonl.1")
        until(lambda: s.get("/healthz")[0] == 200)
        assert s.metric("wiregrade_journal_fill_ratio") == 0
    b.stop()


def case_starts_wrong():
    """What keeps it from starting is one sentence and a status."""
    b, c = room()
    args = ("serve", "--intake", "127.0.0.1:0", "--metrics", "127.0.0.1:0")
    for status, pattern, more in ((2, r"--intake nowhere: write ADDRESS:PORT", ("--intake", "nowhere")),
                                  (2, r'"1.2.3" is no address', ("--metrics", "1.2.3:1")),
                                  (2, r"--every 0: write at least 1", ("--every", "0")),
                                  (4, r"--intake: 192\.0\.2\.1 is no address of this machine",
                                   ("--intake", "192.0.2.1:0"))):
        expect(c, status, pattern, c.run(*args, *more))
    text = (c.dir / "class.yml").read_text()
    (c.dir / "class.yml").write_text(re.sub(r"(?m)^scoreboard:\n(?: .*\n)*", "", text))
    expect(c, 3, "names no `scoreboard:`", c.run(*args))
    (c.dir / "class.yml").write_text(text)
    (c.dir / "ctfd.token").chmod(0o644)
    expect(c, 3, "ctfd.token", c.run(*args))
    c.token(b.token)
    (c.dir / "wiregrade.db").unlink(missing_ok=True)
    (c.dir / "wiregrade.db").write_text("this is no database, and long enough to be seen as none" * 20)
    expect(c, 3, "wiregrade.db", c.run(*args))
    b.stop()


def mounted_read_only(c, *args, stdin):
    """Runs a command where all below its folder is read-only, in namespaces of its own."""
    mount = 'mount --bind . . && mount -o remount,ro,bind . && cd "$PWD" && exec "$@"'
    done = subprocess.run(["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount, "sh", relay.wiregrade, *args], cwd=c.dir, input=stdin,
                          text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=100, check=False)
    c.output = done.stdout
    return done.returncode


def case_readonly():
    """A class's folder that its user may not write: a sentence with the mend, and nothing half done."""
    b, c = room()
    flag, other = c.flag("raw-ipv4"), c.flag("raw-tcp")
    more = {}
    serving = ("serve", "--intake", "127.0.0.1:0", "--metrics", "127.0.0.1:0")
    # as the disk of a machine is after an error of it
    for args, status, pattern in ((("submit", "-"), 4, "mounted read-only; mount it for writing"), (("outbox", "run", "--once"), 4, "mounted read-only"),
                                  (serving, 4, "mounted read-only"), (("report", "--offline"), 4, "mounted read-only")):
        expect(c, status, pattern, mounted_read_only(c, *args, stdin=flag))
    if os.geteuid() == 0:
        for path in (pathlib.Path(relay.scratch), c.dir, *c.dir.iterdir()):
            path.chmod(path.stat().st_mode | 0o055 if path.is_dir() else 0o600)
            if path.is_file():
                os.chown(path, 65534, 65534)
        more = {"user": 65534, "group": 65534, "extra_groups": []}
    else:
        c.dir.chmod(0o555)
    try:
        for args in (serving, ("submit", "-"), ("outbox", "list")):
            expect(c, 4, r"wiregrade.db: not to be written by this user \(uid \d+\); .*folder", c.run(*args, stdin=flag, **more))
    finally:
        c.dir.chmod(0o755)
    expect(c, 0, "^$", c.run("outbox", "list"))
    # the folder is his, and the lock beside the store is not
    if more:
        os.chown(c.dir, 65534, 65534)
    expect(c, 0, "will be posted", c.run("submit", "-", stdin=flag, **more))
    (c.dir / "wiregrade.db.lock").chmod(0o444)
    expect(c, 4, r"wiregrade.db.lock: not to be written by this user", c.run("submit", "-", stdin=flag, **more))
    (c.dir / "wiregrade.db.lock").chmod(0o644)
    # what is made beside the file while it is read-only, stays that
    (c.dir / "wiregrade.db").chmod(0o444)
    expect(c, 0, "raw-ipv4", c.run("outbox", "list", **more))
    for path in sorted(c.dir.glob("wiregrade.db*")):
        if not path.stat().st_mode & 0o200:
            expect(c, 4, rf"{path.name}: not to be written by this user", c.run("submit", "-", stdin=other, **more))
            assert c.output.count("\n") == 1, c.output
            path.chmod(0o600)
    expect(c, 0, "will be posted", c.run("submit", "-", stdin=other, **more))
    expect(c, 0, "2 posted", c.run("outbox", "run", "--wait", "20", **more))
    once(b, c, 2)
    b.stop()


def case_kill():
    """SIGKILL at random moments while flags come in: all that was answered OK is posted, once."""
    seed = int(os.environ.get("WIREGRADE_TEST_SEED", random.randrange(10**9)))
    print("seed", seed)
    draw = random.Random(seed)
    users = [f"s{n}" for n in range(10)]
    b, c = room(users=users)
    flags = [c.flag(slug, user) for user in users for slug in SLUGS]
    todo, rounds = list(flags), 0
    while todo or c.states() != ["posted"] * len(flags):
        rounds += 1
        s = Serve(c).__enter__()
        killer = time.monotonic() + draw.uniform(0, 0.1)
        while time.monotonic() < killer:
            if todo and word(s.hand_in(todo[0])[0]) in ("OK", "DUP"):
                todo.pop(0)
            time.sleep(draw.uniform(0, 0.01))
        s.process.kill()
        s.process.wait()
        assert rounds < 500
    print(f"killed {rounds} times")
    once(b, c, len(flags))
    b.stop()


def cases():
    return {k[5:]: v for k, v in globals().items() if k.startswith("case_")}


def main():
    if sys.argv[1:] == ["--list"]:
        print("\n".join(cases()))
        return
    relay.wiregrade, relay.course = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    for only in sys.argv[3:] or cases():
        with tempfile.TemporaryDirectory(prefix="wiregrade-serve-") as scratch:
            relay.scratch = scratch
            cases()[only]()


if __name__ == "__main__":
    main()
