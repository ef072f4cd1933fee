"""Flags at the briefing: kept until they are called for, handed in, and whose they are. For briefing.py."""
import json
import os
import signal
import subprocess

from briefing_room import ROSTER, ask, delivered, has, lacks, own_values, pin_of, raw
from classroom import STUDENT, TARGET, USER, listens, require
from steady import DEADLINE


def a_flag_waits_and_is_called_again(room):
    dscp, ident = own_values(room)
    raw(room, dscp=dscp, ident=ident)
    has(str(room.journal("attempt", 1)[0]), "'verdict': 'pass'")
    room.journal("delivery", 1)
    out = ask(room, "flags\\nlisten\\n")
    has(out, room.flag("raw-ipv4"), "still being called back", "refused: nothing listens there, and a listener at 127.0.0.1 is not reached. "
        "Start  nc -lvnp 1111")
    # tried again by itself after 1, 2, 4, 8 s: what is asked for comes before the last of these
    room.journal("delivery", 4)
    out = room.student("bash", "-c", f"timeout 250 nc.traditional -lvnp 1111 & {listens(1111)}printf again | nc.openbsd -N "
                       f"{TARGET} 1110; wait")
    has(out, "again with 1 flag", room.flag("raw-ipv4"))
    delivered(room)
    has(ask(room, "flags\\nagain\\n"), "No flag waits for you", "Nothing waits")


def a_listener_is_tried(room):
    has(ask(room, "listen\\n"), "refused")
    out = room.student("bash", "-c", f"timeout 250 nc.traditional -lvnp 1111 & {listens(1111)}echo listen | timeout 250 nc.openbsd -N "
                       f"{TARGET} 1110; wait")
    has(out, "connected, your listener works", "the target reached your listener, as you asked it to")
    has(ask(room, "listen stream-sender\\n"), "calls nobody back")
    # the receivers of conversations are called, too
    has(ask(room, "listen stream-receiver\\n"), "10.10.0.40 port 1111: refused")
    has(ask(room, "listen datagram-receiver\\n"), "sends to your UDP port 2222 once you have asked for it, at port 5222. A datagram's port")
    line = room.journal("delivery", 2)
    require(all(l["probe"] and not l["flags"] for l in line), line)
    # the source's share of calls ends some time
    out = ask(room, "listen\\n" * 3)
    require(out.count("refused") == 3, out)


NOT_RIGHT = "BAD: wrong: mistyped, of another class, invented, or not yours."


def flags_are_handed_in(room):
    own, jones, brown = room.flag("raw-tcp"), room.flag("raw-tcp", "jones"), room.flag("raw-tcp", "brown")
    out = ask(room, f"submit {own}\\nsubmit \\x27 {own.upper()} \\x27\\nsubmit {jones}\\nsubmit SOCK_RAW\\n")
    has(out, "You are smith, by your address", "OK: raw-tcp for smith: kept, will be posted", "DUP: raw-tcp", "BAD: wrong: the handle in it is jones, and you are smith. Was another one sent than yours?",
        "not the form of a flag")
    # pasted alone, whole or without its wrapper; a name that has words of its own
    out = ask(room, f"{own}\n{own[5:-1].upper()}\nflag{{raw-tcp\nraw-tcp\nxyzzy.smith\n")
    require(out.count("DUP: raw-tcp is kept already for smith.") == 2, out)
    has(out, "BAD: that is not the form of a flag", "That is a challenge. Its text:  read raw-tcp ", "No such word. All words:  help")
    line, = room.journal("submit", 1)
    require(line["slug"] == "raw-tcp" and line["student"] == line["by"] == "smith" and line["via"] == "briefing" and
            line["source"] == STUDENT and len(line["proof"]) == 16 and len(line["key"]) == 6, line)
    refused, = room.journal("refused", 1)
    require(refused["why"] == "borrowed" and refused["student"] == "jones" and refused["by"] == "smith", refused)
    pin = pin_of(room, "brown")
    out = ask(room, f"i brown\\ni brown {pin}\\nsubmit {brown}\\n")
    has(out, "give the PIN too", "Hello, brown", "OK: raw-tcp for brown")
    stranger = own.replace("smith", "smiht")
    slips = (stranger, own[:-3] + "}", own[:-2] + "1}", own.replace("raw-tcp", "raw-tpc"))
    out = ask(room, "".join(f"submit {slip}\\n" for slip in slips))
    has(out, "BAD: Nearly your flag: 2 letters of it are mistyped; copy it anew.", "1 letter of it is mistyped",
        "BAD: no challenge is called raw-tpc; was it raw-tcp?")
    lacks(out, "wrong")
    room.journal("submit", 2)
    # the grader keeps what the target wrote, and nothing that was changed on the way
    lines = [json.dumps(l) for l in room.journal("submit")]
    lines.append(lines[0].replace('"smith"', '"brown"').replace("raw-tcp", "raw-ipv4"))
    (room.dir / "target.jsonl").write_text("".join(l + "\n" for l in lines))
    (room.dir / "board.token").write_text("none\n")
    (room.dir / "board.token").chmod(0o600)
    for path in room.dir.glob("*"):
        if os.getuid() == 0:
            os.chown(path, USER, USER)
    for words in (["outbox", "run"], ["outbox", "list"]):
        run = subprocess.run(room.command(*words, "--class", room.dir / "class.yml"), capture_output=True, text=True,
                             check=False, timeout=DEADLINE)
    require(run.stdout.count("raw-tcp") == 2 and "raw-ipv4" not in run.stdout, run.stdout, run.stderr)
    for line in room.journal():
        lacks(str(line), "flag{", own[-20:-1])


