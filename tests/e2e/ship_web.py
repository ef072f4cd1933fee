#!/usr/bin/env python3
"""ship_web.py WIREGRADE COURSE CASE [CLOCKSHIFT]: a target's journal on its way to `wiregrade serve --ship` by HTTP, over the stores that
WIREGRADE_TEST_POSTGRES names or SQLite's. 77: skipped."""
import collections
import json
import os
import pathlib
import random
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import desk  # which knows where postgres is
import postgres
import ship
import steady
from daemon import until
from desk import expect
from ship_dock import Dock, Middle, NOBODY, Room, until_all
from ship_room import Ship, Target, TIME, attempt, memory, start_line
from steady import DEADLINE


def case_lines():
    """Rotation, torn lines, restarts and a file that a crash has cut short: as into PostgreSQL."""
    ship.Room = Room
    ship.case_lines()


def case_solve():
    """A flag that was handed in at the briefing of a target elsewhere is a solve, by the grader's clock, and waits for nobody."""
    r = Room().store().role()
    r.c.brief("raw-ipv4")
    (r.c.dir / "target.jsonl").rename(r.journal)
    clock = r.c.dir / "clock"
    clock.write_bytes(struct.pack("q", 3600 * 1000000))
    r.once(0, "clock is 3[56][0-9]{2} s ahead of the grader's(?s:.*)1 lines were sent", env=desk.shifted(clock, os.path.abspath(sys.argv[4])))
    until(lambda: len(r.b.solves()) == 1)
    row, = r.c.rows()
    assert row["slug"] == "raw-ipv4" and row["submitted"].startswith("2026-11-22T17:47:3"), row
    # read by its own name as well, it counts once
    r.rest()
    text = (r.c.dir / "class.yml").read_text()
    (r.c.dir / "class.yml").write_text(text.replace("journals: []", "journals: [east.jsonl]"))
    r.write(attempt("a"))
    assert r.tries() == {"a": 1}, r.tries()
    r.store().once(0, "^1 lines were sent")
    assert r.tries() == {"a": 1}, r.tries()
    desk.once(r.b, 1)
    r.rest()


def case_token():
    """Who has a target's token adds lines in its name, asks where they stand, and nothing else; the store has no token."""
    r = Room().store().role().role("west")
    token = (r.c.dir / "east.token").read_text().strip()
    assert token.startswith("east:") and (r.c.dir / "east.token").stat().st_mode & 0o777 == 0o600, token
    r.write(start_line(), attempt("a"))
    r.once(0, "^2 lines were sent")
    assert token.encode() not in r.c.kept() and token[5:].encode() not in r.c.kept() and token not in r.dock.said()

    def asked(method, path, body=None, word=f"Token {token}"):
        request = urllib.request.Request(r.url() + path, body, {"Authorization": word} if word else {}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=DEADLINE) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    before = r.c.sql("SELECT * FROM meta ORDER BY 1"), r.kept(), r.kept("west")
    for path in ("/", "/metrics", "/healthz", "/livez", "/ship/east", "/ship/lines/1", "/ship/../metrics"):
        assert asked("GET", path)[0] == 404, path
        assert asked("GET", path, word=None)[0] == 401, path
    for method in ("PUT", "DELETE", "PATCH"):
        assert asked(method, "/ship/lines", b"x")[0] == 405, method
    head = r.c.sql("SELECT head FROM shipped_file")[0][0]
    # of another target's it learns whose it is, and no more
    west = (r.c.dir / "west.token").read_text().strip()
    theirs = json.loads(asked("POST", f"/ship/file?head={head}", b"", f"Token {west}")[1])
    assert (theirs["own"], theirs["of"], theirs["length"]) == (False, "east", 0), theirs
    line = (start_line() + "\n").encode()
    assert json.loads(asked("POST", f"/ship/line?head={head}&piece=0&at=0", line)[1])["has"]
    assert not json.loads(asked("POST", f"/ship/line?head={head}&piece=0&at=0", line, f"Token {west}")[1])["has"]
    at = "&piece=0&at=0&length=0&to_piece=0&to_at=0&ahead_us=0"
    assert asked("POST", f"/ship/lines?head={head}&file={theirs['file']}{at}", line, f"Token {west}")[0] == 409
    assert asked("POST", f"/ship/lines?head={head}&file={theirs['file']}{at}", line, "Token west:" + token[5:])[0] == 401
    assert before == (r.c.sql("SELECT * FROM meta ORDER BY 1"), r.kept(), r.kept("west"))
    until(lambda: "requests with a wrong token, the last for target west from 127.0.0.1" in r.dock.said())
    # made anew while it runs, and taken away
    with Ship(r) as s:
        r.write(attempt("b"))
        until(r.everything)
        old = r.c.dir / "old.token"
        (r.c.dir / "east.token").rename(old)
        r.role()
        r.write(attempt("c"))
        until(r.everything)
        expect(r.c, 0, "^$", r.c.run("key", "revoke", "east"))
        r.write(attempt("d"))
        assert s.process.wait(DEADLINE) == 4, s.said()
        assert "the token in east.token is refused: it was made anew or revoked" in s.said(), s.said()
        r.role()
        s.__enter__()
        until(r.everything)
    expect(r.c, 4, "the token in old.token is refused", r.c.run("ship", "--once", "--to", r.url(), "--token-file", "old.token", str(r.journal)))
    expect(r.c, 0, "^$", r.c.run("key", "revoke", "east"))
    r.once(4, "the token in east.token is refused: .*revoked.*wiregrade key token. makes one")
    expect(r.c, 3, "target east has no token", r.c.run("key", "revoke", "east"))
    expect(r.c, 3, "target north has no token", r.c.run("key", "revoke", "north"))
    r.rest()


