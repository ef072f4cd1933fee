#!/usr/bin/env python3
"""watch.py WIREGRADE COURSE users|teams|real CASE...: what is entered on the scoreboard, and what the grader makes
of it. `real` is the CTFd of WIREGRADE_CTFD_URL and WIREGRADE_CTFD_TOKEN_FILE; 77, skipped, without them."""
import json
import os
import sqlite3
import sys
import tempfile
import urllib.error

import desk
from desk import Real, RealBoard, expect
from steady import DEADLINE
from watch_room import Room


def wrong(flag):
    """The same flag with another proof."""
    return flag[:-5] + "".join("b" if x == "a" else "a" for x in flag[-5:-1]) + "}"


def case_no_promotion(r):
    """Where no entry can be marked as correct (CTFd before 3.6.0), the relay posts what was entered right."""
    if r.since(3, 6, 0):
        return
    typed = r.enter("ann", "  " + r.flag("ann").upper(), "incorrect")
    assert r.borrowed() == []
    expect(r.c, 0, "1 posted, 0 waiting, 0 held", r.c.outbox())
    rows = r.rows("ann")
    assert sorted(x["type"] for x in rows.values()) == ["correct", "incorrect"] and rows[typed]["type"] == "incorrect"
    assert r.borrowed() == [] and len(r.rows("ann")) == 2
    assert reconcile(r, 0)[0] == {}


def case_own(r):
    """Right ones are kept as posted, those typed badly or too fast become right, and the relay posts nothing."""
    if not r.since(3, 6, 0):
        return  # no entry can be marked as correct there
    flag = r.flag("ann")
    sloppy = r.enter("ann", "  " + flag.upper().replace("FLAG{", "").rstrip("}"), "incorrect")
    fast = r.enter("ann", r.flag("ann", "stream-sender"), "ratelimited", "Stream sender")
    right = r.enter("bob", r.flag("bob"), "correct")
    r.enter("bob", "what?", "incorrect")
    assert r.borrowed() == []
    solves, ann, bob = r.solves(), r.names["ann"], r.names["bob"]
    assert {k: s["state"] for k, s in solves.items()} == {
        (ann, "raw-ipv4"): "posted", (ann, "stream-sender"): "posted", (bob, "raw-ipv4"): "posted"}, solves
    assert solves[bob, "raw-ipv4"]["submission"] == right
    rows = r.rows("ann")
    for old, slug in ((sloppy, "raw-ipv4"), (fast, "stream-sender")):
        new = rows[solves[ann, slug]["submission"]]
        assert rows[old]["type"] == "discard" and new["type"] == "correct" and new["date"] == rows[old]["date"], rows
        assert solves[ann, slug]["submitted"][:19] == new["date"][:19]
    expect(r.c, 0, "0 posted, 0 waiting, 0 held", r.c.outbox())
    assert len(rows) == len(r.rows("ann")) == 4 and len(r.rows("bob")) == 2
    assert flag[-20:-1].encode() not in r.c.kept(), "a flag was stored"


def case_off(r):
    """With `paste: off` the scoreboard refuses a right flag; init, lint, deploy and the texts say so, and it counts all the same."""
    if not r.since(3, 6, 0):
        return
    text = (r.c.dir / "class.yml").read_text()
    (r.c.dir / "class.yml").write_text(text.replace("paste: audit", "paste: off").replace("172.16.1.15", "172.16.1.16"))
    sentence = "Flags are handed in with `nc 172.16.1.16 1110` and the word `submit FLAG`, not on the scoreboard's page."
    expect(r.c, 0, sentence, r.c.run("lint", "--class", "class.yml"))
    expect(r.c, 0, sentence, r.c.run("deploy"))
    assert sentence in r.b.api("GET", f"/challenges/{r.challenges['Raw IPv4']}")["data"]["description"]
    expect(r.c, 0, "Flags are handed in at the briefing", r.c.run("init", "new", "--course", desk.course))
    assert r.player("ann")(r.flag("ann")) == "incorrect"
    theirs = r.enter("bob", r.flag("ann"), "incorrect")
    assert [(x["shower"], x["owner"], x["submission"]) for x in r.borrowed()] == [(r.names["bob"], r.names["ann"], theirs)]
    assert {k: s["state"] for k, s in r.solves().items()} == {(r.names["ann"], "raw-ipv4"): "posted"}, r.solves()
    assert sorted(x["type"] for x in r.rows("ann").values()) == ["correct", "discard"], r.rows("ann")
    assert [x["type"] for x in r.rows("bob").values()] == ["incorrect"]


