#!/usr/bin/env python3
"""faults.py WIREGRADE CASE [SEED]: deploy, the watcher and reconcile at a board that fails at any request in any of its
ways, killed at random moments and started again. At the end all is as if nothing had happened, and nothing is there
twice. The seed is printed; with it the same faults are drawn again."""
import json
import os
import pathlib
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

import deploy
import desk
import daemon
from steady import DEADLINE

ROOT = pathlib.Path(__file__).resolve().parents[2]
KINDS = ("before-commit", "after-commit", "drop-before", "drop", "html", "garbage", "302", "401", "403", "503")
FAULTS = 14  # at one board at a time
draw = random.Random()


def restart(b, faults, writes=(), kinds=KINDS):
    """The same board with so many faults ahead: half of them each at one of the next requests, half at early writes,
    most of whose answers get lost."""
    if b.process.poll() is None:
        b.stop()
    b.args = ("--port", str(b.port))
    for n in range(faults):
        what, among, kind = "any", 60, draw.choice(kinds)
        if n % 2:
            what, among, kind = draw.choice(writes), 4, draw.choice(("after-commit", "drop", kind))
        b.args += "--fault", f"{what}:{kind}:{draw.randint(1, 2)}:{draw.randrange(among)}"
    b.start()


def tried(c, *args, seconds=0.4):
    """Runs wiregrade, killed in every third run; its exit status."""
    limit = draw.uniform(0.01, seconds) if draw.random() < 0.33 else 60
    p = subprocess.Popen([desk.wiregrade, *args], cwd=c.dir, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        c.output = p.communicate(timeout=limit)[0]
    except subprocess.TimeoutExpired:
        p.kill()
        c.output = p.communicate()[0]
    assert "Sanitizer" not in c.output and "runtime error" not in c.output, c.output
    assert p.returncode in (0, 1, 4, -9), (p.returncode, c.output)
    return p.returncode


def through_faults(b, c, *args, rounds=3, runs=8, look=lambda: None):
    """The command again and again; then a last time at a board that is well."""
    for _ in range(rounds):
        restart(b, FAULTS, ("post-challenges", "patch-challenges", "post-flags", "post-hints", "post-files", "delete-files"),
                (*KINDS, "404"))
        for _ in range(runs):
            tried(c, *args)
            look()
    restart(b, 0)
    desk.expect(c, 0, "", c.run(*args))


def same(b, want):
    """Nothing lost, nothing doubled, key by key."""
    got = deploy.dump(b, numbers=False)
    assert set(got) == set(want), set(got) ^ set(want)
    for name, content in got.items():
        for key in content:
            assert content[key] == want[name].get(key), (name, key, content[key], want[name].get(key))


def case_deploy():
    """Whatever a deploy met, the next ones make the scoreboard equal to the course; half made ones are never seen."""
    deploy.course, deploy.scratch = desk.course, desk.scratch
    clean = daemon.Board("clean").start()
    c = deploy.setup(clean, "clean-class")
    desk.expect(c, 0, "3 created", c.run("deploy"))
    want = deploy.dump(clean, numbers=False)
    deploy.edit(c, "falling", "name: Falling", "name: Sinking")
    deploy.edit(c, "first", "files: [dist/one.txt, two.bin]", "files: [two.bin]")
    (c.course / "first" / "two.bin").write_bytes(b"\0new\xff")
    deploy.edit(c, "first", "cost: 10", "cost: 20")
    desk.expect(c, 0, "2 changed", c.run("deploy"))
    then = deploy.dump(clean, numbers=False)
    clean.stop()
    for n in range(4):
        b = daemon.Board(f"board{n}").start()
        desk.course = deploy.course
        c = deploy.setup(b, f"class{n}")

        def look():
            with sqlite3.connect(b.dir / "b.db", timeout=DEADLINE) as db:
                for name, state in db.execute("SELECT name, state FROM challenges"):
                    assert name in (*want, *then) or (name.startswith("unfinished: ") and state == "hidden"), name
        through_faults(b, c, "deploy", look=look)
        same(b, want)
        numbers = deploy.ids(b)
        desk.expect(c, 0, "3 unchanged", c.run("deploy", "--dry-run"))
        deploy.edit(c, "falling", "name: Falling", "name: Sinking")
        deploy.edit(c, "first", "files: [dist/one.txt, two.bin]", "files: [two.bin]")
        (c.course / "first" / "two.bin").write_bytes(b"\0new\xff")
        deploy.edit(c, "first", "cost: 10", "cost: 20")
        through_faults(b, c, "deploy", look=look)
        same(b, then)
        assert sorted(deploy.ids(b).values()) == sorted(numbers.values()), "a challenge was made anew"
        desk.expect(c, 0, "3 unchanged", c.run("deploy", "--dry-run"))
        b.stop()


def case_flags():
    """Every student's flag is there once, also when the roster changes; what left the course goes once."""
    shutil.copytree(desk.course, desk.scratch + "/course")
    desk.course = desk.scratch + "/course"
    b = daemon.Board("board").start()
    c = desk.Class(b.url, token=b.token, roster="handle,name,email\n")
    for names in (("ann", "bob", "cleo"), ("bob", "dora", "emil")):
        (c.dir / "roster.csv").write_text("handle,name,email\n" + "".join(f"{n},{n},{n}@example.edu\n" for n in names))
        through_faults(b, c, "deploy", "--prune")
        numbers = deploy.ids(b)
        assert len(numbers) == len(list(pathlib.Path(desk.course).glob("*/challenge.yml"))), numbers
        for slug, name in (("raw-ipv4", "Raw IPv4"), ("raw-tcp", "Raw TCP"), ("stream-sender", "Stream sender")):
            if name in numbers:
                there = b.api("GET", f"/challenges/{numbers[name]}/flags")["data"]
                takes = [any(re.fullmatch(f["content"], c.flag(slug, n)) for f in there) for n in names]
                assert len(there) == 1 and all(takes), (slug, there)
        shutil.rmtree(desk.course + "/raw-tcp", ignore_errors=True)
    assert "Raw TCP" not in numbers
    desk.expect(c, 0, "", c.run("deploy", "--dry-run"))
    b.stop()


def case_kind():
    """A scoreboard that does not say what it is, as while it is filled anew, is not taken for an old one in users mode."""
    b = daemon.Board("board").start()
    c = desk.Class(b.url, token=b.token)
    for n in (0, 2):  # version and mode; between them it is asked for its name
        b.stop()
        b.args = ("--port", str(b.port), "--fault", f"get-configs:404:1:{n}")
        b.start()
        desk.expect(c, 4, "does not say its version and mode", c.run("deploy"))
        assert not deploy.ids(b)
    b.stop()


class Room:
    """Six students, and challenges whose value follows their solves. Here no 404 of what is there: that is believed."""

    def __init__(self):
        self.b = b = daemon.Board("board").start()
        self.users = {f"s{n}": b.user(f"s{n}") for n in range(6)}
        self.c = desk.Class(b.url, token=b.token)
        with open(self.c.dir / "class.yml", "a", encoding="utf-8") as f:
            f.write("\npaste: audit\n")
        desk.expect(self.c, 0, "created", self.c.run("deploy"))
        self.challenges = deploy.ids(b)
        for name in ("Raw IPv4", "Stream sender"):
            b.api("PATCH", f"/challenges/{self.challenges[name]}",
                  {"function": "linear", "initial": 100, "minimum": 10, "decay": 5})

    def enter(self, who, provided, kind, name):
        self.b.api("POST", "/submissions", {"challenge_id": self.challenges[name], "user_id": self.users[who], "type": kind,
                                            "provided": provided})

    def value(self, name, **keys):
        return self.b.api("PATCH" if keys else "GET", f"/challenges/{self.challenges[name]}", keys or None)["data"]["value"]

    def values_follow(self):
        """As the scoreboard itself would compute them now."""
        for name in ("Raw IPv4", "Stream sender"):
            shown = self.value(name)
            assert shown == self.value(name, attribution=""), (name, shown)

    def solves(self, name):
        return sorted(r["user"]["name"] for r in self.b.solves() if r["challenge_id"] == self.challenges[name])

    def rounds(self, prepare, disturbed, well):
        for n in range(0, len(self.users), 2):
            restart(self.b, 0)
            prepare([f"s{n}", f"s{n + 1}"])
            restart(self.b, FAULTS, ("post-submissions", "patch-submissions", "delete-submissions", "patch-challenges"))
            disturbed()
            restart(self.b, 0)
            well()
            self.values_follow()

    def commands(self, prepare, *commands):
        def disturbed():
            for _ in range(10):
                tried(self.c, *draw.choice(commands), seconds=0.15)

        def well():
            for args in commands:
                desk.expect(self.c, 0, "", self.c.run(*args))
        self.rounds(prepare, disturbed, well)

    def serve(self, prepare, done):
        def disturbed():
            for _ in range(6):
                s = daemon.Serve(self.c).__enter__()
                time.sleep(draw.uniform(0.05, 1.5))
                s.process.kill()
                s.process.wait()
                s.process.stdout.close()

        def well():
            with daemon.Serve(self.c):
                daemon.until(done)
        self.rounds(prepare, disturbed, well)


def watch(go):
    """Each own flag becomes one solve, each forged row goes, each borrowed one is written down once."""
    room = Room()
    entered = []

    def prepare(names):
        entered.extend(names)
        for who in names:
            room.enter(who, room.c.flag("raw-ipv4", who).upper(), "incorrect", "Raw IPv4")
            room.enter(who, room.c.flag("stream-sender", who)[:-10] + "aaaa-aaaa}", "correct", "Stream sender")
            room.enter(who, room.c.flag("raw-tcp", "s0" if who != "s0" else "s1"), "correct", "Raw TCP")
        room.value("Stream sender", attribution="")
    go(room, prepare, entered)
    everybody = sorted(room.users)
    assert room.solves("Raw IPv4") == everybody, room.solves("Raw IPv4")
    for name, want in (("Stream sender", []), ("Raw TCP", everybody)):
        assert room.solves(name) == want, (name, room.solves(name), room.c.run("borrowed", "list"), room.c.output)
    assert sorted((r["student"], r["slug"], r["state"]) for r in room.c.rows()) == [
        (who, "raw-ipv4", "posted") for who in everybody], room.c.rows()
    desk.expect(room.c, 0, "", room.c.run("borrowed", "list", "--format", "json"))
    found = json.loads([l for l in room.c.output.splitlines() if l.startswith("[")][0])
    for kind, history in (("forged", ["revoked"]), ("borrowed", [])):
        of_kind = [e for e in found if e["kind"] == kind]
        assert sorted(e["shower"] for e in of_kind) == everybody, of_kind
        for e in of_kind:
            assert [h["verdict"] for h in e["history"]] == history, e
    desk.expect(room.c, 0, "", room.c.run("reconcile"))
    room.b.stop()


def case_watch():
    watch(lambda room, prepare, _: room.commands(prepare, ("borrowed", "list"), ("outbox", "run", "--once")))


def case_serve():
    """The same of the daemon, which also has to come to that by itself."""
    def go(room, prepare, entered):
        def done():
            with sqlite3.connect(room.c.dir / "wiregrade.db", timeout=DEADLINE) as db:
                posted = db.execute("SELECT count(*) FROM solve WHERE state = 'posted'").fetchone()
                revoked = db.execute("SELECT count(*) FROM verdict WHERE verdict = 'revoked'").fetchone()
            return posted == revoked == (len(entered),)
        room.serve(prepare, done)
    watch(go)


def case_reconcile():
    """What is gone is posted again and what is stray is removed, once."""
    room = Room()
    flags = "".join(room.c.flag("raw-ipv4", who) + "\n" for who in room.users)
    desk.expect(room.c, 0, "", room.c.run("submit", "-", stdin=flags))
    desk.expect(room.c, 0, "6 posted", room.c.outbox())

    def prepare(names):
        for row in room.b.solves():
            if row["user"]["name"] in names:
                room.b.api("DELETE", f"/submissions/{row['id']}")
        for who in names:
            room.enter(who, f"wiregrade:w1/stream-sender/{who}", "correct", "Stream sender")
        room.value("Stream sender", attribution="")
    room.commands(prepare, ("reconcile", "--fix", "--remove"), ("outbox", "run", "--once"))
    assert room.solves("Raw IPv4") == sorted(room.users) and room.solves("Stream sender") == [], room.b.solves()
    assert [r["state"] for r in room.c.rows()] == ["posted"] * len(room.users)
    desk.expect(room.c, 0, "", room.c.run("reconcile"))
    room.b.stop()


def case_value():
    """A value that follows the solves is right in the end, wherever the taking away of one was cut."""
    room = Room()
    faults = ("patch-challenges:before-commit", "delete-submissions:drop", "delete-submissions:before-commit")
    room.enter("s0", "by hand", "correct", "Stream sender")
    for fault in faults:
        room.enter("s1", "wiregrade:w1/stream-sender/s1", "correct", "Stream sender")
        assert room.value("Stream sender", attribution="") == 95
        room.b.stop()
        room.b.args = ("--port", str(room.b.port), "--fault", fault + ":1")
        room.b.start()
        desk.expect(room.c, 4, "status 500|no whole answer", room.c.run("reconcile", "--remove"))
        desk.expect(room.c, 0, "", room.c.run("reconcile", "--remove"))
        assert room.value("Stream sender") == 100, (fault, room.value("Stream sender"))
    faults = ("patch-challenges:before-commit", "patch-submissions:drop", "patch-submissions:after-commit")
    for fault, owner in zip(faults, ("s0", "s2", "s3")):
        room.enter("s1", room.c.flag("stream-sender", owner), "correct", "Stream sender")
        assert room.value("Stream sender", attribution="") == 95
        desk.expect(room.c, 0, "", room.c.run("borrowed", "list", "--format", "json"))
        line = [l for l in room.c.output.splitlines() if l.startswith("[")][0]
        found = [e["id"] for e in json.loads(line) if e["verdict"] == "open"]
        assert len(found) == 1, room.c.output
        room.b.stop()
        room.b.args = ("--port", str(room.b.port), "--fault", fault + ":1")
        room.b.start()
        for status in (4, 0):
            desk.expect(room.c, status, "", room.c.run("borrowed", "confirm", str(found[0]), "--by", "A", "--reason", "b"))
        shown = room.value("Stream sender")
        assert room.solves("Stream sender") == ["s0"] and shown == 100, (fault, shown)
    for fault in faults:  # decided before: taken off by the next look
        room.enter("s1", room.c.flag("stream-sender", "s2"), "correct", "Stream sender")
        assert room.value("Stream sender", attribution="") == 95
        room.b.stop()
        room.b.args = ("--port", str(room.b.port), "--fault", fault + ":1")
        room.b.start()
        for status in (4, 0):
            desk.expect(room.c, status, "", room.c.run("borrowed", "list"))
        shown = room.value("Stream sender")
        assert room.solves("Stream sender") == ["s0"] and shown == 100, (fault, shown)
    room.b.stop()


def main():
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(10**9)
    print(f"seed {seed}", flush=True)
    draw.seed(seed)
    case = sys.argv[2]
    desk.wiregrade = os.path.abspath(sys.argv[1])
    desk.course = str(ROOT / ("tests/clients/course" if case == "deploy" else "challenges"))
    with tempfile.TemporaryDirectory(prefix="wiregrade-faults-") as desk.scratch:
        globals()["case_" + case]()


if __name__ == "__main__":
    main()
