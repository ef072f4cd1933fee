#!/usr/bin/env python3
"""serve.py WIREGRADE COURSE CASE...: the class's daemon, from a flag on the wire to the scoreboard, through what
befalls it."""
import json
import os
import re
import signal
import socket
import sys
import tempfile
import time

import desk
import serve_trouble
from daemon import SLUGS, Serve, once, posted, room, until, word
from desk import Class, STUDENT, expect
from steady import DEADLINE


def case_words():
    """Each answer repeats its line and says what it was; right ones are posted without being asked to."""
    b, c = room()
    flag, other = c.flag("raw-ipv4"), c.flag("raw-tcp")
    with Serve(c) as s:
        sloppy = flag.upper().replace("FLAG{", "").rstrip("}")
        got = s.hand_in(flag, sloppy, "", "  hello there\x01", flag[:-10] + "aaaa-aaaa}", c.flag("raw-ipv4")[:30], "x" * 300)
        assert [g.split(" ")[0] for g in got[:2]] == [flag, sloppy], got
        assert got[0].startswith(f"{flag} OK right: {STUDENT} solved raw-ipv4; "), got
        assert got[1].startswith(f"{sloppy} DUP right: ") and "already known since" in got[1], got
        assert got[2].startswith("hello there? BAD wrong: this has not the form of a flag"), got
        assert word(got[3]) == "BAD" and word(got[4]) == "BAD" and got[5].startswith("x" * 200 + "... BAD "), got
        # without a newline at the end, as printf sends it
        with socket.create_connection(("127.0.0.1", s.intake), timeout=DEADLINE) as raw:
            raw.sendall(other.encode())
            assert word(raw.recv(4096).decode()) == "OK"
        posted(c, 2)
        assert s.metric('wiregrade_intake_answers_total{word="OK"}') == 2
        assert s.metric('wiregrade_intake_answers_total{word="DUP"}') == 1
        assert s.metric('wiregrade_intake_answers_total{word="BAD"}') == 4
        until(lambda: s.metric('wiregrade_solves{state="posted"}') == 2)
        assert s.metric("wiregrade_posts_total") == 2 and s.metric("wiregrade_store_up") == 1
        assert s.get("/healthz") == (200, "ok\n") and s.get("/other")[0] == 404
        assert flag[-20:-1] not in s.said() and other[-20:-1] not in s.said(), s.said()
    once(b, c, 2)
    b.stop()


def case_limit():
    """Guesses are slowed down for the address they come from; a right flag is never refused."""
    b, c = room()
    flag = c.flag("raw-ipv4")
    with Serve(c) as s:
        words = [word(a) for a in s.hand_in(*[flag[:-5] + f"{n:04}".translate(str.maketrans("0189", "abcd")) + "}"
                                              for n in range(60)])]
        assert words[:30] == ["BAD"] * 30 and set(words[31:]) == {"LIMIT"}, words
        assert word(s.hand_in(flag)[0]) == "OK"
        # another address, and the student whom the guesses named, are free
        assert word(s.hand_in("nothing", source="127.0.0.9")[0]) == "BAD"
        posted(c, 1)
    b.stop()


def case_bulk():
    """A file of flags as long as may be: each line is answered, and the last is taken like the first."""
    b, c = room()
    flag, last = c.flag("raw-ipv4"), c.flag("raw-tcp")
    with Serve(c) as s:
        got = s.hand_in(*[flag] * 3000, last)
        assert [word(got[0]), word(got[-1])] == ["OK", "OK"] and len(got) == 3001, (len(got), got[-1])
        posted(c, 2)
    b.stop()


