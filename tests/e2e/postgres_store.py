#!/usr/bin/env python3
"""postgres_store.py WIREGRADE COURSE CASE [CLOCKSHIFT]: a class whose store is in a PostgreSQL that moves, goes away and comes back. 77: skipped."""
import datetime
import json
import os
import pathlib
import re
import signal
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import postgres  # noqa: E402
import relay  # noqa: E402
from relay import Class, STUDENT, expect  # noqa: E402
from serve import SLUGS, Board, Serve, once, posted, until, word  # noqa: E402

USERS = [STUDENT, "jones", "lee"]


def room(place):
    """A board with users, and a class at it whose store is at place."""
    b = Board("board").start()
    for user in USERS:
        b.user(user)
    c = Class(b.url, token=b.token)
    move(c, place)
    expect(c, 0, "", c.run("deploy"))
    return b, c


def move(c, place):
    text = (c.dir / "class.yml").read_text()
    (c.dir / "class.yml").write_text(re.sub("(?m)^store: .*", lambda _: f"store: {place}", text))
    c.place, c.server = place, SERVER if "://" in place else None


def listed(c):
    c.run("outbox", "list")
    return c.output


def case_copy():
    """A class moves into PostgreSQL and back, with all it has, and goes on in each."""
    b, c = room("wiregrade.db")
    c.submit(["raw-ipv4", "raw-tcp"])
    expect(c, 0, "2 posted", c.outbox())
    c.submit(["stream-sender"], "jones")
    c.brief("datagram-hex", "jones")
    expect(c, 0, "2 posted", c.outbox())
    c.submit(["raw-ipv4"], "lee")
    there, back = SERVER.fresh(), "back.db"
    # who is at work on it, and what cannot be
    with Serve(c) as s:
        expect(c, 4, rf"process {s.process.pid} is at work on it; end it first", c.run("store", "copy", "wiregrade.db", there))
        posted(c, 5)
    before = listed(c)
    expect(c, 3, "no such store", c.run("store", "copy", "nothing.db", there))
    expect(c, 3, "b.db: ", c.run("store", "copy", str(b.dir / "b.db"), there))
    expect(c, 4, "No such file", c.run("store", "copy", "wiregrade.db", "postgresql://u@/x?host=/tmp/no-such-folder"))
    # cut off at any moment, and done again
    for n in range(3):
        process = subprocess.Popen([relay.wiregrade, "store", "copy", "wiregrade.db", there], cwd=c.dir, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        time.sleep(0.03 * n)
        process.kill()
        process.wait()
        if SERVER.sql("SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'meta'", there) and \
                SERVER.sql("SELECT 1 FROM meta WHERE key = 'class'", there):
            there = SERVER.fresh()  # it was faster
    expect(c, 0, r"(?s)5  solve.* rows are there, and equal", c.run("store", "copy", "wiregrade.db", there))
    expect(c, 3, "there is a class's store already", c.run("store", "copy", "wiregrade.db", there))
    move(c, there)
    assert listed(c) == before, c.output
    c.submit(["datagram-hex"], "lee")  # its id is a new one
    expect(c, 0, "1 posted", c.outbox())
    after = listed(c)
    expect(c, 0, "rows are there, and equal", c.run("store", "copy", there, back))
    move(c, back)
    assert listed(c) == after, c.output
    expect(c, 0, '"solve":6', c.run("store", "copy", back, "third.db", "--format", "json"))
    assert json.loads(c.output)["meta"] > 2, c.output
    b.stop()


def leader(*serves):
    """The one that says of itself that it posts; None while there is none."""
    found = [s for s in serves if s.metric("wiregrade_leads")]
    assert len(found) < 2, "two that post"
    return found[0] if found else None


def case_several():
    """Three daemons take flags; one posts. Killed or stopped, it is followed within five seconds, and what is woken writes nothing."""
    b, c = room(SERVER.fresh())
    flags = [c.flag(slug, user) for user in USERS for slug in SLUGS]
    a, d, e = (Serve(c).__enter__() for _ in range(3))
    first = until(lambda: leader(a, d, e))
    for n, s in enumerate((a, d, e)):
        assert word(s.hand_in(flags[n])[0]) == "OK", n
    posted(c, 3)
    first.process.send_signal(signal.SIGSTOP)
    rest = [s for s in (a, d, e) if s is not first]
    assert word(rest[0].hand_in(flags[3])[0]) == "OK"
    second = until(lambda: leader(*rest), 5)
    assert word(rest[1].hand_in(flags[4])[0]) == "OK"
    posted(c, 5)
    first.process.send_signal(signal.SIGCONT)
    assert word(first.hand_in(flags[5])[0]) == "OK"
    posted(c, 6)
    until(lambda: not first.metric("wiregrade_leads"), 5)
    assert leader(a, d, e) is second
    until(lambda: first.get("/healthz") == (200, "ok\n"))
    second.process.kill()
    second.process.wait()
    rest = [s for s in (a, d, e) if s is not second]
    third = until(lambda: leader(*rest), 5)
    # the database, too
    SERVER.kill()
    until(lambda: third.get("/healthz")[0] == 503)
    assert word(third.hand_in(flags[6])[0]) == "ERR"
    SERVER.start()
    until(lambda: word(third.hand_in(flags[6])[0]) in ("OK", "DUP"))
    posted(c, 7)
    until(lambda: leader(*rest), 8)
    for s in rest:
        until(lambda s=s: s.get("/healthz") == (200, "ok\n"))
        s.__exit__(None)
    once(b, c, 7)
    b.stop()


def case_clock():
    """A machine whose clock is an hour ahead: when a flag was handed in is told by the database's, and a post is put off by it."""
    b, c = room(SERVER.fresh())
    clock = c.dir / "clock"
    clock.write_bytes(struct.pack("q", 3600 * 1000000))
    ahead = {"LD_PRELOAD": os.path.abspath(sys.argv[4]), "WIREGRADE_TEST_CLOCK": str(clock)}
    for slug, env in (("raw-ipv4", ahead), ("raw-tcp", {})):
        expect(c, 0, "will be posted", c.run("submit", c.flag(slug), env=env))
    b.stop()
    expect(c, 4, "", c.outbox("--once", env=ahead))
    def off(row):
        return datetime.datetime.fromisoformat(row["submitted"]).timestamp() - time.time()

    assert all(abs(off(row)) < 60 for row in c.rows()), c.output
    alone = Class(b.url, "alone", token=b.token)
    expect(alone, 0, "will be posted", alone.run("submit", alone.flag("raw-ipv4"), env=ahead))
    assert off(alone.rows()[0]) > 3000, alone.output  # a file has no clock but that of its machine
    b.start()
    expect(c, 0, "2 posted", c.outbox("--wait", "20"))
    b.stop()


def main():
    global SERVER
    relay.wiregrade, relay.course = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    with tempfile.TemporaryDirectory(prefix="wiregrade-postgres-") as relay.scratch, postgres.own() as SERVER:
        globals()["case_" + sys.argv[3]]()


SERVER = None
if __name__ == "__main__":
    if not postgres.programs():
        print("skipped: no PostgreSQL here")
        sys.exit(postgres.SKIP)
    main()