def case_mistakes():
    """What a person gets wrong is a sentence with its mend, and the right exit status."""
    r = Room()
    r.write(start_line(), attempt("a"))
    run, journal = r.c.run, str(r.journal)
    expect(r.c, 2, "--output where the token goes", run("key", "token", "east"))
    for name in ("East", "a b", "", "-x", "x" * 64):
        expect(r.c, 2, "names no target", run("key", "token", "--output", "t", "--", name))
    (r.c.dir / "there").write_text("x")
    expect(r.c, 3, "there: .*(there already|exists)", run("key", "token", "east", "--output", "there"))
    expect(r.c, 2, "--token-file is missing: what .wiregrade key token TARGET", run("ship", "--to", "https://serve.example.edu", journal))
    expect(r.c, 2, "--token-file goes with https://", run("ship", "--to", "postgresql://east@/x?host=/tmp", "--token-file", "t", journal))
    expect(r.c, 2, "--ca-file goes with https://", run("ship", "--to", "postgresql://east@/x?host=/tmp", "--ca-file", "t", journal))
    r.once(3, "east.token: no such file; .wiregrade key token TARGET --output FILE")
    r.role()
    r.once(3, "a journal is shipped to PostgreSQL, .* or to .wiregrade serve --ship., by https://", url="httpx://127.0.0.1")
    for url in ("http://serve.example.edu", "http://10.0.0.9:9110/x", "http://localhost.example.edu", "http://[2001:db8::1]:80"):
        r.once(3, "the token would travel without encryption; use https, or a tunnel to localhost", url=url)
    r.once(3, "holds more than scheme, host, port and path; write it like https://serve.example.edu", url="https://east:x@serve.example.edu")
    token = r.c.dir / "east.token"
    token.chmod(0o644)
    r.once(3, "east.token: .*chmod")
    token.chmod(0o600)
    r.once(4, "Connection refused", "--wait", "0", url=NOBODY)
    r.store()
    r.once(4, "no journals are taken there .404.; --to is the address of .wiregrade serve --ship.", url=f"http://127.0.0.1:{r.dock.metrics}")
    r.once(4, "no journals are taken there .404.", url=r.url() + "/spring")
    r.once(3, "none.jsonl: is not there; what a target writes to it is sent when it is", journal=r.c.dir / "none.jsonl")
    r.once(0, "^2 lines were sent", url=r.url() + "/")
    r.once(0, "^0 lines were sent", url=r.url().replace("127.0.0.1", "localhost"))
    token.write_text("east:" + "a" * 52 + "\n")
    r.once(4, "the token in east.token is refused")
    token.write_text("of another thing\n")
    r.once(3, "east.token: not an access token; it must hold one line")
    r.role("west").role()
    # what was sent by one target does not come from another; what is its own is sent all the same
    west = r.c.dir / "west.jsonl"
    west.with_name("west.jsonl.1").write_text(r.journal.read_text())
    west.write_text(start_line(7) + "\n" + attempt("w") + "\n")
    expect(r.c, 3, "west.jsonl.1: a copy of target east's journal, or east ships it, too; each target sends its own, by a token of its own",
           run("ship", "--once", *r.to(target="west"), str(west)))
    assert r.kept("west") == [west.read_bytes()] and r.tries() == {"a": 1, "w": 1}, r.tries()
    # twice at the same journal
    with Ship(r):
        r.write(attempt("a"))
        until(lambda: r.kept() == [r.journal.read_bytes()])
        r.once(4, "another .wiregrade ship. sends it already; end one of them")
    # the port is taken, and given to no address
    r.rest()
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        s.listen()
        expect(r.c, 4, "--ship: cannot listen on 127.0.0.1 port", run("serve", "--intake", "127.0.0.1:0", "--metrics", "127.0.0.1:0", "--ship",
                                                                     f"127.0.0.1:{s.getsockname()[1]}"))
    expect(r.c, 2, "--ship x: write ADDRESS:PORT", run("serve", "--ship", "x"))


