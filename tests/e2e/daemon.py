"""`wiregrade serve` of a class, and a board that may go away, for end-to-end tests of what happens while it runs."""
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request

import desk
import steady
from desk import Class, RealBoard, STUDENT, expect
from steady import DEADLINE, until

SLUGS = ["stream-sender", "raw-ipv4", "raw-tcp", "datagram-hex"]


class Board(RealBoard):
    """A wiregrade-board that may go away and come back at its port."""

    def __init__(self, name, *args):
        self.port = steady.port()
        super().__init__(name, *args)
        self.args = ("--port", str(self.port), *args)

    def start(self):
        return self.__enter__()

    def stop(self):
        self.__exit__()

    def reset(self):
        """As new, with other numbers: what an instructor does who re-imports or begins anew."""
        self.stop()
        for path in (*self.dir.glob("b.db*"), self.dir / "token"):
            path.unlink()
        self.start()

    def user(self, name, **more):
        return self.api("POST", "/users", {"name": name, "password": os.urandom(12).hex(), **more})["data"]["id"]

    def solves(self):
        rows, page = [], 1
        while page:
            got = self.api("GET", f"/submissions?type=correct&per_page=100&page={page}")
            rows += got["data"]
            page = got["meta"]["pagination"]["next"]
        return rows


class Serve:
    """`wiregrade serve` of a class, for a with statement."""

    def __init__(self, c, *args, limit=None):
        self.c, self.args, self.limit = c, args, limit
        self.notices = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notices.bind(str(c.dir / f"notify{os.urandom(3).hex()}"))
        self.notices.settimeout(DEADLINE)
        self.intake, self.metrics = steady.port(), steady.port()

    def prepare(self):
        if self.limit:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (self.limit, resource.RLIM_INFINITY))

    def __enter__(self):
        self.log = open(self.c.dir / "serve.log", "a+", encoding="utf-8")
        self.process = subprocess.Popen(
            [desk.wiregrade, "serve", "--intake", f"127.0.0.1:{self.intake}", "--metrics",
             f"127.0.0.1:{self.metrics}", "--every", "1", *self.args],
            cwd=self.c.dir, stdout=subprocess.PIPE, stderr=self.log, text=True, preexec_fn=self.prepare,
            env={**os.environ, "NOTIFY_SOCKET": self.notices.getsockname()})
        line = self.process.stdout.readline()
        match = re.fullmatch(r"serving class w1: flags to 127\.0\.0\.1:(\d+), /metrics and /healthz on "
                             r"http://127\.0\.0\.1:(\d+)\n", line)
        assert match, line + self.said()
        assert (self.intake, self.metrics) == (int(match[1]), int(match[2])), line
        return self

    def __exit__(self, kind, *_):
        if self.process.poll() is None:
            self.process.terminate()
        begun = self.process.wait(DEADLINE)
        self.process.stdout.close()
        if kind is None:
            assert begun == 0, self.said()
        elif begun != -9:
            print(self.said(), file=sys.stderr)
        assert "Sanitizer" not in self.said() and "runtime error" not in self.said(), self.said()

    def said(self):
        return (self.c.dir / "serve.log").read_text()

    def hand_in(self, *lines, source="127.0.0.1"):
        """The answers to lines, sent in one connection."""
        with socket.create_connection(("127.0.0.1", self.intake), timeout=DEADLINE, source_address=(source, 0)) as s:
            s.sendall("".join(l + "\n" for l in lines).encode())
            s.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: s.recv(65536), b"")).decode().splitlines()

    def get(self, path):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics}{path}", timeout=DEADLINE) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def metric(self, name):
        text = self.get("/metrics")[1]
        match = re.search(rf"^{re.escape(name)} (\S+)$", text, re.M)
        assert match, text
        return float(match[1])


def word(answer):
    """The word of an answer to a line without blanks."""
    return answer.split(" ")[1]


def room(name="board", roster=None, paste=None, mode="users", users=(STUDENT,)):
    """A board with the course on it and a class at it."""
    b = Board(name, "--mode", mode).start()
    for user in users:
        b.user(user, email=f"{user}@example.edu")
    c = Class(b.url, mode=mode, token=b.token, roster=roster)
    if paste:
        with open(c.dir / "class.yml", "a", encoding="utf-8") as f:
            f.write(f"\npaste: {paste}\n")
    expect(c, 0, "raw-ipv4", c.run("deploy"))
    return b, c


def once(b, c, flags):
    """Every solve is on the scoreboard exactly once, and the store agrees."""
    rows = b.solves()
    pairs = [(r["user_id"], r["challenge_id"]) for r in rows]
    assert len(pairs) == len(set(pairs)) == flags, pairs
    assert c.states() == ["posted"] * flags, c.output


def posted(c, n):
    def all_posted():
        return c.states() == ["posted"] * n
    try:
        return until(all_posted)
    except AssertionError:
        print(c.output)
        raise