def case_borrowed(r):
    """A flag of another: evidence with its delivery, the row stays until a person confirms."""
    flag = r.flag("ann")
    tried = r.enter("bob", flag, "incorrect", "Raw IPv4")
    counted = r.enter("bob", r.flag("ann", "stream-sender"), "correct", "Stream sender")
    lines = [json.dumps({"time": f"2026-11-22T18:4{n}:33.309128+00:00", "event": "delivery", "to": "10.10.0.40",
                         "port": 1111, "outcome": "delivered", "flags": [{"slug": "raw-ipv4", "student": r.names["ann"]}]})
             for n in (7, 8)]
    (r.c.dir / "target.jsonl").write_text("".join(line + "\n" for line in lines))
    found = {e["slug"]: e for e in r.borrowed()}
    assert set(found) == {"raw-ipv4", "stream-sender"}, found
    one, two = found["raw-ipv4"], found["stream-sender"]
    assert (one["shower"], one["owner"], one["source"]) == (r.names["bob"], r.names["ann"], "10.10.0.7"), one
    assert (one["submission"], one["counted"], one["verdict"]) == (tried, False, "open"), one
    assert [(d["address"], d["times"]) for d in one["delivered"]] == [("10.10.0.40", 2)], one
    assert (two["submission"], two["counted"], two["delivered"]) == (counted, True, []), two
    assert {i: x["type"] for i, x in r.rows("bob").items()} == {tried: "incorrect", counted: "correct"}
    assert r.solves() == {}, "a borrowed flag is nobody's solve"
    expect(r.c, 2, "needs an ID, --by NAME", r.c.run("borrowed", "confirm", str(one["id"]), "--by", "x"))
    expect(r.c, 3, "no borrowed flag has the number 99", r.c.run("borrowed", "dismiss", "99", "--by", "x", "--reason", "y"))
    expect(r.c, 0, "dismissed", r.c.run("borrowed", "dismiss", str(two["id"]), "--by", "A. T.", "--reason", "at one desk"))
    assert len(r.rows("bob")) == 2
    expect(r.c, 0, f"submission {counted} was taken off",
           r.c.run("borrowed", "confirm", str(two["id"]), "--by", "G. H.", "--reason", "it was not"))
    expect(r.c, 1, "confirmed already", r.c.run("borrowed", "dismiss", str(two["id"]), "--by", "x", "--reason", "y"))
    assert set(r.rows("bob")) == {tried}
    history = {e["slug"]: e for e in r.borrowed()}["stream-sender"]
    assert history["verdict"] == "confirmed"
    assert [(h["verdict"], h["by"], h["reason"]) for h in history["history"]] == [
        ("dismissed", "A. T.", "at one desk"), ("confirmed", "G. H.", "it was not")], history
    for change in ("DELETE FROM verdict", "UPDATE verdict SET by = 'z'"):
        try:
            r.c.sql(change)
        except RuntimeError:
            continue
        raise AssertionError(change)
    again = r.enter("bob", r.flag("ann", "stream-sender"), "correct", "Stream sender")
    history = {e["slug"]: e for e in r.borrowed()}
    assert len(history) == 2 and set(r.rows("bob")) == {tried}, "what was decided holds, without a new case"
    assert f"submission {again} was taken off" in history["stream-sender"]["history"][2]["reason"], history
    expect(r.c, 0, "dismissed", r.c.run("borrowed", "dismiss", str(one["id"]), "--by", "x", "--reason", "y"))
    kept = r.enter("bob", flag, "correct")
    assert {e["slug"]: e["verdict"] for e in r.borrowed()} == {"raw-ipv4": "dismissed", "stream-sender": "confirmed"}
    assert len(r.borrowed()) == 2 and set(r.rows("bob")) == {tried, kept}
    if r.teams:  # a team-mate's flag is the team's own
        r.b.api("POST", f"/teams/{r.teams['ann']}/members", {"user_id": r.mate()})
        mates = r.enter("cleo", flag, "correct")
        assert len(r.borrowed()) == 2
        assert r.solves()[r.names["ann"], "raw-ipv4"]["submission"] == mates


