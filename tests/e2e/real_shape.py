#!/usr/bin/env python3
"""real_shape.py BIN CASE: the course tests/courses/real-shape. is_played: from `deploy` to the points; a student answers its questions
on the board, earns its flags in a range with the material's scripts, three at the class's target and the datagram's at one of his own
at 127.0.0.1, hands them in, and they are posted. captures: of the raw packets he
hands in what tcpdump wrote on his side. verifies: each near miss of it is refused. 77: skipped."""
import base64
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import handouts
import desk
from classroom import ROOT, STUDENT, TARGET, Classroom, need, require, skip
from clients import DATAGRAM_SENDER, STREAM_SENDER
from steady import DEADLINE

COURSE = ROOT / "tests/courses/real-shape"
ROSTER = f"handle,name,email,address\nsmith,Ann Smith,smith@example.org,{STUDENT}\njones,Bob Jones,jones@example.org,10.10.0.41\n"
ANSWERS = {"No connection": "datagram", "In sequence": "Stream", "Privilege": "RAW", "A low port": "1024", "The first argument": "family",
           "The default": "SOCK_STREAM", "With a key": "aes"}
WORDS = (STREAM_SENDER.replace("1111", "5309").replace('b"smith"', 'b"lighthouse"'),
         DATAGRAM_SENDER.replace("2222", "10101").replace('b"smith"', 'b"submarine"').replace(TARGET, "127.0.0.1"))
# The same class on the students' own hosts: its word and its keys, so its flags. The class's target serves the others.
OWN = """class: e2e
course: course
networks: {target: own}
key_file: smith.key
"""
ELSEWHERE = "--only stream --only raw-ip --only raw-segment"
VALUES = {"source": STUDENT, "target": TARGET, "message": "smith"}
# what is wrong, and what is right
IPRAW = {"tos": 24, "ident": 1775}, {"tos": 96, "ident": 1775}
TCPRAW = {"sport": 1337, "dport": 8080, "seq": 90210, "ack": 0, "flags": 18, "encode": "binascii.hexlify"}


def grader(room, *args, status=0, stdin=""):
    run = subprocess.run(room.command(*args), cwd=room.dir, input=stdin, capture_output=True, text=True, env=room.environment(),
                         timeout=DEADLINE, check=False)
    require(run.returncode == status, args, run.returncode, run.stdout, run.stderr)
    return run.stdout + run.stderr


def token(room, board):
    """The staff's access token, in a file of who runs the grader."""
    path = room.dir / "ctfd.token"
    path.write_text(board.token + "\n")
    path.chmod(0o600)
    if room.who == "user" and os.getuid() == 0:
        for file in room.dir.iterdir():
            os.chown(file, 12345, 12345)


def deployed(room, board):
    """{name: id} of what is there; 80 points."""
    grader(room, "deploy", "--class", "class.yml")
    there = board.api("GET", "/challenges?view=admin")["data"]
    require(sum(c["value"] for c in there) == 80 and len(there) == 11, there)
    return {c["name"]: c["id"] for c in there}


def answered(board, numbers, key):
    """A wrong answer and the right one of each question; the tries are limited."""
    for name, answer in ANSWERS.items():
        limit = board.api("GET", f"/challenges/{numbers[name]}")["data"]["max_attempts"]
        require(limit == 3, name, limit)
        told = [desk.call_api(board.url, key, "POST", "/challenges/attempt", {"challenge_id": numbers[name], "submission": text})
                for text in ("nothing", answer)]
        require([t["data"]["status"] for t in told] == ["incorrect", "correct"], name, told)


def hand_out(room):
    """What the student gets for his own host: the course without answers, and his key of that one challenge: of no other, whose flag
    he could make without a packet."""
    grader(room, "key", "export", "--class", "class.yml", "--student", "smith", "--output", "smith.key", "datagram")
    (room.dir / "own.yml").write_text(OWN)
    require("root of that machine" in (said := grader(room, "lint", "--class", "own.yml")), said)
    grader(room, "export", "public", "--class", "own.yml")
    for folder in (room.dir / "public/challenges").glob("*/"):  # what is expected elsewhere is not told
        if folder.name not in ("datagram", "raw-ip"):
            shutil.rmtree(folder)


def at_home(room, wrong, right):
    """What both scripts say beside a target on the student's own host, a range of its own; before that, why it cannot serve what he has
    no key of."""
    run = ("cd /tmp/own; serve() { /tmp/wiregrade-target run --class class.yml --key-file /tmp/smith.key --own-host --student smith "
           "--journal /tmp/journal --only $1 >/tmp/log 2>&1; }; serve raw-ip; cat /tmp/log; serve datagram & "
           "until grep -q '^the briefing' /tmp/log; do sleep 0.05; done; "
           "timeout 250 python3 /tmp/wrong.py; echo ===; timeout 250 python3 /tmp/right.py; kill $(pidof wiregrade-target); wait")
    (room.dir / "wrong.py").write_text(wrong)
    (room.dir / "right.py").write_text(right)
    shown = {room.bin / "wiregrade-target": "wiregrade-target", room.dir / "public": "own",
             **{room.dir / name: name for name in ("smith.key", "wrong.py", "right.py")}}
    shows = [f"--show={path}:/tmp/{name}" for path, name in shown.items()]
    told, _, got = grader(room, "range", "--side=target", *shows, "--", "bash", "-c", run).partition("===")
    require("has no key for raw-ip" in told and "datagram: " in told and "flag{" not in told, told)
    return got