def guesses_are_counted_and_lock_nobody_out(room):
    own = room.flag("raw-tcp")
    wrong = own[:-5] + "".join("b" if x == "a" else "a" for x in own[-5:-1]) + "}"
    out = ask(room, f"submit {wrong}\\n" * 7)
    require(out.count(NOT_RIGHT) == 5 and out.count("too many wrong flags") == 1, out)
    out = ask(room, f"submit {own}\\n")
    has(out, "OK: raw-tcp for smith")
    require(len(room.journal("refused", 5)) == 5, room.journal("refused"))


LATE = """import socket, sys, time
def say(text):
    s = socket.create_connection(('172.16.1.15', 1110), 60)
    s.settimeout(300)
    s.recv(4096)
    s.sendall(text)
    return s
wrong = say(b'i brown 00000000\\n' * 5)
got = b''
while got.count(b'not the PIN') < 5:
    got += wrong.recv(4096)
gone = say(b'i brown 00000000\\n')
gone.recv(4096)
gone.close()
begin = time.monotonic()
wrong.sendall(b'i brown 00000000\\n')
right = say(b'i brown ' + sys.argv[1].encode() + b'\\nquit\\n')
for s in (wrong, right):
    print(s.recv(4096).decode())
for s in (wrong, right):
    print(s.recv(4096).decode(), 'late' if time.monotonic() - begin > 59 else 'early')
"""


def a_right_pin_is_late_at_worst(room):
    """After a neighbour's wrong ones, from the same address: a minute, as a wrong one, and never refused."""
    out = room.python(LATE, pin_of(room, "brown"))
    require(out.count("I look at yours in a minute") == 2, out)
    has(out, "not the PIN of that handle. Your instructor has it.\n late", "Hello, brown.\n late")


def a_claim_shows_no_flag_of_another_address(room):
    dscp, ident = own_values(room, "jones")
    raw(room, "jones", dscp=dscp, ident=ident, source="10.10.0.77")
    require(room.journal("attempt", 1)[0]["answer"] == "queued", room.journal())
    has(ask(room, "i jones\\nflags\\nagain\\n"), "No flag waits for you", "Nothing waits for this address")
    has(ask(room, f"i jones {pin_of(room, 'jones')}\\nflags\\n"), room.flag("raw-ipv4", "jones"))
    has(ask(room, f"i smith {pin_of(room, 'smith')}\\nflags\\n"), "No flag waits for you")


def flags_that_wait_at_the_end_are_kept(room):
    dscp, ident = own_values(room)
    raw(room, dscp=dscp, ident=ident)
    room.journal("delivery", 1)
    os.kill(room.target_pid(), signal.SIGTERM)
    require(room.journal("stop", 1)[0].get("kept") == 1 and len(room.journal("waiting")) == 1, room.journal("stop"))


CASES = {f.__name__: (f, options) for f, options in (
    (a_flag_waits_and_is_called_again, {}),
    (a_listener_is_tried, {}),
    (flags_are_handed_in, {
        "roster": ROSTER,
        "more": 'journals: [target.jsonl]\nscoreboard: {url: "http://127.0.0.1:9", token_file: board.token}'}),
    (guesses_are_counted_and_lock_nobody_out, {"roster": ROSTER}),
    (a_right_pin_is_late_at_worst, {"roster": ROSTER}),
    (a_claim_shows_no_flag_of_another_address, {}),
    (flags_that_wait_at_the_end_are_kept, {}),
)}
