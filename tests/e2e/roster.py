#!/usr/bin/env python3
"""roster.py WIREGRADE COURSE users|teams|real CASE...: from a list of students to users and teams on the scoreboard.
`real` is the CTFd of WIREGRADE_CTFD_URL and WIREGRADE_CTFD_TOKEN_FILE; 77, skipped, without them."""
import csv
import io
import json
import os
import pathlib
import re
import shutil
import sys
import tempfile

import desk
from desk import Class, Real, RealBoard, expect
from roster_recorder import Recorder

MODE = "users"
PID = os.getpid()
TARGETS = [path.read_text(encoding="utf-8") for path in (pathlib.Path(__file__).resolve().parents[2] / "challenges").glob("*/target.yml")]
N, WIRE = len(TARGETS), sum("\nkind: " in f"\n{t}" for t in TARGETS)


class Room:
    """A class with an empty roster at a board."""

    def __init__(self, b, paste="off"):
        self.b, self.c = b, Class(b.url, mode=MODE, token=b.token, roster="handle,name,email\n")
        if paste:
            with open(self.c.dir / "class.yml", "a", encoding="utf-8") as f:
                f.write(f"\npaste: {paste}\n")

    def imports(self, text, *args, status=0, pattern=""):
        data = text if isinstance(text, bytes) else text.encode()
        (self.c.dir / "list.csv").write_bytes(data)
        expect(self.c, status, pattern, self.c.run("roster", "import", "list.csv", *args))
        return self.c.output

    def roster(self):
        text = (self.c.dir / "roster.csv").read_text()
        return {row["handle"]: row for row in csv.DictReader(io.StringIO(text))}

    def user(self, name, email):
        return self.b.api("POST", "/users", {"name": name, "email": email, "password": os.urandom(12).hex(),
                                             "hidden": True})["data"]["id"]

    def users(self):
        """Every user but administrators: name to (id, email, team)."""
        rows = [self.b.api("GET", f"/users/{u['id']}")["data"] for u in self.every("/users?view=admin")]
        return {r["name"]: (r["id"], r["email"], r["team_id"]) for r in rows if r["type"] != "admin"}

    def every(self, path):
        rows, page = [], 1
        while page:
            got = self.b.api("GET", f"{path}&page={page}")
            rows += got["data"]
            page = got["meta"]["pagination"]["next"]
        return rows

    def sync(self, *args, status=0, pattern=""):
        expect(self.c, status, pattern, self.c.run("roster", "sync", *args))
        return self.c.output

    def json_of(self, status):
        expect(self.c, status, "", self.c.run("roster", "sync", "--format", "json"))
        return [l for l in self.c.output.splitlines() if l.startswith("[")][0]

    def report(self):
        expect(self.c, 0, "", self.c.run("report", "--format", "json"))
        return json.loads(self.c.output)["students"]

    def close(self):
        for user in self.every("/users?view=admin"):
            if str(PID) in user["name"]:
                self.b.api("DELETE", f"/users/{user['id']}")
        if MODE == "teams":
            for team in self.every("/teams?view=admin"):
                if str(PID) in team["name"]:
                    self.b.api("DELETE", f"/teams/{team['id']}")


