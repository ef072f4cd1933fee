#!/usr/bin/env python3
"""paste.py WIREGRADE COURSE CASE...: flags that students enter on the scoreboard itself, as class.yml's `paste` wants."""
import os
import sys
import tempfile

import relay
from relay import Class, RealBoard, expect

ROSTER = "handle,name,email,role\nann,Ann,ann@example.edu,\nbob,Bob,bob@example.edu,\nprof,Staff,prof@example.edu,staff\n"


class Room:
    def __init__(self, b, roster=ROSTER, paste=None):
        self.b, self.c = b, Class(b.url, token=b.token, roster=roster)
        if paste:
            with open(self.c.dir / "class.yml", "a", encoding="utf-8") as f:
                f.write(f"\npaste: {paste}\n")
        program = os.path.join(os.path.dirname(relay.wiregrade), "wiregrade-board")
        self.tokens = {}
        for n in ("ann", "bob"):
            b.api("POST", "/users", {"name": n, "password": os.urandom(12).hex(), "email": f"{n}@example.edu"})
            self.tokens[n] = os.popen(f"{program} token {n} --db {b.dir}/b.db").read().strip()

    def deploy(self, status, pattern, *args):
        expect(self.c, status, pattern, self.c.run("deploy", *args))
        self.ids = {r["name"]: r["id"] for r in self.b.api("GET", "/challenges?view=admin")["data"]}

    def flags(self, name="Raw IPv4"):
        return self.b.api("GET", f"/challenges/{self.ids[name]}/flags")["data"]

    def enter(self, n, text, name="Raw IPv4"):
        return relay.call_api(self.b.url, self.tokens[n], "POST", "/challenges/attempt",
                              {"challenge_id": self.ids[name], "submission": text})["data"]["status"]


def case_flags(b):
    """With a roster the scoreboard knows each student's flag, and no more; a second deploy changes nothing."""
    room = Room(b)
    room.deploy(0, "created   raw-ipv4")
    want = {room.c.flag("raw-ipv4", n) for n in ("ann", "bob")}
    assert {f["content"] for f in room.flags()} == want and {f["data"] for f in room.flags()} == {"case_insensitive"}
    assert room.enter("ann", room.c.flag("raw-ipv4", "ann").upper()) == "correct"
    assert room.enter("bob", room.c.flag("raw-tcp", "bob")) == "incorrect"
    room.deploy(0, "", "--dry-run")
    (room.c.dir / "roster.csv").write_text("\n".join(ROSTER.splitlines()[:2]) + "\n")
    room.deploy(1, "raw-ipv4", "--dry-run")
    room.deploy(0, "changed   raw-ipv4")
    assert "flag{" not in room.c.output, room.c.output
    assert [f["content"] for f in room.flags()] == [room.c.flag("raw-ipv4", "ann")]
    assert room.flags("Socket types"), "a question keeps its own"


def case_audit(b):
    """The form is taken; what was given to nobody is taken back."""
    room = Room(b, roster=None, paste="audit")
    room.deploy(0, "created   raw-ipv4")
    assert [f["type"] for f in room.flags()] == ["regex"]
    right = room.c.flag("raw-ipv4", "ann")
    forged = "flag{raw-ipv4.bob." + right.split(".")[-1]
    assert room.enter("ann", right) == "correct" and room.enter("bob", forged) == "correct"
    assert room.enter("bob", "flag{raw-ipv4.bob}", "Raw TCP") == "incorrect"
    room.c.run("borrowed", "list")
    rows = b.api("GET", "/submissions?type=correct&per_page=100")["data"]
    assert [r["user"]["name"] for r in rows] == ["ann"], (rows, room.c.output)


def case_off(b):
    """Nothing that could be pasted, and what class.yml may not say."""
    room = Room(b, roster=None)
    room.deploy(0, "created   raw-ipv4")
    assert room.flags() == [] and room.enter("ann", room.c.flag("raw-ipv4", "ann")) == "incorrect"
    for word, said in (("flags", "paste: flags needs a roster"), ("flag", 'did you mean "flags"')):
        text = (room.c.dir / "class.yml").read_text()
        (room.c.dir / "class.yml").write_text(text + f"\npaste: {word}\n")
        expect(room.c, 3, said, room.c.run("deploy"))
        (room.c.dir / "class.yml").write_text(text)


def main():
    relay.wiregrade, relay.course = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    for case in sys.argv[3:]:
        with tempfile.TemporaryDirectory(prefix="wiregrade-paste-") as relay.scratch:
            with RealBoard("board") as board:
                globals()["case_" + case](board)


main()
