"""What befalls the class's daemon: a scoreboard, a token, a disk or a store that fails, and SIGKILL. For serve.py."""
import os
import pathlib
import random
import re
import resource
import sqlite3
import subprocess
import time

import desk
import steady
from daemon import SLUGS, Serve, once, posted, room, until, word
from desk import STUDENT, expect
from steady import DEADLINE


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
        db = sqlite3.connect(c.dir / "wiregrade.db", timeout=DEADLINE, isolation_level=None)
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
    done = subprocess.run(["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount, "sh", desk.wiregrade, *args], cwd=c.dir, input=stdin,
                          text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=DEADLINE, check=False)
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
        for path in (pathlib.Path(desk.scratch), c.dir, *c.dir.iterdir()):
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
    expect(c, 0, "2 posted", c.run("outbox", "run", "--wait", desk.PATIENT, **more))
    once(b, c, 2)
    b.stop()


def case_no_room():
    """A disk without a byte left: each command says so, and the same one goes well when there is room."""
    b, c = room()
    c.submit(["raw-tcp"])
    flag = c.flag("raw-ipv4")
    script = ('mkdir full && mount -t tmpfs -o size=1m tmpfs full && cp class.yml course.key ctfd.token wiregrade.db full && cd full || exit 99;'
              ' [ "$1" = roomy ] || dd if=/dev/zero of=filled bs=1k 2>/dev/null; shift; exec "$@"')
    for how, status, pattern in (("filled", 4, r"wiregrade.db: the disk is full; make room on it"), ("roomy", 0, "will be posted|raw-tcp|1 posted")):
        for args in (("submit", "-"), ("outbox", "list"), ("outbox", "run", "--once")):
            done = subprocess.run(["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh", how, desk.wiregrade, *args],
                                  cwd=c.dir, input=flag, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=DEADLINE, check=False)
            (c.dir / "full").rmdir()
            c.output = done.stdout
            expect(c, status, pattern, done.returncode)
    b.stop()


def case_moved():
    """The store is moved away, or held by another program, while the daemon has it open: nothing is taken that nobody would find again."""
    b, c = room()
    flags = [c.flag(slug) for slug in SLUGS]
    with Serve(c) as s:
        assert word(s.hand_in(flags[0])[0]) == "OK"
        posted(c, 1)
        path = c.dir / "wiregrade.db"
        with sqlite3.connect(path, isolation_level=None) as other:
            other.execute("BEGIN EXCLUSIVE")
            assert word(s.hand_in(flags[1])[0]) == "ERR"
            until(lambda: "wiregrade.db: another program has had it locked for 5 s; end that one" in s.get("/healthz")[1])
            other.execute("ROLLBACK")
        other.close()
        until(lambda: word(s.hand_in(flags[1])[0]) in ("OK", "DUP"))
        posted(c, 2)
        path.rename(c.dir / "away.db")
        assert word(s.hand_in(flags[2])[0]) == "ERR"
        until(lambda: "wiregrade.db: was moved away, removed or replaced while it was in use; put it back" in s.get("/healthz")[1])
        (c.dir / "away.db").rename(path)
        until(lambda: word(s.hand_in(flags[2])[0]) in ("OK", "DUP"))
        posted(c, 3)
        until(lambda: s.get("/healthz") == (200, "ok\n"))
    once(b, c, 3)
    b.stop()


def case_kill():
    """SIGKILL at random moments while flags come in: all that was answered OK is posted, once."""
    seed = steady.seed()
    print("seed", seed)
    draw = random.Random(seed)
    users = [f"s{n}" for n in range(10)]
    b, c = room(users=users)
    flags = [c.flag(slug, user) for user in users for slug in SLUGS]
    todo, rounds = list(flags), 0
    while todo or c.states() != ["posted"] * len(flags):
        rounds += 1
        s = Serve(c).__enter__()
        # longer from round to round: a machine that gets nothing done in a tenth of a second comes to the end, too
        killer = time.monotonic() + draw.uniform(0, 0.1 + rounds / 100)
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