def case_borrowed_twice(r):
    """Shown twice before anybody looked: one decision holds for both, whichever of them counted."""
    flag = r.flag("ann")
    r.enter("bob", flag, "incorrect")
    counted = r.enter("bob", flag, "correct")
    found = r.borrowed()
    assert [e["verdict"] for e in found] == ["open", "open"], found
    expect(r.c, 0, f"submission {counted} was taken off",
           r.c.run("borrowed", "confirm", str(found[0]["id"]), "--by", "x", "--reason", "y"))
    found = r.borrowed()
    assert [e["verdict"] for e in found] == ["confirmed", "confirmed"] and all(e["history"] for e in found), found
    expect(r.c, 1, "confirmed already", r.c.run("borrowed", "confirm", str(found[1]["id"]), "--by", "x", "--reason", "y"))


def case_forged(r):
    """Without a roster the scoreboard takes the form of a flag: what nobody was given is taken back."""
    forged = r.enter("ann", wrong(r.flag("ann")), "correct")
    mine = r.enter("bob", r.flag("bob"), "correct")
    free = r.enter("bob", "given by hand", "correct", "Stream sender")
    found = r.borrowed()
    assert [(e["kind"], e["verdict"], e["submission"]) for e in found] == [("forged", "revoked", forged)], found
    assert set(r.rows("ann")) == set() and set(r.rows("bob")) == {mine, free}
    expect(r.c, 1, "was forged", r.c.run("borrowed", "confirm", str(found[0]["id"]), "--by", "x", "--reason", "y"))
    wrongly = r.enter("ann", wrong(r.flag("ann")), "incorrect")
    assert len(r.borrowed()) == 1 and set(r.rows("ann")) == {wrongly}, "a wrong entry is nothing but wrong"


def slip(flag, *where):
    """The same flag with other letters where a person mistyped."""
    out = list(flag)
    for i in where:
        out[i] = "b" if out[i] == "a" else "a"
    return "".join(out)


def case_typo(r):
    """One's own flag with a letter or two wrong is taken back as a typo, and the student is told why."""
    flag, ann = r.flag("ann"), r.names["ann"]
    kinds = {}
    for n, (who, text, letters) in enumerate((("ann", slip(flag, -2), 1), ("ann", slip(flag, -2, -9), 2),
                                              ("ann", slip(flag, -2, -3, -9), None), ("ann", flag.replace(ann, ann[:-1]), 1),
                                              ("bob", slip(flag, -3), 1))):
        row = r.enter(who, text, "correct")
        found = [e for e in r.borrowed() if e["submission"] == row and e["id"] > n]
        assert len(found) == 1 and found[0]["verdict"] == "revoked", (text, found)
        assert (found[0]["kind"], found[0]["letters"]) == (("typo", letters) if letters else ("forged", 0)), found
        assert row not in r.rows(who), "it was taken off"
        kinds.setdefault((who, found[0]["kind"], found[0]["owner"]), []).append(found[0])
    assert sorted((k, len(v)) for k, v in kinds.items()) == [
        (("ann", "forged", ann), 1), (("ann", "typo", ann), 3), (("bob", "typo", ann), 1)], kinds
    two = kinds["ann", "typo", ann][1]
    expect(r.c, 0, f"typo  revoked  {two['when'][:19]}Z  {ann} entered {ann}'s flag for raw-ipv4 with 2 wrong letters",
           r.c.run("borrowed", "list"))
    assert two["history"][0]["reason"] == f"2 letters differ from the flag of {ann}", two
    expect(r.c, 1, "was a typo", r.c.run("borrowed", "confirm", str(two["id"]), "--by", "x", "--reason", "y"))
    told = r.b.api("GET", f"/notifications?user_id={r.users['ann']}")["data"]
    assert [t["title"] for t in told] == [f"{ann}: your entry for Raw IPv4 does not count"] * 3, told
    assert [t["content"].split(" in what")[0] for t in told] == [
        f"{n} from your own flag" for n in ("1 letter differs", "2 letters differ", "1 letter differs")], told
    assert not any(flag[-20:-16] in t["content"] for t in told), "nothing of a flag is told to everybody"
    assert r.b.api("GET", f"/notifications?user_id={r.users['bob']}")["data"] == [], "who mistyped another's is not told"
    code = r.c.run("report", "--format", "json")
    report = json.loads([l for l in r.c.output.splitlines() if l.startswith("{")][0])
    cells = {(s["handle"], c["slug"]): c for s in report["students"] for c in s["challenges"]}
    assert code == 0 and cells[ann, "raw-ipv4"]["note"].startswith("entered with a typo (1 letter differs from his own flag)"), cells
    if r.teams:  # a team-mate's hand
        r.b.api("POST", f"/teams/{r.teams['ann']}/members", {"user_id": r.mate()})
        r.enter("cleo", slip(flag, -2), "correct")
        assert [e["kind"] for e in r.borrowed()].count("typo") == 5
        told = r.b.api("GET", f"/notifications?user_id={r.users['cleo']}")["data"]
        assert [f"1 letter differs from the flag of {ann}" in t["content"] for t in told] == [True], told
    right = r.enter("ann", flag, "correct")
    r.borrowed()
    assert r.solves()[ann, "raw-ipv4"]["submission"] == right
    expect(r.c, 0, ann, r.c.run("report"))
    assert "typo" not in r.c.output, "it is nothing to be known once the right one is there"


