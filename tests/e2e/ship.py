#!/usr/bin/env python3
"""ship.py WIREGRADE COURSE CASE [CLOCKSHIFT]: a target's journal on its way into a store in PostgreSQL. 77: skipped."""
import collections
import json
import os
import pathlib
import random
import re
import signal
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import postgres  # noqa: E402
import desk  # noqa: E402
import steady  # noqa: E402
from desk import Class, expect  # noqa: E402
from daemon import Serve, until  # noqa: E402
from swallow import Swallow  # noqa: E402
from ship_room import Ship, Target, TIME, attempt, memory, start_line  # noqa: E402
from steady import DEADLINE  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Room:
    """A class with a store in PostgreSQL, a role for its target, and that target's journal."""

    def __init__(self, name="class"):
        self.b = desk.board()
        self.c = Class(self.b.url, name)
        self.place = SERVER.fresh()
        self.schema = self.place.rpartition("%3D")[2]
        text = (self.c.dir / "class.yml").read_text()
        text = re.sub("(?m)^store: .*", lambda _: f"store: {self.place}", text).replace("[target.jsonl]", "[]")
        (self.c.dir / "class.yml").write_text(text)
        self.c.place, self.c.server = self.place, SERVER
        self.journal = self.c.dir / "east.jsonl"

    def store(self):
        """Made by the first command."""
        assert self.c.run("submit", self.c.flag("stream-sender")) == 0, self.c.output
        return self

    def role(self, target="east", wrong=None):
        done = subprocess.run([postgres.programs() / "psql", "-Xq", "-d", self.place, *(["-v", f"target={target}"] if target else []), "-f",
                               ROOT / "packaging/postgresql.sql"], capture_output=True, text=True, check=False)
        assert bool(wrong) == bool(done.returncode) and re.search(wrong or "", done.stderr), done.stderr
        return self

    def url(self, user="east", server=None):
        return (server or SERVER).url(self.schema, user)

    def to(self, url=None):
        """The words that say where it is sent."""
        return ["--to", url or self.url()]

    def write(self, *lines, end="\n"):
        with open(self.journal, "a", encoding="utf-8") as f:
            f.write("".join(line + end for line in lines))

    def once(self, status=0, pattern="", *args, url=None, journal=None, env=None):
        got = self.c.run("ship", "--once", *self.to(url), *args, str(journal or self.journal), env=env)
        expect(self.c, status, pattern, got)

    def kept(self, target="east"):
        """What is there of each of its files, piece by piece, as bytes."""
        out = collections.defaultdict(bytearray)
        for file, piece, at, line in SERVER.sql(
                f"SELECT file, piece, at, 'x' || encode(line, 'hex') FROM shipped WHERE target = '{target}' ORDER BY 1, 2, 3", self.place):
            assert piece or at == len(out[file, piece]), (file, piece, at)
            out[file, piece] += bytes.fromhex(line[1:])
        return list(out.values())

    def rest(self):
        """Nobody is at work on the store from now on."""

    def tries(self):
        """How many tries of each student the grader has taken."""
        self.c.outbox("--once")
        return dict(self.c.sql("SELECT student, n_near FROM attempts"))


