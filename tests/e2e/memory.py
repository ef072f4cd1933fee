#!/usr/bin/env python3
"""memory.py WIREGRADE COURSE FAILING_ALLOC.so CASE [EVERY]: each EVERY-th allocation of a command fails once. Whatever
fails is said: no crash of ours, no success with another result than without. EVERY 1 tries all (minutes)."""
import collections
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

import desk
from desk import Class, RealBoard
from steady import DEADLINE

# libpcap of Debian 12 compiles a filter with what it could not allocate; libfyaml 0.7.12 reads through what fy_parse_input_append could not allocate; nothing of ours is in between
THEIRS = {"libfyaml.so.0", "libpcap.so.0.8"}
# what libpcap's scanner of filters says before it ends the program
SCANNERS = "out of dynamic memory in yy"


class Run:
    def __init__(self, preload, folder, args, stdin=""):
        self.preload, self.folder, self.args, self.stdin = preload, folder, args, stdin
        self.log = pathlib.Path(desk.scratch) / "log"

    def at(self, n):
        self.log.unlink(missing_ok=True)
        self.done = subprocess.run([desk.wiregrade, *self.args], cwd=self.folder, input=self.stdin, text=True, capture_output=True,
                                   timeout=DEADLINE, check=False, env={**os.environ, "LD_PRELOAD": self.preload,
                                                                 "WIREGRADE_FAIL_AT": str(n), "WIREGRADE_FAIL_LOG": str(self.log)})
        return self.done

    def total(self):
        return int(self.log.read_text().split()[1])


def each(run, every, prepare=lambda: None, look=lambda done: None, status=0):
    """look(done) is called after each run: what must be true of status and result. status: without a failure."""
    prepare()
    whole = run.at(0)
    assert whole.returncode == status, whole
    look(whole)
    total, seen = run.total(), collections.Counter()
    assert total > 100, total
    for n in range(1, total + 1, every):
        prepare()
        done = run.at(n)
        where = f"allocation {n} of {total}: {done}"
        if done.returncode < 0:
            log = run.log.read_text().split() if run.log.exists() else ["?"]
            assert log[0] == "crash" and log[1] in THEIRS, f"{log} {where}"
            seen["theirs"] += 1
            look(done)
            continue
        if done.returncode == 2 and done.stderr.startswith(SCANNERS):
            seen["theirs"] += 1
            continue
        assert done.returncode in (0, 1, 3, 4), where
        assert done.returncode != 0 or (status == 0 and done.stdout == whole.stdout), f"another result: {where}"
        assert done.returncode == 0 or done.stdout.strip() or done.stderr.strip(), f"nothing is said: {where}"
        look(done)
        seen[done.returncode] += 1
    print(total, dict(seen))
    assert set(seen) - {"theirs", 0}, "no allocation that failed was ever told"


def case_lint(preload, every):
    each(Run(preload, desk.scratch, ["lint", desk.course]), every)


def case_lint_wrong(preload, every):
    """What is wrong stays wrong: two challenges of one name, found last of all."""
    course = pathlib.Path(desk.scratch) / "course"
    shutil.copytree(desk.course, course)
    text = course / "raw-ipv4" / "challenge.yml"
    text.write_text(text.read_text().replace("name: Raw IPv4", "name: Raw TCP"))
    each(Run(preload, desk.scratch, ["lint", str(course)]), every, status=3)


class Stored:
    """A class whose store is put back before each run."""

    def __init__(self, board, flags):
        self.c = Class(board.url, token=board.token)
        self.flags = [self.c.flag(slug) for slug in ("raw-ipv4", "stream-sender")]
        if flags:
            assert self.c.run("submit", "-", stdin="\n".join(self.flags) + "\n") == 0, self.c.output
        self.kept = pathlib.Path(desk.scratch) / "kept"
        self.kept.mkdir()
        for path in self.c.dir.glob("wiregrade.db*"):
            shutil.copy(path, self.kept)

    def states(self):
        if not (self.c.dir / "wiregrade.db").exists():
            return []
        with sqlite3.connect(self.c.dir / "wiregrade.db") as db:
            if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'solve'").fetchone():
                return []
            return sorted(row[0] for row in db.execute("SELECT state FROM solve"))

    def back(self):
        for path in self.c.dir.glob("wiregrade.db*"):
            path.unlink()
        for path in self.kept.iterdir():
            shutil.copy(path, self.c.dir)


def case_submit(preload, every):
    with RealBoard("board") as board:
        stored = Stored(board, False)

        def look(done):
            states = stored.states()
            assert len(states) == len(re.findall(r"^right: ", done.stdout, re.M)) or done.returncode, (states, done)
            assert done.returncode or states == ["waiting", "waiting"], (states, done)
        each(Run(preload, stored.c.dir, ["submit", "-"], "\n".join(stored.flags) + "\n"), every, stored.back, look)


def case_outbox(preload, every):
    with RealBoard("board") as board:
        user = board.api("POST", "/users", {"name": desk.STUDENT, "password": "xyzzyxyzzy", "email": "s@example.edu"})["data"]["id"]
        for name, value in (("Raw IPv4", 15), ("Stream sender", 10)):
            board.api("POST", "/challenges", {"name": name, "value": value, "category": "c", "description": "", "type": "standard"})
        stored = Stored(board, True)

        def there():
            return board.api("GET", f"/submissions?user_id={user}&per_page=100")["data"]

        def prepare():
            for row in there():
                board.api("DELETE", f"/submissions/{row['id']}")
            stored.back()

        def look(done):
            rows, states = [r["challenge_id"] for r in there()], stored.states()
            assert len(rows) == len(set(rows)) and states.count("posted") <= len(rows), (rows, states, done)
            assert done.returncode or (len(rows) == 2 and states == ["posted", "posted"]), (rows, states, done)
            assert "rejected" not in states, (states, done)
        each(Run(preload, stored.c.dir, ["outbox", "run", "--wait", "0"], ""), every, prepare, look)


def main():
    desk.wiregrade, desk.course = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    with tempfile.TemporaryDirectory(prefix="wiregrade-memory-") as desk.scratch:
        globals()["case_" + sys.argv[4]](os.path.abspath(sys.argv[3]), int(sys.argv[5]) if len(sys.argv) > 5 else 1)


main()