def case_attempt(r):
    """As students do it, where the scoreboard takes the form of a flag."""
    if not r.since(3, 6, 0):
        return  # no entry can be marked as correct there
    form = r"^flag\{raw-ipv4\.[a-z0-9][a-z0-9_-]{0,31}\.[a-z2-7]{4}(-[a-z2-7]{4}){3}\}$"
    r.make("flags", {"challenge_id": r.challenges["Raw IPv4"], "type": "regex", "content": form, "data": "case_insensitive"})
    ann, bob, flag = r.player("ann"), r.player("bob"), r.flag("bob")
    assert ann(wrong(r.flag("ann"))) == "correct"
    assert bob(flag.replace("flag{", "").rstrip("}")) == "incorrect"
    assert [(e["kind"], e["verdict"]) for e in r.borrowed()] == [("forged", "revoked")]
    assert r.rows("ann") == {}
    assert {x["type"] for x in r.rows("bob").values()} == {"discard", "correct"}
    assert bob(flag) == "already_solved"
    assert ann(r.flag("ann")) == "correct", "who forged one may still hand in his own"
    assert len(r.borrowed()) == 1 and set(r.c.states()) == {"posted"} and len(r.solves()) == 2
    assert reconcile(r, 0)[0] == {}


def case_interrupted(r):
    """Killed after the scoreboard made it correct, and before that was written down: the relay finds it."""
    if not r.since(3, 6, 0):
        return  # no entry can be marked as correct there
    row = r.enter("ann", r.flag("ann"), "incorrect")
    r.c.submit(["raw-ipv4"], r.names["ann"])
    r.c.sql("UPDATE solve SET intent = 1, attempts = 1")
    new = r.b.api("PATCH", f"/submissions/{row}", {"type": "correct"})["data"]["id"]
    expect(r.c, 0, "1 posted", r.c.outbox())
    assert r.borrowed() == [] and len(r.rows("ann")) == 2
    assert [s["submission"] for s in r.solves().values()] == [new]


def case_older(r):
    """What nobody was given, but is older than the store, may be of an earlier class: it is left to staff."""
    if not hasattr(r.b, "dir"):
        return  # a date can be set only in the local board's file
    old = r.enter("ann", wrong(r.flag("ann")), "correct")
    with sqlite3.connect(r.b.dir / "b.db", timeout=DEADLINE) as db:
        db.execute("UPDATE submissions SET date = date - 86400 * 1000000 WHERE id = ?", (old,))
    found = r.borrowed()
    assert [(e["kind"], e["verdict"]) for e in found] == [("forged", "open")], found
    assert set(r.rows("ann")) == {old}
    expect(r.c, 0, f"submission {old} was taken off",
           r.c.run("borrowed", "confirm", str(found[0]["id"]), "--by", "x", "--reason", "y"))
    assert set(r.rows("ann")) == set()


def case_by_hand(r):
    """A forged flag that a person marked as correct is theirs."""
    if not r.since(3, 6, 0):
        return  # no entry can be marked as correct there
    row = r.enter("ann", wrong(r.flag("ann")), "incorrect")
    new = r.b.api("PATCH", f"/submissions/{row}", {"type": "correct"})["data"]["id"]
    assert r.borrowed() == []
    assert {i: x["type"] for i, x in r.rows("ann").items()} == {row: "discard", new: "correct"}


