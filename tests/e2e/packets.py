#!/usr/bin/env python3
"""packets.py BIN CASE: what conversations of packets tell of a packet out of turn; CASE is a function here. Exit status 77:
skipped."""
import os
import pathlib
import shutil
import sys
import tempfile

from briefing_room import CALLED, ROSTER, SUM_OF, ask, ask_until, has, lacks
from classroom import BOTH_NETWORKS, ROOT, STUDENT6, TARGET6, Classroom, require, skip
from steady import until

HEAD = """import socket, struct, time
""" + SUM_OF + CALLED + """
T, ME = '172.16.1.15', '10.10.0.40'
raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
ends = socket.inet_aton(ME) + socket.inet_aton(T)
def ip(protocol, data, ident=7, fragment=0):
    raw.sendto(struct.pack('!BBHHHBBH', 0x45, 0, 0, ident, fragment, 64, protocol, 0) + ends + data, (T, 0))
def udp(port, ident, payload=b''):
    data = struct.pack('!HHHH', 5432, port, 8 + len(payload), 0) + payload
    sum = sum_of(ends + struct.pack('!HH', 17, len(data)) + data)
    ip(17, data[:6] + struct.pack('!H', sum) + data[8:], ident)
def tcp(seq, ack, flags, payload=b''):
    data = struct.pack('!HHLLBBHHH', 5433, 4750, seq % 2**32, ack % 2**32, 0x50, flags, 1024, 0, 0) + payload
    sum = sum_of(ends + struct.pack('!HH', 6, len(data)) + data)
    ip(6, data[:16] + struct.pack('!H', sum) + data[18:])
def shake(seq=1000):
    tcp(seq, 0, 2, b'smith')
    while True:
        data = ear.recv(2000)
        sport, dport, theirs, _, _, flags = struct.unpack('!HHLLBB', data[20:34])
        if (sport, dport, flags) == (4750, 5433, 0x12):
            return theirs
def key():
    udp(4851, 7, b'smith')
    return int(mine.recv(99))
def fragment(offset, more, payload, ident=0x778):
    ip(254, payload, ident, more << 13 | offset)
def knock(port, payload=b''):
    mine.sendto(payload, (T, port))
server = socket.create_server(('', 1111))
ear = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP)
ear.settimeout(60)
mine = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
mine.bind(('', 5432))
mine.settimeout(60)
FIRST, CO, VE, RT = b'fragments, from ', 0x434f, 0x5645, 0x5254
"""


def run(room, text, **more):
    return room.python(HEAD + text, **more)


def firsts(room, count):
    return [a.get("first", a["verdict"]) for a in room.journal("attempt", count)]


def a_later_step_without_the_first_is_told(room):
    """Also where a packet says of nobody whose it is, and looks like a first one with a mistake."""
    run(room, "tcp(1001, 1, 0x10)")
    run(room, "udp(4851, VE + 5)")
    require(firsts(room, 2) == ["OTHER_STEP"] * 2, room.journal("attempt"))
    has(ask(room, "seen\\n"), "it is what step 2 asks for, and step 1 is due")


def a_later_step_that_is_late_is_told(room):
    run(room, """
theirs, k = shake(), key()
udp(4851, CO + k)
time.sleep(1.3)
tcp(1001, theirs + 1, 0x10)
udp(4851, VE + k)
""")
    require(firsts(room, 2) == ["STEP_LATE"] * 2, room.journal("attempt"))
    has(ask(room, "seen\\n"), "it is right for step 2, which has 1.0 s", "it is right for step 3, which has 1.0 s")


