"""A class in a folder of its own, at a scoreboard, for whatever an instructor runs. Who imports it says which programs and
which course (wiregrade, course, scratch), and can import what is in tests/support."""
import base64
import hashlib
import hmac
import json
import os
import pathlib
import re
import sqlite3
import subprocess
import sys
import urllib.request

import leftovers  # noqa: F401  pylint: disable=unused-import

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import fake_ctfd  # noqa: E402
import postgres  # noqa: E402
import steady  # noqa: E402
from steady import DEADLINE  # noqa: E402

wiregrade, course, scratch = "", "", ""
STUDENT = "smith"
PATIENT = "100"  # seconds that one run of a command goes on for what is away for a while
SLUGS = {"stream-sender": "Stream sender", "raw-ipv4": "Raw IPv4"}


class Class:
    """A class of its own in a folder of its own, at the scoreboard of url."""

    def __init__(self, url, name="class", mode="users", token=fake_ctfd.TOKEN, roster=None):
        self.dir = pathlib.Path(scratch, name)
        self.output = self.key = ""
        assert self.run("init", str(self.dir), "--course", course, "--word", "w1", here=False) == 0, self.output
        steady.fix_key(self.dir)
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
            with sqlite3.connect(self.dir / "wiregrade.db", timeout=DEADLINE) as db:
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
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=DEADLINE,
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
        return self.run("outbox", "run", *(args or ("--wait", PATIENT)), env=env)

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


def call_api(url, token, method, path, body=None):
    request = urllib.request.Request(url + "/api/v1" + path, method=method,
                                     data=json.dumps(body).encode() if body is not None else None,
                                     headers={"Authorization": f"Token {token}", "Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=DEADLINE) as answer:
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
        assert self.process.wait(DEADLINE) == 0

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