def case_import(r):
    """Handles are made once and stay; what the list has not, stays; who is not in it is kept unless told otherwise."""
    moodle = ('First name,Surname,ID number,Email address,Department\n'
              'Zoë,Ärm-Strong,100,zoe@example.edu,X\nAnna,Smith,101,anna@example.edu,\nBen,Smith,102,ben@example.edu,\n'
              '"Kim ""K"" B.","O\'Brien",103,kim@example.edu,\n李,明,104,li.ming@example.edu,\n')
    out = r.imports(moodle, "--dry-run", status=1, pattern="5 added, 0 changed, 0 the same; nothing was written")
    assert 'list.csv:1:44: warning: column "Department" is left out' in out and r.roster() == {}, out
    (r.c.dir / "roster.csv").chmod(0o600)
    r.imports(moodle, pattern="5 added")
    assert (r.c.dir / "roster.csv").stat().st_mode & 0o777 == 0o600
    rows = r.roster()
    assert list(rows) == ["aerm-strong", "liming", "obrien", "smith", "smith2"], rows
    assert rows["obrien"]["name"] == 'Kim "K" B. O\'Brien' and rows["smith2"]["external_id"] == "102", rows
    assert r.c.run("lint", "--class", "class.yml") == 0, r.c.output
    r.imports(moodle, pattern="0 added, 0 changed, 5 the same")
    # another order, a new address, a new name, somebody new between, somebody gone
    out = r.imports('name,email,external_id\nBen Smith,ben.smith@example.edu,102\nCarl Smith,carl@example.edu,105\n'
                    'Anna Jones,anna@example.edu,101\n', pattern="1 added, 2 changed, 0 the same, 3 not in list.csv and kept")
    assert "smith2  Ben Smith: email ben@example.edu -> ben.smith@example.edu" in out, out
    rows = r.roster()
    assert rows["smith"]["name"] == "Anna Jones" and rows["smith3"]["name"] == "Carl Smith" and len(rows) == 6, rows
    r.imports("handle,name,email,role\nsmith,Anna Jones,anna@example.edu,\ntutor,T,tutor@example.edu,staff\n", "--replace",
              pattern="1 added, 0 changed, 1 the same, 5 dropped")
    assert {h: (x["role"], x["external_id"]) for h, x in r.roster().items()} == {"smith": ("", "101"), "tutor": ("staff", "")}
    # who left keeps his handle: for nobody else, and for him when he comes back
    r.imports("handle,name,email\nsmith2,Eve,eve@example.edu\n", status=3,
              pattern=r'list.csv:2:1: handle "smith2" was Ben Smith <ben.smith@example.edu>, who is off the roster')
    r.imports("name,email\nDan Smith,dan@example.edu\nBen Smith,BEN.smith@example.edu\n", pattern="2 added")
    rows = r.roster()
    assert rows["smith2"]["name"] == "Ben Smith" and rows["smith4"]["name"] == "Dan Smith", rows
    expect(r.c, 1, "is staff: staff may try everything", r.c.run("submit", "-", stdin=r.c.flag("raw-ipv4", "tutor") + "\n"))


def case_refused(r):
    """Whatever is wrong is told with its place, and nothing is stored."""
    r.imports("handle,name,email,external_id\nsmith,Anna Smith,anna@example.edu,1\njones,Bob,bob@example.edu,\n")
    before = (r.c.dir / "roster.csv").read_bytes()
    head = "handle,name,email\n"
    for text, pattern in (
            (head + "x,X,anna@example.edu\n", r"list.csv:2:1: this is smith of the present roster \(the same e-mail\)"),
            ("name,email,external_id\nZed,anna@example.edu,2\n", "list.csv:2:1: the e-mail <anna@example.edu> is that of smith"),
            ("handle,name,email,external_id\nx,X,new@example.edu,1\n", r"list.csv:2:1: this is smith .*the same external_id"),
            (head + "jones,Carla,carla@example.edu\n", r"list.csv:2:1: handle \"jones\" is Bob <bob@example.edu>"),
            (head + ",A,a@example.edu\n,B,A@example.edu\n", r'email "A@example.edu" stands in line 2 already'),
            ("name,email,id\nA,a@example.edu,7\nB,b@example.edu,7\n", 'list.csv:3:1: external_id "7" stands in line 2 already'),
            (head + "new,A,a@example.edu\nnew,B,b@example.edu\n", r'handle "new" stands in line 2 already'),
            (head + "a,Zo\xeb,a@example.edu\n", r"list.csv:2:5: the byte 0xeb is not UTF-8"),
            ("name;email\nA;a@example.edu\n", r'separated by ";"'),
            ("name\nA\n", r'no column "email"'), ("", "the file is empty"),
            (head + "a,A\n", "2 cells, but the first line has 3"),
            (head + '"a,A,a@example.edu\n', "a quote is opened here and never closed"),
            (head + "A B,A,a@example.edu\n", r'list.csv:2:1: handle "a b": write 1 to 32')):
        r.imports(text.encode("latin-1"), status=3, pattern=pattern)
        assert (r.c.dir / "roster.csv").read_bytes() == before
    expect(r.c, 3, "nowhere.csv: No such file", r.c.run("roster", "import", "nowhere.csv"))
    text = (r.c.dir / "class.yml").read_text()
    (r.c.dir / "class.yml").write_text(text.replace("\nroster:", "\n# roster:").replace("paste: flags", "paste: off"))
    expect(r.c, 3, "names no `roster:`", r.c.run("roster", "import", "list.csv"))
    expect(r.c, 3, "names no `roster:`", r.c.run("roster", "list"))
    for args in ((), ("import",), ("link", "smith"), ("link", "smith", "x"), ("list", "--dry-run"), ("delete",)):
        expect(r.c, 2, "wiregrade roster", r.c.run("roster", *args))