def case_lines():
    """Rotation, torn lines, restarts and a file that a crash has cut short: each line arrives once and counts once."""
    r = Room().store().role()
    r.write(start_line(0), attempt("a"), attempt("a")[:70], attempt("b"))
    r.write(attempt("c")[:50], end="")
    first = r.journal.read_bytes()
    whole = first[:first.rindex(b"\n") + 1]
    with Ship(r) as s:
        until(lambda: r.kept() == [whole])
        r.write(attempt("c")[50:])
        until(lambda: r.kept() == [r.journal.read_bytes()])
        # moved away; the target writes one more before it hears of it
        old = r.journal.rename(r.c.dir / "east.jsonl.1")
        with open(old, "a", encoding="utf-8") as f:
            f.write(attempt("d") + "\n")
        r.write(start_line(1), attempt("e"))
        until(lambda: r.kept() == [old.read_bytes(), r.journal.read_bytes()])
        s.kill()
        r.write(attempt("e"), "\xff", "")
        with Ship(r):
            until(lambda: r.kept() == [old.read_bytes(), r.journal.read_bytes()])
    once = {"a": 1, "b": 1, "c": 1, "d": 1, "e": 2}
    assert r.tries() == once, r.tries()
    r.once(0, "^0 lines were sent")
    # a loss of power: the last lines are gone, and the target begins anew
    text = r.journal.read_bytes()
    cut = text.index(b"\n", text.index(b"attempt")) + 1
    for minute, student in ((2, "f"), (3, "g")):
        r.journal.write_bytes(text[:cut + 20])
        r.once(0, "shorter than what was sent of it, or not the same from byte")
        r.write("", start_line(minute), *[attempt(student)] * 9)
        # the torn line is the same at the same place the second time
        r.once(0, "10 lines were sent" if student == "g" else "11 lines were sent")
        once[student] = 9
        assert r.tries() == once, r.tries()
        r.once(0, "^0 lines were sent")
    kept = r.kept()
    assert kept[1][:cut] + kept[2][:21] + kept[3] == r.journal.read_bytes(), kept
    # the same while it is being sent
    with Ship(r) as s:
        r.write(attempt("h"))
        until(lambda: r.kept()[-1].endswith(attempt("h").encode() + b"\n"))
        r.journal.write_bytes(text[:cut + 20])
        r.write("", start_line(4), *[attempt("h")] * 9)
        until(lambda: r.tries().get("h") == 10)
        assert s.said().count("shorter than what was sent of it, or not the same from byte") == 1, s.said()
    once["h"] = 10
    assert r.tries() == once, r.tries()
    # the same journal as a file of the class: what was read, was read
    text = (r.c.dir / "class.yml").read_text()
    (r.c.dir / "class.yml").write_text(text.replace("journals: []", "journals: [east.jsonl]"))
    r.write(attempt("i"))
    assert r.tries() == {**once, "i": 1}, r.tries()
    r.once(0, "^1 lines were sent")
    assert r.tries() == {**once, "i": 1}, r.tries()
    # a store that is moved takes what is not read yet with it
    r.write(attempt("j"))
    r.once(0, "^1 lines were sent")
    r.rest()
    (r.c.dir / "class.yml").write_text(text)
    expect(r.c, 0, "  shipped\n(?s:.*)and equal", r.c.run("store", "copy", r.place, "moved.db"))
    (r.c.dir / "class.yml").write_text(text.replace(r.place, "moved.db"))
    r.c.outbox("--once")
    with sqlite3.connect(r.c.dir / "moved.db") as db:
        assert dict(db.execute("SELECT student, n_near FROM attempts")) == {**once, "i": 1, "j": 1}


def case_solve():
    """A flag that was handed in at the briefing of a target elsewhere is a solve, by the database's clock."""
    r = Room().store().role()
    r.c.brief("raw-ipv4")
    (r.c.dir / "target.jsonl").rename(r.journal)
    clock = r.c.dir / "clock"
    clock.write_bytes(struct.pack("q", 3600 * 1000000))
    ahead = desk.shifted(clock, os.path.abspath(sys.argv[4]))
    r.once(0, "clock is 3[56][0-9]{2} s ahead of the database's(?s:.*)1 lines were sent", env=ahead)
    clock.write_bytes(struct.pack("q", -3600 * 1000000))
    r.write(attempt("a"))
    r.once(0, "clock is 3[56][0-9]{2} s behind the database's(?s:.*)1 lines were sent", env=ahead)
    expect(r.c, 0, "2 posted", r.c.outbox())
    row, = (x for x in r.c.rows() if x["slug"] == "raw-ipv4")
    assert row["submitted"].startswith("2026-11-22T17:47:3"), row
    desk.once(r.b, 2)
    # a daemon takes them, too
    r.c.brief("stream-sender", "jones")
    r.b.add_user("jones")
    with Serve(r.c), Ship(r):
        (r.c.dir / "target.jsonl").rename(r.journal.with_suffix(".new"))
        r.write(*r.journal.with_suffix(".new").read_text().splitlines())
        until(lambda: len(r.b.solves()) == 3)


