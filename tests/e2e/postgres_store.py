#!/usr/bin/env python3
"""postgres_store.py WIREGRADE COURSE CASE [CLOCKSHIFT]: a class whose store is in a PostgreSQL that moves, goes away and comes back. 77: skipped."""
import datetime
import json
import os
import pathlib
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

import desk  # which knows where postgres and swallow are
import postgres
import postgres_refused
import postgres_room as here
from daemon import SLUGS, Serve, once, posted, until, word
from desk import Class, expect
from postgres_room import ROOT, USERS, move, room
from ship_room import attempt, start_line
from steady import DEADLINE
from swallow import Swallow


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
    there, back = here.SERVER.fresh(), "back.db"
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
        process = subprocess.Popen([desk.wiregrade, "store", "copy", "wiregrade.db", there], cwd=c.dir, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        time.sleep(0.03 * n)
        process.kill()
        process.wait()
        if here.SERVER.sql("SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'meta'", there) and \
                here.SERVER.sql("SELECT 1 FROM meta WHERE key = 'class'", there):
            there = here.SERVER.fresh()  # it was faster
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
    """Three daemons take flags; one posts. Killed or stopped, it is followed, and what is woken writes nothing."""
    b, c = room(here.SERVER.fresh())
    flags = [c.flag(slug, user) for user in USERS for slug in SLUGS]
    a, d, e = (Serve(c).__enter__() for _ in range(3))
    first = until(lambda: leader(a, d, e))
    for n, s in enumerate((a, d, e)):
        assert word(s.hand_in(flags[n])[0]) == "OK", n
    posted(c, 3)
    first.process.send_signal(signal.SIGSTOP)
    rest = [s for s in (a, d, e) if s is not first]
    assert word(rest[0].hand_in(flags[3])[0]) == "OK"
    second = until(lambda: leader(*rest))
    assert word(rest[1].hand_in(flags[4])[0]) == "OK"
    posted(c, 5)
    first.process.send_signal(signal.SIGCONT)
    assert word(first.hand_in(flags[5])[0]) == "OK"
    posted(c, 6)
    until(lambda: not first.metric("wiregrade_leads"))
    assert leader(a, d, e) is second
    until(lambda: first.get("/healthz") == (200, "ok\n"))
    second.process.kill()
    second.process.wait()
    rest = [s for s in (a, d, e) if s is not second]
    third = until(lambda: leader(*rest))
    # the database, too
    here.SERVER.kill()
    until(lambda: third.get("/healthz")[0] == 503)
    assert word(third.hand_in(flags[6])[0]) == "ERR"
    here.SERVER.revive()
    until(lambda: word(third.hand_in(flags[6])[0]) in ("OK", "DUP"))
    posted(c, 7)
    until(lambda: leader(*rest))
    for s in rest:
        until(lambda s=s: s.get("/healthz") == (200, "ok\n"))
        s.__exit__(None)
    once(b, c, 7)
    b.stop()


def case_clock():
    """A machine whose clock is an hour ahead: when a flag was handed in is told by the database's, and a post is put off by it."""
    b, c = room(here.SERVER.fresh())
    clock = c.dir / "clock"
    clock.write_bytes(struct.pack("q", 3600 * 1000000))
    ahead = desk.shifted(clock, os.path.abspath(sys.argv[4]))
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
    expect(c, 0, "2 posted", c.outbox())
    b.stop()


def case_lost_answer():
    """What is written is there, and the answer that says so is lost: it counts once, and who waits is told that it is kept."""
    b, c = room(here.SERVER.fresh())
    direct = c.place
    swallow = Swallow(here.SERVER, [b"INSERT 0 1"], 0, every=2)
    move(c, swallow.url(direct))
    c.place = direct

    def lose(n):
        swallow.met, swallow.seen, swallow.left = 0, 1, n  # the first of all
        return True

    flags = [c.flag(slug, user) for user in USERS for slug in SLUGS]
    for n, flag in enumerate(flags[:2]):
        expect(c, 0, "will be posted", lose(1) and c.run("submit", flag))
        assert swallow.met == 1 and len(c.rows()) == n + 1, (swallow.met, c.output)
    lines = [start_line(), *[attempt(f"s{n}") for n in range(3000)]]
    (c.dir / "target.jsonl").write_text("".join(line + "\n" for line in lines))
    c.brief("raw-ipv4", "jones")
    swallow.words = [b"COMMIT"]  # who posts writes in transactions alone
    expect(c, 0, "3 posted", lose(7) and c.outbox())
    assert swallow.met == 7, swallow.met
    once(b, c, 3)
    assert c.sql("SELECT count(*), sum(n_near), max(n_near) FROM attempts") == [(3000, 3000, 1)], c.sql("SELECT * FROM attempts")
    swallow.left = 0
    swallow.words.append(b"INSERT 0 1")
    with Serve(c) as s:
        for flag in flags[2:5] + flags[6:]:
            lose(1)
            assert word(s.hand_in(flag)[0]) in ("OK", "DUP"), s.said()
            until(lambda: swallow.met == 1)
        posted(c, len(flags))
        until(lambda: s.get("/healthz") == (200, "ok\n"))
    once(b, c, len(c.rows()))
    swallow.done()
    b.stop()


class Stream:
    """Hands flags in at daemons, one after the other, and again where it is told to; knows which were taken."""

    def __init__(self, serves, flags):
        self.serves, self.flags, self.taken, self.refused, self.wrong = serves, list(flags), [], 0, None
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        try:
            for n, flag in enumerate(self.flags):
                while word(self.serves[n % len(self.serves)].hand_in(flag)[0]) not in ("OK", "DUP"):
                    self.refused += 1
                    time.sleep(0.05)
                self.taken.append(flag)
        except (OSError, IndexError) as why:
            self.wrong = why


class Patient(Serve):
    """Begun again, as by a supervisor: three seconds for a connection are short where much else runs."""

    def __enter__(self):
        for _ in range(5):
            try:
                return super().__enter__()
            except AssertionError as why:
                wrong = why
        raise wrong


def case_failover():
    """The primary is killed while it keeps a flag, and its standby takes over: the daemons, a posting command and a shipper find the
    new one by themselves, and what was told to be kept is there, once."""
    standby = here.SERVER.standby()
    here.SERVER.sql("ALTER SYSTEM SET synchronous_standby_names = '*'")
    here.SERVER.sql("SELECT pg_reload_conf()")
    until(lambda: here.SERVER.sql("SELECT sync_state FROM pg_stat_replication") == [("sync",)])
    try:
        failover(standby)
    finally:
        standby.done()


def failover(standby):
    b, c = room(here.SERVER.fresh())
    schema = c.place.rpartition("%3D")[2]

    def hosts(user, *of):
        return f"postgresql://{user}@/postgres?host={','.join(str(at) for at in of)}&target_session_attrs=read-write&options=-csearch_path%3D{schema}"

    c.submit(["stream-sender"], "lee")
    subprocess.run([postgres.programs() / "psql", "-Xq", "-d", c.place, "-v", "target=east", "-f", ROOT / "packaging/postgresql.sql"], check=True,
                   stdout=subprocess.DEVNULL)
    # a machine that says nothing stands first
    silent = pathlib.Path(desk.scratch, "silent")
    silent.mkdir()
    hole = socket.socket(socket.AF_UNIX)
    hole.bind(str(silent / ".s.PGSQL.5432"))
    hole.listen()
    # the answer to one of the flags is lost because the primary dies of it
    swallow = Swallow(here.SERVER, [b"INSERT 0 1"], 0, lost=here.SERVER.kill)
    every = hosts("wiregrade", silent, swallow.dir, standby.dir)
    direct = c.place
    move(c, every)
    flags = [c.flag(slug, user) for user in USERS for slug in SLUGS]
    journal = c.dir / "east.jsonl"
    journal.write_text(start_line() + "\n" + "".join(attempt(f"s{n}") + "\n" for n in range(2000)))
    with Patient(c) as one, Patient(c) as two:
        until(lambda: leader(one, two))
        move(c, direct)  # for the commands that look at it
        for flag in flags[:2]:
            assert word(one.hand_in(flag)[0]) == "OK"
        ship = subprocess.Popen([desk.wiregrade, "ship", "--to", hosts("east", here.SERVER.dir, standby.dir), journal], cwd=c.dir, stdout=one.log,
                                stderr=one.log)
        until(lambda: c.sql("SELECT coalesce(sum(n_near), 0) FROM attempts") == [(2000,)])
        posted(c, 3)
        swallow.left = 1
        with open(journal, "a", encoding="utf-8") as f:
            f.write("".join(attempt(f"s{n}") + "\n" for n in range(2000)))
        stream = Stream((one, two), flags[2:])
        until(lambda: swallow.met)
        until(lambda: stream.refused)
        for s in (one, two):
            until(lambda s=s: s.get("/healthz")[0] == 503)
        standby.promote()
        until(lambda: not stream.thread.is_alive())
        assert not stream.wrong and len(stream.taken) == len(flags) - 2, stream.wrong
        move(c, standby.url(schema))
        c.server = standby
        # the old one says so of itself until it is connected again
        until(lambda: one.metric("wiregrade_leads") + two.metric("wiregrade_leads") == 1)
        for s in (one, two):
            until(lambda s=s: s.get("/healthz") == (200, "ok\n"))
        posted(c, len(flags))
        once(b, c, len(flags))
        until(lambda: c.sql("SELECT count(*), sum(n_near), min(n_near), max(n_near) FROM attempts") == [(2000, 4000, 2, 2)])
        ship.terminate()
        assert ship.wait(DEADLINE) == 0
    expect(c, 0, "0 posted", c.outbox())
    swallow.done()
    b.stop()


def case_hung():
    """A database that gives no answer: a flag waits for it, those who come meanwhile are told so at once, and the daemon lives and ends."""
    try:
        hung()
    finally:
        here.SERVER.signal(signal.SIGCONT)  # which cannot be ended otherwise


def hung():
    b, c = room(here.SERVER.fresh())
    flags = [c.flag(slug, user) for user in USERS for slug in SLUGS]
    with Serve(c) as s:
        assert word(s.hand_in(flags[0])[0]) == "OK"
        posted(c, 1)
        here.SERVER.signal(signal.SIGSTOP)
        answers = []

        def ask(flag):
            with socket.create_connection(("127.0.0.1", s.intake), timeout=DEADLINE) as client:
                client.sendall(flag.encode() + b"\n")
                client.shutdown(socket.SHUT_WR)
                answers.append(word(client.makefile().readline()))

        asking = [threading.Thread(target=ask, args=(flag,)) for flag in flags[1:9]]
        for one in asking:
            one.start()
        for one in asking:
            one.join()
        assert answers == ["ERR"] * len(asking), answers
        until(lambda: "the database gives no answer" in s.get("/healthz")[1])
        assert s.get("/livez") == (200, "ok\n")
        s.process.terminate()
        assert s.process.wait(DEADLINE) == 0
        here.SERVER.signal(signal.SIGCONT)
    with Serve(c) as s:
        until(lambda: word(s.hand_in(flags[1])[0]) in ("OK", "DUP"))
        # the one that was waited for may have been kept when the server went on
        kept = len(c.rows())
        assert kept in (2, 3), c.output
        posted(c, kept)
    once(b, c, kept)
    b.stop()


def case_standby_missing():
    """Commits wait for a standby that is not there: who hands in and who looks read so all the time, no more sessions wait than have begun
    to, and when nobody is waited for any more all is kept, once."""
    b, c = room(here.SERVER.fresh())
    flags = [c.flag(slug, user) for user in USERS for slug in SLUGS]
    why = r"a commit has waited for a standby for \d+ s; start one, or change synchronous_standby_names"

    def waits():
        return here.SERVER.sql("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")[0][0]

    def wait_for(names):
        here.SERVER.sql(f"ALTER SYSTEM SET synchronous_standby_names = '{names}'")
        here.SERVER.sql("SELECT pg_reload_conf()")
        until(lambda: here.SERVER.sql(f"SELECT current_setting('synchronous_standby_names') = '{names}'") == [("t",)])

    with Serve(c) as s:
        assert word(s.hand_in(flags[0])[0]) == "OK"
        posted(c, 1)
        wait_for("*")
        # commits wait a moment after the setting is there
        kept = next(n for n, flag in enumerate(flags) if n and word(s.hand_in(flag)[0]) == "ERR")
        until(lambda: re.search(why, s.get("/healthz")[1]))
        expect(c, 4, why, c.run("submit", flags[kept + 1]))
        until(lambda: not s.metric("wiregrade_leads"))
        # each of its connections, once it waits, is no more used; rounds go on all the time
        before = [waits()]
        until(lambda: before.append(waits()) or len(before) > 20 and len(set(before[-20:])) == 1)
        for _ in range(3):
            for flag in flags[kept:]:
                assert word(s.hand_in(flag)[0]) == "ERR"
                assert s.get("/healthz")[0] == 503 and s.metric('wiregrade_trouble{part="store"}') == 1
                time.sleep(0.3)
        assert waits() == before[-1], (waits(), before)
        assert s.get("/livez") == (200, "ok\n") and re.search(why, s.get("/healthz")[1])
        wait_for("")
        for flag in flags:
            until(lambda flag=flag: word(s.hand_in(flag)[0]) in ("OK", "DUP"))
        posted(c, len(flags))
        until(lambda: s.get("/healthz") == (200, "ok\n"))
        assert not waits() and re.search(why, s.said()), s.said()
    once(b, c, len(flags))
    b.stop()


def main():
    desk.wiregrade, desk.course = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    with tempfile.TemporaryDirectory(prefix="wiregrade-postgres-") as desk.scratch, postgres.own() as here.SERVER:
        {**vars(postgres_refused), **globals()}["case_" + sys.argv[3]]()


if __name__ == "__main__":
    if not postgres.programs():
        print("skipped: no PostgreSQL here")
        sys.exit(postgres.SKIP)
    main()