def case_borrowed():
    """From the address of somebody else a right flag reads as a wrong one; staff find it with its evidence."""
    roster = ("handle,name,email,address,role\nann,Ann,ann@example.edu,127.0.0.2,\nbob,Bob,bob@example.edu,127.0.0.3,\n"
              f"{STUDENT},S,{STUDENT}@example.edu,,\n")
    b, c = room(users=("ann", "bob", STUDENT))
    (c.dir / "roster.csv").write_text(roster)
    text = (c.dir / "class.yml").read_text()
    text = text.replace("# roster: roster.csv", "roster: roster.csv")
    (c.dir / "class.yml").write_text(text + "\npaste: off\n")
    ann, invented = c.flag("raw-ipv4", "ann"), c.flag("raw-ipv4", "ann")[:-10] + "aaaa-aaaa}"
    with Serve(c) as s:
        got = s.hand_in(ann, invented, source="127.0.0.3")
        assert got[0] == f"{ann} BAD wrong: mistyped, of another class, invented, or not yours", got
        assert got[1].partition(" ")[2] == got[0].partition(" ")[2], got
        for slip in (ann[:-2] + "1}", ann[:-2] + "}"):
            his, not_his = (s.hand_in(slip, source=f"127.0.0.{n}")[0].partition(" ")[2] for n in (2, 3))
            assert his == "BAD wrong: nearly ann's flag of raw-ipv4, with 1 letter mistyped; copy it anew", his
            assert not_his == got[0].partition(" ")[2], not_his
        assert word(s.hand_in(ann, source="127.0.0.2")[0]) == "OK"
        # who is not known by his address may show what he has
        assert word(s.hand_in(c.flag("raw-tcp", "bob"))[0]) == "OK"
        posted(c, 2)
        assert "borrowed: ann's flag of raw-ipv4 was handed in from the address of bob" in s.said(), s.said()
        expect(c, 0, r"bob", c.run("borrowed", "list", "--format", "json"))
        row, = json.loads(c.output[c.output.index("["):])
        assert (row["owner"], row["shower"], row["source"], row["slug"]) == ("ann", "bob", "127.0.0.3", "raw-ipv4"), row
        expect(c, 0, "dismissed", c.run("borrowed", "dismiss", str(row["id"]), "--by", "tutor", "--reason", "lab"))
    b.stop()


def case_audit():
    """What is entered on the scoreboard itself: right ones count, forged ones are taken back soon."""
    b, c = room(paste="audit", users=("ann", "bob"))
    ids = {r["name"]: r["id"] for r in b.api("GET", "/challenges?view=admin")["data"]}
    users = {u: b.api("GET", f"/users?view=admin&field=name&q={u}")["data"][0]["id"] for u in ("ann", "bob")}
    with Serve(c) as s:
        until(lambda: s.metric("wiregrade_watch_passes_total") >= 1)

        def enter(user, text):
            return b.api("POST", "/submissions", {"challenge_id": ids["Raw IPv4"], "user_id": users[user],
                                                  "type": "correct", "provided": text})["data"]["id"]
        forged = c.flag("raw-ipv4", "ann")[:-10] + "aaaa-aaaa}"
        begun = time.monotonic()
        row = enter("ann", forged)

        def revoked():
            return row not in [r["id"] for r in b.solves()]
        until(revoked)
        print(f"a forged row was taken back after {time.monotonic() - begun:.2f} s (--every 1)")
        right = enter("bob", c.flag("raw-ipv4", "bob"))
        posted(c, 1)
        assert [r["id"] for r in b.solves()] == [right]
        assert s.metric('wiregrade_watch_found_total{kind="revoked"}') == 1
        assert s.metric('wiregrade_watch_found_total{kind="solved"}') == 1
    b.stop()


def case_newer():
    """A newer version brings the tables up to date while this one serves: this one writes nothing more and says why, until the store is its own again."""
    b, c = room()
    flags = [c.flag(slug) for slug in SLUGS]

    def version(step):
        if c.server:
            c.sql(f"UPDATE schema_version SET version = version + {step}")
            # as whoever migrates does
            c.sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'wiregrade % {s.process.pid}'")
        else:
            c.sql(f"PRAGMA user_version = {c.sql('PRAGMA user_version')[0][0] + step}")

    with Serve(c) as s:
        assert word(s.hand_in(flags[0])[0]) == "OK"
        posted(c, 1)
        version(1)
        assert word(s.hand_in(flags[1])[0]) == "ERR"
        text = until(lambda: (got := s.get("/healthz"))[0] == 503 and got[1])
        assert "made by a newer wiregrade (version " in text and text.rstrip().endswith("update this machine, too"), text
        assert word(s.hand_in(flags[1])[0]) == "ERR" and c.sql("SELECT count(*) FROM solve")[0][0] == 1
        expect(c, 3, "made by a newer wiregrade", c.run("submit", flags[2]))
        version(-1)
        until(lambda: word(s.hand_in(flags[1])[0]) in ("OK", "AGAIN"))
        posted(c, 2)
        until(lambda: s.get("/healthz") == (200, "ok\n"))
        assert "made by a newer wiregrade" in s.said(), s.said()
    once(b, c, 2)
    b.stop()


