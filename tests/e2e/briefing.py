#!/usr/bin/env python3
"""briefing.py BIN CASE: what a student asks at the briefing, with nc of every kind."""
import base64
import json
import os
import re
import signal
import subprocess
import sys
import time

from classroom import STUDENT, TARGET, USER, Classroom, need, require, skip
from twice import pcap

ROSTER = ("handle,name,email,address\nsmith,S,s@example.org,10.10.0.40\njones,J,j@example.org,10.10.0.77\n"
          "brown,B,b@example.org,\n")
IPRAW = """import socket, struct, sys
dscp, ident, handle, proto = int(sys.argv[1], 0), int(sys.argv[2], 0), sys.argv[3], int(sys.argv[4])
header = struct.pack('!BBHHHBBH4s4s', 0x45, dscp << 2, 0, ident, 0, 64, proto, 0,
                     socket.inet_aton(sys.argv[5]), socket.inet_aton('172.16.1.15'))
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
s.sendto(header + handle.encode().hex().encode(), ('172.16.1.15', 0))
"""
ASK = """import socket, sys
s = socket.create_connection(('172.16.1.15', 1110), 5)
s.settimeout(20)
s.sendall(sys.argv[1].encode().decode('unicode_escape').encode('latin1'))
s.shutdown(socket.SHUT_WR)
text = b''
while got := s.recv(4096):
    text += got
print(text.decode())
"""


def ask(room, lines, **more):
    return room.python(ASK, lines, **more)


def has(text, *parts):
    for part in parts:
        require(part in text, "no", repr(part), "in", text)


def lacks(text, *parts):
    for part in parts:
        require(part not in text, repr(part), "in", text)


def raw(room, handle="smith", proto=16, source=STUDENT, dscp="1", ident="1", extra=""):
    return room.student("bash", "-c", f"python3 /tmp/ipraw.py {dscp} {ident} {handle} {proto} {source}; {extra}",
                        files={"ipraw.py": IPRAW})


def own_values(room, handle="smith"):
    """DSCP and identification as the briefing tells them."""
    text = ask(room, f"i {handle}\\nread raw-ipv4\\n")
    dscp = next(l for l in text.splitlines() if "DSCP" in l and "|" in l)
    ident = next(l for l in text.splitlines() if l.startswith("  ip.id "))
    return re.search(r"\d+", dscp).group(), ident.split()[1]


def kind(shell, *tools):
    def case(room):
        need(*tools)
        out = room.student("bash", "-c", shell.format(t=TARGET))
        has(out, "Briefing of class e2e", "stream-sender", "raw-tcp", "No such word. Did you mean:  list")
    return case


def the_words_tell_what_they_should(room):
    out = ask(room, "HELP\\r\\nread\\nxyzzy\\n\\n\\x01\\nread raw-tpc\\nread socket-types\\nquit\\nhelp\\n")
    has(out, "submit FLAG", "That is written:  read NAME", "All words:  help", "Did you mean:  raw-tcp", "no line of text",
        "2 points")
    require(out.count("submit FLAG") == 1, out)
    out = ask(room, "i smith\\nread raw-ipv4\\nread raw-tcp\\n")
    has(out, "Hello, smith", "Yours alone, smith", "ip.id", "tcp.ack_raw", "your **handle** (smith)", TARGET)
    lacks(out, "{{")
    lacks(ask(room, "read raw-ipv4\\n"), "Yours alone")
    has(ask(room, "i\\ni SMITH\\ni\\n"), "Nobody I know. Say:  i HANDLE\n", "Your handle is smith, as you say.")
    has(ask(room, "i SMITH 12345678\\ni sm!th\\n"), "not the PIN", "A handle is")


def a_wrong_packet_is_seen(room):
    has(ask(room, "seen\\ntries\\n"), "Nothing of yours reached me", "No attempt of yours")
    raw(room)
    raw(room)
    raw(room, proto=47)
    raw(room, source="10.10.0.7")
    room.journal("attempt", 3)
    out = ask(room, "i smith\\nseen\\n")
    has(out, "raw-ipv4: ", "of 9 right, 2 times, as smith", "wrong: ip.dsfield.dscp, ip.id",
        "wrong: ip.dsfield.dscp, ip.id, ip.proto", "[WRONG_PROTOCOL]", "from another address; look at the source",
        "Nothing else of yours reached me", "tcpdump -ni any ip and not port 22 and not port 1110\n")
    # what it tells to run works as it stands in the shell that it is read in
    told = re.search(r"On your side, as root:  (tcpdump .*)", out)[1].strip()
    has(room.student("bash", "-c", f"timeout 20 {told} -c 1 2>&1 & while kill -0 $! 2>/dev/null; do printf smith | "
                     f"nc.openbsd -N {TARGET} 1111 >/dev/null; sleep 0.1; done"), f"{TARGET}.1111")
    out = ask(room, "tries raw-ipv4\\n")
    has(out, "raw-ipv4")
    lacks(out, "IP protocol", "10.10.0.7")
    has(ask(room, "tries raw-tcp\\n"), "No attempt of yours")
    # a scan's many kinds of packets push out no attempt of others, and are counted
    room.python("import socket\nfor p in range(20000, 20200):\n  s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
                f"  s.sendto(b'x', ('{TARGET}', p))\n")
    out = ask(room, "seen\\n")
    has(out, "more packets of many kinds")
    require(out.count("UDP to port") <= 20, out)


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
    out = room.student("bash", "-c", "timeout 20 nc.traditional -lvnp 1111 & sleep 0.3; printf again | nc.openbsd -N "
                       f"{TARGET} 1110; wait")
    has(out, "again with 1 flag", room.flag("raw-ipv4"))
    time.sleep(1)
    has(ask(room, "flags\\nagain\\n"), "No flag waits for you", "Nothing waits")