ANSWERS = {
    500: (4, "answers 500 not now"), 502: (4, "answers 502 not now"), 429: (4, "answers 429 not now"), 503: (4, "answers 503 not now"),
    400: (4, "does not understand what is sent .not now.; is it of another version"), 405: (4, "no journals are taken there .405."),
    413: (4, "1 MiB at once is too much for it; a proxy"), 302: (4, "redirects to https://else.example.edu/; name the right address"),
    200: (4, "gives an answer that .wiregrade serve --ship. does not give"), "lost": (4, "no whole answer"),
}


def case_answers():
    """Whatever stands before serve and says something else: a sentence each, nothing is lost, and it goes on when that is over."""
    r = Room().store().role()
    r.write(start_line(), attempt("a"))
    for path in ("/ship", "/ship/file", "/ship/lines"):
        for what, (status, sentence) in ANSWERS.items():
            middle = Middle(r, lambda at, _, p=path, w=what: w if at.split("?")[0] == p else None)
            r.once(status, sentence, "--wait", "0", url=middle.url())
            assert middle.met[what] and "<" not in r.c.output, (path, what, middle.met)
    # what was lost of the last was there all the same
    r.once(0, "^0 lines were sent")
    assert r.kept() == [r.journal.read_bytes()], r.kept()
    # how long to wait is heeded, and no longer than it
    times = []
    middle = Middle(r, lambda at, _: times.append(time.monotonic()) or (429 if len(times) < 4 else None))
    r.write(attempt("b"))
    r.once(0, "answers 429 (?s:.*)\n1 lines were sent", "--wait", desk.PATIENT, url=middle.url())
    assert times[1] - times[0] >= 1, times
    r.rest()


def case_away():
    """A daemon that is away, killed, stopped or slow: the journal keeps the lines, and memory stays what it is."""
    r = Room().store().role()
    r.write(start_line())
    filler = json.dumps({"time": TIME, "event": "stop", "pad": "x" * 900})  # 20,000 of them are 20 MB
    r.dock.kill()
    with Ship(r) as s:
        until(lambda: "Connection refused; the journal keeps its lines until then" in s.said())
        r.write(*[attempt(f"s{n}") for n in range(1000)], *[filler] * 20000)
        r.again()
        until(r.everything)
        assert "lines are taken again" in s.said(), s.said()
        most = memory(s.process)
        r.write(attempt("a"))
        until(r.everything)
        # ended in order, and read anew
        r.dock.__exit__(None)
        r.write(attempt("b"))
        r.again()
        until(r.everything)
        r.dock.process.send_signal(1)
        r.write(attempt("c"), *[filler] * 20000)
        until(r.everything)
        # stopped: nobody answers
        r.dock.process.send_signal(19)
        r.write(attempt("d"))
        time.sleep(1)
        assert not r.everything()
        r.dock.process.send_signal(18)
        until(r.everything)
        assert memory(s.process) < most + 8192, (most, memory(s.process))
        assert s.process.poll() is None
    assert r.kept() == [r.journal.read_bytes()]
    tries = r.tries()
    assert len(tries) == 1004 and set(tries.values()) == {1}, len(tries)
    r.rest()