def case_question():
    """A question's solve that was posted is there until it is deleted, though no flag of it is ever looked at."""
    b, c = room()
    c.submit(["raw-ipv4"])
    c.sql("UPDATE solve SET slug = 'socket-types'")  # as the demo does it, which has answers to try
    expect(c, 0, "1 posted", c.outbox())
    number = b.solves()[0]["id"]
    with Serve(c) as s:
        until(lambda: s.metric("wiregrade_watch_passes_total") > 0)
        assert s.get("/healthz")[0] == 200 and "there no more" not in s.said(), s.said()
        b.api("DELETE", f"/submissions/{number}")
        said = until(lambda: (got := s.get("/healthz"))[0] == 503 and got[1])
        assert "1 solve that was posted is there no more" in said, said
    b.stop()


def case_beside():
    """Other commands are of use while it runs; a second daemon is not."""
    b, c = room()
    with Serve(c) as s:
        assert word(s.hand_in(c.flag("raw-ipv4"))[0]) == "OK"
        assert s.metric("wiregrade_leads") == 1
        if not c.server:  # there, several may serve: postgres_store.py
            expect(c, 4, rf"process {s.process.pid} is `wiregrade serve` for this class already",
                   c.run("serve", "--intake", "127.0.0.1:0", "--metrics", "127.0.0.1:0"))
        c.submit(["raw-tcp"])
        posted(c, 2)
        expect(c, 0, "0 waiting", c.outbox())
        expect(c, 0, "", c.run("reconcile"))
        expect(c, 0, "unchanged", c.run("deploy"))
        expect(c, 0, "", c.run("borrowed", "list"))
        expect(c, 0, STUDENT, c.run("report"))
        other = Class(b.url, "class2", token=b.token)
        expect(other, 4, f"--intake: port {s.intake}/tcp of 127.0.0.1 is in use",
               other.run("serve", "--intake", f"127.0.0.1:{s.intake}", "--metrics", "127.0.0.1:0"))
    once(b, c, 2)
    b.stop()


def case_signals():
    """SIGHUP reads the class anew, or goes on when it is wrong; SIGTERM ends it; the service manager hears of all."""
    roster = f"handle,name,email\n{STUDENT},S,{STUDENT}@example.edu\n"
    b, c = room(roster=roster, users=(STUDENT, "late"))
    with open(c.dir / "class.yml", "a", encoding="utf-8") as f:
        f.write("\npaste: off\n")
    late = None
    c.brief("stream-sender", "late")
    with Serve(c) as s:
        assert s.notices.recv(512) == b"READY=1\nSTATUS=serving"
        until(lambda: "wiregrade_unplaced_flags 1\n" in s.get("/metrics")[1])
        until(lambda: "cannot place yet: 1;" in s.said())
        (c.dir / "roster.csv").write_text(roster + "late,L,late@example.edu\n")
        late = c.flag("raw-ipv4", "late")
        got, = s.hand_in(late)
        assert word(got) == "BAD" and "'late', who is not on the roster" in got, got
        (c.dir / "roster.csv").write_text(roster + "late,L\n")
        s.process.send_signal(signal.SIGHUP)
        until(lambda: "not read anew: roster.csv:3" in s.said() or "not read anew: " in s.said())
        assert word(s.hand_in(late)[0]) == "BAD"
        (c.dir / "roster.csv").write_text(roster + "late,L,late@example.edu\n")
        # what only a start needs is looked at before anything ends
        for name, place in (("ctfd.token", "ctfd.token: no such file"), ("course.key", "course.key: ")):
            (c.dir / name).rename(c.dir / "away")
            s.process.send_signal(signal.SIGHUP)
            until(lambda place=place: f"not read anew: ./{place}" in s.said())
            assert word(s.hand_in(late)[0]) == "BAD" and s.get("/healthz")[0] in (200, 503)
            (c.dir / "away").rename(c.dir / name)
        s.process.send_signal(signal.SIGHUP)
        # at the same ports, though any free ones had been asked for
        line = s.process.stdout.readline()
        assert line.startswith("serving class w1: flags to "), line
        assert [s.intake, s.metrics] == [int(n) for n in re.findall(r":(\d+)", line)], line
        assert s.notices.recv(512).startswith(b"RELOADING=1\n")
        assert s.notices.recv(512) == b"READY=1\nSTATUS=serving"
        assert word(s.hand_in(late)[0]) == "OK"
        posted(c, 2)
        assert "wiregrade_unplaced_flags 0\n" in s.get("/metrics")[1]
        s.process.terminate()
        assert s.notices.recv(512).startswith(b"STOPPING=1\n")
    b.stop()


