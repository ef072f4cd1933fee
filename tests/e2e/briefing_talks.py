"""Connections, datagrams and conversations that go wrong, and what `seen` tells of them. For briefing.py."""
import base64
import os
import re
import subprocess

from briefing_room import PIECES, ROSTER, ask, ask_until, has, lacks
from classroom import STUDENT, TARGET, USER, require, skip
from steady import DEADLINE


def an_answer_that_found_nobody_is_told(room):
    """nc -u -q1 and the like: the ICMP error that our own answer brings back is the diagnosis."""
    room.python("import socket, struct\ns = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP)\n"
                f"s.sendto(struct.pack('!HHHH', 40001, 2222, 13, 0) + b'smith', ('{TARGET}', 0))\n")
    room.journal("attempt", 1)
    ask_until(room, "seen\n", "1 packet  ICMP port unreachable", "an answer of datagram-sender, port 2222 found no program at your "
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
b = socket.create_connection(("172.16.1.15", 1110), 60, ("10.10.0.99", 0))
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
                         cwd=room.dir, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=DEADLINE, check=False)
    if run.returncode == 77 or "unshare failed" in run.stderr:
        skip(run.stderr)
    has(run.stdout + run.stderr, "not from this machine itself: its datagrams and packets are never answered, TCP is", "silence",
        "UDP to port 2222 from 10.10.0.99: from the target's own host", "try: send it from another")


# thirty wrong ones, and then right ones of one socket, whose first is answered: what was answered before it has come before it
MANY = """import re, socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(60)
for text in ['smithy'] * 30 + ['smith'] * int(sys.argv[2]):
    s.sendto(text.encode(), ('172.16.1.15', int(sys.argv[1])))
got = ['']
while not re.search(r'flag{|^[0-9a-f]+\\n', got[-1]):
    got.append(s.recv(2000).decode())
print(got[-1])
print(len(got) - 1, 'answers')
"""


def what_was_withheld_is_said_and_a_right_one_is_not(room):
    """Of a right message's share wrong ones take nothing: neither of a flag's nor of a step's."""
    out = room.python(MANY, "2222", "1")
    has(out, room.flag("datagram-sender"))
    held = 31 - int(re.search(r"(\d+) answers", out).group(1))
    require(0 < held <= 20, held)
    out = ask(room, "i smith\\nseen\\ntries\\n")
    has(out, "datagram-sender: right, as smith", "times, and no answer to them", "[")
    require(out.count(f"{held} answers were withheld, for too many came at once: a handle has 10, then 1 a second") == 2, out)
    out = room.python(MANY, "5444", "1")
    require(re.search(r"(?m)^[0-9a-f]+$", out), "no word after 30 wrong ones:", out)
    # its own share ends, too: then it is said of the right one
    room.python(MANY, "5444", "14")
    ask_until(room, "i smith\\nseen\\n", "datagram-decode: right, but its answer was withheld: send it again")


def what_came_in_pieces_or_not_at_all_is_told(room):
    """A pause, a line too early, an end without a byte: the answer says how the text ended, and `seen` what came behind."""
    pause = "judged after 0.2 s of silence; was more to come, send it in one piece"
    has(room.python(PIECES, "1111", "smi", "?", "th"), "[MISSING_TEXT]", pause)
    ask_until(room, "i smith\\nseen\\n", "          " + pause, "stream-sender: more came after a pause, when what had come was judged",
              "try: send the whole text in one piece")
    require(room.journal("attempt", 1)[0]["end"] == "silence", room.journal("attempt"))
    require(room.journal("attempt")[0]["remark"] == pause, "the page shows it")
    lacks(room.python(PIECES, "1111", b"smith".hex(), "@0.5"), pause)  # all of it was there
    for more in ("smith and more", "smoth", "smth"):  # nothing more was to come
        lacks(room.python(PIECES, "1111", more, "@0.5"), pause)
    has(room.python(PIECES, "1111", "hello.", "?", "smith."), "stream-sender: ")
    ask_until(room, "i smith\\nseen\\n", "stream-sender: more came after the first line, which was judged alone")
    # right, and the rest is nobody's
    has(room.python(PIECES, "1111", "smith.", "?", "there."), room.flag("stream-sender"))
    for port, slug in (("1111", "stream-sender"), ("3333", "stream-base64")):
        text = room.python(PIECES, port, "end")
        require(text == f"{slug}: you ended the connection, and nothing had come on it; send your text, then a newline\n", text)
        has(ask(room, "i smith\\nseen\\ntries\\n"), f"{slug}: you ended the connection, and nothing had come on it\n")
    require(len(room.journal("attempt", 7)) == 7, room.journal("attempt"))
    word = re.search(r"[A-Za-z0-9+/=]{4,}", room.python(PIECES, "5333", "smith.", "?", "end")).group()
    why = "it is right for step 2 of your try in another connection: all of a try goes through one"
    text = " ".join(room.python(PIECES, "5333", base64.b64decode(word).decode() + ".").split())
    has(text, "step 1 of 2", why, "try one socket from the first message to the flag")
    lacks(text, "keep the order")
    has(ask(room, "seen\\n"), why)
    out = room.student("bash", "-c", f"nc.traditional {TARGET} 5333 < <(sleep 400) & until printf 'seen' | nc.openbsd -N {TARGET} 1110 "
                       ">/tmp/out; grep -q 'for 5 s' /tmp/out; do sleep 0.5; done; cat /tmp/out; kill %1")
    has(out, "stream-decode: a connection of yours is open, and nothing came on it for 5 s")
    out = ask(room, "i smith\\nseen\\n")
    require(out.count("more came after") == 2, out)