def case_store_away():
    """The store says no: 503, a trouble of /healthz, and all of it later."""
    r = Room().store().role()
    r.write(start_line(), attempt("a"))
    r.once(0, "^2 lines were sent")
    if r.c.server:
        r.c.sql("CREATE FUNCTION quota() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'could not extend file' USING ERRCODE = '53100';"
                " END $$; CREATE TRIGGER quota BEFORE INSERT ON shipped FOR EACH STATEMENT EXECUTE FUNCTION quota()")
        mend = "DROP TRIGGER quota ON shipped"
    else:
        r.c.sql("CREATE TRIGGER quota BEFORE INSERT ON shipped BEGIN SELECT RAISE(ABORT, 'quota'); END")
        mend = "DROP TRIGGER quota"
    with Ship(r) as s:
        r.write(attempt("b"))
        until(lambda: "answers 503 the store cannot be asked at the moment; try again; the journal keeps its lines" in s.said())
        assert "quota" not in s.said() and "extend" not in s.said(), "what the store says is for its own machine"
        until(lambda: "store: " in r.dock.said() or "store " in r.dock.said())
        r.c.sql(mend)
        until(r.everything)
    assert r.tries() == {"a": 1, "b": 1}, r.tries()
    r.rest()


def case_lost_answer():
    """The lines are there, and the answer that says so is lost; or half of them came: they are there once."""
    r = Room().store().role()
    r.write(start_line(), *[attempt(f"s{n}") for n in range(5000)])
    plan = iter(["lost", None, "lost", "lost", "cut", None, "cut", "lost"])
    middle = Middle(r, lambda at, _: next(plan, None) if at.startswith("/ship/lines") else None)
    r.once(0, "5001 lines were sent", "--wait", desk.PATIENT, url=middle.url())
    assert next(plan, "over") == "over" and r.kept() == [r.journal.read_bytes()], middle.met
    # and more stands in the journal when it asks again
    more = iter(range(4))

    def grow(at, _):
        n = next(more, None) if at.startswith("/ship/lines") else None
        return None if n is None else r.write(attempt(f"m{n}")) or "lost"

    middle = Middle(r, grow)
    r.write(attempt("m"))
    r.once(0, "lines were sent", "--wait", desk.PATIENT, url=middle.url())
    assert middle.codes[409] and r.kept() == [r.journal.read_bytes()], middle.codes
    tries = r.tries()
    assert len(tries) == 5005 and set(tries.values()) == {1}, len(tries)
    r.rest()


def case_twice():
    """A copy of a target's machine, its token and its journal: both send it, and each line is there once; what is not the same is told."""
    r = Room().store().role()
    r.write(start_line(), *[attempt(f"s{n}") for n in range(3000)])
    twin = Room.__new__(Room)
    twin.__dict__.update(r.__dict__, journal=r.c.dir / "copy" / "east.jsonl")
    twin.journal.parent.mkdir()
    shutil.copy(r.journal, twin.journal)
    with Ship(r), Ship(twin):
        until(r.everything)
        for n in range(20):
            for room in (r, twin):
                room.write(attempt(f"t{n}"))
            until(r.everything)
    assert r.kept() == [r.journal.read_bytes()], "the same lines in both"
    tries = r.tries()
    assert len(tries) == 3020 and set(tries.values()) == {1}, len(tries)
    r.rest()


