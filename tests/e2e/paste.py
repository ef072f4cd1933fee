#!/usr/bin/env python3
"""paste.py WIREGRADE COURSE CASE...: flags that students enter on the scoreboard itself, as class.yml's `paste` wants."""
import json
import os
import re
import signal
import subprocess
import sys
import tempfile

import desk
from desk import Class, RealBoard, expect
from steady import DEADLINE, until

ROSTER = "handle,name,email,role\nann,Ann,ann@example.edu,\nbob,Bob,bob@example.edu,\nprof,Staff,prof@example.edu,staff\n"


class Room:
    def __init__(self, b, roster=ROSTER, paste=None):
        self.b, self.c = b, Class(b.url, token=b.token, roster=roster)
        if paste:
            with open(self.c.dir / "class.yml", "a", encoding="utf-8") as f:
                f.write(f"\npaste: {paste}\n")
        self.enroll(b)

    def enroll(self, b):
        program = os.path.join(os.path.dirname(desk.wiregrade), "wiregrade-board")
        self.tokens = {}
        for n in ("ann", "bob"):
            b.api("POST", "/users", {"name": n, "password": os.urandom(12).hex(), "email": f"{n}@example.edu"})
            self.tokens[n] = os.popen(f"{program} token {n} --db {b.dir}/b.db").read().strip()

    def move(self, b):
        """To another board."""
        path = self.c.dir / "class.yml"
        path.write_text(path.read_text().replace(self.b.url, b.url))
        self.c.token(b.token)
        self.b = b
        self.enroll(b)

    def deploy(self, status, pattern, *args):
        expect(self.c, status, pattern, self.c.run("deploy", *args))
        self.ids = {r["name"]: r["id"] for r in self.b.api("GET", "/challenges?view=admin")["data"]}

    def flags(self, name="Raw IPv4"):
        return self.b.api("GET", f"/challenges/{self.ids[name]}/flags")["data"]

    def enter(self, n, text, name="Raw IPv4"):
        return self.told(n, text, name)["status"]

    def told(self, n, text, name="Raw IPv4"):
        return desk.call_api(self.b.url, self.tokens[n], "POST", "/challenges/attempt",
                              {"challenge_id": self.ids[name], "submission": text})["data"]

    def mine(self, n, name=None):
        """What the page asks for beside CTFd's API."""
        path = "/mine" + (f"/{self.ids[name]}" if name else "")
        return json.loads(subprocess.run(["curl", "-sS", "-H", f"Authorization: Token {self.tokens[n]}", "-H",
                                          "Content-Type: application/json", self.b.url + path], check=True,
                                         capture_output=True).stdout)["data"]


def case_flags(b):
    """With a roster the scoreboard knows each student's flag, and no more; a second deploy changes nothing."""
    room = Room(b)
    room.deploy(0, "created   raw-ipv4")
    assert [(f["type"], f["data"]) for f in room.flags()] == [("regex", "case_insensitive")], room.flags()
    takes = re.compile(room.flags()[0]["content"])
    assert all(takes.fullmatch(room.c.flag("raw-ipv4", n)) for n in ("ann", "bob")) and not takes.fullmatch(
        room.c.flag("raw-ipv4", "ann").replace(".ann.", ".bob."))
    assert room.enter("ann", room.c.flag("raw-ipv4", "ann").upper()) == "correct"
    assert room.enter("bob", room.c.flag("raw-tcp", "bob")) == "incorrect"
    assert room.enter("bob", room.c.flag("raw-ipv4", "bob")[:-1]) == "incorrect"
    room.deploy(0, "", "--dry-run")
    anns, bobs = (room.c.flag("raw-ipv4", n) for n in ("ann", "bob"))
    (room.c.dir / "roster.csv").write_text("\n".join(ROSTER.splitlines()[:2]) + "\n")
    room.deploy(1, "raw-ipv4", "--dry-run")
    room.deploy(0, "changed   raw-ipv4")
    assert "flag{" not in room.c.output, room.c.output
    takes = re.compile(room.flags()[0]["content"])
    assert len(room.flags()) == 1 and takes.fullmatch(anns) and not takes.fullmatch(bobs)
    assert room.flags("Socket types"), "a question keeps its own"


