#!/usr/bin/env python3
"""report.py WIREGRADE COURSE users|teams CASE...: what the report says of a class on the local board."""
import csv
import html.parser
import io
import json
import os
import subprocess
import sys
import tempfile
import time

import desk
from points import course_with
from desk import Class, RealBoard, expect
from steady import DEADLINE

ROSTER = ('handle,name,email,external_id,section,role\n'
          'ann,=1+1,ann@example.edu,0017,A,\n'
          'bob,"<script>alert(1)</script>",bob@example.edu,@17,B,\n'
          'eve,"-2+3, ""x""",eve@example.edu,,A,\n'
          'prof,Staff,prof@example.edu,,A,staff\n')
# points of its own, whatever the course gives: what is summed up below
POINTS = {"raw-ipv4": 15, "raw-tcp": 20, "stream-sender": 10, "stream-base64": 10, "socket-types": 5}


class Room:
    """ann has solved two challenges on the wire and the question, bob one, which waits; eve let her flag lie."""
    total = 0

    def __init__(self, b, mode):
        self.b, self.c = b, Class(b.url, mode=mode, token=b.token, roster=ROSTER)
        self.users = {}
        for n in ("ann", "bob", "eve", "prof"):
            self.users[n] = b.api("POST", "/users", {"name": n, "password": os.urandom(12).hex(),
                                                     "email": f"{n}@example.edu"})["data"]["id"]
        self.teams = {}
        if mode == "teams":
            for team, members in (("red", ("ann", "eve")), ("blue", ("bob",))):
                self.teams[team] = b.api("POST", "/teams", {"name": team, "password": "x"})["data"]["id"]
                for n in members:
                    b.api("POST", f"/teams/{self.teams[team]}/members", {"user_id": self.users[n]})
        expect(self.c, 0, "raw-ipv4", self.c.run("deploy"))
        self.challenges = {r["name"]: r["id"] for r in b.api("GET", "/challenges?view=admin")["data"]}
        self.journal()
        self.c.submit(["raw-ipv4", "stream-sender"], "ann")
        expect(self.c, 0, "2 posted", self.c.outbox())
        self.enter("ann", "Socket types")
        self.c.submit(["stream-sender"], "bob")

    def enter(self, n, name, provided="SOCK_RAW"):
        body = {"challenge_id": self.challenges[name], "user_id": self.users[n], "type": "correct", "provided": provided}
        if self.teams:
            body["team_id"] = self.teams["red" if n in ("ann", "eve") else "blue"]
        return self.b.api("POST", "/submissions", body)["data"]["id"]

    def unlock(self, n, cost):
        """A hint, which is an award below 0."""
        hint = self.b.api("POST", "/hints", {"challenge_id": self.challenges["Raw IPv4"], "content": "look", "cost": cost})["data"]
        program = os.path.join(os.path.dirname(desk.wiregrade), "wiregrade-board")
        token = os.popen(f"{program} token {n} --db {self.b.dir}/b.db").read().strip()
        desk.call_api(self.b.url, token, "POST", "/unlocks", {"target": hint["id"], "type": "hints"})

    def journal(self):
        """What a target would have written."""
        assert self.c.run("key", "show") in (0, 2), self.c.output
        near = {"event": "attempt", "slug": "raw-ipv4", "kind": "packet", "source": "10.10.0.7", "port": 0, "verdict": "near",
                "right": 6, "judged": 9, "answer": "queued"}
        lines = []
        for second, (student, code) in enumerate((("ann", "NOT_SHIFTED"), ("ann", "NOT_SHIFTED"), ("bob", "BYTE_SWAPPED"))):
            lines.append({"time": f"2026-11-22T18:47:{second:02}.000001+00:00", **near, "student": student,
                          "findings": [{"field": "ip.dsfield.dscp", "status": "fail", "expected": "24", "got": "6",
                                        "codes": [code]}]})
        lines.append({"time": "2026-11-22T18:48:00.000001+00:00", "event": "delivery", "to": "10.10.0.9", "port": 1111,
                      "outcome": "delivered", "flags": [{"slug": "raw-ipv4", "student": "eve"}], "left_out": 0})
        (self.c.dir / "target.jsonl").write_text("".join(json.dumps(l) + "\n" for l in lines))

    def grades(self, form, *args):
        """What is printed to be imported, and what is said beside it."""
        done = subprocess.run([desk.wiregrade, "report", "--format", form, *args], cwd=self.c.dir, capture_output=True, text=True,
                              timeout=DEADLINE, check=False)
        assert done.returncode == 0, done
        return done.stdout, done.stderr

    def report(self, status, *args):
        expect(self.c, status, "", self.c.run("report", *args))
        return self.c.output


