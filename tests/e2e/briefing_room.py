"""What is asked at the briefing and sent before, for briefing.py, packets.py and told.py."""
import contextlib
import re
import subprocess

from classroom import STUDENT, require
from steady import until

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
s = socket.create_connection(('172.16.1.15', 1110), 60)
s.sendall(sys.argv[1].encode().decode('unicode_escape').encode('latin1'))
s.shutdown(socket.SHUT_WR)
text = b''
while got := s.recv(4096):
    text += got
print(text.decode())
"""
# what a student's program is begun with that waits for a call-back, and that makes a checksum of its own
CALLED = """
def called(listener, seconds=60):
    listener.settimeout(seconds)
    try:
        c = listener.accept()[0]
    except TimeoutError:
        return print('nobody called')
    c.settimeout(60)
    while got := c.recv(4096):
        print(got.decode(), end='')
    c.close()
"""
SUM_OF = """
def sum_of(data):
    data += b'\\0' * (len(data) % 2)
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff or 0xffff
"""


def ask(room, lines, **more):
    return room.python(ASK, lines, **more)


def ask_until(room, lines, *parts, of=lambda out: out):
    """The same, asked again until each part is told, in what `of` takes of the answer: what a capture holds, or the kernel says, may
    be read after who asks."""
    out = ""

    def told():
        nonlocal out
        out = ask(room, lines)
        return all(part in of(out) for part in parts)

    with contextlib.suppress(AssertionError):  # what is missing says more
        until(told)
    has(of(out), *parts)
    return out


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


def delivered(room):
    """Waits until the journal says that a call brought what it had."""
    until(lambda: any(d["outcome"] == "delivered" for d in room.journal("delivery")))


def pin_of(room, handle):
    run = subprocess.run(room.command("key", "pin", handle, "--class", room.dir / "class.yml"), capture_output=True,
                         text=True, check=False)
    require(run.returncode == 0, run.stderr)
    return run.stdout.split()[1]


HEARD = """import socket, subprocess, sys
s = socket.socket()
s.bind(('', 1111))
s.listen(1)
s.settimeout(60)
subprocess.run(['python3', '/tmp/ipraw.py', *sys.argv[1:]], check=True)
print(s.accept()[0].recv(4096).decode())
"""


ASTRAY = IPRAW.replace("s.sendto(header", "header = header[:16] + socket.inet_aton(sys.argv[6]) + header[20:]\ns.sendto(header")


# `end` shuts the sending side, `?` waits for an answer, `@2` two seconds
PIECES = """import select, socket, sys, time
s = socket.create_connection(('172.16.1.15', int(sys.argv[1])), 60)
for part in sys.argv[2:]:
    if part == 'end':
        s.shutdown(socket.SHUT_WR)
    elif part == '?':
        select.select([s], [], [])
    elif part[0] == '@':
        time.sleep(float(part[1:]))
    else:
        s.sendall(part.replace('.', chr(10)).encode())
while got := s.recv(4096):
    print(got.decode(), end='')
"""