def case_sync(r):
    """Users are found by e-mail or made, once; ids that came to mean another person are noticed; link mends."""
    a, b, t = (f"{n}-{PID}" for n in ("ann", "bob", "tutor"))
    found = r.user(f"Annie-{PID}", f"ANN-{PID}@example.edu")
    r.imports(f"handle,name,email,role\n{a},Ann,ann-{PID}@example.edu,\n{b},Bob,bob-{PID}@example.edu,\n"
              f"{t},T,tutor-{PID}@example.edu,staff\n")
    team = MODE == "teams"
    out = r.sync("--dry-run", status=1, pattern=rf"created +{b} +a user with the address bob-{PID}@example.edu")
    assert f'found     {a}  as user {found} "Annie-{PID}"' in out and b not in r.users(), out
    out = r.sync(status=1 if team else 0, pattern="1 made, 0 joined")
    users = r.users()
    assert users[b][1] == f"bob-{PID}@example.edu" and t not in users and a not in users, users
    again = r.sync(status=1 if team else 0, pattern="0 found, 0 made")
    assert team or "2 the same" in again, again
    assert r.users() == users
    expect(r.c, 0, "", r.c.run("roster", "list", "--pins", "--format", "json"))
    rows = {x["handle"]: x for x in json.loads(r.c.output)}
    assert rows[a]["user"] == found and rows[t]["user"] is None and len(rows[b]["pin"]) == 8 and "pin" not in rows[t], rows
    # the account goes to somebody else
    r.b.api("PATCH", f"/users/{users[b][0]}", {"email": f"other-{PID}@example.edu"})
    out = r.sync(status=1, pattern=rf"roster link {b} {users[b][0]}` if it is the same person")
    assert f"user {users[b][0]} is not this student any more" in out, out
    expect(r.c, 1, f"user {found} is {a}; one user cannot be two students", r.c.run("roster", "link", b, str(found)))
    expect(r.c, 1, "is an administrator of the scoreboard", r.c.run("roster", "link", b, "1"))
    expect(r.c, 1, "no user number 999999", r.c.run("roster", "link", b, "999999"))
    expect(r.c, 0, f"is user {users[b][0]} ", r.c.run("roster", "link", b, str(users[b][0])))
    r.sync(status=1 if team else 0, pattern="0 made")
    r.b.api("PATCH", f"/users/{users[b][0]}", {"name": f"eve-{PID}"})
    r.sync(status=1, pattern=f"user {users[b][0]}, whom {b} was linked to, was .* is \"eve-{PID}\"")
    # linked to somebody who turns out to be a student himself
    other = r.user(f"cy-{PID}", f"cy-{PID}@example.edu")
    expect(r.c, 0, f"is user {other} ", r.c.run("roster", "link", b, str(other)))
    r.imports(f"handle,name,email\nc-{PID},Cy,cy-{PID}@example.edu\n")
    r.sync(status=1, pattern=f"c-{PID}: is user {other} by e-mail, and so is {b} by")