def a_listener_is_tried(room):
    has(ask(room, "listen\\n"), "refused")
    out = room.student("bash", "-c", "timeout 20 nc.traditional -lvnp 1111 & sleep 0.3; echo listen | timeout 9 nc.openbsd -N "
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
    has(out, "You are smith, by your address", "OK: raw-tcp for smith: kept, will be posted", "DUP: raw-tcp", NOT_RIGHT,
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
                             check=False, timeout=60)
    require(run.stdout.count("raw-tcp") == 2 and "raw-ipv4" not in run.stdout, run.stdout, run.stderr)
    for line in room.journal():
        lacks(str(line), "flag{", own[-20:-1])


def pin_of(room, handle):
    run = subprocess.run(room.command("key", "pin", handle, "--class", room.dir / "class.yml"), capture_output=True,
                         text=True, check=False)
    require(run.returncode == 0, run.stderr)
    return run.stdout.split()[1]


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
    s = socket.create_connection(('172.16.1.15', 1110), 5)
    s.settimeout(80)
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
    print(s.recv(4096).decode(), round(time.monotonic() - begin) // 10)
"""


def a_right_pin_is_late_at_worst(room):
    """After a neighbour's wrong ones, from the same address: a minute, as a wrong one, and never refused."""
    out = room.python(LATE, pin_of(room, "brown"), seconds=100)
    require(out.count("I look at yours in a minute") == 2, out)
    has(out, "not the PIN of that handle. Your instructor has it.\n 6", "Hello, brown.\n 6")


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


def connections_and_bytes_are_limited(room):
    out = room.python("""
import socket
held = [socket.create_connection(('172.16.1.15', 1110), 5) for _ in range(8)]
for s in held:
    s.recv(100)
more = socket.create_connection(('172.16.1.15', 1110), 5)
print(more.recv(200))
held[0].close()
import time
for _ in range(50):
    s = socket.create_connection(('172.16.1.15', 1110), 5)
    if b'Briefing' in s.recv(200):
        break
    time.sleep(0.05)
print('again', flush=True)
s.settimeout(10)
n = 0
try:
    for _ in range(40):
        s.sendall(b'list\\n' * 1000)
    while got := s.recv(65536):
        n += len(got)
    print('ended by the server')
except OSError as e:
    print('ended by the server', e)
""")
    has(out, "Too many connections at once from your address; close some first.", "again", "ended by the server")


# What names nobody: a data offset that was not shifted, no payload behind right ports, connect(), a half-open scan.
NAMELESS = """import base64, contextlib, socket, struct, sys, threading, time
ME, TARGET = '10.10.0.40', '172.16.1.15'
def checksum(data):
    data += b'\\0' * (len(data) % 2)
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff
def segment(data, offset=0x50, options=b''):
    def head(check):
        return struct.pack('!HHLLBBHHH', sport, 8081, seq, ack, offset, 2, 99, check, 0) + options
    pseudo = socket.inet_aton(ME) + socket.inet_aton(TARGET) + struct.pack('!BBH', 0, 6, 20 + len(options + data))
    ip = struct.pack('!BBHHHBBH4s4s', 69, 0, 0, 7, 0, 64, 6, 0, socket.inet_aton(ME), socket.inet_aton(TARGET))
    s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    s.sendto(ip + head(checksum(pseudo + head(0) + data)) + data, (TARGET, 0))
def connect():
    with contextlib.suppress(OSError):
        socket.create_connection((TARGET, 8081), 2)
what, sport, seq, ack = sys.argv[1], *map(int, sys.argv[2:5])
listening = socket.socket()
listening.bind(('', 1111))
listening.listen(1)
listening.settimeout(12 if 'wait' in sys.argv else 0.5)
{'offset': lambda: segment(b'c21pdGg=', offset=5), 'empty': lambda: segment(b''), 'connect': connect,
 'scan': lambda: segment(b'', options=bytes.fromhex('020405b4'), offset=0x60),
 'stream': lambda: print(socket.create_connection((TARGET, 1111), 5).send(b'smith\\n'))}[what]()
with contextlib.suppress(TimeoutError):
    print(listening.accept()[0].recv(4096).decode())
"""


def nameless(room, what, *more):
    """With the class's own values in it, but for a scan."""
    text = ask(room, "read raw-tcp\n")
    own = re.search(r"tcp.ack_raw +(\d+)", text)
    values = [re.search(rf"{name} \| (\d+)", text).group(1) for name in ("Source port", "Sequence number")]
    values = ["1", "1", "1"] if what == "scan" else [*values, own.group(1) if own else "1"]
    return room.python(NAMELESS, what, *values, *more)


def last(room, n, **expected):
    line = [a for a in room.journal("attempt", n) if a["kind"] == "packet"][-1]
    require(all(line[k] == v for k, v in expected.items()), expected, "in", line)


def who_names_nobody_is_called_by_his_address(room):
    out = nameless(room, "offset", "wait")
    has(out, "right, smith.", "your address says who you are", "[NOT_SHIFTED]", "5 << 4")
    for n, (what, code) in enumerate((("empty", "NO_PAYLOAD"), ("connect", "NOT_RAW")), 2):
        nameless(room, what)
        last(room, n, student="smith", by_address=True)
        require(room.journal("attempt", n)[-1]["answer"] in ("queued", "limited"), room.journal("attempt"))
        has(ask(room, "seen\n"), f"[{code}]")
    nameless(room, "scan")
    last(room, 4, student="smith", answer="none")
    out = ask(room, "seen\n")
    has(out, "no handle in it, from the address of smith", "[NOT_SHIFTED]", "          try: ")


def who_proved_his_handle_is_called_without_it(room):
    """No roster: before a message of his came from there nobody is called, and `seen` has the reason."""
    nameless(room, "empty")
    last(room, 1, student=None, answer="none")
    has(ask(room, "seen\n"), "no handle could be read", "[NO_PAYLOAD]")
    nameless(room, "stream")
    room.journal("attempt", 2)
    out = nameless(room, "empty", "wait")
    has(out, "no handle found in it", "[NO_PAYLOAD]")
    lacks(out, "smith")  # it may be another's: no value of his own is told
    last(room, 3, student=None, answer="queued")


def whose_handle_stands_in_it_somewhere_is_called(room):
    """No roster, and nothing came from there: the payload behind a wrong data offset says whom to call."""
    out = nameless(room, "offset", "wait")
    has(out, "smith", "[NOT_SHIFTED]", "5 << 4")
    last(room, 1, answer="queued")


HEARD = """import socket, subprocess, sys
s = socket.socket()
s.bind(('', 1111))
s.listen(1)
s.settimeout(9)
subprocess.run(['python3', '/tmp/ipraw.py', *sys.argv[1:]], check=True)
print(s.accept()[0].recv(4096).decode())
"""


def one_diagnosis_is_told_everywhere(room):
    """The call-back, `seen`, the journal and check name the same code first; a packet that missed its challenge is its near
    miss, and a wrong transport is named."""
    dscp, ident = own_values(room)
    for n, (sent, code) in enumerate((({"dscp": str(int(dscp) >> 2), "ident": ident}, None),
                                      ({"dscp": dscp, "ident": ident, "proto": 22}, "DECIMAL_AS_HEX"),
                                      ({"dscp": "1", "ident": "1", "proto": 22}, "DECIMAL_AS_HEX")), 1):
        room.python("import time; time.sleep(10)" if n > 1 else "")
        text = room.python(HEARD, sent["dscp"], sent["ident"], "smith", str(sent.get("proto", 16)), STUDENT,
                           files={"ipraw.py": IPRAW})
        line = room.journal("attempt", n)[-1]
        has(text, f"[{line['first']}]", line["first_field"])
        told = next(f for f in line["findings"] if f["field"] == line["first_field"])  # what the board's page shows
        has(" ".join(text.split()), f"{told['why']} [{line['first']}] try {told['try']}", f"place {told['place']} ")
        require(re.search(r"\[([A-Z_]+)\]", text).group(1) == line["first"], text, line)
        seen = ask(room, "i smith\nseen\n")
        require(re.search(r"\[([A-Z_]+)\]", seen).group(1) == line["first"], seen, line)
        path = room.dir / f"{n}.pcap"
        path.write_bytes(pcap("ethernet", [line]))
        run = subprocess.run(room.command("check", "--class", room.dir / "class.yml", "--format", "json", path),
                             capture_output=True, text=True, check=False)
        row = [c for c in json.loads(run.stdout)["challenges"] if c["verdict"] != "none"][0]
        require(row["first"] == line["first"] and row["first_field"] == line["first_field"], row, line)
        require(code is None or code == line["first"], line)
    room.python(f"import socket\nsocket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'smith', ('{TARGET}', 1111))\n"
                f"s = socket.socket()\ns.settimeout(2)\ntry:\n  s.connect(('{TARGET}', 2222))\nexcept OSError:\n  pass\n")
    has(ask(room, "seen\n"), "1111 is stream-sender's, by TCP, and this is UDP [WRONG_PROTOCOL]", "SOCK_STREAM",
        "2222 is datagram-sender's, by UDP, and this is TCP [WRONG_PROTOCOL]", "SOCK_DGRAM")


ASTRAY = IPRAW.replace("s.sendto(header", "header = header[:16] + socket.inet_aton(sys.argv[6]) + header[20:]\ns.sendto(header")


# a letter of struct's too wide, or one too few: the kernel sends it to the target's link, with addresses of some bytes before or behind
SHIFTED = """import socket, struct, sys
tos, ident = int(sys.argv[2]) << 2, int(sys.argv[3], 0)
src, dst = socket.inet_aton('10.10.0.40'), socket.inet_aton('172.16.1.15')
header = (struct.pack('!BBHHIBBH4s4s', 0x45, tos, 0, ident, 0, 64, 16, 0, src, dst) if sys.argv[1] == 'more' else
          struct.pack('!BBHHBBH4s4s', 0x45, tos, 0, ident, 64, 16, 0, src, dst))
socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW).sendto(header + b'smith'.hex().encode(), ('172.16.1.15', 0))
"""


def a_header_of_another_length_is_seen(room):
    """Its addresses are nobody's and no challenge takes it; who sent it on the target's link is told all the same, and shown by the advice."""
    dscp, ident = own_values(room)
    for how, own, addresses, reason in (
            ("more", True, "0.0.10.10 to 0.40.172.16", "packed as L: 4 bytes, 2 are needed: what follows stands 2 bytes too late [MISPLACED]"),
            ("less", True, "0.40.172.16 to 1.15.55.51", "flags and fragment offset is left out: what follows stands 2 bytes too early [MISPLACED]"),
            ("more", False, "0.0.10.10 to 0.40.172.16", "ip.dst: 172.16.1.15 stands 2 bytes behind its place: the header is too long [MISPLACED]")):
        told = re.search(r"On your side, as root:  (tcpdump .*)", ask(room, "seen\\n"))[1].strip()
        words = f"{how} {dscp} {ident}" if own else f"{how} 48 31549"
        out = room.student("bash", "-c", f": >/tmp/said; timeout 20 {told} -c 1 2>/tmp/said & until grep -q listening /tmp/said; do sleep 0.05; "
                           f"done; python3 /tmp/shifted.py {words}; wait", files={"shifted.py": SHIFTED})
        has(out, *addresses.split(" to "))
        out = ask(room, "i smith\\nseen\\n")
        has(out, f"from {addresses}: not your address; look at the source in your IP header", reason)
    require(not room.journal("attempt") and not room.journal("delivery"), room.journal())


def what_came_with_wrong_addresses_is_seen(room):
    """Nothing is sent for it; it is told by the handle in it and, to whoever is behind the same link, without one."""
    for source, to in (("192.168.1.101", TARGET), ("192.168.1.101", TARGET), ("40.0.10.10", TARGET), (TARGET, STUDENT),
                       (STUDENT, "192.168.1.1")):
        room.student("python3", "/tmp/astray.py", "1", "1", "smith", "16", source, to, files={"astray.py": ASTRAY})
    room.student("python3", "/tmp/astray.py", "1", "1", "@", "16", "192.168.1.102", TARGET, files={"astray.py": ASTRAY})
    out = ask(room, "i smith\nseen\n")
    has(out, "2 packets  for raw-ipv4, with your handle, from 192.168.1.101: not your address; look at the source",
        "from 40.0.10.10", "[ADDRESS_REVERSED]", f"from {TARGET} to {STUDENT}", "[SWAPPED_WITH]", "[NOT_IN_RANGE]",
        f"from {STUDENT} to 192.168.1.1: not answered", "          try: src = ", "from 192.168.1.102")
    require("with your handle, from 192.168.1.102" not in out, out)
    lacks(ask(room, "tries\n"), "192.168")
    require(not room.journal("attempt") and not room.journal("delivery"), room.journal())


def an_answer_that_found_nobody_is_told(room):
    """nc -u -q1 and the like: the ICMP error that our own answer brings back is the diagnosis."""
    room.python("import socket, struct, time\ns = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP)\n"
                f"s.sendto(struct.pack('!HHHH', 40001, 2222, 13, 0) + b'smith', ('{TARGET}', 0))\ntime.sleep(0.3)\n")
    room.journal("attempt", 1)
    has(ask(room, "seen\n"), "1 packet  ICMP port unreachable", "an answer of datagram-sender, port 2222 found no program at your "
        "port 40001: it had ended", "          try: nc -u -w 3")


OWN_HOST = """import socket, subprocess, sys
for words in ("link set lo up", "addr add 172.16.1.15/32 dev lo", "addr add 10.10.0.99/32 dev lo"):
    if subprocess.run(["ip", *words.split()]).returncode:
        sys.exit(77)
target = subprocess.Popen([sys.argv[1], "run", "--class", "class.yml", "--only", "datagram-sender"], stdout=subprocess.PIPE, text=True)
for line in target.stdout:
    print(line, end="")
    if "itself" in line:
        break
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("10.10.0.99", 0))
s.settimeout(1)
s.sendto(b"smith", ("172.16.1.15", 2222))
try:
    print(s.recv(100))
except TimeoutError:
    print("silence")
b = socket.create_connection(("172.16.1.15", 1110), 5, ("10.10.0.99", 0))
b.sendall(b"seen\\nquit\\n")
while got := b.recv(4096):
    print(got.decode())
target.kill()
"""


def datagrams_of_the_targets_own_host_are_told(room):
    """Said at the start and at `seen`: the machine has an address in the class's networks, too. In a namespace of its own."""
    (room.dir / "own.py").write_text(OWN_HOST)
    # as that user, who keeps the namespace's capabilities for ip(8)
    user = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups"] if os.getuid() == 0 else []
    run = subprocess.run([*user, "unshare", "-Unc", "--keep-caps", "/usr/bin/python3", "own.py", (room.bin / "wiregrade-target").resolve()],
                         cwd=room.dir, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30, check=False)
    if run.returncode == 77 or "unshare failed" in run.stderr:
        skip(run.stderr)
    has(run.stdout + run.stderr, "not from this machine itself: its datagrams and packets are never answered, TCP is", "silence",
        "UDP to port 2222 from 10.10.0.99: from the target's own host", "try: send it from another")


def different_reasons_stay_apart(room):
    """As many clauses right, the same field wrong: two mistakes are two lines."""
    dscp, ident = own_values(room)
    for ident in (int(ident, 0) ^ 0x5555, int(ident, 0) ^ 0x5555, int.from_bytes(int(ident, 0).to_bytes(2, "little"))):
        raw(room, dscp=dscp, ident=str(ident))
    room.journal("attempt", 3)
    out = ask(room, "i smith\nseen\n")
    lines = [l for l in out.splitlines() if "wrong: ip.id" in l]
    require(len(lines) == 2 and sum("2 times" in l for l in lines) == 1, out)
    require(len(set(re.findall(r"\[([A-Z_]+)\]", out))) == 2 and "[BYTE_SWAPPED]" in out, out)


def what_came_is_told_in_order_and_never_as_all_when_there_was_more(room):
    """The newest first, whatever kind it is; more than is kept is said."""
    knock = "import socket\nfor p in range({}, {}):\n  s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n  s.sendto(b'x', ('%s', p))\n" % TARGET
    room.python(knock.format(20000, 20001))
    room.student("python3", "/tmp/astray.py", "1", "1", "smith", "16", "192.168.1.101", TARGET, files={"astray.py": ASTRAY})
    room.python(knock.format(20001, 20002))
    dscp, ident = own_values(room)
    room.student("python3", "/tmp/five.py", dscp, ident, "smith", "16", STUDENT, files={"five.py": IPRAW.replace("0x45", "0x55")})
    room.journal("attempt", 1)
    out = ask(room, "i smith\\nseen\\n")
    order = [out.find(part) for part in ("9 of 9 right, but something besides is wrong", "port 20001", "from 192.168.1.101", "port 20000")]
    require(-1 not in order and order == sorted(order), order, out)
    has(out, "wrong: ip.version", "Nothing else of yours")
    room.python(knock.format(20002, 20025))
    out = ask(room, "i smith\\nseen\\n")
    has(out, "more packets of many kinds, as of a scan", "port 20000", "9 of 9", "Nothing else")
    # the count stays when another packet comes, later than a scan takes
    told = re.search(r"(\d+) more packets", out).group(1)
    time.sleep(10.5)
    room.python(knock.format(20030, 20031))
    has(ask(room, "seen\\n"), f"{told} more packets of many kinds", "port 20030")
    for port in ("1111", "3333", "5555", "6111"):
        for text in ("end", "s!", "smith"):
            room.python(PIECES, port, text)
    out = ask(room, "i smith\\nseen\\n")
    has(out, "There was more in these 15 minutes: ", "older lines are not shown", "9 of 9")  # a challenge's newest goes last
    lacks(out, "Nothing else", "port 20000")
    lacks(ask(room, "i smith\\ntries\\n"), "No attempt of yours")


MANY = """import re, socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(1)
got = []
def hear(n):
    try:
        while len(got) < n:
            got.append(s.recv(2000).decode())
    except TimeoutError:
        pass
for i in range(30):
    s.sendto(b'smithy', ('172.16.1.15', int(sys.argv[1])))
hear(30)
for text in sys.argv[2:]:
    s.sendto(text.encode(), ('172.16.1.15', int(sys.argv[1])))
    hear(len(got) + 1)
    print(got[-1])
print(len(got), 'answers')
"""


def what_was_withheld_is_said_and_a_right_one_is_not(room):
    """Of a right message's share wrong ones take nothing: neither of a flag's nor of a step's."""
    out = room.python(MANY, "2222", "smith")
    has(out, room.flag("datagram-sender"))
    held = 31 - int(re.search(r"(\d+) answers", out).group(1))
    require(0 < held <= 20, held)
    out = ask(room, "i smith\\nseen\\ntries\\n")
    has(out, "datagram-sender: right, as smith", "times, and no answer to them", "[")
    require(out.count(f"{held} answers were withheld, for too many came at once: a handle has 10, then 1 a second") == 2, out)
    out = room.python(MANY, "5444", "smith")
    require(re.search(r"(?m)^[0-9a-f]+$", out), "no word after 30 wrong ones:", out)
    # its own share ends, too: then it is said of the right one
    room.python(MANY, "5444", *["smith"] * 14)
    has(ask(room, "i smith\\nseen\\n"), "datagram-decode: right, but its answer was withheld: send it again")


ELSEWHERE = HEARD.replace("('', 1111)", "(sys.argv.pop(1), int(sys.argv.pop(1)))").replace("9)", "1)").replace(
    "print(s.accept()[0].recv(4096).decode())", "try:\n    print(s.accept())\nexcept TimeoutError:\n    print('nobody called')")


def a_call_that_met_no_listener_is_seen(room):
    """A listener at another port, or at loopback alone: what was wrong is told with where it was brought to."""
    dscp, ident = own_values(room)
    wrong = str(int(ident, 0) ^ 0x5555)
    brought = "its answer was brought to your TCP port 1111: refused: nothing listens there, and a listener at 127.0.0.1 is not reached"
    has(room.python(ELSEWHERE, "", "1112", dscp, wrong, "smith", "16", STUDENT, files={"ipraw.py": IPRAW}), "nobody called")
    room.journal("delivery", 1)
    out = ask(room, "i smith\\nseen\\n")
    has(out, "8 of 9 right, as smith; wrong: ip.id\n", brought, "try: nc -lvnp 1111 first, then send it again", "[")
    require(out.index("wrong: ip.id") < out.index(brought), out)
    has(room.python(ELSEWHERE, "127.0.0.1", "1111", dscp, ident, "smith", "16", STUDENT, files={"ipraw.py": IPRAW}), "nobody called")
    room.journal("delivery", 2)
    has(ask(room, "i smith\\nseen\\n"), f"right, as smith\n          {brought}\n          try: nc -lvnp 1111, and while it runs, here:  again")
    # of wrong ones only one every ten seconds is brought
    raw(room, dscp=dscp, ident=wrong)
    room.journal("attempt", 3)
    out = ask(room, "i smith\\nseen\\n")
    require(re.search("its answer is still to be brought to your TCP port 1111, one of a wrong packet every 10 s", out)
            or out.count(brought) == 2, out)
    # once it has arrived there is nothing more to tell
    has(room.student("bash", "-c", "timeout 20 nc.traditional -lvnp 1111 & sleep 0.3; printf again | nc.openbsd -N "
                     f"{TARGET} 1110; wait"), room.flag("raw-ipv4"))
    until = time.monotonic() + 10
    while not any(d["outcome"] == "delivered" for d in room.journal("delivery")):
        require(time.monotonic() < until, room.journal("delivery"))
        time.sleep(0.05)
    out = ask(room, "i smith\\ntries\\n")
    require(re.search(r"right, as smith\n(?! +its answer)", out), out)
    lacks(out, "still to be brought")


PIECES = """import socket, sys, time
s = socket.create_connection(('172.16.1.15', int(sys.argv[1])), 5)
for part in sys.argv[2:]:
    if part == 'end':
        s.shutdown(socket.SHUT_WR)
    elif part[0] == '@':
        time.sleep(float(part[1:]))
    else:
        s.sendall(part.replace('.', chr(10)).encode())
s.settimeout(10)
while got := s.recv(4096):
    print(got.decode(), end='')
"""


def what_came_in_pieces_or_not_at_all_is_told(room):
    """A pause, a line too early, an end without a byte: the answer says how the text ended, and `seen` what came behind."""
    pause = "judged after 0.2 s of silence; was more to come, send it in one piece"
    has(room.python(PIECES, "1111", "smi", "@2", "th"), "[MISSING_TEXT]", pause)
    out = ask(room, "i smith\\nseen\\n")
    has(out, "          " + pause, "stream-sender: more came after a pause, when what had come was judged",
        "try: send the whole text in one piece")
    require(room.journal("attempt", 1)[0]["end"] == "silence", room.journal("attempt"))
    require(room.journal("attempt")[0]["remark"] == pause, "the page shows it")
    lacks(room.python(PIECES, "1111", b"smith".hex(), "@0.5"), pause)  # all of it was there
    for more in ("smith and more", "smoth"):  # nothing more was to come
        lacks(room.python(PIECES, "1111", more, "@0.5"), pause)
    has(room.python(PIECES, "1111", "hello.", "@0.5", "smith."), "stream-sender: ")
    has(ask(room, "i smith\\nseen\\n"), "stream-sender: more came after the first line, which was judged alone")
    # right, and the rest is nobody's
    has(room.python(PIECES, "1111", "smith.", "@0.3", "there."), room.flag("stream-sender"))
    for port, slug in (("1111", "stream-sender"), ("3333", "stream-base64")):
        text = room.python(PIECES, port, "end")
        require(text == f"{slug}: you ended the connection, and nothing had come on it; send your text, then a newline\n", text)
        has(ask(room, "i smith\\nseen\\ntries\\n"), f"{slug}: you ended the connection, and nothing had come on it\n")
    require(len(room.journal("attempt", 6)) == 6, room.journal("attempt"))
    word = re.search(r"[A-Za-z0-9+/=]{4,}", room.python(PIECES, "5333", "smith.", "@0.3", "end")).group()
    why = "it is right for step 2 of your try in another connection: all of a try goes through one"
    text = " ".join(room.python(PIECES, "5333", base64.b64decode(word).decode() + ".").split())
    has(text, "step 1 of 2", why, "try one socket from the first message to the flag")
    lacks(text, "keep the order")
    has(ask(room, "seen\\n"), why)
    out = room.student("bash", "-c", f"timeout 8 nc.traditional {TARGET} 5333 < <(sleep 9) & sleep 6; printf 'seen' | nc.openbsd -N {TARGET} 1110; wait")
    has(out, "stream-decode: a connection of yours is open, and nothing came on it for 5 s")
    out = ask(room, "i smith\\nseen\\n")
    require(out.count("more came after") == 2, out)


ECHO = """import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(3)
s.sendto(b'oh, hello there', ('172.16.1.15', 2222))
for n in range(5):
    try:
        got, addr = s.recvfrom(2048)
    except TimeoutError:
        break
    s.sendto(got, addr)
print(n)
"""


def an_echo_is_no_try(room):
    """A program that sends back what it gets is not told of its own report's report, and no student's mistakes are counted."""
    require(room.python(ECHO).strip() == "1", "one answer")
    has(room.python(ECHO.replace("b'oh, hello there'", "b'smith'")), "1")
    out = ask(room, "i smith\nseen\n")
    has(out, "datagram-sender: my own answer came back", ", 2 times", "try: print what comes from this port")
    require([line["verdict"] for line in room.journal("attempt")] == ["near", "pass"], room.journal("attempt"))
    # nearly the same words are judged
    room.python("import socket\nsocket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'datagram-sender: smith', "
                f"('{TARGET}', 2222))\n")
    room.journal("attempt", 3)


RECEIVER = """import socket, struct, sys, threading
how, port = sys.argv[1], int(sys.argv[2])
r = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
r.bind(('127.0.0.1' if how == 'loopback' else '', 2222))
words = []
def serve():
    while True:
        word, addr = r.recvfrom(1024)
        if how == 'once':  # nobody is there any more when its answer goes out
            r.close()
            answer = b'smith received ' + word
            raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP)
            raw.sendto(struct.pack('!HHHH', 2222, addr[1], 8 + len(answer), 0) + answer, addr)
            return
        if how == 'empty':
            r.sendto(b'', addr)
            continue
        if how == 'tired' and words:
            continue
        words.append(word)
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM) if how == 'second' else r
        if how == 'twice':
            r.sendto(b'smith received ' + word, addr)
        s.sendto(b'smith received ' + word, (addr[0], 5222) if how == 'back' else addr)
if how == 'connected':  # to whom it speaks, so that it hears nobody else
    r.connect(('172.16.1.15', port))
if how == 'none':
    r.close()
elif how != 'silent':
    threading.Thread(target=serve, daemon=True).start()
c = socket.create_connection(('172.16.1.15', port), 5)
c.sendall(b'smith')
c.settimeout(15)
while got := c.recv(4096):
    print(got.decode(), end='')
"""


def a_connection_to_a_wrong_port_names_the_right_challenge(room):
    """connect() to the source port that is asked for; to a port of nobody's; a half-open scan's SYN."""
    port = re.search(r"TCP port \*\*(\d+)\*\* of your host", ask(room, "read stream-port\\n")).group(1)
    for to in (port, "5000"):
        room.python(f"import socket\ns = socket.socket()\ns.settimeout(2)\ntry:\n  s.connect(('{TARGET}', {to}))\nexcept OSError:\n  pass\n")
    room.python("import socket, struct, time\ns = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP)\n"
                f"s.sendto(struct.pack('!HHLLBBHHH', 40000, 3306, 1, 0, 0x50, 2, 1024, 0, 0), ('{TARGET}', 0))\ntime.sleep(0.2)\n")
    out = ask(room, "seen\\n")
    has(out, f"TCP to port {port} from {STUDENT}: {port} is the port that stream-port wants it to come from; it goes to port 6111 "
        "[SWAPPED_WITH]", f"try: s.bind(('', {port})) before s.connect((TARGET, 6111)); nc -p {port} TARGET 6111",
        "connect() was used, and nothing listens there; no challenge takes it; stream-receiver takes port 5111 (a stream)",
        "TCP to port 3306", "a SYN with nothing behind it, as nmap -sS sends")


IN_ANOTHER = """import socket, threading
r = socket.socket()
r.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
r.bind(('', 1111))
r.listen(5)
told = []
def serve():
    c, addr = r.accept()
    word = c.recv(100)
    s = socket.create_connection(('172.16.1.15', 5111))
    s.sendall(b'smith received ' + word)
    s.shutdown(socket.SHUT_WR)
    told.append(s.makefile().read())
t = threading.Thread(target=serve, daemon=True)
t.start()
c = socket.create_connection(('172.16.1.15', 5111))
c.sendall(b'smith\\n')
print(c.makefile().read())
t.join(9)
print(*told)
"""


def an_answer_in_a_connection_of_its_own_is_told(room):
    """While the target's try stands where nothing is expected: it speaks in the conversation that it opened."""
    elsewhere = "it is right for the conversation that I opened with you, and came in another one [OTHER_STEP]"
    for _ in range(2):
        text = " ".join(room.python(IN_ANOTHER).split())
        has(text, elsewhere, "try answer there: c, addr = accept(), then c.sendall(...)")
        lacks(text, "and nothing else", "keep the order")
    has(ask(room, "seen\\n"), elsewhere)


def a_receiver_that_cannot_be_heard_is_told(room):
    """Not there, at loopback, gone after its first answer, answering on another socket: here and at `seen`, and nothing else there."""
    there = "step 3 of 3, round 1 of 3: nobody listens at 10.10.0.40, UDP port 2222"
    mend = "start your receiver first (SOCK_DGRAM, no connect()), at ('', 2222): at 127.0.0.1 I cannot reach it; then ask again"
    for how in ("none", "loopback", "connected"):
        has(room.python(RECEIVER, how, "5222"), f"datagram-receiver: {there}; {mend}\n")
    has(room.python(RECEIVER, "none", "5111"), "stream-receiver: step 2 of 3: nobody listens at 10.10.0.40, TCP port 1111; start your receiver first (SOCK_STREAM, bind(), listen())")
    ended = "round 2 of 3: your receiver has ended: nobody listens"
    has(room.python(RECEIVER, "once", "5222"), ended, "let it go on in a loop")
    text = room.python(RECEIVER, "second", "5222")
    elsewhere = re.search(r"your receiver answered from port (\d+), and port 2222 was asked", text)
    require(elsewhere and "answer on the socket that received: s.sendto(answer, addr)" in text, text)
    has(room.python(RECEIVER, "back", "5222"), "your receiver answered to my port 5222, and port ", "answer each message to where it came")
    out = ask(room, "seen\\n")
    has(out, f"datagram-receiver: {there}, 3 times\n          try: {mend}", "stream-receiver: step 2 of 3: nobody listens", ended,
        elsewhere.group(), "          try: answer on the socket that received")
    lacks(out, "ICMP", "UDP to port", "packet")
    has(room.python(RECEIVER, "twice", "5222"), "is round 1's word, and this is round 2: an")
    has(room.python(RECEIVER, "empty", "5222"), "the datagram is empty [NO_PAYLOAD]", "s.sendto(answer, addr)")
    has(room.python(RECEIVER, "tired", "5222"), "round 2 of 3: your receiver gave no whole answer within 10.0 s; answer each message within this time, in a loop")
    outcomes = [line["outcome"] for line in room.journal("dial", 7)][:7]
    require(outcomes == ["refused"] * 5 + ["elsewhere", "late"], outcomes)
    has(room.python(RECEIVER, "right", "5222"), room.flag("datagram-receiver"))


SLIPS = """import socket, struct, time
T = '172.16.1.15'
def raw(ports, behind, proto):
    s = socket.socket(socket.AF_INET, socket.SOCK_RAW, proto)
    s.sendto(ports + behind, (T, 0))
syn = struct.pack('!LLBBHHH', 1, 0, 0x50, 2, 8192, 0, 0)
raw(struct.pack('!HH', 20, 1111), syn + b'smith', socket.IPPROTO_TCP)
raw(struct.pack('!HH', 20, socket.htons(8081)), syn + b'smith', socket.IPPROTO_TCP)
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.sendto(b'smith', (T, socket.htons(2222)))
s.sendto(b'list', (T, 1110))
raw(struct.pack('!HHHH', 53, 2222, 13, 0), b'smith', socket.IPPROTO_UDP)
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(5)
s.sendto(b'smith', (T, 6222))
port, word = s.recv(1024).split()
s.sendto(word, (T, int(port) + 1))
time.sleep(1)  # a capture may be read after a socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(5)
s.bind(('', int(port) + 1))
s.sendto(b'smith', (T, 6222))
print(port.decode(), s.recv(1024).decode())
"""


def what_goes_to_a_port_that_is_another_is_seen(room):
    """Ports with their bytes exchanged, the briefing's by UDP, scapy's SYN with text, a step's source as the destination; the handle
    again where the word is due."""
    port = int(room.python(SLIPS).split()[0]) + 1
    out = ask(room, "seen\\n")
    has(out, "a SYN that no kernel made, with 5 bytes behind it: stream-sender takes text through a connection alone",
        "s.connect((TARGET, 1111)), then s.sendall(text)", "37151 is 8081, the port of raw-tcp, with its two bytes exchanged [BYTE_SWAPPED]",
        "44552 is 2222, the port of datagram-sender, with its two bytes exchanged [BYTE_SWAPPED]",
        "1110 is the briefing's, by TCP, and this is UDP [WRONG_PROTOCOL]",
        "went to your port 53, scapy's own choice, at which nobody listened", "try: sr1(...) waits for the answer",
        f"datagram-port: {port} is the port of yours that step 2 must come from; it goes to port 6222",
        f"datagram-port: from port {port} the first message came again, where step 2 of 2 was due: a new try began")


CASES = {
    "what_goes_to_a_port_that_is_another_is_seen": (what_goes_to_a_port_that_is_another_is_seen, {"roster": ROSTER}),
    "a_connection_to_a_wrong_port_names_the_right_challenge": (a_connection_to_a_wrong_port_names_the_right_challenge, {"roster": ROSTER}),
    "a_receiver_that_cannot_be_heard_is_told": (a_receiver_that_cannot_be_heard_is_told, {"roster": ROSTER}),
    "an_answer_in_a_connection_of_its_own_is_told": (an_answer_in_a_connection_of_its_own_is_told, {"roster": ROSTER}),
    "what_came_in_pieces_or_not_at_all_is_told": (what_came_in_pieces_or_not_at_all_is_told, {"roster": ROSTER}),
    "a_call_that_met_no_listener_is_seen": (a_call_that_met_no_listener_is_seen, {}),
    "what_was_withheld_is_said_and_a_right_one_is_not": (what_was_withheld_is_said_and_a_right_one_is_not, {"roster": ROSTER}),
    "what_came_is_told_in_order_and_never_as_all_when_there_was_more": (
        what_came_is_told_in_order_and_never_as_all_when_there_was_more, {}),
    "who_names_nobody_is_called_by_his_address": (who_names_nobody_is_called_by_his_address, {"roster": ROSTER}),
    "who_proved_his_handle_is_called_without_it": (who_proved_his_handle_is_called_without_it, {}),
    "what_came_with_wrong_addresses_is_seen": (what_came_with_wrong_addresses_is_seen, {}),
    "whose_handle_stands_in_it_somewhere_is_called": (whose_handle_stands_in_it_somewhere_is_called, {}),
    "one_diagnosis_is_told_everywhere": (one_diagnosis_is_told_everywhere, {}),
    "an_answer_that_found_nobody_is_told": (an_answer_that_found_nobody_is_told, {}),
    "datagrams_of_the_targets_own_host_are_told": (datagrams_of_the_targets_own_host_are_told, {}),
    "a_header_of_another_length_is_seen": (a_header_of_another_length_is_seen, {}),
    "an_echo_is_no_try": (an_echo_is_no_try, {}),
    "different_reasons_stay_apart": (different_reasons_stay_apart, {}),
    "nc_openbsd": (kind("printf 'list\\nlits' | nc.openbsd -N {t} 1110", "/bin/nc.openbsd"), {}),
    "nc_openbsd_q": (kind("printf 'list\\nlits\\n' | nc.openbsd -q 2 {t} 1110", "/bin/nc.openbsd"), {}),
    "nc_openbsd_without_an_end": (kind("(printf 'list\\nlits'; sleep 2; echo quit) | nc.openbsd {t} 1110; true",
                                       "/bin/nc.openbsd"), {}),
    "nc_traditional": (kind("printf 'list\\nlits\\n' | nc.traditional -q 2 {t} 1110", "/bin/nc.traditional"), {}),
    "nc_traditional_typed": (kind("(echo list; sleep 0.3; echo lits; sleep 0.3; echo quit) | nc.traditional {t} 1110",
                                  "/bin/nc.traditional"), {}),
    "ncat": (kind("printf 'list\\nlits' | ncat {t} 1110", "/usr/bin/ncat"), {}),
    "ncat_crlf": (kind("printf 'list\\nlits\\n' | ncat -C {t} 1110", "/usr/bin/ncat"), {}),
    "socat": (kind("printf 'list\\nlits' | socat -t 3 - TCP:{t}:1110", "/usr/bin/socat"), {}),
    "dev_tcp": (kind("exec 3<>/dev/tcp/{t}/1110; printf 'list\\nlits\\nquit\\n' >&3; cat <&3"), {}),
    "the_words_tell_what_they_should": (the_words_tell_what_they_should, {}),
    "a_wrong_packet_is_seen": (a_wrong_packet_is_seen, {}),
    "a_flag_waits_and_is_called_again": (a_flag_waits_and_is_called_again, {}),
    "a_listener_is_tried": (a_listener_is_tried, {}),
    "flags_are_handed_in": (flags_are_handed_in, {
        "roster": ROSTER,
        "more": 'journals: [target.jsonl]\nscoreboard: {url: "http://127.0.0.1:9", token_file: board.token}'}),
    "guesses_are_counted_and_lock_nobody_out": (guesses_are_counted_and_lock_nobody_out, {"roster": ROSTER}),
    "a_right_pin_is_late_at_worst": (a_right_pin_is_late_at_worst, {"roster": ROSTER}),
    "a_claim_shows_no_flag_of_another_address": (a_claim_shows_no_flag_of_another_address, {}),
    "flags_that_wait_at_the_end_are_kept": (flags_that_wait_at_the_end_are_kept, {}),
    "connections_and_bytes_are_limited": (connections_and_bytes_are_limited, {}),
}

if __name__ == "__main__":
    case, options = CASES[sys.argv[2]]
    with Classroom(sys.argv[1], **options) as classroom:
        case(classroom)
