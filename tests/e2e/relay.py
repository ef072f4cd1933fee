#!/usr/bin/env python3
"""relay.py WIREGRADE COURSE CASE: one end-to-end test from a submitted flag to the scoreboard. 77: skipped."""
import base64
import hashlib
import hmac
import json
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import fake_ctfd  # noqa: E402
import postgres  # noqa: E402

wiregrade, course, scratch = "", "", ""
STUDENT = "smith"
SLUGS = {"stream-sender": "Stream sender", "raw-ipv4": "Raw IPv4"}


class Class:
    """A class of its own in a folder of its own, at the scoreboard of url."""

    def __init__(self, url, name="class", mode="users", token=fake_ctfd.TOKEN, roster=None):
        self.dir = pathlib.Path(scratch, name)
        self.output = self.key = ""
        assert self.run("init", str(self.dir), "--course", course, "--word", "w1", here=False) == 0, self.output
        text = (self.dir / "class.yml").read_text()
        text = text.replace("http://127.0.0.1:8000", url).replace("mode: users", f"mode: {mode}")
        self.server = postgres.shared()
        self.place = self.server.fresh() if self.server else "wiregrade.db"
        text = text.replace("store: wiregrade.db", f"store: {self.place}")
        if roster:
            (self.dir / "roster.csv").write_text(roster)
            text = text.replace("# roster: roster.csv", "roster: roster.csv")
        (self.dir / "class.yml").write_text(text)
        self.token(token)

    def token(self, text, mode=0o600):
        path = self.dir / "ctfd.token"
        path.write_text(text + "\n")
        path.chmod(mode)

    def sql(self, text):
        """The rows that a statement on the store answers; RuntimeError when the store refuses it."""
        if self.server:
            return self.server.sql(text, self.place)
        try:
            with sqlite3.connect(self.dir / "wiregrade.db", timeout=20) as db:
                return db.execute(text).fetchall()
        except sqlite3.IntegrityError as why:
            raise RuntimeError(text) from why

    def kept(self):
        """All that the store holds."""
        if self.server:
            return self.server.dump(self.place)
        return b"".join(p.read_bytes() for p in self.dir.glob("wiregrade.db*"))

    def run(self, *args, stdin="", here=True, env=None, **more):
        done = subprocess.run([wiregrade, *args], cwd=self.dir if here else scratch, input=stdin, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=100,
                              env={**os.environ, **(env or {})}, check=False, **more)
        self.output = done.stdout
        if "AddressSanitizer" in self.output or "runtime error" in self.output:
            raise AssertionError(self.output)
        return done.returncode

    def flag(self, slug, student=STUDENT):
        assert self.run("flag", "mint", student, slug) == 0, self.output
        return self.output.strip()

    def submit(self, slugs=SLUGS, student=STUDENT):
        flags = "".join(self.flag(slug, student) + "\n" for slug in slugs)
        assert self.run("submit", "-", stdin=flags) == 0, self.output
        return flags.split()

    def brief(self, slug, student=STUDENT):
        """What a target writes down when a right flag is handed in at its briefing (docs/journal.md)."""
        when = "2026-11-22T18:47:33.309128+00:00"
        key = bytes.fromhex((self.dir / "course.key").read_text().split()[-1])
        for purpose, name in (("challenge", slug), ("student", student)):
            key = hashlib.blake2b(f"wiregrade1 {purpose}\0{name}\0".encode(), key=key, digest_size=32).digest()
        texts = ["wiregrade1 submit", self.course_id(), "w1", slug, student, "10.10.0.40", "4711", when]
        mac = hmac.new(key, b"".join(len(t).to_bytes(4, "big") + t.encode() for t in texts), hashlib.sha256).digest()
        if not self.key:
            assert self.run("key", "show") == 0, self.output
            self.key = self.output.split()[0]
        line = {"time": when, "event": "submit", "slug": slug, "student": student, "key": self.key,
                "via": "briefing", "source": "10.10.0.40", "port": 4711, "by": None,
                "proof": base64.b32encode(mac[:10]).decode().lower()}
        with open(self.dir / "target.jsonl", "a", encoding="utf-8") as f:
            f.write(json.dumps(line) + "\n")

    @staticmethod
    def course_id():
        return re.search(r"^id: *(\S+)", pathlib.Path(course, "course.yml").read_text(), re.M)[1]

    def outbox(self, *args, env=None):
        return self.run("outbox", "run", *(args or ("--wait", "20")), env=env)

    def rows(self):
        assert self.run("outbox", "list", "--format", "json") == 0, self.output
        return json.loads(self.output)

    def states(self):
        return sorted(row["state"] for row in self.rows())


def shifted(clock, library):
    """The environment of a program whose time is off by what is written in the file clock. The shim comes before the
    sanitizers' own library, which otherwise refuses to start."""
    asan = os.environ.get("ASAN_OPTIONS", "")
    return {"LD_PRELOAD": library, "WIREGRADE_TEST_CLOCK": str(clock),
            "ASAN_OPTIONS": asan + (":" if asan else "") + "verify_asan_link_order=0"}


def board(mode="users"):
    b = fake_ctfd.Board(mode)
    b.url = b.start()
    b.user = b.add_user(STUDENT)
    for name in SLUGS.values():
        b.add_challenge(name)
    return b


def once(b, n=len(SLUGS)):
    """Every solve is there exactly once."""
    pairs = [(s["user_id"], s["challenge_id"]) for s in b.solves()]
    assert len(pairs) == n and len(set(pairs)) == n, pairs