def case_teams(r):
    """Teams are made and joined, and nobody is taken out of one."""
    names = [f"{n}-{PID}" for n in ("ann", "bob", "cleo")]
    red, blue = f"red {PID}", f"blue, {PID}"
    rows = "".join(f'{n},{n},{n}@example.edu,"{t}"\n' for n, t in zip(names, (red, red, blue)))
    r.imports("handle,name,email,team\n" + rows)
    if MODE == "users":
        r.sync(pattern="3 made, 0 joined")
        return
    r.sync("--dry-run", status=1, pattern="3 joined")
    out = r.sync(pattern="5 made, 3 joined")
    assert out.count('team "red') == 3, out
    users = r.users()
    assert users[names[0]][2] == users[names[1]][2] != users[names[2]][2], users
    r.sync(pattern="3 the same")
    r.imports("handle,name,email,team\n" + rows.replace(f"{names[0]}@example.edu,\"{red}", f"{names[0]}@example.edu,\"{blue}"))
    r.sync(status=1, pattern=f'is in team "{red}" on the scoreboard and in "{blue}" on the roster; left there')
    assert r.users() == users


def case_flags(r):
    """With `paste: flags` the challenges' flags follow the roster."""
    a, b = f"ann-{PID}", f"bob-{PID}"
    r.imports(f"handle,name,email\n{a},A,{a}@example.edu\n")
    expect(r.c, 0, "raw-ipv4", r.c.run("deploy"))
    ids = {x["name"]: x["id"] for x in r.b.api("GET", "/challenges?view=admin")["data"]}

    def takes(*texts):
        there = [re.compile(x["content"]) for x in r.b.api("GET", f"/challenges/{ids['Raw IPv4']}/flags")["data"]]
        return [any(x.fullmatch(text) for x in there) for text in texts]
    of_a = r.c.flag("raw-ipv4", a)
    assert takes(of_a) == [True]
    r.imports(f"handle,name,email\n{a},A,{a}@example.edu\n{b},B,{b}@example.edu\n")
    team = 1 if MODE == "teams" else 0
    r.sync("--dry-run", status=1, pattern=f"flags of {WIRE} challenges; nothing was done")
    r.sync(status=team, pattern=f"flags of {WIRE} challenges$")
    of_b = r.c.flag("raw-ipv4", b)
    assert takes(of_a, of_b) == [True, True]
    r.sync(status=team, pattern="flags of 0 challenges")
    expect(r.c, 0, "", r.c.run("deploy", "--dry-run"))
    r.imports(f"handle,name,email\n{a},A,{a}@example.edu\n", "--replace")
    r.sync(status=team, pattern=f"flags of {WIRE} challenges$")
    assert takes(of_a, of_b) == [True, False]


def case_held(r):
    """A solve of somebody who was not on the scoreboard goes there once he is; staff's is held."""
    a = f"ann-{PID}"
    r.imports(f"handle,name,email,team\n{a},A,{a}@example.edu,red {PID}\n")
    expect(r.c, 0, "raw-ipv4", r.c.run("deploy"))
    r.c.submit(["raw-ipv4", "raw-tcp"], a)
    expect(r.c, 1, "`wiregrade roster sync` makes it", r.c.outbox())
    r.sync(pattern=f"created +{a}")
    assert r.c.states() == ["waiting", "waiting"]
    text = (r.c.dir / "roster.csv").read_text()
    (r.c.dir / "roster.csv").write_text("handle,name,email,role\n" + f"{a},A,{a}@example.edu,staff\n")
    expect(r.c, 1, "is staff on the roster, and staff score nothing", r.c.outbox())
    assert r.c.states() == ["held", "held"]
    (r.c.dir / "roster.csv").write_text(text)
    expect(r.c, 0, "2 posted", r.c.outbox())