# what a program sends in one go, and the one reason that its listener hears
SENT_AT_ONCE = (
    ("fragment(16, 0, b'smith'); fragment(0, 1, FIRST)", "step 1 of 2", "WRONG_UNITS"),
    ("fragment(2, 1, b'smith'); fragment(0, 1, FIRST)", "step 1 of 2", "EXTRA_FLAGS"),
    ("fragment(2, 0, b'smith\\n'); fragment(0, 1, FIRST)", "step 1 of 2", "TRAILING_NEWLINE"),
    ("fragment(2, 0, FIRST + b'smith'); fragment(0, 1, FIRST + b'smith')", "step 1 of 2", "EXTRA_TEXT"),
    ("fragment(2, 1, b'smith'); fragment(0, 0, FIRST)", "step 1 of 2", "EXTRA_FLAGS"),
    ("knock(7411, b'smith\\n'); knock(9622); knock(8533)", "step 1 of 3", "TRAILING_NEWLINE"),
    ("knock(7411, b'handle smith'); knock(9622); knock(8533)", "step 1 of 3", "EXTRA_TEXT"),
    ("knock(7411, b'smith'); knock(9622, b'smith'); knock(8533, b'smith')", "step 2 of 3", None),
    ("k = key(); [udp(4851, word) for word in (CO, VE, RT)]", "step 2 of 4", "NOT_ADDED"),
    ("k = key(); [udp(4851, socket.htons(word + k)) for word in (CO, VE, RT)]", "step 2 of 4", "BYTE_SWAPPED"),
    ("k = key(); [udp(4851, word + 2 * k) for word in (CO, VE, RT)]", "step 2 of 4", None),
    ("k = key(); time.sleep(3.1); l = key(); [udp(4851, word + k) for word in (CO, VE, RT)]", "step 2 of 4", "ANOTHER_TRY"),
)


def what_follows_a_wrong_one_is_not_told(room):
    heard = ""
    for sent, step, code in SENT_AT_ONCE:
        called = sent == SENT_AT_ONCE[0][0]  # of a wrong packet once in ten seconds
        out = run(room, sent + ("\ncalled(server)" if called else ""))
        require(not called or (f"{step}:" in out and "left out" not in out and f"[{code}]" in out), sent, code, out)
        lacks(out, "OTHER_STEP")
        heard = ask_until(room, "seen\\n", f"wrong: {step}", "what came right behind it was for a later step", f"[{code or ''}",
                          of=lambda out: "\n".join(out.split("\n")[1:6]))
        has(heard.split("\n")[1], f"wrong: {step}")
    lacks(heard, "OTHER_STEP")
    told = until(lambda: (of := [a for a in room.journal("attempt") if not a.get("follows")])[len(SENT_AT_ONCE) - 1:] and of)
    require([a["first"] for a in told if a["verdict"] == "near"] ==
            [code or told[i]["first"] for i, (_, _, code) in enumerate(SENT_AT_ONCE)], told)


def what_follows_none_is_told(room):
    """The packet of a later step alone, and again; a first one that is mended; another's."""
    for _ in range(2):
        run(room, "knock(9622)")
    run(room, "knock(8533)\nknock(7411, b'smith')\nknock(8533)")
    told = room.journal("attempt", 4)
    require([(a["first"], a["step"], a.get("follows")) for a in told] ==
            [("OTHER_STEP", 1, None)] * 2 + [("OTHER_STEP", 1, True), ("OTHER_STEP", 2, None)], told)
    out = ask(room, "seen\\n")
    has(out, "it is what step 3 asks for, and step 2 is due [OTHER_STEP]\n          try: send the packet of step 2 first, then this one")
    lacks(out, "wait for what the target says")