def expect(c, status, pattern, got):
    assert got == status, f"exit status {got}, want {status}: {c.output}"
    assert re.search(pattern, c.output), f"no /{pattern}/ in: {c.output}"


def case_posts():
    """The way it should be: what is sent, in what form, and what is kept."""
    b = board()
    c = Class(b.url)
    flags = c.submit()
    assert c.states() == ["waiting", "waiting"]
    expect(c, 0, "2 posted, 0 waiting", c.outbox())
    once(b)
    assert c.states() == ["posted", "posted"]
    expect(c, 0, "0 posted", c.outbox())
    once(b)
    ports = []
    for r in b.requests:
        assert r["headers"]["Authorization"] == f"Token {fake_ctfd.TOKEN}", r
        assert r["headers"]["Content-Type"] == "application/json", r
        if r["method"] == "POST":
            ports.append(r["port"])
            assert json.loads(r["body"])["type"] == "correct" and "team_id" not in json.loads(r["body"]), r
    assert len(set(ports)) == len(ports) == 2, "a POST on a connection that was used before"
    assert sorted(s["provided"] for s in b.solves()) == ["wiregrade:w1/raw-ipv4/smith", "wiregrade:w1/stream-sender/smith"]
    kept = c.kept()
    seen = json.dumps(b.requests)
    for flag in flags:
        mac = flag[-20:-1]
        assert mac.encode() not in kept and mac not in seen, "a flag was stored or sent"


# kind: (method, path), exit status of a run against it for ever, sentence, state meanwhile
ANSWERS = {
    "html": ("", "", 4, "page instead of JSON", "held"),
    "login": ("", "", 4, "redirected to .*/login", "held"),
    "setup": ("", "", 4, "not set up yet", "held"),
    "401": ("", "", 4, "token in .*ctfd.token is refused .*expired.*make a new one", "held"),
    "403": ("", "", 4, "must be an administrator's", "held"),
    "403page": ("", "", 4, "banned, or a proxy", "held"),
    "import": ("", "", 4, "import is running", "waiting"),
    "404page": ("", "", 4, "is this the address of a CTFd", "held"),
    "429": ("", "", 4, "429", "waiting"),
    "500": ("", "", 4, "500 .Internal Server Error", "waiting"),
    "500page": ("", "", 4, "500", "waiting"),
    "502": ("", "", 4, "502", "waiting"),
    "broken": ("", "", 4, "broken JSON", "waiting"),
    "twice": ("", "", 4, "broken JSON", "waiting"),
    "null": ("", "", 4, "without data", "held"),
    "nothing": ("", "", 4, "no whole answer", "waiting"),
    "garbage": ("", "", 4, "no whole answer", "waiting"),
    "cut": ("", "", 4, "no whole answer", "waiting"),
    "slow": ("", "", 4, "no whole answer.*timed out", "waiting"),
    "drip": ("", "", 4, "no whole answer.*timed out", "waiting"),
    "huge": ("", "", 4, "larger than any of CTFd's", "held"),
    "endless": ("", "", 4, "larger than any of CTFd's", "held"),
}
# the same of the POST alone: CTFd's other answers are right, so that the look-up can say more
POST_ANSWERS = {
    "html": (4, "200", "waiting"),
    "null": (4, "200", "waiting"),
    "401": (4, "token in .*is refused", "held"),
    "403": (4, "must be an administrator's", "held"),
    "404": (4, "404", "held"),
    "400": (1, "ip: Longer than maximum", "rejected"),
    "login": (4, "redirected", "held"),
    "429": (4, "429", "waiting"),
    "500": (4, "500", "waiting"),
    "502": (4, "502", "waiting"),
    "nothing": (4, "no whole answer", "waiting"),
    "cut": (4, "no whole answer", "waiting"),
    "broken": (4, "broken JSON", "waiting"),
    "huge": (4, "larger than any", "waiting"),
    "slow": (4, "timed out", "waiting"),
}


def answer_case(kind):
    method, path, status, sentence, state = ANSWERS[kind]
    b = board()
    c = Class(b.url)
    c.submit()
    b.faults.append([method, path, kind, 10**6])
    expect(c, status, sentence, c.outbox("--once", "--timeout", "2"))
    assert set(c.states()) == {state}, c.rows()
    assert any(re.search(sentence, r["note"]) for r in c.rows()), c.rows()
    assert not b.solves()
    assert fake_ctfd.TOKEN not in c.output
    b.faults.clear()
    expect(c, 0, "2 posted", c.outbox())
    once(b)


def post_answer_case(kind):
    status, sentence, state = POST_ANSWERS[kind]
    b = board()
    c = Class(b.url)
    c.submit(["raw-ipv4"])
    b.faults.append(["POST", "/submissions", kind, 10**6])
    expect(c, status, sentence, c.outbox("--once", "--timeout", "2"))
    assert c.states() == [state], c.rows()
    assert not b.solves()
    b.faults.clear()
    if state == "rejected":
        expect(c, 1, "0 posted", c.outbox())
        return
    expect(c, 0, "1 posted", c.outbox())
    once(b, 1)


def after_case(kind):
    """CTFd has committed, and the answer says something else."""
    b = board()
    c = Class(b.url)
    c.submit(["raw-ipv4"])
    b.faults.append(["POST", "/submissions", "after-" + kind, 1])
    expect(c, 0, "1 posted", c.outbox("--wait", "20", "--timeout", "2"))
    once(b, 1)
    assert sum(r["method"] == "POST" for r in b.requests) == 1, "posted again without a look"


