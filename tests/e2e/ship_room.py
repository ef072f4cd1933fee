"""A target's journal and what sends it, for ship.py and ship_web.py."""
import json
import pathlib
import re
import subprocess

import desk
from desk import Class
from steady import DEADLINE

TIME = "2026-11-22T18:47:33.309128+00:00"


def start_line(n=0, **more):
    return json.dumps({"time": f"2026-11-22T18:{n:02}:00.000001+00:00", "event": "start", "class": "w1", "course": Class.course_id(), **more})


def attempt(student):
    return json.dumps({"time": TIME, "event": "attempt", "slug": "raw-ipv4", "student": student, "source": "10.10.0.40", "port": 0,
                       "verdict": "near", "answer": "report", "findings": [{"field": "ip.ttl", "status": "fail"}]})


class Ship:
    """`wiregrade ship` of a room, for a with statement."""

    def __init__(self, room, url=None, journal=None):
        self.room, self.to, self.journal = room, room.to(url), journal or room.journal

    def __enter__(self):
        self.log = open(self.room.c.dir / "ship.log", "a", encoding="utf-8")
        self.process = subprocess.Popen([desk.wiregrade, "ship", *self.to, self.journal], cwd=self.room.c.dir,
                                        stdout=self.log, stderr=self.log)
        return self

    def __exit__(self, kind, *_):
        if self.process.poll() is None:
            self.process.terminate()
        got = self.process.wait(DEADLINE)
        self.log.close()
        assert kind or got in (0, -9), self.said()
        assert "Sanitizer" not in self.said() and "runtime error" not in self.said(), self.said()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def said(self):
        return (self.room.c.dir / "ship.log").read_text()


def memory(process):
    return int(re.search(r"VmHWM:\s+(\d+)", pathlib.Path(f"/proc/{process.pid}/status").read_text())[1])


class Target:
    """Writes lines as a target does, and is moved away and cut short as its journal is: by a crash of its machine, together with what ships."""

    def __init__(self, room, draw, lines):
        self.room, self.draw, self.left, self.n, self.starts = room, draw, lines, 0, 0
        self.begin()

    def begin(self):
        self.room.write(start_line(self.starts % 60, nonce=self.starts))
        self.starts += 1

    def some(self):
        n = min(self.left, self.draw.randrange(1, 400))
        self.room.write(*[attempt(f"s{self.n + k}") for k in range(n)])
        self.n += n
        self.left -= n

    def rotate(self):
        at = self.room.journal
        older = sorted(at.parent.glob(at.name + ".*"), key=lambda p: -int(p.suffix[1:]))
        for path in older:
            path.rename(path.with_suffix(f".{int(path.suffix[1:]) + 1}"))
        at.rename(at.with_name(at.name + ".1"))
        self.begin()