def table(text):
    return {row["handle"]: row for row in csv.DictReader(io.StringIO(text))}


def case_points(room):
    """Points, states, times, attempts; what waits counts and is told to be missing there."""
    report = json.loads(room.report(0, "--format", "json"))
    who = {s["handle"]: s for s in report["students"]}
    if room.teams:  # a team-mate's solve is hers too
        assert who["eve"]["total"] == who["ann"]["total"] == 30, who
        assert who["eve"]["scoreboard"] == 30 and who["eve"]["note"] is None, who["eve"]
        return
    assert [who[n]["total"] for n in ("ann", "bob", "eve", "prof")] == [30, 10, 0, 0], who
    states = {c["slug"]: c["state"] for c in who["ann"]["challenges"]}
    assert (states["raw-ipv4"], states["socket-types"], states["raw-tcp"]) == ("solved", "there", "open"), states
    assert who["bob"]["scoreboard"] == 0 and "10 points wait" in who["bob"]["note"], who["bob"]
    assert who["ann"]["scoreboard"] == 30 and who["ann"]["note"] is None and not who["ann"]["passed"], who["ann"]
    raw = [c for c in report["challenges"] if c["slug"] == "raw-ipv4"][0]
    assert raw["near_misses"] == 3 and raw["solved"] == 1, raw
    assert [(r["code"], r["count"]) for r in raw["reasons"]] == [("NOT_SHIFTED", 2), ("BYTE_SWAPPED", 1)], raw
    eve = [c for c in who["eve"]["challenges"] if c["slug"] == "raw-ipv4"][0]
    assert eve["flag_delivered"].startswith("2026-11-22T18:48") and eve["state"] == "open", eve
    told = room.report(0)
    assert "\nNOT_SHIFTED " in told and told.count("\nBYTE_SWAPPED ") == 1, told
    assert "delivered, and never handed in:\n  eve" in told and "0 of 3 passed" in told, told
    expect(room.c, 0, "1 posted", room.c.outbox())
    assert table(room.report(0, "--format", "csv"))["bob"]["note"] == ""


def case_hints(room):
    """What a hint costs is taken off, as the scoreboard does."""
    room.unlock("ann", 4)
    ann = table(room.report(0, "--format", "csv"))["ann"]
    assert (ann["total"], ann["awards"], ann["scoreboard"], ann["note"]) == ("26", "-4", "26", ""), ann


def case_differs(room):
    """A row of another challenge, or in teams mode one without a team, makes the scoreboard's figure another; it is told."""
    if room.teams:
        room.b.api("POST", "/submissions", {"challenge_id": room.challenges["Raw TCP"], "user_id": room.users["eve"],
                                            "type": "correct", "provided": "x"})
        eve = [s for s in json.loads(room.report(0, "--format", "json"))["students"] if s["handle"] == "eve"][0]
        assert eve["total"] == 30 and "rows there without a team, which its standings leave out: 1" in eve["note"], eve
        return
    room.challenges["x"] = room.b.api("POST", "/challenges", {"name": "x", "value": 7, "category": "c", "description": "",
                                                             "type": "standard"})["data"]["id"]
    room.enter("eve", "x")
    note = table(room.report(0, "--format", "csv"))["eve"]["note"]
    assert note == "the scoreboard shows 7: correct rows there of challenges that are not in this course: 1", note