def case_storm():
    """Every POST answered 500 (then 429): requests are few, whatever waits, and all is posted when it is over."""
    for kind, most in (("500", 60), ("429", 30)):
        b = board()
        for n in range(40):
            b.add_user(f"s{n}")
        c = Class(b.url, f"storm{kind}")
        flags = "".join(c.flag("raw-ipv4", f"s{n}") + "\n" for n in range(40))
        assert c.run("submit", "-", stdin=flags) == 0, c.output
        b.faults.append(["POST", "", kind, 10 ** 6])
        expect(c, 4, kind, c.outbox("--wait", "4"))
        assert 3 <= len(b.requests) <= most, f"{kind}: {len(b.requests)} requests in four seconds"
        b.faults.clear()
        expect(c, 0, "40 posted, 0 waiting", c.outbox("--wait", "40"))
        once(b, 40)


def case_retry_after():
    """Who asks to be left alone for a time is, but not for ever."""
    b = board()
    c = Class(b.url)
    c.submit()
    b.faults.append(["POST", "", "429 3 s", 1])
    expect(c, 0, "2 posted", c.outbox("--wait", "20"))
    refused, again = [r["at"] for r in b.requests if r["method"] == "POST"][:2]
    assert again - refused >= 2.9, again - refused
    b.faults.append(["", "", "503 never", 10 ** 6])
    c.submit(["raw-tcp"])
    before = len(b.requests)
    expect(c, 4, "503", c.outbox("--wait", "4"))
    assert len(b.requests) == before + 1, [r["path"] for r in b.requests[before:]]
    b.faults.clear()
    b.add_challenge("Raw TCP")
    expect(c, 0, "1 posted", c.outbox())
    once(b, 3)


def case_journals():
    """Journals are read before anything is posted; one that cannot be read holds nothing up."""
    b = board()
    c = Class(b.url)
    line = json.dumps({"time": "2026-11-22T18:47:33.309128+00:00", "event": "attempt", "slug": "raw-ipv4", "student": STUDENT,
                       "source": "10.10.0.40", "port": 0, "verdict": "near", "answer": "report",
                       "findings": [{"field": "ip.ttl", "status": "fail"}]})
    forged = json.dumps({"time": "2026-11-22T18:47:33.309128+00:00", "event": "submit", "slug": "raw-ipv4", "student": STUDENT,
                         "source": "10.10.0.40", "port": 4711, "key": "aaaaaa", "proof": "a" * 16, "via": "briefing"})
    (c.dir / "target.jsonl").write_text(line + "\n" + line[:70] + "\n" + forged + "\n" + line)
    c.submit(["stream-sender"])
    expect(c, 0, "flags in the journals that earn nothing: 1 ", c.outbox())
    once(b, 1)

    def near():
        return c.sql("SELECT student, slug, n_near FROM attempts")

    assert near() == [(STUDENT, "raw-ipv4", 1)], near()
    with open(c.dir / "target.jsonl", "a", encoding="utf-8") as f:
        f.write("\n")
    assert c.outbox() == 0 and c.outbox() == 0 and near() == [(STUDENT, "raw-ipv4", 2)], near()
    text = (c.dir / "class.yml").read_text()
    (c.dir / "class.yml").write_text(text.replace("[target.jsonl]", "[folder.jsonl, target.jsonl]"))
    (c.dir / "folder.jsonl").mkdir()
    c.submit(["raw-ipv4"])
    expect(c, 3, "folder.jsonl: not a file", c.outbox())
    assert c.output.count("folder.jsonl") == 1 and "1 posted" in c.output, c.output
    once(b)


def case_unplaced():
    """A flag that was handed in before the class knew its student is kept, told, and posted once when it does."""
    head = "handle,name,email\n"
    b = board()
    for name in (STUDENT, "jones"):
        b.add_user(name + "1", f"{name}@example.edu")
    c = Class(b.url, roster=head + "brown,B,brown@example.edu\n")
    c.brief("raw-ipv4")
    c.brief("raw-ipv4", "jones")
    c.brief("no-such-one", "jones")
    for _ in range(2):
        expect(c, 1, "cannot place yet: 3; `wiregrade outbox list` says why", c.outbox())
        assert "0 rejected, 3 unplaced\n" in c.output, c.output
    rows = c.rows()
    assert [(r["student"], r["slug"], r["state"], r["source"]) for r in rows] == [
        ("jones", "no-such-one", "unplaced", "10.10.0.40"), ("jones", "raw-ipv4", "unplaced", "10.10.0.40"),
        (STUDENT, "raw-ipv4", "unplaced", "10.10.0.40")], rows
    expect(c, 0, r"unplaced  smith  raw-ipv4  2026-11-22T18:47:33Z: 'smith' is not on the roster\n", c.run("outbox", "list"))
    expect(c, 0, r"jones  no-such-one  .*: the course has no challenge \"no-such-one\"\n", c.run("outbox", "list"))
    once(b, 0)
    (c.dir / "roster.csv").write_text(head + f"brown,B,brown@example.edu\n{STUDENT},S,{STUDENT}@example.edu\n")
    expect(c, 1, r"1 flag handed in at the briefing\n(?s:.*)1 posted, .* 2 unplaced\n", c.outbox())
    once(b, 1)
    (c.dir / "new.csv").write_text(head + "jones,J,jones@example.edu\n")
    expect(c, 0, "handed in earlier that are solves now: 1;", c.run("roster", "import", "new.csv"))
    assert [r["state"] for r in c.rows()] == ["posted", "waiting", "unplaced"], c.output
    for _ in range(2):
        expect(c, 1, "0 rejected, 1 unplaced", c.outbox())
    once(b, 2)
    c.brief("stream-sender", "lee")
    c.brief("no-such-one", "brown")
    expect(c, 1, "0 rejected, 3 unplaced", c.outbox())
    with open(c.dir / "roster.csv", "a", encoding="utf-8") as f:
        f.write("lee,L,lee@example.edu\n")
    b.add_user("lee1", "lee@example.edu")
    b.add_user("brown1", "brown@example.edu")
    c.run("roster", "sync")
    assert "handed in earlier that are solves now: 1;" in c.output, c.output
    expect(c, 1, "1 posted, .* 2 unplaced", c.outbox())
    once(b, 3)
    expect(c, 1, "brown was given flags", c.run("roster", "rename", "brown", "bro"))
    expect(c, 0, "", c.run("roster", "rename", "brown", "bro", "--reissue"))
    assert [(r["student"], r["slug"]) for r in c.rows() if r["state"] == "unplaced"] == [
        ("bro", "no-such-one"), ("jones", "no-such-one")], c.output


