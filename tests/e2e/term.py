#!/usr/bin/env python3
"""term.py WIREGRADE COURSE users|teams|real: a term of twelve students on one scoreboard, with all that goes wrong in
one, and the report against a table that was made by hand. `real` is the CTFd of WIREGRADE_CTFD_URL and
WIREGRADE_CTFD_TOKEN_FILE, in its own mode; 77, skipped, without them."""
import contextlib
import csv
import io
import json
import os
import pathlib
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error

import desk
from points import course_with
from desk import Class, Real, RealBoard, expect

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "contract"))
import asking  # noqa: E402
from steady import DEADLINE  # noqa: E402

PID = os.getpid()
TEAMS = {"red": "ann eve jon", "blue": "bob cat lee", "gold": "dan gus hal", "grey": "fay ida kim"}
# The course's seven oldest challenges alone, with these points
POINTS = {"stream-sender": 10, "stream-base64": 10, "datagram-sender": 10, "datagram-hex": 10, "raw-ipv4": 15, "raw-tcp": 20,
          "socket-types": 5}
# What each has earned at the end, added up by hand from what the steps below hand in, and whether 56 are reached.
USERS_TABLE = {
    "ann": (65, True),   # all on the wire but datagram-hex
    "bob": (10, False),  # datagram-hex; ann's raw-tcp was confirmed as borrowed
    "cat": (15, False),  # raw-ipv4, with curly quotes
    "dan": (10, False),  # stream-sender; his raw-tcp was deleted by staff
    "eve": (10, False),  # datagram-sender
    "fay": (15, False),  # stream-base64, and the question
    "gus": (0, False),   # a typo in raw-ipv4
    "hal": (20, False),  # raw-tcp, pasted while `paste: off`
    "ida": (75, True),   # all on the wire
    "jon": (0, False),
    "kim": (15, False),  # raw-ipv4
    "lee": (10, False),  # stream-sender, handed in before he had enrolled
}
TEAMS_TABLE = {
    "ann": (65, True), "eve": (65, True), "jon": (65, True),
    "bob": (35, False), "cat": (35, False), "lee": (35, False),
    "dan": (30, False), "gus": (30, False), "hal": (30, False),
    "fay": (80, True), "ida": (80, True), "kim": (80, True),
}
WIRE = ["datagram-hex", "datagram-sender", "raw-ipv4", "raw-tcp", "stream-base64", "stream-sender"]


def handle(name):
    return f"{name}-{PID}"


class Term:
    def __init__(self, board):
        self.b = board
        self.mode = board.api("GET", "/configs/user_mode")["data"]["value"]
        self.teams = self.mode == "teams"
        self.cards, self.tokens = {}, {}
        self.c = Class(board.url, mode=self.mode, token=board.token, roster=self.roster(late=False))

    def roster(self, late=True):
        rows = ["handle,name,email,team,role"]
        for team, members in TEAMS.items():
            rows += [f"{handle(n)},{n.title()} Ünal,{handle(n)}@example.edu,{team} {PID}," for n in members.split()
                     if late or n != "lee"]
        return "\n".join(rows + [f"{handle('tutor')},Tutor,{handle('tutor')}@example.edu,,staff\n"])

    def user(self, name):
        rows = self.b.api("GET", f"/users?view=admin&field=name&q={handle(name)}")["data"]
        return [r["id"] for r in rows if r["name"] == handle(name)][0]

    def challenge(self, slug):
        name = slug.replace("-", " ").capitalize().replace("ipv4", "IPv4").replace("tcp", "TCP")
        return [r["id"] for r in self.b.api("GET", "/challenges?view=admin")["data"] if r["name"] == name][0]

    def run(self, status, pattern, *args, **more):
        expect(self.c, status, pattern, self.c.run(*args, **more))
        return self.c.output

    def setting(self, key, word):
        """Sets a key of class.yml."""
        path = self.c.dir / "class.yml"
        text = re.sub(rf"(?m)^(\s*){key}:.*$", rf"\g<1>{key}: {word}", path.read_text())
        path.write_text(text if re.search(rf"(?m)^\s*{key}: {word}$", text) else text + f"\n{key}: {word}\n")

    def token(self, name):
        """Who logs in with what is on his card."""
        if name not in self.tokens:
            if hasattr(self.b, "dir"):
                program = pathlib.Path(desk.wiregrade).with_name("wiregrade-board")
                self.tokens[name] = subprocess.run([program, "token", handle(name), "--db", self.b.dir / "b.db"], check=True,
                                                   capture_output=True, text=True).stdout.strip()
            else:
                asking.PASSWORD = self.cards[name]
                self.tokens[name] = asking.Ctfd(self.b.url, self.b.token).user_token(self.user(name))
        return self.tokens[name]

    def paste(self, name, slug, text):
        """On the scoreboard's page: what it says."""
        return asking.attempt(asking.Board(self.b.url, self.b.token), self.token(name), self.challenge(slug), text)[1]

    def rows(self, name, kind="correct"):
        rows = self.b.api("GET", f"/submissions?user_id={self.user(name)}&type={kind}&per_page=100")["data"]
        return {r["id"]: r for r in rows}

    def borrowed(self):
        assert self.c.run("borrowed", "list", "--format", "json") == 0, self.c.output
        return json.loads([line for line in self.c.output.splitlines() if line.startswith("[")][0])

    def report(self, *args):
        """{name: row} of the CSV, and what is said beside it."""
        done = subprocess.run([desk.wiregrade, "report", "--format", "csv", *args], cwd=self.c.dir, capture_output=True,
                              text=True, check=False, timeout=DEADLINE)
        assert done.returncode == 0, done
        return {row["handle"].split("-")[0]: row for row in csv.DictReader(io.StringIO(done.stdout))}

    def submit(self, name, *slugs):
        self.c.submit(slugs, handle(name))

    def clean(self):
        """What a CTFd keeps of it: the challenges, which the next class takes over."""
        for kind in ("users", "teams") if self.teams else ("users",):
            rows = self.b.api("GET", f"/{kind}?view=admin&field=name&q={PID}")["data"]
            for row in rows:
                with contextlib.suppress(urllib.error.HTTPError):
                    self.b.api("DELETE", f"/{kind}/{row['id']}")