ECHO = """import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.sendto(b'oh, hello there', ('172.16.1.15', 2222))
for n in range(5):
    s.settimeout(3 if n else 60)
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
c = socket.create_connection(('172.16.1.15', port), 60)
c.sendall(b'smith')
while got := c.recv(4096):
    print(got.decode(), end='')
"""


def a_connection_to_a_wrong_port_names_the_right_challenge(room):
    """connect() to the source port that is asked for; to a port of nobody's; a half-open scan's SYN."""
    port = re.search(r"TCP port \*\*(\d+)\*\* of your host", ask(room, "read stream-port\\n")).group(1)
    for to in (port, "5000"):
        room.python(f"import socket\ns = socket.socket()\ns.settimeout(2)\ntry:\n  s.connect(('{TARGET}', {to}))\nexcept OSError:\n  pass\n")
    room.python("import socket, struct\ns = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP)\n"
                f"s.sendto(struct.pack('!HHLLBBHHH', 40000, 3306, 1, 0, 0x50, 2, 1024, 0, 0), ('{TARGET}', 0))\n")
    ask_until(room, "seen\\n", f"TCP to port {port} from {STUDENT}: {port} is the port that stream-port wants it to come from; it goes to port 6111 "
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
t.join(60)
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


SLIPS = """import socket, struct
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
s.settimeout(60)
s.sendto(b'smith', (T, 6222))
port, word = s.recv(1024).split()
s.sendto(word, (T, int(port) + 1))
seen = ''
while 'it goes to port 6222' not in seen:  # a capture may be read after a socket
    with socket.create_connection((T, 1110), 60) as b:
        b.sendall(b'seen\\nquit\\n')
        seen = b.makefile().read()
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(60)
s.bind(('', int(port) + 1))
s.sendto(b'smith', (T, 6222))
print(port.decode(), s.recv(1024).decode())
"""


def what_goes_to_a_port_that_is_another_is_seen(room):
    """Ports with their bytes exchanged, the briefing's by UDP, scapy's SYN with text, a step's source as the destination; the handle
    again where the word is due."""
    port = int(room.python(SLIPS).split()[0]) + 1
    ask_until(room, "seen\\n", "a SYN that no kernel made, with 5 bytes behind it: stream-sender takes text through a connection alone",
              "s.connect((TARGET, 1111)), then s.sendall(text)", "37151 is 8081, the port of raw-tcp, with its two bytes exchanged [BYTE_SWAPPED]",
              "44552 is 2222, the port of datagram-sender, with its two bytes exchanged [BYTE_SWAPPED]",
              "1110 is the briefing's, by TCP, and this is UDP [WRONG_PROTOCOL]",
              "went to your port 53, scapy's own choice, at which nobody listened", "try: sr1(...) waits for the answer",
              f"datagram-port: {port} is the port of yours that step 2 must come from; it goes to port 6222",
              f"datagram-port: from port {port} the first message came again, where step 2 of 2 was due: a new try began")


CASES = {f.__name__: (f, options) for f, options in (
    (what_goes_to_a_port_that_is_another_is_seen, {"roster": ROSTER}),
    (a_connection_to_a_wrong_port_names_the_right_challenge, {"roster": ROSTER}),
    (a_receiver_that_cannot_be_heard_is_told, {"roster": ROSTER}),
    (an_answer_in_a_connection_of_its_own_is_told, {"roster": ROSTER}),
    (what_came_in_pieces_or_not_at_all_is_told, {"roster": ROSTER}),
    (what_was_withheld_is_said_and_a_right_one_is_not, {"roster": ROSTER}),
    (an_answer_that_found_nobody_is_told, {}),
    (datagrams_of_the_targets_own_host_are_told, {}),
    (an_echo_is_no_try, {}),
)}