FORBIDDEN = {
    "SELECT * FROM shipped": "permission denied for table shipped",
    "SELECT * FROM shipped_file": "permission denied",
    "UPDATE shipped SET line = 'x'": "permission denied for table shipped",
    "DELETE FROM shipped": "permission denied for table shipped",
    "TRUNCATE shipped": "permission denied",
    "INSERT INTO shipped VALUES ('east', 1, 0, 999, 0, 'x') RETURNING at": "permission denied",
    "INSERT INTO shipped VALUES ('east', 1, 0, 0, 0, 'x') ON CONFLICT (target, file, piece, at) DO UPDATE SET line = 'x'": "permission denied",
    "INSERT INTO shipped VALUES ('west', 1, 0, 0, 0, 'x')": "row-level security",
    "INSERT INTO shipped VALUES ('east', 1, 0, 0, 0, '')": "check constraint",
    "INSERT INTO shipped VALUES ('east', 1, 0, 0, 0, convert_to(repeat('x', 65537), 'UTF8'))": "check constraint",
    "INSERT INTO shipped_file(head, target) VALUES ('aa', 'east')": "permission denied",
    "DROP TABLE shipped": "must be owner",
    "ALTER TABLE shipped DISABLE ROW LEVEL SECURITY": "must be owner",
    "CREATE TABLE t(x INT)": "permission denied",
    "CREATE TABLE public.t(x INT)": "permission denied",
    "CREATE TEMP TABLE t(x INT)": "permission denied",
    "CREATE SCHEMA s": "permission denied",
    "CREATE FUNCTION public.f() RETURNS INT LANGUAGE sql AS 'SELECT 1'": "permission denied",
    "CREATE ROLE x": "permission denied",
    "SET ROLE wiregrade": "permission denied",
    "SET SESSION AUTHORIZATION wiregrade": "permission denied",
    "SELECT pg_try_advisory_lock(1)": "permission denied",
    "SELECT pg_advisory_xact_lock(1)": "permission denied",
    "SELECT claim_take(1, 'me')": "permission denied",
    "SELECT lo_create(0)": "permission denied",
    "SELECT lo_from_bytea(0, 'x')": "permission denied",
    "SELECT pg_read_file('/etc/passwd')": "permission denied",
    "COPY shipped TO STDOUT": "permission denied",
    "COPY (SELECT 1) TO '/tmp/x'": "must be superuser|permission denied",
    "BEGIN; LOCK TABLE shipped; COMMIT": "permission denied",
    "BEGIN; LOCK TABLE claim IN ACCESS SHARE MODE; COMMIT": "permission denied",
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'wiregrade'": "permission denied|must be a",
}


def of_role(statement, url):
    """A role has one connection, and its last may not have ended yet."""
    while True:
        try:
            return SERVER.sql(statement, url)
        except RuntimeError as error:
            if "too many connections" not in str(error):
                raise
            time.sleep(0.02)


def refused(statement, url):
    """Why it was; "" when it was done."""
    try:
        of_role(statement, url)
        return ""
    except RuntimeError as error:
        return str(error)


def content(room):
    """What pg_dump says, without the random word of \\restrict."""
    return [line for line in SERVER.dump(room.place).splitlines() if not line.startswith((b"\\restrict", b"\\unrestrict"))]