def case_lost_answers(r):
    """An answer that gets lost makes no second user."""
    names = [f"n{i}-{PID}" for i in range(3)]
    r.imports("handle,name,email,team\n" + "".join(f"{n},{n},{n}@example.edu,red {PID}\n" for n in names))
    for _ in range(12):
        status = r.c.run("roster", "sync")
        assert status in (0, 4), r.c.output
        if status == 0:
            break
    r.sync(pattern="3 the same")
    assert sorted(n for n in r.users() if str(PID) in n) == names, r.users()


def case_other_mode(r):
    """Whatever asks the scoreboard refuses it while its mode is not that of class.yml, and changes nothing there."""
    a, other = f"ann-{PID}", "users" if MODE == "teams" else "teams"
    r.imports(f"handle,name,email,team\n{a},A,{a}@example.edu,red {PID}\n")
    right = (r.c.dir / "class.yml").read_text()
    (r.c.dir / "class.yml").write_text(right.replace(f"mode: {MODE}", f"mode: {other}"))
    r.c.submit(["raw-ipv4"], a)
    sentence = f"this scoreboard is in {MODE} mode, class.yml says `mode: {other}`; mend it there"
    before = [r.b.api("GET", f"/{x}?view=admin")["data"] for x in ("challenges", "users")]
    for words in ("deploy", "deploy --dry-run", "deploy --only raw-ipv4", "roster sync", f"roster link {a} 1", "report",
                  "report --format moodle", "borrowed list", "borrowed confirm 1 --by B --reason C", "reconcile", "outbox run --once"):
        expect(r.c, 4, sentence, r.c.run(*words.split()))
        assert r.c.output.count(sentence) <= 2, r.c.output
    assert [r.b.api("GET", f"/{x}?view=admin")["data"] for x in ("challenges", "users")] == before
    assert r.c.states() == ["held"]
    expect(r.c, 0, a, r.c.run("roster", "list"))
    expect(r.c, 0, a, r.c.run("report", "--offline"))
    (r.c.dir / "class.yml").write_text(right)
    expect(r.c, 0, "raw-ipv4", r.c.run("deploy"))
    r.sync(pattern=f"created +{a}")
    expect(r.c, 0, "1 posted", r.c.outbox())


def case_two_classes(r):
    """A second class at the same scoreboard takes the first one's challenges only when that is said."""
    a, z = f"ann-{PID}", f"zoe-{PID}"
    r.imports(f"handle,name,email,team\n{a},A,{a}@example.edu,red {PID}\n")
    expect(r.c, 0, f"{N} created", r.c.run("deploy"))
    other = Class(r.b.url, "other", mode=MODE, token=r.b.token, roster=f"handle,name,email,team\n{z},Z,{z}@example.edu,blue {PID}\n")
    text = (other.dir / "class.yml").read_text()
    (other.dir / "class.yml").write_text(text.replace('class: "w1"', 'class: "w2"'))

    def flags():
        return sorted((x["challenge_id"], x["content"]) for x in r.b.api("GET", "/flags")["data"])
    before = flags()
    said = rf'and {N - 1} more there belong to class w1 \(key \w{{6}}\).*--take-over'
    expect(other, 1, said, other.run("deploy", "--dry-run"))
    expect(other, 1, said, other.run("deploy"))
    expect(other, 1, said, other.run("roster", "sync"))
    expect(other, 1, "\"Raw IPv4\" there belong", other.run("deploy", "--only", "raw-ipv4"))
    assert flags() == before
    expect(r.c, 0, f"{N} unchanged", r.c.run("deploy"))
    # the mark may be gone, and flags tell it too
    key = [x["key"] for x in r.b.api("GET", "/configs")["data"] if x["key"].startswith("wiregrade_class_")]
    assert len(key) == 1, key
    r.b.api("DELETE", f"/configs/{key[0]}")
    expect(other, 1, f"and {WIRE - 1} more there belong to a class with another key", other.run("deploy"))
    expect(other, 0, f"{WIRE} changed, {N - WIRE} unchanged", other.run("deploy", "--take-over"))
    takes = [any(re.fullmatch(x[1], flag) for x in flags()) for flag in (other.flag("raw-ipv4", z), r.c.flag("raw-ipv4", a))]
    assert takes == [True, False], flags()
    expect(other, 0, f"{N} unchanged", other.run("deploy"))
    expect(r.c, 1, "belong to class w2", r.c.run("deploy"))
    expect(r.c, 1, "belong to class w2", r.c.run("roster", "sync"))
    # what is not there is nobody's
    for row in r.b.api("GET", "/challenges?view=admin")["data"]:
        r.b.api("DELETE", f"/challenges/{row['id']}")
    expect(r.c, 0, f"{N} created", r.c.run("deploy"))