def both_addresses_of_a_host_are_its_own(room):
    """What is sent over IPv6 is told at the briefing of either, and why on the listener."""
    if not os.path.exists("/proc/net/if_inet6"):
        skip("this kernel has no IPv6")
    out = room.python("""
import socket, struct
six = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW)
server = socket.create_server(('::', 1111), family=socket.AF_INET6)
server.settimeout(60)
data = struct.pack('!HHHH', 5432, 4852, 13, 0) + b'smith'
six.sendto(struct.pack('!IHBB16s16s', 6 << 28 | 1, len(data), 17, 64, socket.inet_pton(socket.AF_INET6, '%s'),
                       socket.inet_pton(socket.AF_INET6, '%s')) + data, ('%s', 0))
c = server.accept()[0]
while got := c.recv(4096):
    print(got.decode(), end='')
server.close()
for family, to in ((socket.AF_INET, '172.16.1.15'), (socket.AF_INET6, '%s')):
    with socket.socket(family) as s:
        s.connect((to, 1110))
        s.sendall(b'seen\\nlisten\\nquit\\n')
        while got := s.recv(4096):
            print(got.decode(), end='')
""" % (STUDENT6, TARGET6, TARGET6, TARGET6))
    has(out, "ipv6.flow (Flow label)")
    has(out, "Start  nc -lvnp 1111  first", "Start  nc -6 -lvnp 1111  first")
    lacks(out, "why is told on that student's own host", "not your address")
    require(out.count("You are smith, by your address") == 2 and out.count("ipv6.flow: ") == 2, out)
    require([a["own_host"] for a in room.journal("attempt", 1)] == [True], room.journal("attempt"))


def arp_is_told_whatever_is_wrong_in_it(room):
    """Also where its type is another, or its addresses are nobody's here."""
    out = room.python("""
import socket, struct
name = next(n for _, n in socket.if_nameindex() if n != 'lo')
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind((name, 0))
mac = s.getsockname()[4]
me, there = socket.inet_aton('10.10.0.40'), socket.inet_aton('172.16.1.15')
def arp(type, op, source, to, sender=mac, target=b'\\2' * 6):
    s.send(b'\\xff' * 6 + mac + struct.pack('!H', type) + struct.pack('!HHBBH', 1, 0x800, 6, 4, op) + sender + source + target + to)
arp(0x0608, 2, me, there)
arp(0x0806, 2, there, me, b'\\2' * 6, mac)
""")
    require(not out, out)
    ask_until(room, "seen\\n", "practice-arp", "0x0608", "source and destination are exchanged")


# one wrong packet at its step: the code, and what is told
ONE_WRONG = (
    ("k = key(); udp(4851, CO - k)", "WRONG_VALUE", "goes with it: it was subtracted"),
    ("k = key(); udp(4851, CO + (k << 8) & 0xffff)", "WRONG_VALUE", "it was added to the upper byte"),
    ("k = key(); udp(4851, CO + (k << 8) + k & 0xffff)", "WRONG_VALUE", "it was added to both bytes"),
    ("k = key(); udp(4851, (CO | 0x2020) + k)", "WRONG_VALUE", "the letters are small ones"),
    ("k = key(); udp(4851, CO + k); udp(4851, VE + 2 * k)", "WRONG_VALUE", "it was added twice"),
    ("k = key(); udp(4851, CO + k, b'CO')", "WRONG_VALUE", "came, and nothing may stand there"),
    ("knock(7411, b'smith'); knock(9622, b'smith')", "WRONG_VALUE", "your handle came, and nothing may stand there: step 1 alone has it"),
    ("knock(7411, b'smith'); knock(9622, b'\\n')", "WRONG_VALUE", "a newline came, and nothing may stand there"),
    ("knock(7411, b'smith'); knock(9622, b'\\0')", "WRONG_VALUE", "a NUL byte came, and nothing may stand there"),
    ("knock(8533, b'smith')", "OTHER_STEP", "your handle came in the packet of step 3: it belongs in that of step 1"),
    ("s = shake(); tcp(1001, s + 6, 0x10)", "COUNTED_UP", "as many as the payload of your first segment has bytes"),
    ("s = shake(); tcp(1006, s + 1, 0x10)", "COUNTED_UP", "as many as the payload of your first segment has bytes"),
    ("s = shake(); tcp(1001, s + 1, 4)", "WRONG_SHIFT", "0x004 (RST) is set, and 0x010 (ACK) is asked for"),
)