def case_nothing_listens():
    b = board()
    c = Class(b.url)
    c.submit()
    b.stop()
    expect(c, 4, "not reachable .*Connection refused.*is the scoreboard running", c.outbox("--once"))
    assert c.states() == ["waiting", "waiting"]
    before = time.monotonic()
    expect(c, 4, "not reachable", c.outbox("--wait", "2"))
    assert time.monotonic() - before < 8


def case_comes_back():
    """Away for a while during one run, not only between two."""
    b = board()
    c = Class(b.url)
    c.submit()
    b.faults.append(["", "", "502", 3])
    expect(c, 0, "2 posted", c.outbox("--wait", "60"))
    once(b)


def case_redirect_is_not_followed():
    b, thief = board(), board()
    c = Class(b.url)
    c.submit()
    fake_ctfd.PLAIN_FAULTS["away"] = (307, "text/html", "", {"Location": thief.url + "/api/v1/configs/ctf_version"})
    b.faults.append(["", "", "away", 10**6])
    expect(c, 4, "redirected", c.outbox("--once"))
    assert not thief.requests


def case_no_proxy_for_http():
    b, thief = board(), board()
    c = Class(b.url)
    c.submit()
    env = {k: thief.url for k in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY")}
    expect(c, 0, "2 posted", c.outbox(env=env))
    assert not thief.requests


def case_token_file():
    b = board()
    c = Class(b.url)
    c.submit()
    c.token(fake_ctfd.TOKEN, 0o644)
    expect(c, 3, "ctfd.token: others may read.*chmod 600", c.outbox("--once"))
    for text in ("", "two words", "a\nb", "caf\u00e9", "x" * 300):
        c.token(text)
        expect(c, 3, "ctfd.token: not an access token", c.outbox("--once"))
    (c.dir / "ctfd.token").unlink()
    expect(c, 3, "ctfd.token: no such file; make an access token", c.outbox("--once"))
    assert not b.requests
    c.token("ctfd_wrong")
    expect(c, 4, "token in .*is refused", c.outbox("--once"))
    assert "ctfd_wrong" not in c.output
    c.token(fake_ctfd.TOKEN)
    expect(c, 0, "2 posted", c.outbox())


def case_nobody_and_nothing_there():
    """No such user, no such challenge, two of one name: held with the mend, posted once mended."""
    b = fake_ctfd.Board()
    b.url = b.start()
    c = Class(b.url)
    c.submit()
    expect(c, 1, "no challenge .*; run `wiregrade deploy`", c.outbox())
    assert c.states() == ["held", "held"]
    for name in SLUGS.values():
        b.add_challenge(name)
    twin = b.add_challenge("Raw IPv4")
    expect(c, 1, '2 challenges "Raw IPv4"', c.outbox())
    del b.challenges[twin]
    expect(c, 1, 'no user "smith"; smith has to register', c.outbox())
    other = b.add_user("Smith")
    expect(c, 1, 'one named "Smith"', c.outbox())
    b.users[other]["name"] = "smithers"
    one, two = b.add_user("smith"), b.add_user("smith")
    expect(c, 1, '2 users "smith"', c.outbox())
    assert c.states() == ["held", "held"]
    del b.users[two]
    expect(c, 0, "2 posted", c.outbox())
    once(b)
    assert {s["user_id"] for s in b.solves()} == {one}


def case_ids_change():
    """Ids are remembered, and not used once they belong to somebody else."""
    b = board()
    c = Class(b.url)
    c.submit(["raw-ipv4"])
    expect(c, 0, "1 posted", c.outbox())
    b.users[b.user]["name"] = "jones"
    again = b.add_user(STUDENT)
    old = next(n for n, ch in b.challenges.items() if ch["name"] == "Stream sender")
    b.challenges[old]["name"] = "Something else"
    new = b.add_challenge("Stream sender")
    c.submit(["stream-sender"])
    expect(c, 0, "1 posted", c.outbox())
    assert (again, new) in {(s["user_id"], s["challenge_id"]) for s in b.solves()}, b.solves()


def case_import_forgets_ids():
    b = board()
    c = Class(b.url)
    c.submit(["raw-ipv4"])
    b.faults.append(["POST", "/submissions", "import", 1])
    expect(c, 0, "1 posted", c.outbox())
    once(b, 1)


def case_roster_email():
    b = fake_ctfd.Board()
    b.url = b.start()
    for name in SLUGS.values():
        b.add_challenge(name)
    for i in range(120):
        b.add_user(f"u{i}", f"x{i}a_b@example.edu")
    right = b.add_user("Agent", "A_B@example.edu")
    b.add_user("near", "aXb@example.edu")
    c = Class(b.url, roster="handle,name,email\nsmith,Sam Smith,a_b@example.edu\njones,J,j@example.edu\n")
    c.submit()
    expect(c, 0, "2 posted", c.outbox())
    assert {s["user_id"] for s in b.solves()} == {right}
    c.submit(["raw-ipv4"], "jones")
    expect(c, 1, "no user with the e-mail address j@example.edu; `wiregrade roster sync` makes it, or jones registers", c.outbox())


def case_user_beyond_first_page():
    b = board()
    for i in range(130):
        b.add_user(f"smith{i}")
    b.users[b.user]["name"] = STUDENT + "\0x"  # not him, though a C string ends there
    right = b.add_user(STUDENT)
    c = Class(b.url)
    c.submit()
    expect(c, 0, "2 posted", c.outbox())
    assert {s["user_id"] for s in b.solves()} == {right}


def case_pages_without_end():
    """What is not read to its end is no answer: it is said, and nothing is posted."""
    b = board()
    b.pages = 1 << 40
    c = Class(b.url)
    c.submit(["raw-ipv4"])
    expect(c, 4, "/api/v1/users has more than 5000 pages", c.outbox())
    assert b.solves() == [] and c.states() == ["held"], c.output
    b.pages = 0
    expect(c, 0, "1 posted", c.outbox())


def case_teams():
    b = board("teams")
    c = Class(b.url, mode="teams")
    c.submit(["raw-ipv4"])
    expect(c, 1, "has to join a team", c.outbox())
    assert not b.solves()
    b.teams[4] = b.teams[5] = True
    b.users[b.user]["team_id"] = 4
    expect(c, 0, "1 posted", c.outbox())
    assert b.solves()[0]["team_id"] == 4
    # a team-mate's solve counts for both
    mate = b.add_user("jones", team=4)
    c.submit(["raw-ipv4"], "jones")
    expect(c, 0, "a team-mate's was already on the scoreboard", c.outbox())
    assert len(b.solves()) == 1 and mate not in {s["user_id"] for s in b.solves()}
    # ours, but for an earlier team: removed and posted for the present one
    doe = b.add_user("doe", team=5)
    n = b.post("/submissions", {"type": "correct", "user_id": doe, "team_id": None, "provided": "wiregrade:w1/raw-ipv4/doe",
                                "challenge_id": next(k for k, v in b.challenges.items() if v["name"] == "Raw IPv4")})
    c.submit(["raw-ipv4"], "doe")
    expect(c, 0, "1 posted", c.outbox())
    assert n["data"]["id"] not in b.submissions
    assert [s["team_id"] for s in b.solves() if s["user_id"] == doe] == [5]


def case_mode_differs():
    b = board("teams")
    c = Class(b.url)
    c.submit()
    expect(c, 4, "in teams mode, class.yml says `mode: users`", c.outbox())
    assert not b.solves()


def case_students_own_solve():
    b = board()
    raw = next(k for k, v in b.challenges.items() if v["name"] == "Raw IPv4")
    b.post("/submissions", {"type": "correct", "user_id": b.user, "challenge_id": raw, "provided": "flag{own}"})
    c = Class(b.url)
    c.submit(["raw-ipv4"])
    expect(c, 0, "it was already on the scoreboard, as submission 1", c.outbox())
    once(b, 1)


def case_dynamic_value():
    b = board()
    raw = next(k for k, v in b.challenges.items() if v["name"] == "Raw IPv4")
    b.challenges[raw]["function"] = "linear"
    c = Class(b.url)
    c.submit()
    b.faults.append(["PATCH", "/challenges", "502", 1])
    expect(c, 0, "2 posted", c.outbox())
    assert [ch["recomputed"] for ch in b.challenges.values()] == [1 if n == raw else 0 for n in b.challenges]
    once(b)


def case_vanished_while_posting():
    """A 500 because the challenge went away after it was looked up: found out, held, mended."""
    b = board()
    c = Class(b.url)
    c.submit(["raw-ipv4"])
    raw = next(k for k, v in b.challenges.items() if v["name"] == "Raw IPv4")
    real = b.post

    def post(path, body):
        b.challenges.pop(raw, None)
        return real(path, body)
    b.post = post
    expect(c, 1, 'no challenge "Raw IPv4"; run `wiregrade deploy`', c.outbox())
    b.post = real
    b.add_challenge("Raw IPv4")
    expect(c, 0, "1 posted", c.outbox())
    once(b, 1)


def case_one_relay():
    b = board()
    c = Class(b.url)
    c.submit()
    b.faults.append(["", "", "502", 10**6])
    first = subprocess.Popen([wiregrade, "outbox", "run", "--wait", "60"], cwd=c.dir, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 10
    while not b.requests and time.monotonic() < deadline:
        time.sleep(0.02)
    second = subprocess.Popen([wiregrade, "outbox", "run"], cwd=c.dir, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True)
    said = second.stderr.readline()
    assert re.search(rf"process {first.pid}( on \S+)? is posting", said), said
    # a flag can be handed in all the while
    c.submit()
    assert c.output.count("already known") == 2, c.output
    assert c.states() == ["waiting", "waiting"]
    first.send_signal(signal.SIGTERM)
    assert first.wait(5) == 4
    b.faults.clear()
    out, err = second.communicate(timeout=20)
    assert second.returncode == 0 and "2 posted" in out, (out, err)


def case_stop_during_request():
    """SIGTERM while a POST waits for its answer: it ends soon, and the next run finds what became of it."""
    b = board()
    c = Class(b.url)
    c.submit(["raw-ipv4"])
    b.faults.append(["POST", "/submissions", "after-slow", 1])
    run = subprocess.Popen([wiregrade, "outbox", "run"], cwd=c.dir, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 10
    while not b.solves() and time.monotonic() < deadline:
        time.sleep(0.02)
    before = time.monotonic()
    run.send_signal(signal.SIGTERM)
    assert run.wait(10) == 4
    assert time.monotonic() - before < 2.5, "the request was waited for"
    assert c.states() == ["waiting"]
    expect(c, 0, "1 posted", c.outbox())
    once(b, 1)
    assert sum(r["method"] == "POST" for r in b.requests) == 1, "posted again without a look"


def case_other_class():
    b = board()
    c = Class(b.url)
    c.submit()
    text = (c.dir / "class.yml").read_text()
    (c.dir / "class.yml").write_text(text.replace('class: "w1"', 'class: "w2"'))
    expect(c, 3, ': this store belongs to class "w1", not to "w2"', c.outbox())


def case_init_and_keys():
    """What init writes loads, is private, and is never overwritten; an export serves its challenges only."""
    c = Class("http://127.0.0.1:1")
    key = c.dir / "course.key"
    assert key.stat().st_mode & 0o777 == 0o600
    before = key.read_bytes(), (c.dir / "class.yml").read_bytes()
    expect(c, 3, "class.yml: exists already", c.run("init", str(c.dir), "--course", course))
    (c.dir / "class.yml").rename(c.dir / "saved.yml")
    expect(c, 3, "course.key", c.run("init", str(c.dir), "--course", course))
    assert not (c.dir / "class.yml").exists(), "half a class was left"
    (c.dir / "saved.yml").rename(c.dir / "class.yml")
    assert before == (key.read_bytes(), (c.dir / "class.yml").read_bytes())
    expect(c, 3, "course.yml", c.run("init", "new", "--course", str(c.dir)))
    expect(c, 2, "word", c.run("init", "new", "--course", course, "--word", "Not A Word"))
    expect(c, 0, "^[a-z0-9]{6}$", c.run("key", "show"))
    name = c.output.strip()
    flag, other = c.flag("raw-ipv4"), c.flag("raw-tcp")
    expect(c, 3, 'no challenge "raw-ipv5"', c.run("key", "export", "raw-ipv5", "--output", "t.key"))
    expect(c, 0, "", c.run("key", "export", "raw-ipv4", "--output", "t.key"))
    assert (c.dir / "t.key").stat().st_mode & 0o777 == 0o600
    expect(c, 3, "t.key", c.run("key", "export", "raw-ipv4", "--output", "t.key"))
    expect(c, 2, "--output", c.run("key", "export", "raw-ipv4"))
    text = (c.dir / "class.yml").read_text()
    (c.dir / "class.yml").write_text(text.replace("course.key", "t.key"))
    expect(c, 0, name, c.run("key", "show"))
    expect(c, 0, "right: raw-ipv4, made for smith", c.run("flag", "check", "-", stdin=flag))
    expect(c, 1, f"key {name} cannot check flags of raw-tcp", c.run("flag", "check", "-", stdin=other))
    expect(c, 3, f"key {name} cannot make flags of raw-tcp", c.run("flag", "mint", "smith", "raw-tcp"))
    (c.dir / "t.key").chmod(0o640)
    expect(c, 3, "t.key: others may read.*chmod 600", c.run("flag", "check", "-", stdin=flag))
    expect(c, 3, "no class.yml|class.yml: No such file", c.run("key", "show", "--class", "nowhere/class.yml"))


def case_submit_says():
    b = board()
    c = Class(b.url, roster="handle,name,email\nsmith,S,s@example.edu\n")
    flag = c.flag("raw-ipv4")
    other = Class(b.url, "other")
    strangers = other.flag("raw-ipv4"), other.flag("raw-ipv4", "smitth")
    for text, status, sentence in (
            (flag, 0, "right: smith solved raw-ipv4; will be posted"),
            (flag.upper() + "  ", 0, "already known since .*; will be posted"),
            (flag[5:-1], 0, "already known"),
            ("hello", 1, "not the form of a flag"),
            (flag.replace("ipv4", "ipv5"), 1, 'no challenge "raw-ipv5"; was it "raw-ipv4"'),
            (strangers[0], 1, "not made for raw-ipv4 and smith with key [a-z0-9]{6}"),
            (flag[:-2] + ("a" if flag[-2] != "a" else "b") + "}", 1, "wrong: nearly smith's flag of raw-ipv4, with 1 letter mistyped"),
            (flag[:-3] + "}", 1, "wrong: nearly smith's flag of raw-ipv4, with 2 letters mistyped"),
            (flag.replace("smith", "smit"), 1, "wrong: nearly smith's flag of raw-ipv4, with 1 letter mistyped"),
            (flag[:-5] + "".join("b" if x == "a" else "a" for x in flag[-5:-1]) + "}", 1, "wrong: not made")):
        expect(c, status, sentence, c.run("submit", "-", stdin=text))
        assert flag[-20:-1] not in c.output
    shutil.copy(other.dir / "course.key", c.dir / "course.key")
    expect(c, 1, "made for 'smitth', who is not on the roster .was 'smith' meant", c.run("submit", strangers[1]))
    expect(c, 1, "form of a flag", c.run("submit", "-", stdin=flag + "\nnonsense\n"))
    expect(c, 3, "line 1 is too long", c.run("submit", "-", stdin="x" * 100000))
    expect(c, 2, "a FLAG, - for standard input", c.run("submit"))
    assert len(c.rows()) == 1


def case_deploy():
    b = fake_ctfd.Board()
    b.url = b.start()
    c = Class(b.url)
    expect(c, 0, r'created   raw-ipv4 \("Raw IPv4"\)', c.run("deploy"))
    first = {n: dict(ch) for n, ch in b.challenges.items()}
    assert {ch["state"] for ch in first.values()} == {"visible"}
    assert not any("{{" in json.dumps(ch) or ch["name"].startswith("unfinished") for ch in first.values())
    raw = next(ch for ch in first.values() if ch["name"] == "Raw IPv4")
    assert "172.16.1.15" in raw["description"]
    flags = dict(b.flags)
    expect(c, 0, r"unchanged raw-ipv4", c.run("deploy"))
    assert b.challenges == first and b.flags == flags
    assert "wiregrade_pass_mark" not in b.configs and b.configs["ctf_name"] == "Fake"
    b.configs["wiregrade_pass_mark"] = "0"  # what makes a board ours
    expect(c, 0, "unchanged", c.run("deploy"))
    assert b.configs["wiregrade_pass_mark"] == "56" and "Socket Programming" in b.configs["ctf_name"]


def case_deploy_interrupted():
    """Whatever request fails, and however: the next run makes it whole, once."""
    for method, path in (("POST", "/challenges"), ("POST", "/flags"), ("PATCH", "/challenges")):
        for kind in ("502", "after-nothing", "401"):
            b = fake_ctfd.Board()
            b.url = b.start()
            c = Class(b.url, f"{path[1:]}-{method}-{kind}")
            b.faults.append([method, path, kind, 10**6 if kind != "after-nothing" else 1])
            c.run("deploy")
            visible = [ch["name"] for ch in b.challenges.values() if ch["state"] == "visible"]
            if kind != "after-nothing":
                if not (path == "/flags"):
                    assert not visible, visible
                b.faults.clear()
            expect(c, 0, "unchanged|created", c.run("deploy"))
            names = [ch["name"] for ch in b.challenges.values()]
            assert len(names) == len(set(names)) and not any(n.startswith("unfinished") for n in names), names
            question = next(n for n, ch in b.challenges.items() if ch["name"] == "Socket types")
            flags = [f["content"] for f in b.flags.values() if f["challenge_id"] == question]
            assert flags and len(flags) == len(set(flags)), flags


# board's fault, for the kill tests
KILL_FAULTS = {"none": None, "before": "500", "after": "after-500", "drop_before": "nothing", "drop_after": "after-nothing"}


def kill_case(which):
    """SIGKILL at every step in turn; the next run finishes, and each solve is there once."""
    for n in range(1, 100):
        b = board()
        c = Class(b.url, f"k{n}")
        c.submit()
        if KILL_FAULTS[which]:
            b.faults.append(["POST", "/submissions", KILL_FAULTS[which], 1])
        status = c.outbox("--wait", "20", env={"WIREGRADE_TEST_KILL_AT": str(n)})
        assert status in (0, -9), c.output
        known = len(b.solves())
        assert sum(r["state"] == "posted" for r in c.rows()) <= known
        expect(c, 0, "0 waiting, 0 held", c.outbox())
        once(b)
        assert c.states() == ["posted", "posted"]
        if which in ("none", "after", "drop_after"):
            assert sum(r["method"] == "POST" for r in b.requests) == 2, "posted again without a look"
        b.stop()
        if status == 0:
            assert n > 8, f"only {n} steps"
            return
    raise AssertionError("it never came to its end")


def case_kill_twice():
    """Killed again while it recovers."""
    b = board()
    c = Class(b.url)
    c.submit()
    b.faults.append(["POST", "/submissions", "after-nothing", 2])
    for n in (6, 5, 4, 3, 2, 1, 5, 3):
        c.outbox("--wait", "20", env={"WIREGRADE_TEST_KILL_AT": str(n)})
    expect(c, 0, "0 waiting", c.outbox())
    once(b)


def call_api(url, token, method, path, body=None):
    request = urllib.request.Request(url + "/api/v1" + path, method=method,
                                     data=json.dumps(body).encode() if body is not None else None,
                                     headers={"Authorization": f"Token {token}", "Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


class RealBoard:
    """A wiregrade-board of its own, for a with statement."""

    def __init__(self, name, *args):
        self.dir = pathlib.Path(scratch, name)
        self.dir.mkdir()
        self.args = args

    def __enter__(self):
        ready, theirs = os.pipe()
        program = pathlib.Path(wiregrade).with_name("wiregrade-board")
        self.process = subprocess.Popen([program, "--db", "b.db", "--token-file", "token", "--port", "0",
                                         "--ready-fd", str(theirs), *self.args], cwd=self.dir, pass_fds=[theirs],
                                        stdout=subprocess.DEVNULL)
        os.close(theirs)
        with os.fdopen(ready) as pipe:
            self.url = f"http://127.0.0.1:{int(pipe.readline())}"
        self.token = (self.dir / "token").read_text().strip()
        return self

    def __exit__(self, *_):
        self.process.terminate()
        assert self.process.wait(10) == 0

    def api(self, *args):
        return call_api(self.url, self.token, *args)


class Real:
    """The CTFd that the environment names; what a case makes there is taken away after it."""

    def __enter__(self):
        self.url = os.environ["WIREGRADE_CTFD_URL"]
        self.token = pathlib.Path(os.environ["WIREGRADE_CTFD_TOKEN_FILE"]).read_text().strip()
        return self

    def __exit__(self, *_):
        pass

    def api(self, *args):
        return call_api(self.url, self.token, *args)


def board_kill_case(fault):
    """SIGKILL at every step in turn against the local board, which fails once for each solve."""
    for n in range(1, 100):
        with RealBoard(f"board{n}", "--fault", f"post-submissions:{fault}:1") as b:
            c = Class(b.url, f"class{n}", token=b.token)
            b.api("POST", "/users", {"name": STUDENT, "password": os.urandom(12).hex()})
            expect(c, 0, "created   raw-ipv4", c.run("deploy"))
            c.submit()
            status = c.outbox("--wait", "20", "--timeout", "5", env={"WIREGRADE_TEST_KILL_AT": str(n)})
            assert status in (0, -9), c.output
            expect(c, 0, "0 waiting, 0 held", c.outbox())
            rows = b.api("GET", "/submissions?per_page=100")["data"]
            assert sorted(r["challenge"]["name"] for r in rows) == ["Raw IPv4", "Stream sender"], rows
            assert c.states() == ["posted", "posted"]
        if status == 0:
            assert n > 8, f"only {n} steps"
            return
    raise AssertionError("it never came to its end")


def case_board_deploy():
    """Our own board gets the pass mark and the course's name."""
    with RealBoard("board") as b:
        c = Class(b.url, token=b.token)
        expect(c, 0, "created   raw-ipv4", c.run("deploy"))
        expect(c, 0, "unchanged raw-ipv4", c.run("deploy"))
        assert b.api("GET", "/configs/wiregrade_pass_mark")["data"]["value"] == "56"
        assert "Socket Programming" in b.api("GET", "/configs/ctf_name")["data"]["value"]


def case_real_ctfd():
    """The same against a real CTFd, with users of its own, killed at every step."""
    url, file = os.environ.get("WIREGRADE_CTFD_URL"), os.environ.get("WIREGRADE_CTFD_TOKEN_FILE")
    if not url or not file:
        print("skipped: WIREGRADE_CTFD_URL and WIREGRADE_CTFD_TOKEN_FILE are not set")
        sys.exit(77)
    token = pathlib.Path(file).read_text().strip()

    def api(*args):
        return call_api(url, token, *args)

    mode = api("GET", "/configs/user_mode")["data"]["value"]
    for n in range(1, 100):
        c = Class(url, f"real{n}", mode=mode, token=token)
        name = f"wg-{os.getpid()}-{n}"
        user = api("POST", "/users", {"name": name, "password": os.urandom(12).hex(), "hidden": True})["data"]["id"]
        team = None
        try:
            expect(c, 0, "raw-ipv4", c.run("deploy", "--take-over"))
            c.submit(student=name)
            if mode == "teams":
                expect(c, 1, "has to join a team", c.outbox())
                team = api("POST", "/teams", {"name": name, "password": os.urandom(12).hex(), "hidden": True})["data"]["id"]
                api("POST", f"/teams/{team}/members", {"user_id": user})
            status = c.outbox(env={"WIREGRADE_TEST_KILL_AT": str(n)})
            assert status in (0, -9), c.output
            expect(c, 0, "0 waiting, 0 held", c.outbox())
            rows = api("GET", f"/submissions?user_id={user}&per_page=100")["data"]
            assert len(rows) == 2 and {r["type"] for r in rows} == {"correct"}, rows
            assert {r["team_id"] for r in rows} == {team}, rows
        finally:
            if team:
                api("DELETE", f"/teams/{team}")
            api("DELETE", f"/users/{user}")
        if status == 0:
            assert n > 8
            return
    raise AssertionError("it never came to its end")


def cases():
    named = {k[5:]: v for k, v in globals().items() if k.startswith("case_")}
    for kind in ANSWERS:
        named["answer_" + kind] = lambda kind=kind: answer_case(kind)
    for kind in POST_ANSWERS:
        named["post_" + kind] = lambda kind=kind: post_answer_case(kind)
    for kind in ("500", "nothing", "html", "broken", "cut", "502", "null", "slow"):
        named["after_" + kind] = lambda kind=kind: after_case(kind)
    for kind in ("before-commit", "after-commit", "drop-before", "drop"):
        named["board_kill_" + kind.replace("-", "_")] = lambda kind=kind: board_kill_case(kind)
    for kind in KILL_FAULTS:
        named["kill_" + kind] = lambda kind=kind: kill_case(kind)
    return named


def main():
    global wiregrade, course, scratch
    if sys.argv[1:] == ["--list"]:
        print("\n".join(cases()))
        return
    wiregrade, course = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    for only in sys.argv[3:] or cases():
        with tempfile.TemporaryDirectory(prefix="wiregrade-relay-") as scratch:
            cases()[only]()


if __name__ == "__main__":
    main()