def case_names(r):
    """Who is called otherwise on the scoreboard than his handle is told of, and renamed when that is said."""
    a, b, c = (f"{n}-{PID}" for n in ("ann", "bob", "cy"))
    ids = {n: r.user(there, f"{n}@example.edu") for n, there in ((a, f"Sharky-{PID}"), (b, c), (c, c.upper()[:2] + f"-x{PID}"))}
    r.imports("handle,name,email,team\n" + "".join(f"{n},{n},{n}@example.edu,red {PID}\n" for n in (a, b, c)))
    expect(r.c, 0, f"{N} created", r.c.run("deploy"))
    out = r.sync(status=1, pattern=f'{a}: is user {ids[a]} "Sharky-{PID}" there, and may take that for his handle')
    assert f'{b}: is user {ids[b]} "{c}" there, and that is another student\'s handle' in out, out
    assert "person" not in [x["what"] for x in json.loads(r.json_of(1)) if x["handle"] == a]
    # the text of a challenge does not say that the name there is the handle
    ids_there = {x["name"]: x["id"] for x in r.b.api("GET", "/challenges?view=admin")["data"]}
    text = r.b.api("GET", f"/challenges/{ids_there['Stream sender']}")["data"]["description"]
    assert "`nc 172.16.1.15 1110` tells yours, or your instructor" in text, text
    report = {s["handle"]: s for s in r.report()}
    assert report[a]["note"] == f'on the scoreboard his name is "Sharky-{PID}"', report[a]
    # one whose name is a nickname that is another's cannot have it yet
    expect(r.c, 0, f"is user {ids[a]} ", r.c.run("roster", "link", a, str(ids[a])))
    before = r.users()
    r.sync("--rename", "--dry-run", status=1, pattern=f"renamed +{a} ")
    assert r.users() == before
    out = r.sync("--rename", pattern=f'renamed +{a}  user {ids[a]} "Sharky-{PID}"')
    assert "3 renamed" in out, out
    assert {n: x[0] for n, x in r.users().items()} == ids, r.users()
    r.sync(pattern="3 the same, 0 found, 0 made, 0 joined, 0 renamed, 0 for a person")
    assert [s["note"] for s in r.report()] == [None] * 3