def case_rights():
    """What a role of packaging/postgresql.sql may do, and that it may do nothing else."""
    r = Room().store().role().role().role("west")
    r.write(start_line(), attempt("a"))
    r.once(0, "2 lines were sent")
    holder = SERVER.sql("SELECT 1 FROM solve", r.place)
    assert holder, "nothing that could be read"
    tables = [t for t, in SERVER.sql("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()", r.place)]
    assert {"solve", "meta", "claim", "journal", "shipped", "evidence"} <= set(tables), tables
    tried = dict(FORBIDDEN)
    for table in set(tables) - {"shipped"}:
        for statement in (f"SELECT * FROM {table}", f"SELECT count(*) FROM {table}", f"INSERT INTO {table} DEFAULT VALUES", f"DELETE FROM {table}"):
            tried[statement] = "permission denied"
    before = content(r)
    for statement, why in tried.items():
        error = refused(statement, r.url())
        assert error and re.search(why, error), (statement, error)
    assert content(r) == before, "something has changed"
    # of another target's lines it learns nothing by the two functions that it may call
    head = SERVER.sql("SELECT 'x' || head FROM shipped_file", r.place)[0][0][1:]
    assert of_role(f"SELECT its, its_target, its_at FROM ship_begin('{head}')", r.url("west")) == [("f", "east", "")]
    line = f"convert_to(E'{start_line()}\\n', 'UTF8')"
    assert of_role(f"SELECT ship_has(1, 0, 0, {line}), its FROM ship_begin('{head}')", r.url()) == [("t", "t")]
    assert of_role(f"SELECT ship_has(1, 0, 0, {line})", r.url("west")) == [("f",)]
    # a name that a caller put before the tables' is not found: none can be made, and none is looked for
    assert SERVER.sql("SELECT count(*) FROM pg_proc WHERE proname IN ('ship_begin', 'ship_has') AND prosecdef AND"
                      f" proconfig = ARRAY['search_path={r.schema}, pg_temp']", r.place) == [(2,)]
    # the grader works on
    expect(r.c, 0, "1 posted", r.c.outbox())
    assert r.tries() == {"a": 1}, r.tries()


def case_mistakes():
    """What a person gets wrong is a sentence with its mend, and the right exit status."""
    r = Room()
    r.role(wrong='relation "shipped" does not exist')
    r.write(start_line(), attempt("a"))
    expect(r.c, 2, "--to is missing", r.c.run("ship", str(r.journal)))
    expect(r.c, 2, "", r.c.run("ship", "--to", r.url()))
    SERVER.sql("CREATE ROLE east LOGIN")
    r.once(4, "the role east sees no store of this version there; .*serve. makes it")
    r.store()
    r.role("wiregrade", "that role is more than a target's")
    r.role(None, "name the role: psql -v target=NAME")
    r.once(4, "the role east sees no store of this version there")
    SERVER.sql(f"GRANT USAGE ON SCHEMA {r.schema} TO east")
    r.once(4, "the role east may not add lines of a journal; packaging/postgresql.sql, run with .-v target=east., gives it that right")
    r.role()
    r.once(4, "the role wiregrade may read and change what is shipped; .*postgresql.sql", url=r.place)
    r.once(3, "is shipped to PostgreSQL, by a URL .* where both are on this machine, .journals:. in class.yml", url="wiregrade.db")
    r.once(3, "has a password in it", url=r.url() + "&password=secret")
    assert "secret" not in r.c.output, r.c.output
    r.once(3, "add sslmode=verify-full", url="postgresql://east@db.example.edu/spring")
    r.once(4, "Connection refused|No such file", "--wait", "0", url="postgresql://east@/postgres?host=/nowhere")
    r.once(4, 'role "south" does not exist', "--wait", "0", url=r.url("south"))
    r.once(3, "none.jsonl: is not there; what a target writes to it is sent when it is", journal=r.c.dir / "none.jsonl")
    folder = r.c.dir / "folder.jsonl"
    folder.mkdir()
    r.once(3, "folder.jsonl: not a file", journal=folder)
    r.once(0, "^2 lines were sent")
    # the place and the password are in files of their own, as the unit has it
    (r.c.dir / "ship.conf").write_text(f"[spring]\nhost={SERVER.dir}\nuser=east\ndbname=postgres\noptions=-csearch_path={r.schema}\n")
    r.once(0, "^0 lines were sent", url="postgresql://?service=spring", env={"PGSERVICEFILE": str(r.c.dir / "ship.conf")})
    r.once(4, "definition of service \"autumn\" not found", "--wait", "0", url="postgresql://?service=autumn",
           env={"PGSERVICEFILE": str(r.c.dir / "ship.conf")})
    # what was sent by one target does not come from another; what is its own is sent all the same
    r.role("west")
    west = r.c.dir / "west.jsonl"
    west.with_name("west.jsonl.1").write_text(r.journal.read_text())
    west.write_text(start_line(7) + "\n" + attempt("w") + "\n")
    r.once(3, "west.jsonl.1: a copy of target east's journal, or east ships it, too; each target sends its own", url=r.url("west"), journal=west)
    assert r.kept("west") == [west.read_bytes()], r.kept("west")
    assert r.tries() == {"a": 1, "w": 1}, r.tries()
    # a store that was made before there was anything to ship to
    SERVER.sql("DROP TABLE shipped, shipped_file; DROP FUNCTION ship_begin, ship_has; UPDATE schema_version SET version = 11", r.place)
    r.once(4, "the role east sees no store of this version there")
    r.store().role().role("west")
    r.once(0, "^2 lines were sent")
    # no journal there, which a target may still make
    missing = r.c.dir / "missing.jsonl"
    with Ship(r, r.url("west"), missing) as s:
        until(lambda: "missing.jsonl: is not there" in s.said())
        missing.write_text(start_line(8) + "\n" + attempt("m") + "\n")
        until(lambda: missing.read_bytes() in r.kept("west"))
    # twice at the same journal
    with Ship(r) as s:
        r.write(attempt("a"))
        until(lambda: r.kept() == [r.journal.read_bytes()])
        r.once(4, "another .wiregrade ship. sends it already; end one of them", url=r.url("west"))
        r.once(4, "another .wiregrade ship. sends it already; end one of them", "--wait", "0")  # and not that its role has a session
        r.once(4, 'too many connections for role "east"; another program has .* .a second .wiregrade ship..: end one', "--wait", "0", journal=west)
        r.c.run("ship", "--to", r.url("west"), str(r.journal))
        assert "sends it already" in r.c.output, r.c.output
        # a journal of which its ceiling is near
        os.replace(r.journal, r.journal.with_name("east.jsonl.1"))
        r.write(start_line(9, ceiling=300), attempt("a"))
        until(lambda: "% of its target's ceiling" in s.said())
    # the right is taken away while it runs
    with Ship(r) as s:
        until(lambda: SERVER.sql("SELECT 1 FROM pg_stat_activity WHERE usename = 'east'"))
        SERVER.sql("REVOKE INSERT ON shipped FROM east", r.place)
        r.write(attempt("a"))
        assert s.process.wait(DEADLINE) == 4, s.said()
        assert "may not add lines of a journal" in s.said(), s.said()
        r.role()
        s.__enter__()
        until(lambda: r.kept()[-1] == r.journal.read_bytes())