def case_borrowed(room):
    """Points by another's flag count until staff decide, and every form says so."""
    points = {"ann": 30, "bob": 25, "eve": 0} if not room.teams else {"ann": 30, "bob": 25, "eve": 30}
    expect(room.c, 0, "1 posted", room.c.outbox())
    row = room.enter("bob", "Raw IPv4", room.c.flag("raw-ipv4", "ann"))
    expect(room.c, 0, "open", room.c.run("borrowed", "list"))
    what = "raw-ipv4: with the flag of ann, counted: `wiregrade borrowed` 1 is open"
    assert what in room.report(0) and what in room.report(0, "--format", "csv")
    assert "with the flag of ann, counted" in room.report(0, "--student", "bob")
    assert "with the flag of ann, counted" in room.report(0, "--format", "html")
    report = {s["handle"]: s for s in json.loads(room.report(0, "--format", "json"))["students"]}
    assert {n: report[n]["total"] for n in points} == points and what in report["bob"]["note"], report
    for form in ("moodle", "canvas"):
        out, beside = room.grades(form)
        assert out.count(",25\n") == 1 and f"bob: {what}" in beside, (out, beside)
        out, beside = room.grades(form, "--without-borrowed")
        assert out.count(",10\n") == 1 and "with the flag of ann, left out" in beside, (out, beside)
    for form in ("human", "csv", "html", "json"):
        assert "with the flag of ann, left out" in room.report(0, "--without-borrowed", "--format", form), form
    rest = {s["handle"]: s for s in json.loads(room.report(0, "--without-borrowed", "--format", "json"))["students"]}
    states = {c["slug"]: (c["state"], c["points"]) for c in rest["bob"]["challenges"]}
    assert rest["bob"]["total"] == 10 and states["raw-ipv4"] == ("borrowed", 0) and states["stream-sender"] == ("solved", 10), rest
    assert rest["bob"]["note"].endswith("the scoreboard shows 25") and rest["ann"]["total"] == 30, rest
    if not room.teams:  # what is dismissed counts like any other; what is confirmed does not, even before it was taken off
        expect(room.c, 0, "dismissed", room.c.run("borrowed", "dismiss", "1", "--by", "x", "--reason", "y"))
        rows = table(room.report(0, "--format", "csv", "--without-borrowed"))
        assert (rows["bob"]["total"], rows["bob"]["note"]) == ("25", ""), rows["bob"]
    expect(room.c, 0, f"submission {row} was taken off", room.c.run("borrowed", "confirm", "1", "--by", "x", "--reason", "y"))
    assert table(room.report(0, "--format", "csv"))["bob"]["note"] == ""
    room.enter("bob", "Raw IPv4", room.c.flag("raw-ipv4", "ann"))
    assert table(room.report(0, "--format", "csv"))["bob"]["total"] == "25", "nobody has looked"
    expect(room.c, 0, "confirmed", room.c.run("borrowed", "list"))
    assert table(room.report(0, "--format", "csv"))["bob"]["total"] == "10"


def case_deleted(room):
    """What staff delete there counts until `reconcile --accept` takes it over, and every form says so."""
    ann = next(r["id"] for r in room.b.api("GET", f"/submissions?user_id={room.users['ann']}")["data"]
               if r["challenge_id"] == room.challenges["Raw IPv4"])
    room.b.api("DELETE", f"/submissions/{ann}")
    what = f"raw-ipv4: submission {ann} was deleted there; `wiregrade reconcile` takes that over (--accept)"
    note = table(room.report(0, "--format", "csv"))["ann"]["note"]
    assert note.startswith(what) and note.endswith("the scoreboard shows 15") and "not known" not in note, note
    for form in ("human", "json"):
        assert what in room.report(0, "--format", form), form
    assert f"submission {ann} was deleted there" in room.report(0, "--format", "html")
    assert f"ann: {what}" in room.grades("moodle")[1]
    expect(room.c, 2, "--accept needs --by NAME", room.c.run("reconcile", "--accept"))
    expect(room.c, 2, "give one of them", room.c.run("reconcile", "--accept", "--fix", "--by", "x", "--reason", "y"))
    expect(room.c, 1, f"posted, and submission {ann} was deleted there", room.c.run("reconcile", "--accept", "--by", "x",
                                                                                    "--reason", "y", "--student", "bob"))
    expect(room.c, 0, "mended", room.c.run("reconcile", "--accept", "--by", "A. T.", "--reason", "copied", "--challenge", "raw-ipv4"))
    expect(room.c, 0, "0 differences", room.c.run("reconcile", "--fix"))
    who = {s["handle"]: s for s in json.loads(room.report(0, "--format", "json"))["students"]}
    raw = [c for c in who["ann"]["challenges"] if c["slug"] == "raw-ipv4"][0]
    assert (who["ann"]["total"], raw["state"], who["ann"]["note"]) == (15, "void", None), who["ann"]
    assert raw["note"].startswith("void since ") and raw["note"].endswith("by A. T.: copied"), raw
    assert room.c.submit(["raw-ipv4"], "ann") and "void since" in room.c.output, room.c.output
    expect(room.c, 0, "", room.c.outbox())
    back = room.enter("ann", "Raw IPv4", room.c.flag("raw-ipv4", "ann"))  # and whoever has deleted it changes his mind
    expect(room.c, 1, f"void since .* and there as submission {back}", room.c.run("reconcile", "--fix"))
    note = table(room.report(0, "--format", "csv"))["ann"]
    assert note["total"] == "15" and "and there again" in note["note"], note
    expect(room.c, 0, "mended", room.c.run("reconcile", "--accept", "--by", "A. T.", "--reason", "not copied"))
    assert table(room.report(0, "--format", "csv"))["ann"]["total"] == "30"