def one_wrong_packet_is_told_by_what_was_done(room):
    for i, (sent, code, told) in enumerate(ONE_WRONG):
        run(room, sent)
        near = [a for a in room.journal("attempt", i + 1) if a["verdict"] == "near"]
        why = next(f for f in near[-1]["findings"] if f["field"] == near[-1]["first_field"])["why"]
        require(len(near) == i + 1 and near[-1]["first"] == code and told in why, sent, near[-1])


def what_never_came_is_told(room):
    """Nothing is there to be judged: nc sends no datagram where its input is empty."""
    lacks(run(room, """
knock(7411, b'smith')
begin = time.monotonic()
with socket.create_connection((T, 1110), 60) as b:
    b.sendall(b'seen\\nquit\\n')
    seen = b.makefile().read()
print(seen if time.monotonic() - begin < 2.5 else 'too slow to tell')
"""), "did not come")
    ask_until(room, "seen\\n", "  practice-knock: step 1 was heard, and step 2 of 3 did not come within 3.0 s\n          try: s.sendto(b''")
    run(room, "knock(7411, b'smith')\nknock(9622)\nk = key()")
    out = ask_until(room, "seen\\n", "  practice-knock: step 2 was heard, and step 3 of 3 did not come within 3.0 s\n")
    lacks(out, "step 1 was heard", "practice-covert")
    run(room, "for port in (7411, 9622, 8533):\n knock(port, b'smith' if port == 7411 else b'')")
    until(lambda: "did not come" not in ask(room, "seen\\n"))
    # the tries that are over wait for the same packet: it is late for none of them behind a wrong first one
    before = len(room.journal("attempt"))
    run(room, "knock(7411)\nknock(9622)")
    last = room.journal("attempt", before + 2)[before:]
    require("STEP_LATE" not in str(last), last)


def rounds_take_each_word_once(room):
    """Another word than the round's: an earlier one's, the handle."""
    for answer, told in (("words[0]", "is round 1's word, and this is round 2"), ("b'smith'", "is your handle, and the word that was told belongs there")):
        out = run(room, f"""
s = socket.create_connection((T, 4749), 60)
s.sendall(b'smith\\n')
words = []
for i in range(2):
    words.append(s.recv(99).strip())
    s.sendall((words[0] if not i else {answer}).hex().encode() + b'\\n')
while got := s.recv(999):
    print(got.decode(), end='')
""")
        has(" ".join(out.split()), told)
        lacks(out, "another try")


def hurried():
    """The course, where a step waits for a second."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="wiregrade-e2e-")) / "course"
    shutil.copytree(ROOT / "challenges", folder)
    for name in ("practice-handshake", "practice-covert"):
        path = folder / name / "target.yml"
        path.write_text(path.read_text().replace("within: 30s", "within: 1s"))
    return folder


CASES = {f.__name__: (f, options) for f, options in (
    (a_later_step_without_the_first_is_told, dict),
    (what_follows_a_wrong_one_is_not_told, dict),
    (what_follows_none_is_told, dict),
    (one_wrong_packet_is_told_by_what_was_done, dict),
    (what_never_came_is_told, dict),
    (arp_is_told_whatever_is_wrong_in_it, dict),
    (rounds_take_each_word_once, dict),
    (both_addresses_of_a_host_are_its_own,
     lambda: {"networks": BOTH_NETWORKS, "roster": ROSTER.replace("10.10.0.40", f"10.10.0.40 {STUDENT6}")}),
    (a_later_step_that_is_late_is_told, lambda: {"course": hurried()}),
)}

if __name__ == "__main__":
    case, options = CASES[sys.argv[2]]
    more = options()
    try:
        with Classroom(sys.argv[1], **{"roster": ROSTER, **more}) as classroom:
            case(classroom)
    finally:
        if "course" in more:
            shutil.rmtree(more["course"].parent)