def case_roster(r):
    """With a roster the scoreboard knows every flag: nothing is revoked; who showed a flag has the roster's name."""
    forged = r.enter("ann", wrong(r.flag("ann")), "correct")
    r.enter("bob", r.flag("ann", "stream-sender"), "incorrect", "Stream sender")
    r.enter("tutor", r.flag("ann"), "correct")  # staff try things
    r.enter("tutor", r.flag("tutor", "stream-sender"), "incorrect", "Stream sender")
    found = r.borrowed()
    assert r.solves() == {} and len(r.rows("tutor")) == 2
    assert [(e["kind"], e["shower"], e["owner"]) for e in found] == [("borrowed", r.names["bob"], r.names["ann"])], found
    assert set(r.rows("ann")) == {forged}
    r.c.token("ctfd_" + "0" * 64)
    assert r.borrowed(4) == found, "what is known is shown without the scoreboard too"


def case_many(r):
    """More rows than two pages hold, all promoted or kept, none skipped."""
    if not r.since(3, 6, 0):
        return  # no entry can be marked as correct there
    for n in range(130):
        r.enter("bob", f"guess {n}", "incorrect")
    r.enter("ann", r.flag("ann") + " ", "incorrect")
    for n in range(130):
        r.enter("bob", f"guess {n}", "incorrect", "Stream sender")
    r.enter("bob", r.flag("bob").upper(), "incorrect")
    assert r.borrowed() == []
    assert sorted(s["state"] for s in r.solves().values()) == ["posted", "posted"], r.solves()
    late = r.enter("ann", r.flag("ann", "stream-sender"), "ratelimited", "Stream sender")
    assert r.borrowed() == []
    assert r.rows("ann")[late]["type"] == "discard"


def reconcile(r, status, *args):
    """{(kind, student, slug): difference} and the number of theirs."""
    got = r.c.run("reconcile", "--format", "json", *args)
    assert got == status, r.c.output
    found = json.loads([l for l in r.c.output.splitlines() if l.startswith("{")][0])
    short = {v: k for k, v in r.names.items()}
    return {(d["kind"], short.get(d["student"]), d["slug"]): d for d in found["differences"]}, found["theirs"]


def posted(r):
    """Two solves that the relay posted, and one that a student entered."""
    r.c.submit(["raw-ipv4", "stream-sender"], r.names["ann"])
    expect(r.c, 0, "2 posted", r.c.outbox())
    r.enter("bob", r.flag("bob"), "correct")
    r.theirs = reconcile(r, 0)[1]
    return r.names["ann"]


def case_reconcile_nothing(r):
    """Nothing differs; what others entered is counted and left alone."""
    posted(r)
    r.enter("bob", "by hand", "correct", "Stream sender")
    found, theirs = reconcile(r, 0, "--fix", "--remove")
    assert found == {} and theirs == r.theirs + 1, (found, theirs)
    assert len(r.rows("bob")) == 2


def case_reconcile_missing(r):
    """A row that is gone is posted again, and one that came back under another number is taken up."""
    ann = posted(r)
    first = r.solves()[ann, "raw-ipv4"]["submission"]
    r.b.api("DELETE", f"/submissions/{first}")
    found, _ = reconcile(r, 1)
    assert list(found) == [("missing", "ann", "raw-ipv4")], found
    assert str(first) in found["missing", "ann", "raw-ipv4"]["text"]
    found, _ = reconcile(r, 0, "--fix")
    assert found["missing", "ann", "raw-ipv4"]["mended"], found
    assert reconcile(r, 0)[0] == {} and len(r.rows("ann")) == 2
    now = r.solves()[ann, "raw-ipv4"]["submission"]
    r.b.api("DELETE", f"/submissions/{now}")
    r.enter("bob", "takes a number", "incorrect")
    other = r.enter("ann", f"wiregrade:w1/raw-ipv4/{ann}", "correct")
    found, _ = reconcile(r, 1)
    assert list(found) == [("number", "ann", "raw-ipv4")], found
    reconcile(r, 0, "--fix")
    assert r.solves()[ann, "raw-ipv4"]["submission"] == other
    r.c.sql("UPDATE solve SET state = 'held', submission = 0 WHERE slug = 'stream-sender'")
    found, _ = reconcile(r, 1)
    assert list(found) == [("unknown", "ann", "stream-sender")], found
    reconcile(r, 0, "--fix")
    assert set(r.c.states()) == {"posted"} and len(r.rows("ann")) == 2