def case_many(b):
    """One flag of the scoreboard holds those of hundreds, and none is longer than MySQL keeps."""
    handles = [f"student-with-a-long-handle-{i:05}" for i in range(1200)]
    room = Room(b, roster="handle,name,email\n" + "".join(f"{h},S,{h}@example.org\n" for h in handles))
    room.deploy(0, "created   raw-ipv4")
    flags = [f["content"] for f in room.flags()]
    assert 2 <= len(flags) <= 4 and max(map(len, flags)) < 65535, [len(f) for f in flags]
    for i in (0, 500, 600, 1199):
        flag = room.c.flag("raw-ipv4", handles[i])
        assert sum(bool(re.compile(f).fullmatch(flag)) for f in flags) == 1, flag
    room.deploy(0, "unchanged raw-ipv4")


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
    expect(room.c, 0, "on the scoreboard's page too where its text says so", room.c.run("lint", "--class", "class.yml"))
    room.deploy(0, "created   raw-ipv4")
    assert room.mine("ann", "Raw IPv4")["form"] == "" and room.mine("ann", "Socket types")["form"] == "answer"
    assert room.flags() == [] and room.enter("ann", room.c.flag("raw-ipv4", "ann")) == "incorrect"
    for word, said in (("flags", "paste: flags needs a roster"), ("flag", 'did you mean "flags"')):
        text = (room.c.dir / "class.yml").read_text()
        (room.c.dir / "class.yml").write_text(text + f"\npaste: {word}\n")
        expect(room.c, 3, said, room.c.run("deploy"))
        (room.c.dir / "class.yml").write_text(text)