def earned(room):
    """The flags of the four tasks: one thing wrong earns none."""
    told = room.python(WORDS[0].replace("lighthouse", "lighthous"))
    require("flag{" not in told, told)
    flags = [room.python(WORDS[0]).strip()]
    hand_out(room)
    flags.append(at_home(room, WORDS[1].replace("submarine", "submarin"), WORDS[1]).strip())
    raw = [handouts.IPRAW.format(**VALUES, **values) for values in IPRAW]
    tcp = handouts.TCPRAW.replace("import base64", "import binascii")
    for wrong, right in (raw, (tcp.format(**VALUES, **TCPRAW), tcp.format(**VALUES, **{**TCPRAW, "flags": 2}))):
        room.student("/usr/bin/python3", "/tmp/wrong.py", files={"wrong.py": wrong})
        told = handouts.called_back(room, right)
        flags += [line for line in told.splitlines() if line.startswith("flag{")]
    near = [line["slug"] for line in room.journal("attempt") if line["verdict"] == "near"]
    require(sorted(near) == ["raw-ip", "raw-segment", "stream"], near)
    require(flags == [room.flag(slug) for slug in ("stream", "datagram", "raw-ip", "raw-segment")], flags)
    return flags


def verifies():
    done = subprocess.run([desk.wiregrade, "verify", "--course", COURSE], capture_output=True, text=True, timeout=DEADLINE, check=False)
    if done.returncode == 4:
        skip(done.stdout + done.stderr)
    require(done.returncode == 0 and "11 challenges, 0 failed" in done.stdout, done.stdout, done.stderr)


def captured(room, script):
    """The capture that tcpdump writes beside this script: of TCP what goes to the task, since the last call-back may still be ending."""
    frames = f"ip and dst host {TARGET} and (not tcp or tcp dst port 8080)"
    out = room.student("bash", "-c", f": >/tmp/said; tcpdump -Uni eth0 -c 1 -w /tmp/x.pcap '{frames}' 2>/tmp/said & "
                       "until grep -q listening /tmp/said; do sleep 0.05; done; "
                       "/usr/bin/python3 /tmp/handout.py; timeout 250 tail --pid=$! -f /dev/null; base64 /tmp/x.pcap", files={"handout.py": script})
    path = room.dir / "handed-in.pcap"
    path.write_bytes(base64.b64decode(out))
    path.chmod(0o644)
    return path.name


def hand_in_captures(room):
    tcp = handouts.TCPRAW.replace("import base64", "import binascii")
    for script, values in ((handouts.IPRAW, IPRAW), (tcp, (TCPRAW, {**TCPRAW, "flags": 2}))):
        for status, value in zip((1, 0), values):
            name = captured(room, script.format(**VALUES, **value))
            grader(room, "submit", "--class", "class.yml", "--capture", name, "--student", "smith", status=status)


def played(captures):
    need("/bin/nc.traditional", "/usr/bin/tcpdump")
    with tempfile.TemporaryDirectory(prefix="wiregrade-real-") as desk.scratch:
        with desk.RealBoard("board", "--mode", "users") as board:
            smith = board.api("POST", "/users", {"name": "smith", "password": os.urandom(12).hex(), "email": "smith@example.org"})["data"]["id"]
            more = f"scoreboard: {{url: '{board.url}', token_file: ctfd.token, mode: users}}\ncaptures: accept"
            with Classroom(sys.argv[1], course=COURSE, roster=ROSTER, more=more, args=[ELSEWHERE]) as room:
                token(room, board)
                numbers = deployed(room, board)
                key = subprocess.run([pathlib.Path(desk.wiregrade).with_name("wiregrade-board"), "token", "smith", "--db", "b.db"],
                                     cwd=board.dir, capture_output=True, text=True, check=True).stdout.strip()
                answered(board, numbers, key)
                flags = earned(room)
                grader(room, "submit", "--class", "class.yml", "-", stdin="\n".join(flags[:2] if captures else flags) + "\n")
                if captures:
                    hand_in_captures(room)
                require("4 posted" in (said := grader(room, "outbox", "run", "--class", "class.yml")), said)
            score = board.api("GET", f"/users/{smith}")["data"]["score"]
            require(score == 80, score)
            solves = board.api("GET", f"/users/{smith}/solves")["data"]
            require(sorted(s["challenge_id"] for s in solves) == sorted(numbers.values()), solves)


desk.wiregrade = os.path.abspath(f"{sys.argv[1]}/wiregrade")
{"verifies": verifies, "is_played": lambda: played(False), "captures": lambda: played(True)}[sys.argv[2]]()
