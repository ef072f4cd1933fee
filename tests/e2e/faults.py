#!/usr/bin/env python3
"""faults.py WIREGRADE CASE [SEED]: deploy, the watcher and reconcile at a board that fails at any request in any of its
ways, killed at random moments and started again. At the end all is as if nothing had happened, and nothing is there
twice. The seed is printed; with it the same faults are drawn again."""
import os
import pathlib
import random
import sqlite3
import subprocess
import sys
import tempfile
import urllib.error

import deploy
import relay
import serve

ROOT = pathlib.Path(__file__).resolve().parents[2]
KINDS = ("before-commit", "after-commit", "drop-before", "drop", "html", "garbage", "302", "401", "403", "404", "503")
FAULTS = 14  # at one board at a time
draw = random.Random()


def restart(b, faults, among=60):
    """The same board with so many faults ahead, each at one of the next requests of all."""
    if b.process.poll() is None:
        b.stop()
    b.args = ("--port", str(b.port))
    for _ in range(faults):
        b.args += "--fault", f"any:{draw.choice(KINDS)}:{draw.randint(1, 2)}:{draw.randrange(among)}"
    b.start()


def tried(c, *args, seconds=0.4):
    """Runs wiregrade, killed in every third run; its exit status."""
    limit = draw.uniform(0.01, seconds) if draw.random() < 0.33 else 60
    p = subprocess.Popen([relay.wiregrade, *args], cwd=c.dir, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        c.output = p.communicate(timeout=limit)[0]
    except subprocess.TimeoutExpired:
        p.kill()
        c.output = p.communicate()[0]
    assert "Sanitizer" not in c.output and "runtime error" not in c.output, c.output
    # a board that says 404 of what is there is believed
    assert p.returncode in (0, 1, 4, -9), (p.returncode, c.output)
    return p.returncode


def through_faults(b, c, *args, rounds=3, runs=8, look=lambda: None):
    """The command again and again; then a last time at a board that is well."""
    for _ in range(rounds):
        restart(b, FAULTS)
        for _ in range(runs):
            tried(c, *args)
            look()
    restart(b, 0)
    relay.expect(c, 0, "", c.run(*args))


def same(b, want):
    """Nothing lost, nothing doubled, key by key."""
    got = deploy.dump(b, numbers=False)
    assert set(got) == set(want), set(got) ^ set(want)
    for name, content in got.items():
        for key in content:
            assert content[key] == want[name].get(key), (name, key, content[key], want[name].get(key))


def case_deploy():
    """Whatever a deploy met, the next ones make the scoreboard equal to the course; half made ones are never seen."""
    deploy.course, deploy.scratch = relay.course, relay.scratch
    clean = serve.Board("clean").start()
    c = deploy.setup(clean, "clean-class")
    relay.expect(c, 0, "3 created", c.run("deploy"))
    want = deploy.dump(clean, numbers=False)
    deploy.edit(c, "falling", "name: Falling", "name: Sinking")
    deploy.edit(c, "first", "files: [dist/one.txt, two.bin]", "files: [two.bin]")
    (c.course / "first" / "two.bin").write_bytes(b"\0new\xff")
    deploy.edit(c, "first", "cost: 10", "cost: 20")
    relay.expect(c, 0, "2 changed", c.run("deploy"))
    then = deploy.dump(clean, numbers=False)
    clean.stop()
    for n in range(4):
        b = serve.Board(f"board{n}").start()
        relay.course = deploy.course
        c = deploy.setup(b, f"class{n}")

        def look():
            with sqlite3.connect(b.dir / "b.db", timeout=20) as db:
                for name, state in db.execute("SELECT name, state FROM challenges"):
                    assert name in (*want, *then) or (name.startswith("unfinished: ") and state == "hidden"), name
        through_faults(b, c, "deploy", look=look)
        same(b, want)
        numbers = deploy.ids(b)
        relay.expect(c, 0, "3 unchanged", c.run("deploy", "--dry-run"))
        deploy.edit(c, "falling", "name: Falling", "name: Sinking")
        deploy.edit(c, "first", "files: [dist/one.txt, two.bin]", "files: [two.bin]")
        (c.course / "first" / "two.bin").write_bytes(b"\0new\xff")
        deploy.edit(c, "first", "cost: 10", "cost: 20")
        through_faults(b, c, "deploy", look=look)
        same(b, then)
        assert sorted(deploy.ids(b).values()) == sorted(numbers.values()), "a challenge was made anew"
        relay.expect(c, 0, "3 unchanged", c.run("deploy", "--dry-run"))
        b.stop()


def case_kind():
    """A scoreboard that does not say what it is, as while it is filled anew, is not taken for an old one in users mode."""
    b = serve.Board("board").start()
    c = relay.Class(b.url, token=b.token)
    for n in (0, 2):  # version and mode; between them it is asked for its name
        b.stop()
        b.args = ("--port", str(b.port), "--fault", f"get-configs:404:1:{n}")
        b.start()
        relay.expect(c, 4, "does not say its version and mode", c.run("deploy"))
        assert not deploy.ids(b)
    b.stop()


def main():
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(10**9)
    print(f"seed {seed}", flush=True)
    draw.seed(seed)
    case = sys.argv[2]
    relay.wiregrade = os.path.abspath(sys.argv[1])
    relay.course = str(ROOT / ("tests/clients/course" if case == "deploy" else "challenges"))
    with tempfile.TemporaryDirectory(prefix="wiregrade-faults-") as relay.scratch:
        globals()["case_" + case]()


if __name__ == "__main__":
    main()