def case_why(room):
    """Nothing that makes the scoreboard's figure another is unknown."""
    expect(room.c, 0, "1 posted", room.c.outbox())
    frozen = {"value": str(int(time.time()) + 1)}
    room.b.api("PATCH", "/configs/freeze", frozen)
    while time.time() < int(frozen["value"]):
        time.sleep(0.05)
    room.unlock("ann", 7)
    room.enter("ann", "Raw TCP")
    ann = table(room.report(0, "--format", "csv"))["ann"]
    assert ann["total"] == "43" and "the scoreboard shows 30: it is frozen since 20" in ann["note"], ann
    assert ann["note"].endswith("and 13 points came later"), ann
    room.b.api("PATCH", "/configs/freeze", {"value": None})
    room.b.api("PATCH", f"/challenges/{room.challenges['Raw IPv4']}", {"state": "hidden"})  # hidden ones count, there and here
    room.b.api("PATCH", f"/users/{room.users['ann']}", {"hidden": True})
    ann = table(room.report(0, "--format", "csv"))["ann"]
    assert (ann["total"], ann["scoreboard"], ann["note"]) == ("43", "43", ""), ann
    if room.teams:  # CTFd sums up the members' own, whatever team they were for
        room.b.api("POST", "/submissions", {"challenge_id": room.challenges["Stream in Base64"], "user_id": room.users["bob"],
                                            "team_id": room.teams["red"], "type": "correct", "provided": "x"})
        bob = table(room.report(0, "--format", "csv"))["bob"]
        assert "the scoreboard shows 20: correct rows there of who was in another team then: 1" in bob["note"], bob


def case_safe(room):
    """Formulas are quoted for spreadsheets, and nothing of a name is markup."""
    text = room.report(0, "--format", "csv")
    rows = table(text)
    assert rows["ann"]["name"] == "'=1+1" and rows["bob"]["external_id"] == "'@17" and rows["eve"]["name"] == "'-2+3, \"x\"", rows
    assert "prof" not in rows and list(rows) == sorted(rows), rows
    page = room.report(0, "--format", "html")
    assert "<script" not in page and "&lt;script&gt;" in page, page
    html.parser.HTMLParser().feed(page)


def case_grades(room):
    """What Moodle and Canvas import."""
    moodle = list(csv.reader(io.StringIO(room.grades("moodle")[0])))
    assert moodle[0][:2] == ["idnumber", "email"] and ["0017", "ann@example.edu", "30"] in moodle, moodle
    canvas = list(csv.DictReader(io.StringIO(room.grades("canvas")[0])))
    course = [k for k in canvas[0] if k not in ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")][0]
    assert canvas[0]["Student"] == "    Points Possible" and canvas[0][course] == str(room.total), canvas[0]
    assert [r[course] for r in canvas if r["SIS User ID"] == "0017"] == ["30"], canvas


def case_one(room):
    """One student; a handle that is nobody's; the scoreboard left out, and away."""
    told = room.report(0, "--student", "ANN")
    assert "raw-ipv4" in told and "30 points" in told and "bob" not in told, told
    expect(room.c, 3, "ned is not on the roster.* `wiregrade roster list`", room.c.run("report", "--student", "ned"))
    expect(room.c, 2, "write human, csv", room.c.run("report", "--format", "xls"))
    with open("/dev/full", "w", encoding="ascii") as full:
        done = subprocess.run([desk.wiregrade, "report"], cwd=room.c.dir, stdout=full, stderr=subprocess.PIPE, text=True,
                              timeout=DEADLINE, check=False)
    assert done.returncode == 4 and "cannot be written: No space" in done.stderr, done
    offline = json.loads(room.report(0, "--offline", "--format", "json"))
    assert [s["total"] for s in offline["students"]][:2] == [25, 10] and not offline["scoreboard_asked"], offline
    text = (room.c.dir / "class.yml").read_text().replace(room.b.url, "http://127.0.0.1:9")
    (room.c.dir / "class.yml").write_text(text)
    expect(room.c, 4, "--offline leaves it out", room.c.run("report"))
    rest = json.loads(room.report(4, "--format", "json").splitlines()[0])
    assert [s["total"] for s in rest["students"]] == [25, 10, 0, 0] and not rest["scoreboard_asked"], rest
    assert "without the scoreboard" in room.report(4, "--format", "csv").splitlines()[1], room.c.output
    for form in ("moodle", "canvas"):
        assert "@example" not in room.report(4, "--format", form), room.c.output


def main():
    desk.wiregrade, course = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    mode = sys.argv[3]
    for case in sys.argv[4:]:
        with tempfile.TemporaryDirectory(prefix="wiregrade-report-") as desk.scratch:
            desk.course, Room.total = course_with(POINTS, course, desk.scratch)
            with RealBoard("board", "--mode", mode) as board:
                globals()["case_" + case](Room(board, mode))


main()