def wrong_mode_is_refused_everywhere(t):
    """5"""
    t.run(3, "no such store yet|there is no store in this database", "report")
    t.submit("ann", "datagram-sender")
    t.setting("mode", "users" if t.teams else "teams")
    for command in (("deploy",), ("outbox", "run"), ("roster", "sync"), ("reconcile",), ("borrowed", "list"), ("report",)):
        t.run(4, f"is in {t.mode} mode, class.yml says", *command)
    t.setting("mode", t.mode)


def another_class_takes_over_only_when_told(t):
    """11"""
    t.run(0, "raw-ipv4", "deploy", "--take-over")
    other = Class(t.b.url, "other", mode=t.mode, token=t.b.token, roster=t.roster())
    before = t.b.api("GET", f"/challenges/{t.challenge('raw-ipv4')}/flags")["data"]
    expect(other, 1, r'belong to class w1 .*--take-over', other.run("deploy"))
    assert t.b.api("GET", f"/challenges/{t.challenge('raw-ipv4')}/flags")["data"] == before


def names_are_handles(t):
    """7, 13: one has a nickname there, one another's handle; everybody can log in."""
    for name, who in ((f"Sunny {PID}", "fay"), (handle("jon"), "kim")):
        t.b.api("POST", "/users", {"name": name, "email": f"{handle(who)}@example.edu", "password": f"own of {who}"})
    told = t.run(1, "", "roster", "sync")
    assert f'"Sunny {PID}"' in told and re.search(rf"{handle('kim')}.*{handle('jon')}", told), told
    told = t.run(0, "2 renamed", "roster", "sync", "--rename", "--passwords", "cards.txt")
    cards = t.c.dir / "cards.txt"
    assert cards.stat().st_mode & 0o777 == 0o600
    for text in cards.read_text().split("- - -\n")[1:]:
        card = dict(re.findall(r"(?m)^  (\w+) +(\S+)$", text))
        name = card["handle"].split("-")[0]
        t.cards[name] = card.get("password", f"own of {name}")  # "your own", where he has made one
    assert set(t.cards) >= set(USERS_TABLE) - {"lee"}, t.cards
    text = t.b.api("GET", f"/challenges/{t.challenge('raw-ipv4')}")["data"]["description"]
    assert "your user name here may be another" in text and "{{" not in text, text


def a_flag_before_enrolment_is_kept(t):
    """1"""
    t.c.brief("stream-sender", handle("lee"))
    t.run(1, r"0 rejected, 1 unplaced\n", "outbox", "run", "--wait", desk.PATIENT)
    (t.c.dir / "roster.csv").write_text(t.roster())
    t.run(0, "made|joined", "roster", "sync", "--passwords", "late.txt")
    t.run(0, "0 waiting, 0 held", "outbox", "run", "--wait", desk.PATIENT)
    assert [r["state"] for r in t.c.rows() if r["student"] == handle("lee")] == ["posted"]