def case_away():
    """A database that is away, killed, restarted, read-only or full: the journal keeps the lines, and memory stays what it is."""
    r = Room().store().role()
    r.write(start_line())
    filler = json.dumps({"time": TIME, "event": "stop", "pad": "x" * 900})  # 20,000 of them are 20 MB

    def everything():
        return SERVER.sql("SELECT coalesce(sum(octet_length(line)), 0) FROM shipped", r.place) == [(r.journal.stat().st_size,)]

    SERVER.stop()
    with Ship(r) as s:
        until(lambda: "the journal keeps its lines until then" in s.said())
        r.write(*[attempt(f"s{n}") for n in range(1000)], *[filler] * 20000)
        SERVER.start()
        until(everything)
        assert "lines are taken again" in s.said(), s.said()
        most = memory(s.process)
        r.write(attempt("a"))
        until(everything)
        SERVER.kill()
        r.write(attempt("b"))
        SERVER.revive()
        until(everything)
        # read-only, as after a fail-over
        SERVER.sql("ALTER DATABASE postgres SET default_transaction_read_only = on")
        SERVER.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'east'")
        r.write(attempt("c"))
        until(lambda: "read-only by a setting" in s.said())
        SERVER.sql("BEGIN READ WRITE; ALTER DATABASE postgres RESET default_transaction_read_only; COMMIT")
        until(everything)
        # failed over to a server that had less, with the session's end and without
        for end in (1, 0):
            SERVER.sql("DELETE FROM shipped WHERE at > (SELECT max(at) FROM shipped) - 2000", r.place)
            if end:
                SERVER.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'east'")
            r.write(attempt("c"))
            until(everything)
        # full
        SERVER.sql("CREATE FUNCTION quota() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'could not extend file' USING ERRCODE = '53100';"
                   " END $$; CREATE TRIGGER quota BEFORE INSERT ON shipped FOR EACH STATEMENT EXECUTE FUNCTION quota()", r.place)
        r.write(attempt("d"))
        until(lambda: "could not extend file; the server's disk is full; the journal keeps its lines" in s.said())
        r.write(attempt("e"), *[filler] * 20000)
        SERVER.sql("DROP TRIGGER quota ON shipped", r.place)
        until(everything)
        # slow: a session that gives no answer, and goes on when another has come for it
        pid, = SERVER.sql("SELECT pid FROM pg_stat_activity WHERE usename = 'east'")[0]
        os.kill(pid, signal.SIGSTOP)
        r.write(attempt("f"))
        until(lambda: "the database gives no answer" in s.said() or "too many connections" in s.said())
        os.kill(pid, signal.SIGCONT)
        until(everything)
        assert memory(s.process) < most + 6144, (most, memory(s.process))
        assert s.process.poll() is None
    assert r.kept() == [r.journal.read_bytes()]
    tries = r.tries()
    assert len(tries) == 1006 and tries.pop("c") == 3 and set(tries.values()) == {1}, len(tries)