def case_served(b):
    """Without a roster the page takes flags while the daemon runs that looks at them."""
    room = Room(b, roster=None)
    page = lambda: b.api("GET", f"/challenges/{room.ids['Raw IPv4']}")["data"]["description"]
    serve = subprocess.Popen([desk.wiregrade, "serve", "--intake", "127.0.0.1:0", "--metrics", "127.0.0.1:0"],
                             cwd=room.c.dir, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert "serving class w1" in serve.stdout.readline()
        room.deploy(0, "created   raw-ipv4")
        assert [f["type"] for f in room.flags()] == ["regex"] and "Flags are entered on the scoreboard's page" in page()
        assert room.mine("ann", "Raw IPv4")["form"] == "flag"
        assert room.enter("ann", room.c.flag("raw-ipv4", "ann")) == "correct"
        assert room.enter("bob", "flag{raw-ipv4.bob.aaaa-aaaa-aaaa-aaaa}") == "correct"
        rows = until(lambda: len(of := b.api("GET", "/submissions?type=correct&per_page=100")["data"]) < 2 and of)
        assert [r["user"]["name"] for r in rows] == ["ann"], rows
    finally:
        serve.send_signal(signal.SIGTERM)
        said = serve.communicate(timeout=DEADLINE)[1]
    assert serve.returncode == 0 and "is not looked at from now on" in said, said
    room.deploy(0, "changed   raw-ipv4")
    assert room.flags() == [] and "not on the scoreboard's page" in page()


def line(student, when, **more):
    return json.dumps({"time": f"2026-11-22T18:{when}.309128+00:00", "event": "attempt", "slug": "raw-ipv4", "kind": "packet",
                       "student": student, "source": "10.10.0.40", "port": 0, "verdict": "near", "right": 7, "judged": 9,
                       "answer": "queued", "findings": [
                           {"field": "ip.dsfield.dscp", "status": "fail", "expected": "24 (CS3)", "got": "6",
                            "codes": ["NOT_SHIFTED"]}, {"field": "ip.options", "status": "fail", "besides": True, "got": "x",
                            "codes": ["BAD_OPTIONS"], "why": "as for ip.ttl"},
                           {"field": "ip.ttl", "status": "fail", "expected": "9", "got": "8", "codes": ["OFF_BY_ONE"],
                            "why": "8 is one less", "try": "ttl = 9"},
                           {"field": "ip.id", "status": "blocked", "codes": []}], **more}) + "\n"


def case_class(b):
    """A board that knows the class verifies flags itself, and tells a student of himself alone."""
    room = Room(b, paste="audit")
    with desk.RealBoard("knows", "--class", str(room.c.dir / "class.yml")) as knows:
        room.move(knows)
        room.deploy(0, "created   raw-ipv4")
        ann = room.c.flag("raw-ipv4", "ann")
        assert room.told("bob", room.c.flag("raw-tcp", "bob")) == {
            "status": "incorrect", "message": 'A right flag, but of another challenge: enter it at "Raw TCP".'}
        assert "somebody else (ann)" in room.told("bob", ann)["message"]
        assert room.told("bob", room.c.flag("raw-tcp", "ann")) == {
            "status": "incorrect", "message": 'This flag was made for somebody else (ann), and for another challenge, "Raw TCP"; earn your own.'}
        assert room.enter("bob", "flag{raw-ipv4.bob." + ann.split(".")[-1]) == "incorrect", "forged"
        assert [r["provided"] == ann for r in knows.api("GET", "/submissions?per_page=100")["data"]] == [True, False]
        mistyped = ann[:-2] + ("2" if ann[-2] != "2" else "3") + "}"
        assert room.told("ann", mistyped)["message"] == "Nearly your flag: 1 letter of it is mistyped; copy it anew."
        assert room.told("ann", " Ann\n")["message"] == "That is your handle: send it to the target, whose answer is the flag."
        for cut in (ann[:-6], ann[:20], ann.upper()[:-6]):
            assert room.told("ann", cut)["message"] == "That begins as a flag does and is none: copy it whole, from flag{ to }.", cut
        assert room.told("ann", ann[:-2])["message"].startswith("Nearly your flag: 1 letter of it is mistyped"), ann[:-2]
        assert room.told("ann", "  " + ann.upper())["status"] == "correct"
        assert room.mine("bob", "Socket types")["left"] == 5 and room.enter("bob", "x", "Socket types") == "incorrect"
        assert room.mine("bob", "Socket types")["left"] == 4 and room.mine("bob", "Socket types")["form"] == "answer"
        assert room.enter("bob", "SOCK_RAW", "Socket types") == "correct"
        assert room.mine("bob", "Socket types")["left"] == 4
        journal = room.c.dir / "target.jsonl"
        journal.write_text("cut line\n" * 70000 + line("ann", "47:33", first_field="ip.ttl") + line("ann", "47:35", own_host=False) + line("bob", "47:34")
                           + "".join(line("bob", f"46:{n:02}", slug="raw-tcp") for n in range(9)) + '{"event": "att')
        (ann_pin := room.mine("ann")).pop("score")
        assert ann_pin["handle"] == "ann" and ann_pin["briefing"] == "nc 172.16.1.15 1110" and len(ann_pin["pin"]) == 8
        assert room.mine("bob")["score"] == 2 and room.mine("bob")["pin"] != ann_pin["pin"]
        mine, his = room.mine("ann", "Raw IPv4"), room.mine("bob", "Raw IPv4")
        assert [v["field"] for v in mine["values"]] == ["ip.id"] and mine["values"] != his["values"], (mine, his)
        assert [t["time"][14:19] for t in mine["tries"]] == ["47:35", "47:33"] and len(his["tries"]) == 1, mine
        assert len(room.mine("bob", "Raw TCP")["tries"]) == 5
        assert "(ann)" in mine["html"] and "may be another" not in mine["html"], mine["html"]
        assert "may be another" in knows.api("GET", f"/challenges/{room.ids['Raw IPv4']}")["data"]["description"]
        other, own = (t["findings"] for t in mine["tries"])
        assert own == [  # as the target tells it: the first first, its words, what is not judged; a code's where it has none
            {"field": "ip.ttl", "expected": "9", "got": "8", "code": "OFF_BY_ONE", "why": "8 is one less", "try": "ttl = 9"},
            {"field": "ip.dsfield.dscp", "expected": "24 (CS3)", "got": "6", "code": "NOT_SHIFTED",
             "why": "the value shares its bytes with another field and was not shifted to its place", "try": own[1]["try"]},
            {"field": "ip.options", "besides": True, "got": "x", "code": "BAD_OPTIONS", "why": "as for ip.ttl",
             "try": ""}, {"field": "ip.id", "blocked": True}], own
        assert not {"8", "9", "8 is one less"} & set(other[2].values()), "what another host sent tells no values"
        read_anew(room, knows)


def read_anew(room, board):
    """SIGHUP reads the class's files; wrong ones change nothing."""
    def handle(wanted):
        board.process.send_signal(signal.SIGHUP)
        until(lambda: room.mine("bob").get("handle") == wanted)

    roster = room.c.dir / "roster.csv"
    roster.write_text(ROSTER.replace("bob,Bob", "robert,Bob"))
    handle("robert")
    assert room.told("bob", room.c.flag("raw-tcp", "robert"), "Raw TCP")["status"] == "correct"
    roster.write_text("handle\n")
    board.process.send_signal(signal.SIGHUP)
    for _ in range(20):
        assert room.mine("bob")["handle"] == "robert"
    roster.write_text(ROSTER)
    handle("bob")


def main():
    desk.wiregrade, desk.course = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    for case in sys.argv[3:]:
        with tempfile.TemporaryDirectory(prefix="wiregrade-paste-") as desk.scratch:
            with RealBoard("board") as board:
                globals()["case_" + case](board)


if __name__ == "__main__":
    main()