def case_watchdog():
    """The service manager hears that it lives as often as it asks to."""
    b, c = room()
    os.environ["WATCHDOG_USEC"] = "400000"
    try:
        with Serve(c) as s:
            heard = [s.notices.recv(512) for _ in range(4)]
            assert heard.count(b"WATCHDOG=1") >= 3, heard
    finally:
        del os.environ["WATCHDOG_USEC"]
    b.stop()


def case_journals():
    """Journals are read as they grow; half a line waits for its other half; what cannot be read is told."""
    b, c = room()
    text = (c.dir / "class.yml").read_text()
    (c.dir / "class.yml").write_text(text.replace("[target.jsonl]", "[target.jsonl, other.jsonl]"))
    attempt = json.dumps({"time": "2026-11-22T18:47:33.309128+00:00", "event": "attempt", "slug": "raw-ipv4",
                          "student": STUDENT, "source": "10.10.0.40", "port": 0, "verdict": "near", "answer": "report",
                          "findings": [{"field": "ip.ttl", "status": "fail"}]})
    journal = c.dir / "target.jsonl"
    with Serve(c) as s, open(journal, "a", encoding="utf-8") as f:
        name = 'wiregrade_journal_lines_total'
        f.write(attempt + "\n" + attempt + "\n" + attempt[:40])
        f.flush()
        until(lambda: s.metric(name) == 2)
        f.write(attempt[40:] + "\n")
        f.flush()
        until(lambda: s.metric(name) == 3)
        assert s.metric("wiregrade_journal_cut_lines_total") == 0
        (c.dir / "other.jsonl").mkdir()
        text = until(lambda: (got := s.get("/healthz"))[0] == 503 and got[1])
        assert "other.jsonl" in text and text.startswith("journals, for "), text
        f.write(attempt + "\n")
        f.flush()
        until(lambda: s.metric(name) == 4)
        assert s.metric('wiregrade_attempts_total{challenge="raw-ipv4",verdict="near_miss"}') == 4
        (c.dir / "other.jsonl").rmdir()
        until(lambda: s.get("/healthz")[0] == 200)
        # of 10,000 bytes that its first line tells, more than 8,000: a trouble until it is moved away
        other = c.dir / "other.jsonl"
        start = json.dumps({"time": "2026-11-22T18:47:33.000000+00:00", "event": "start", "class": "w1", "course": "sockets",
                            "ceiling": 10000})
        other.write_text(start + "\n" + (attempt + "\n") * (7000 // len(attempt)))
        until(lambda: 0.6 < s.metric("wiregrade_journal_fill_ratio") < 0.8)
        assert s.get("/healthz")[0] == 200
        with open(other, "a", encoding="utf-8") as more:
            more.write((attempt + "\n") * (2000 // len(attempt)))
        text = until(lambda: (got := s.get("/healthz"))[0] == 503 and got[1])
        assert "other.jsonl is over 80 % of the size at which its target ends it" in text, text
        assert s.said().count("over 80 %") == 1, s.said()
        other.rename(c.dir / "other.jsonl.1")
        until(lambda: s.get("/healthz")[0] == 200)
        assert s.metric("wiregrade_journal_fill_ratio") == 0
    b.stop()


def cases():
    return {k[5:]: v for module in (globals(), vars(serve_trouble)) for k, v in module.items() if k.startswith("case_")}


def main():
    if sys.argv[1:] == ["--list"]:
        print("\n".join(cases()))
        return
    desk.wiregrade, desk.course = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    for only in sys.argv[3:] or cases():
        with tempfile.TemporaryDirectory(prefix="wiregrade-serve-") as scratch:
            desk.scratch = scratch
            cases()[only]()


if __name__ == "__main__":
    main()