def case_lost_answer():
    """The lines are there, and the answer that says so is lost: they are there once."""
    r = Room().store().role()
    r.write(start_line(), *[attempt(f"s{n}") for n in range(5000)])
    swallow = Swallow(SERVER, [b"INSERT 0 "], 7)
    r.once(0, "5001 lines were sent", "--wait", desk.PATIENT, url=swallow.url(r.url()))
    assert swallow.met == 7 and r.kept() == [r.journal.read_bytes()], swallow.met
    tries = r.tries()
    assert len(tries) == 5000 and set(tries.values()) == {1}, len(tries)
    swallow.done()


def case_storm():
    """ship, the database and serve are killed at random moments: 0 lines lost, 0 doubled."""
    seed = steady.seed()
    print(f"seed {seed}", flush=True)
    draw = random.Random(seed)
    lines = int(os.environ.get("WIREGRADE_TEST_LINES", "8000"))
    r = Room().store().role()
    target = Target(r, draw, lines)
    kills = collections.Counter()
    s = Ship(r).__enter__()
    serve = Serve(r.c).__enter__()
    while target.left:
        target.some()
        what = draw.choice(("ship", "ship", "database", "serve", "rotate", "nothing", "nothing"))
        kills[what] += 1
        time.sleep(draw.uniform(0, 0.4))
        if what == "ship":
            s.kill()
            s.log.close()
            s = Ship(r).__enter__()
        elif what == "database":
            SERVER.kill()
            time.sleep(draw.uniform(0, 0.3))
            SERVER.revive()
        elif what == "serve":
            serve.process.kill()
            serve.process.wait()
            serve.process.stdout.close()
            serve.log.close()
            serve = Serve(r.c).__enter__()
        elif what == "rotate":
            target.rotate()
    until(lambda: sum(len(x) for x in r.kept()) == sum(p.stat().st_size for p in r.c.dir.glob("east.jsonl*")))
    until(lambda: SERVER.sql("SELECT coalesce(sum(lines), 0) FROM journal", r.place)[0][0] == lines + target.starts)
    s.__exit__(None)
    serve.__exit__(None)
    tries = r.tries()
    assert len(tries) == lines and set(tries.values()) == {1}, (len(tries), collections.Counter(tries.values()))
    print(json.dumps({"seed": seed, "lines": lines, "files": target.starts, **kills}))


def main():
    global SERVER
    desk.wiregrade, desk.course = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    with tempfile.TemporaryDirectory(prefix="wiregrade-ship-") as desk.scratch, postgres.own() as SERVER:
        globals()["case_" + sys.argv[3]]()


SERVER = None
if __name__ == "__main__":
    if not postgres.programs():
        print("skipped: no PostgreSQL here")
        sys.exit(postgres.SKIP)
    main()