def case_passwords(r):
    """A card for each student; who was made by sync and has no password yet gets the one that is on it, once."""
    a, b, c, t = (f"{n}-{PID}" for n in ("ann", "bob", "cy", "tutor"))
    r.user(f"Sharky-{PID}", f"{a}@example.edu")
    head = "handle,name,email,team,role\n"
    rows = [f"{n},{n} Ü,{n}@example.edu,red {PID},\n" for n in (a, b, c)]
    staff = f"{t},T,{t}@example.edu,,staff\n"
    r.imports(head + rows[0] + rows[1] + staff)
    proxy = Recorder(r.b.url)
    text = (r.c.dir / "class.yml").read_text()
    (r.c.dir / "class.yml").write_text(text.replace(r.b.url, proxy.url))
    cards = r.c.dir / "cards.txt"
    cards.write_text("old")
    r.sync("--passwords", "cards.txt", status=3, pattern="cards.txt: is there already.*name another file")
    assert cards.read_text() == "old" and b not in r.users()
    cards.unlink()
    r.sync("--passwords", "cards.txt", "--dry-run", status=1, pattern=f"created +{b}")
    assert not cards.exists()
    r.sync(pattern="nobody knows the passwords of users who were made; .*--passwords FILE")
    expect(r.c, 0, "", r.c.run("roster", "list", "--pins", "--format", "json"))
    who = {x["handle"]: x for x in json.loads(r.c.output)}
    r.imports(head + "".join(rows) + staff)
    proxy.changes.clear()
    r.sync("--passwords", "cards.txt", pattern="cards.txt: 3 cards, with passwords")
    assert cards.stat().st_mode & 0o777 == 0o600
    told = cards.read_text().split("- - -\n")[1:]
    assert len(told) == 3, told
    for n, card in zip((a, b, c), told):
        for line in (f"{n} Ü", "class w1", f"  handle      {n}", "  target      172.16.1.15", f"  scoreboard  {proxy.url}",
                     f"  user        {'Sharky-%d' % PID if n == a else n}", f"  PIN         {who[n]['pin']}" if n in who else "PIN"):
            assert line + "\n" in card or line == "PIN" or line == "class w1" and line in card, (line, card)
        assert "nc 172.16.1.15 1110    then: i " + n in card, card
    passwords = [re.search("  password    (.*)", x).group(1) for x in told]
    assert passwords[0] == "your own" and all(re.fullmatch("([a-hjkmnp-z2-9]{4}-?){4}", p) for p in passwords[1:]), passwords
    users = r.users()
    assert proxy.changes == {users[b][0]: passwords[1], users[c][0]: passwords[2]}, proxy.changes
    # a second time nobody's password changes
    proxy.changes.clear()
    r.sync("--passwords", "again.txt", pattern="3 the same")
    assert proxy.changes == {} and (r.c.dir / "again.txt").read_text().count("your own") == 3
    proxy.close()


def case_rename(r):
    """Another handle: for who was given no flag; for others only when that is said, and solves come along."""
    a, b, z = (f"{n}-{PID}" for n in ("ann", "bob", "zed"))
    r.imports("handle,name,email,team\n" + "".join(f"{n},{n},{n}@example.edu,red {PID}\n" for n in (a, b)))
    expect(r.c, 0, f"{N} created", r.c.run("deploy"))
    r.sync(pattern="2 joined" if MODE == "teams" else "2 made")
    expect(r.c, 3, "nobody-1 is not on the roster", r.c.run("roster", "rename", "nobody-1", z))
    expect(r.c, 3, f"{b} is another student's handle already", r.c.run("roster", "rename", a, b))
    expect(r.c, 3, '"a b" is no handle', r.c.run("roster", "rename", a, "a b"))
    expect(r.c, 2, "no such option", r.c.run("roster", "list", "--reissue"))
    expect(r.c, 0, f"{a} is {z} now", r.c.run("roster", "rename", a, z.upper()))
    assert list(r.roster()) == [z, b], r.roster()
    r.sync("--rename", pattern=f'renamed +{z}  user .* "{a}"')
    assert set(r.users()) >= {z, b} and a not in r.users()
    flag = r.c.flag("raw-ipv4", b)
    assert r.c.run("submit", "-", stdin=flag + "\n") == 0, r.c.output
    expect(r.c, 0, "1 posted", r.c.outbox())
    expect(r.c, 1, f"{b} was given flags, .*--reissue", r.c.run("roster", "rename", b, "new-" + b))
    assert b in r.roster()
    expect(r.c, 0, "", r.c.run("roster", "rename", b, "new-" + b, "--reissue"))
    r.sync("--rename", pattern="1 renamed")
    assert [(x["student"], x["state"]) for x in r.c.rows()] == [("new-" + b, "posted")], r.c.rows()
    expect(r.c, 0, "0 differences", r.c.run("reconcile"))
    expect(r.c, 3, f"{z} is his handle already", r.c.run("roster", "rename", z, z))
    r.imports(f"name,email\nX,{b}@example.edu\n")
    assert "new-" + b in r.roster()