def case_tls():
    """By https, as through a proxy: another's certificate is one sentence, and the token is not said to whoever has it."""
    if not shutil.which("openssl"):
        print("skipped: no openssl")
        sys.exit(postgres.SKIP)
    r = Room().store().role()
    r.write(start_line(), attempt("a"))
    cert, both = r.c.dir / "cert.pem", r.c.dir / "both.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                    "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", both, "-out", cert], check=True, capture_output=True)
    with open(both, "ab") as f:
        f.write(cert.read_bytes())
    middle = Middle(r, cert=both)
    url, other = f"https://localhost:{middle.port}", f"https://127.0.0.1:{middle.port}"
    r.once(4, "its certificate is refused .*; --ca-file names the authority", "--wait", "0", url=url)
    assert r.c.output.count("\n") == 1, r.c.output
    r.once(4, "its certificate is refused", "--wait", "0", "--ca-file", "cert.pem", url=other)
    r.once(4, "its certificate is refused|none.pem", "--wait", "0", "--ca-file", "none.pem", url=url)
    assert not middle.seen, middle.seen
    r.once(0, "^2 lines were sent", "--ca-file", "cert.pem", url=url)
    assert middle.seen["/ship/lines"] == 1 and r.kept() == [r.journal.read_bytes()]
    # what speaks no TLS
    r.once(4, "", "--wait", "0", url=r.url().replace("http:", "https:"))
    r.rest()


def case_hogs():
    """Whoever has no token and opens connections, or sends byte by byte, keeps nobody's journal out."""
    r = Room().store().role()
    r.write(start_line(), *[attempt("a")] * 50)
    held = []
    for n in range(300):
        held.append(socket.create_connection(("127.0.0.1", r.dock.port), timeout=DEADLINE))
        if n % 2:
            held[-1].sendall(b"POST /ship/lines HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n")
    r.once(0, "^51 lines were sent", "--wait", desk.PATIENT)
    rss = int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{r.dock.process.pid}/status").read_text())[1])
    assert r.dock.get("/livez")[0] == 200
    print(f"{len(held)} connections, {rss} KiB")
    for s in held:
        s.close()
    r.rest()


def case_storm():
    """ship and serve are killed at random moments, and answers are lost: 0 lines lost, 0 doubled."""
    seed = steady.seed()
    print(f"seed {seed}", flush=True)
    draw, faults = random.Random(seed), random.Random(seed + 1)
    lines = int(os.environ.get("WIREGRADE_TEST_LINES", "4000"))
    r = Room().store().role()
    middle = Middle(r, lambda at, _: faults.choice(("lost", "cut", 503, *[None] * 9)) if "lines" in at else None)
    r.url = middle.url
    if r.c.server:  # of which one is killed
        r.other = Dock(r.c).__enter__()
    target = Target(r, draw, lines)
    kills = collections.Counter()
    s = Ship(r).__enter__()
    while target.left:
        target.some()
        what = draw.choice(("ship", "ship", "serve", "rotate", "nothing", "nothing"))
        kills[what] += 1
        time.sleep(draw.uniform(0, 0.4))
        if what == "ship":
            s.kill()
            s.log.close()
            s = Ship(r).__enter__()
        elif what == "serve":
            r.dock.kill()
            r.again()
        elif what == "rotate":
            target.rotate()
    until_all(lambda: sum(len(x) for x in r.kept()), sum(p.stat().st_size for p in r.c.dir.glob("east.jsonl*")))
    until_all(lambda: r.c.sql("SELECT coalesce(sum(lines), 0) FROM journal")[0][0], lines + target.starts)
    s.__exit__(None)
    tries = r.tries()
    assert len(tries) == lines and set(tries.values()) == {1}, (len(tries), collections.Counter(tries.values()))
    print(json.dumps({"seed": seed, "lines": lines, "files": target.starts, **kills, **{str(k): n for k, n in middle.met.items()}}))
    r.rest()


def main():
    desk.wiregrade, desk.course = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    with tempfile.TemporaryDirectory(prefix="wiregrade-ship-") as desk.scratch:
        globals()["case_" + sys.argv[3]]()


main()
