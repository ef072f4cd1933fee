#!/usr/bin/env python3
"""relay.py WIREGRADE COURSE CASE: one end-to-end test from a submitted flag to the scoreboard. 77: skipped."""
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile

import desk
import relay_answers
import relay_killed
import relay_names
from desk import Class, RealBoard, STUDENT, board, expect, once
import fake_ctfd  # which desk has found


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
    expect(c, 3, "class.yml: exists already", c.run("init", str(c.dir), "--course", desk.course))
    (c.dir / "class.yml").rename(c.dir / "saved.yml")
    expect(c, 3, "course.key", c.run("init", str(c.dir), "--course", desk.course))
    assert not (c.dir / "class.yml").exists(), "half a class was left"
    (c.dir / "saved.yml").rename(c.dir / "class.yml")
    assert before == (key.read_bytes(), (c.dir / "class.yml").read_bytes())
    expect(c, 3, "course.yml", c.run("init", "new", "--course", str(c.dir)))
    # the key has room and class.yml has not: neither is left, and the next try makes both
    def small():
        resource.setrlimit(resource.RLIMIT_FSIZE, (300, 300))
    half = [desk.wiregrade, "init", c.dir / "half", "--course", desk.course]
    done = subprocess.run(half, capture_output=True, text=True, check=False, preexec_fn=small, restore_signals=False)
    assert done.returncode == 4 and "half/class.yml" in done.stderr and not list((c.dir / "half").iterdir()), done
    assert subprocess.run(half, check=False, stdout=subprocess.DEVNULL).returncode == 0
    expect(c, 2, "word", c.run("init", "new", "--course", desk.course, "--word", "Not A Word"))
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


def case_board_deploy():
    """Our own board gets the pass mark and the course's name."""
    with RealBoard("board") as b:
        c = Class(b.url, token=b.token)
        expect(c, 0, "created   raw-ipv4", c.run("deploy"))
        expect(c, 0, "unchanged raw-ipv4", c.run("deploy"))
        assert b.api("GET", "/configs/wiregrade_pass_mark")["data"]["value"] == "56"
        assert "Socket Programming" in b.api("GET", "/configs/ctf_name")["data"]["value"]


def cases():
    modules = globals(), vars(relay_answers), vars(relay_names), vars(relay_killed)
    named = {k[5:]: v for module in modules for k, v in module.items() if k.startswith("case_")}
    for kind in relay_answers.ANSWERS:
        named["answer_" + kind] = lambda kind=kind: relay_answers.answer_case(kind)
    for kind in relay_answers.POST_ANSWERS:
        named["post_" + kind] = lambda kind=kind: relay_answers.post_answer_case(kind)
    for kind in ("500", "nothing", "html", "broken", "cut", "502", "null", "slow"):
        named["after_" + kind] = lambda kind=kind: relay_answers.after_case(kind)
    for kind in ("before-commit", "after-commit", "drop-before", "drop"):
        named["board_kill_" + kind.replace("-", "_")] = lambda kind=kind: relay_killed.board_kill_case(kind)
    for kind in relay_killed.KILL_FAULTS:
        named["kill_" + kind] = lambda kind=kind: relay_killed.kill_case(kind)
    return named


def main():
    if sys.argv[1:] == ["--list"]:
        print("\n".join(cases()))
        return
    desk.wiregrade, desk.course = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    for only in sys.argv[3:] or cases():
        with tempfile.TemporaryDirectory(prefix="wiregrade-relay-") as desk.scratch:
            cases()[only]()


if __name__ == "__main__":
    main()