def case_reconcile_stray(r):
    """Our mark on what the store does not know is deleted only when asked for; another class's mark never."""
    ann = posted(r)
    stray = r.enter("bob", f"wiregrade:w1/stream-sender/{r.names['bob']}", "correct", "Stream sender")
    other = r.enter("bob", f"wiregrade:w2/raw-tcp/{r.names['bob']}", "correct", "Raw TCP")
    found, _ = reconcile(r, 1)
    assert list(found) == [("stray", "bob", "stream-sender")], found
    assert found["stray", "bob", "stream-sender"]["submission"] == stray
    reconcile(r, 1, "--fix")
    assert {stray, other} <= set(r.rows("bob"))
    reconcile(r, 0, "--remove")
    assert stray not in r.rows("bob") and other in r.rows("bob")
    elsewhere = r.enter("bob", f"wiregrade:w1/stream-sender/{ann}", "correct", "Stream sender")
    found, _ = reconcile(r, 1)
    assert "stands elsewhere" in found["stray", "ann", "stream-sender"]["text"], found
    reconcile(r, 0, "--remove", "--fix")
    assert elsewhere not in r.rows("bob") and len(r.rows("ann")) == 2


def case_reconcile_entries(r):
    """Points, names and accounts that are others than here are named, and not changed."""
    posted(r)
    number = r.challenges["Raw IPv4"]
    value = r.b.api("GET", f"/challenges/{number}")["data"]["value"]
    r.b.api("PATCH", f"/challenges/{number}", {"value": value + 7})
    try:
        r.b.api("PATCH", f"/users/{r.users['ann']}", {"name": "somebody " + r.names["ann"]})
        found, _ = reconcile(r, 1, "--fix", "--remove")
        assert ("challenge", None, "raw-ipv4") in found and ("user", "ann", None) in found, found
        assert f"gives {value + 7} points there" in found["challenge", None, "raw-ipv4"]["text"], found
        assert r.b.api("GET", f"/challenges/{number}")["data"]["value"] == value + 7
    finally:
        r.b.api("PATCH", f"/challenges/{number}", {"value": value})
    r.b.api("PATCH", f"/users/{r.users['ann']}", {"name": r.names["ann"]})
    assert reconcile(r, 0)[0] == {}
    r.b.api("POST", "/submissions", {"challenge_id": number, "user_id": r.users["bob"], "provided": "no type"})
    found, _ = reconcile(r, 1)
    assert list(found) == [("poison", None, None)], found
    r.c.token("ctfd_" + "0" * 64)
    expect(r.c, 4, "is refused", r.c.run("reconcile"))


def case_reconcile_team(r):
    """Ours that counts for another team is removed and posted anew."""
    if not r.teams:
        return
    ann = posted(r)
    r.b.api("DELETE", f"/submissions/{r.solves()[ann, 'raw-ipv4']['submission']}")
    team = r.make("teams", {"name": "old " + ann, "password": os.urandom(12).hex(), "hidden": True})
    r.b.api("POST", "/submissions", {"challenge_id": r.challenges["Raw IPv4"], "user_id": r.users["ann"], "team_id": team,
                                     "type": "correct", "provided": f"wiregrade:w1/raw-ipv4/{ann}"})
    found, _ = reconcile(r, 1)
    assert list(found) == [("team", "ann", "raw-ipv4")], found
    found, _ = reconcile(r, 0, "--fix")
    assert found["team", "ann", "raw-ipv4"]["mended"], found
    assert {x["team_id"] for x in r.rows("ann").values()} == {r.teams["ann"]} and len(r.rows("ann")) == 2
    assert reconcile(r, 0)[0] == {}


def main():
    desk.wiregrade, desk.course = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    mode = sys.argv[3]
    if mode == "real" and not (os.environ.get("WIREGRADE_CTFD_URL") and os.environ.get("WIREGRADE_CTFD_TOKEN_FILE")):
        print("skipped: WIREGRADE_CTFD_URL and WIREGRADE_CTFD_TOKEN_FILE are not set")
        sys.exit(77)
    for case in sys.argv[4:]:
        with tempfile.TemporaryDirectory(prefix="wiregrade-watch-") as desk.scratch:
            with Real() if mode == "real" else RealBoard("board", "--mode", mode) as board:
                try:
                    room = Room(board, ("ann", "bob", "tutor"), True) if case == "roster" else Room(board)
                    globals()["case_" + case](room)
                except urllib.error.HTTPError as e:
                    raise AssertionError(f"{e.url}: {e.code} {e.read()}") from e
                room.close()


main()