@contextlib.contextmanager
def held(c):
    """Another writer has the store, and does not end."""
    if not c.server:
        with contextlib.closing(sqlite3.connect(c.dir / "wiregrade.db", isolation_level=None)) as db:
            db.execute("BEGIN IMMEDIATE")
            yield
        return
    with subprocess.Popen([desk.postgres.programs() / "psql", "-XAtq", "-d", c.place], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as psql:
        psql.stdin.write("BEGIN; LOCK TABLE solve; SELECT 1;\n")
        psql.stdin.flush()
        assert psql.stdout.readline() == "1\n"
        yield
        psql.stdin.close()


def a_store_that_is_busy_holds_nothing(t):
    """8"""
    t.submit("ann", "datagram-sender", "raw-ipv4", "raw-tcp", "stream-base64", "stream-sender")
    t.submit("bob", "datagram-hex")
    t.submit("dan", "raw-tcp", "stream-sender")
    t.submit("eve", "datagram-sender")
    t.submit("fay", "stream-base64")
    t.submit("ida", *WIRE)
    t.submit("kim", "raw-ipv4")
    with held(t.c):
        t.run(4, "busy|locked|does not let go of it", "outbox", "run", "--wait", "1")
    assert "held" not in t.c.states(), t.c.states()
    t.run(0, "0 waiting, 0 held", "outbox", "run", "--wait", desk.PATIENT)


def typography_is_no_mistake(t):
    """12"""
    flag = t.c.flag("raw-ipv4", handle("cat")).replace("-", "\u2011")
    assert t.paste("cat", "raw-ipv4", f"Flag: \u201c{flag}\u201d.") == "incorrect"
    assert t.paste("fay", "socket-types", "SOCK_RAW") == "correct"
    t.borrowed()
    assert [r["challenge"]["name"] for r in t.rows("cat").values()] == ["Raw IPv4"]


def what_is_borrowed_is_told_and_decided_once(t):
    """2, 3"""
    assert t.paste("bob", "raw-tcp", t.c.flag("raw-tcp", handle("ann"))) == "correct"
    found = t.borrowed()
    assert [(e["kind"], e["shower"], e["owner"]) for e in found] == [("borrowed", handle("bob"), handle("ann"))], found
    with_it, without = t.report(), t.report("--without-borrowed")
    more = {n: int(with_it[n]["total"]) - int(without[n]["total"]) for n in with_it}
    assert {n for n in more if more[n]} == ({"bob", "cat", "lee"} if t.teams else {"bob"}) and more["bob"] == 20, more
    note = f"with the flag of {handle('ann')}, counted: `wiregrade borrowed` {found[0]['id']} is open"
    for form in ("human", "csv", "html", "json", "moodle", "canvas"):
        assert note in t.run(0, "", "report", "--format", form).replace("&#96;", "`"), form
    assert note in t.run(0, "", "report", "--student", handle("bob"))
    t.run(0, "was taken off", "borrowed", "confirm", str(found[0]["id"]), "--by", "G. H.", "--reason", "it was his")
    assert t.paste("bob", "raw-tcp", t.c.flag("raw-tcp", handle("ann"))) == "correct"
    again = t.borrowed()
    assert len(again) == 1 and len(again[0]["history"]) == 2 and not any(
        r["challenge"]["name"] == "Raw TCP" for r in t.rows("bob").values()), again


def a_deleted_solve_is_void_when_that_is_said(t):
    """4"""
    row = [r["submission"] for r in t.c.rows() if (r["student"], r["slug"]) == (handle("dan"), "raw-tcp")][0]
    t.b.api("DELETE", f"/submissions/{row}")
    note = t.report()["dan"]["note"]
    assert f"submission {row} was deleted there" in note and "not known" not in note, note
    t.run(1, "raw-tcp", "reconcile")
    t.run(0, "1 mended", "reconcile", "--accept", "--student", handle("dan"), "--by", "G. H.", "--reason", "copied")
    t.run(0, "0 differences", "reconcile")
    assert t.report()["dan"]["note"].find("deleted") < 0
    assert "copied" in t.run(0, "void", "report", "--student", handle("dan"))


def the_commonest_mistake_is_what_was_told(t):
    """9: the first of several codes, and a value that the text lets guess is none."""
    near = {"event": "attempt", "slug": "raw-ipv4", "kind": "packet", "source": "10.10.0.7", "port": 0, "verdict": "near", "right": 6,
            "judged": 9, "answer": "queued", "student": handle("eve")}
    guess = {"field": "ip.id", "status": "fail", "expected": "made for each student", "got": "1", "codes": ["WRONG_VALUE"]}
    with open(t.c.dir / "target.jsonl", "a", encoding="utf-8") as f:
        for second, codes in enumerate((["BYTE_SWAPPED", "SHIFTED_TWICE"], ["BYTE_SWAPPED", "NOT_SHIFTED"])):
            wrong = {"field": "ip.dsfield.dscp", "status": "fail", "expected": "24", "got": "6", "codes": codes}
            f.write(json.dumps({"time": f"2026-11-22T18:49:0{second}.000001+00:00", **near,
                                "findings": [wrong] if second else [guess, wrong]}) + "\n")
    t.run(0, "", "outbox", "run")
    t.run(0, "", "report", "--format", "json")
    raw = [c for c in json.loads(t.c.output)["challenges"] if c["slug"] == "raw-ipv4"][0]
    assert {r["code"]: r["count"] for r in raw["reasons"]} == {"BYTE_SWAPPED": 2}, raw["reasons"]


def a_typo_is_a_typo(t):
    """10"""
    t.setting("paste", "audit")
    t.run(0, "", "deploy")
    flag = t.c.flag("raw-ipv4", handle("gus"))
    typed = flag[:-2] + ("b" if flag[-2] == "a" else "a") + "}"
    assert t.paste("gus", "raw-ipv4", typed) == "correct"
    typos = [e for e in t.borrowed() if e["kind"] == "typo"]
    assert [(e["shower"], e["letters"], e["verdict"]) for e in typos] == [(handle("gus"), 1, "revoked")], typos
    assert t.rows("gus") == {}
    told = t.b.api("GET", f"/notifications?user_id={t.user('gus')}")["data"]
    assert ["1 letter differs from your own flag" in n["content"] for n in told] == [True], told
    assert "entered with a typo (1 letter differs from his own flag)" in t.report()["gus"]["note"]


def a_right_flag_counts_in_every_mode(t):
    """6"""
    t.setting("paste", "off")
    t.run(0, "not on the scoreboard's page", "deploy")
    t.run(0, "not on the scoreboard's page", "lint", "--class", "class.yml")
    assert t.paste("hal", "raw-tcp", t.c.flag("raw-tcp", handle("hal"))) == "incorrect"
    t.borrowed()
    assert [r["challenge"]["name"] for r in t.rows("hal").values()] == ["Raw TCP"]


def the_report_is_the_table(t):
    """What the report says is what was added up by hand, and the scoreboard shows the same."""
    table = TEAMS_TABLE if t.teams else USERS_TABLE
    deadline = time.monotonic() + 150  # CTFd shows its old figures for a minute
    while True:
        rows = t.report()
        got = {n: (int(rows[n]["total"]), rows[n]["passed"] == "yes") for n in table}
        assert got == table, got
        shown = {n: int(rows[n]["scoreboard"] or 0) for n in table}
        if shown == {n: points for n, (points, _) in table.items()}:
            return
        assert time.monotonic() < deadline, shown
        time.sleep(2)


STEPS = (wrong_mode_is_refused_everywhere, another_class_takes_over_only_when_told, names_are_handles,
         a_flag_before_enrolment_is_kept, a_store_that_is_busy_holds_nothing, typography_is_no_mistake,
         what_is_borrowed_is_told_and_decided_once, a_deleted_solve_is_void_when_that_is_said,
         the_commonest_mistake_is_what_was_told, a_typo_is_a_typo, a_right_flag_counts_in_every_mode, the_report_is_the_table)


def main():
    desk.wiregrade = os.path.abspath(sys.argv[1])
    mode = sys.argv[3]
    if mode == "real" and not (os.environ.get("WIREGRADE_CTFD_URL") and os.environ.get("WIREGRADE_CTFD_TOKEN_FILE")):
        print("skipped: WIREGRADE_CTFD_URL and WIREGRADE_CTFD_TOKEN_FILE are not set")
        sys.exit(77)
    with tempfile.TemporaryDirectory(prefix="wiregrade-term-") as desk.scratch:
        desk.course, _ = course_with(POINTS, os.path.abspath(sys.argv[2]), desk.scratch, alone=True)
        with Real() if mode == "real" else RealBoard("board", "--mode", mode) as board:
            t = Term(board)
            try:
                for step in STEPS:
                    begun = time.monotonic()
                    step(t)
                    print(f"ok {step.__name__} ({time.monotonic() - begun:.1f} s)", flush=True)
            except urllib.error.HTTPError as e:
                raise AssertionError(f"{e.url}: {e.code} {e.read()}") from e
            finally:
                t.clean()


main()