def case_token(r):
    """lint sees a token that others can read; the report goes without one, with what it knows by itself."""
    r.imports("handle,name,email\nann,A,a@example.edu\n")
    expect(r.c, 0, "", r.c.run("lint", "--class", "class.yml"))
    r.c.submit(["raw-ipv4"], "ann")
    (r.c.dir / "ctfd.token").chmod(0o644)
    expect(r.c, 3, "ctfd.token: error: others may read this secret .*chmod 600", r.c.run("lint", "--class", "class.yml"))
    for _ in range(2):
        expect(r.c, 4, "ctfd.token: .*\n*", r.c.run("report", "--format", "csv"))
        assert '"ann","A","a@example.edu",' in r.c.output and "without the scoreboard" in r.c.output, r.c.output
        (r.c.dir / "ctfd.token").unlink(missing_ok=True)
    expect(r.c, 0, "", r.c.run("lint", "--class", "class.yml"))


def case_init(r):
    """A course beside the class is named from there; the roster that is not there yet by what makes it."""
    shutil.copytree(desk.course, r.c.dir / "here" / "course")
    expect(r.c, 0, "", r.c.run("init", "here/spring", "--course", "here/course"))
    assert 'course: "../course"' in (r.c.dir / "here/spring/class.yml").read_text()
    shutil.move(r.c.dir / "here", r.c.dir / "there")
    expect(r.c, 0, f"{N} challenges", r.c.run("lint", "--class", "there/spring/class.yml"))
    shutil.copytree(desk.course, r.c.dir / "there/autumn/mine")
    expect(r.c, 0, "", r.c.run("init", "there/autumn", "--course", "there/autumn/mine"))
    assert 'course: "mine"' in (r.c.dir / "there/autumn/class.yml").read_text()
    expect(r.c, 0, "", r.c.run("init", "there/other", "--course", desk.course))
    assert f'course: "{os.path.realpath(desk.course)}"' in (r.c.dir / "there/other/class.yml").read_text()
    (r.c.dir / "roster.csv").unlink()
    for words in ("deploy", "roster sync", "report"):
        expect(r.c, 3, "roster.csv: No such file; `wiregrade roster import LIST` makes it", r.c.run(*words.split()))
    r.imports("handle,name,email\nann,A,a@example.edu\n")
    expect(r.c, 0, "ann", r.c.run("roster", "list"))


FAULTS = {"lost_answers": ["--fault", "post-users:after-commit:2", "--fault", "post-teams:after-commit:1"]}
PASTE = {"flags": "flags", "two_classes": "flags", "rename": "flags"}


def cases():
    return {k[5:]: v for k, v in globals().items() if k.startswith("case_")}


def main():
    global MODE
    kind = sys.argv[3]
    desk.wiregrade, desk.course = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    if kind == "real" and not os.environ.get("WIREGRADE_CTFD_URL"):
        sys.exit(77)
    for only in sys.argv[4:] or cases():
        with tempfile.TemporaryDirectory(prefix="wiregrade-roster-") as scratch:
            desk.scratch = scratch
            board = Real() if kind == "real" else RealBoard("board", "--mode", kind, *FAULTS.get(only, ()))
            with board as b:
                MODE = b.api("GET", "/configs/user_mode")["data"]["value"]
                r = Room(b, PASTE.get(only, "off"))
                try:
                    cases()[only](r)
                finally:
                    r.close()


if __name__ == "__main__":
    main()
