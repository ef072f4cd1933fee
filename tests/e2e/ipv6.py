#!/usr/bin/env python3
"""ipv6.py BIN CASE: a class with IPv6 beside IPv4, in a range. CASE is a function here. Exit status 77: skipped."""
import os
import pathlib
import sys

from classroom import BOTH_NETWORKS, STUDENT6, TARGET, TARGET6, Classroom, require, skip

HERE = pathlib.Path(__file__).resolve().parent
STREAM, DATAGRAM, CALL = 5001, 5002, 5302

# what a student writes: plain sockets, and headers by hand
SENDS = f"""
import socket, struct, sys
ME, TARGET = "{STUDENT6}", "{TARGET6}"

def ask(kind, port, text, source=None, seconds=60, to=TARGET):
    with socket.socket(socket.AF_INET6 if ":" in to else socket.AF_INET, kind) as s:
        s.settimeout(seconds)
        if source:
            s.bind((source, 0))
        s.connect((to, port))
        s.sendall(text.encode())
        got = b""
        try:
            while part := s.recv(2000):
                got += part
                if kind == socket.SOCK_DGRAM:
                    break
        except OSError as e:
            return got.decode() or repr(e)
        return got.decode()

def header(length, nxt=253, hlim=8, src=ME, dst=TARGET):
    return struct.pack("!IHBB16s16s", 6 << 28, length, nxt, hlim, socket.inet_pton(socket.AF_INET6, src),
                       socket.inet_pton(socket.AF_INET6, dst))

def send(packet, listen=True, seconds=60):
    with socket.create_server(("::", 1111), family=socket.AF_INET6) as s:
        raw = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW)
        raw.sendto(packet, (TARGET, 0))
        if not listen:
            return ""
        s.settimeout(seconds)
        try:
            c, peer = s.accept()
        except TimeoutError:
            return "no call"
        with c:
            got = b""
            while part := c.recv(2000):
                got += part
            return peer[0] + " " + got.decode()
"""


ROSTER = "handle,name,email,address\nsmith,S,s@example.org,\njones,J,j@example.org,fd00:10:10::44\n"


def room_of(bin_dir, **more):
    if not os.path.exists("/proc/net/if_inet6"):
        skip("this kernel has no IPv6")
    return Classroom(bin_dir, course=HERE / "data/ipv6", networks=BOTH_NETWORKS, roster=ROSTER, **more)


def streams_and_datagrams_are_answered(bin_dir):
    with room_of(bin_dir) as room:
        for kind, port, slug in (("STREAM", STREAM, "stream"), ("DGRAM", DATAGRAM, "datagram")):
            say = f"print(ask(socket.SOCK_{kind}, {port}, 'smith'))\nprint(ask(socket.SOCK_{kind}, {port}, b'smith'.hex()))"
            said = room.python(SENDS + say)
            require(room.flag(slug) in said, slug, said)
            require("hex" in said.split("\n", 1)[1], slug, said)
        attempts = room.journal("attempt", 4)
        require({a["source"] for a in attempts} == {STUDENT6} and all(a["port"] for a in attempts), attempts)
        room.judged_twice()


def packets_are_called_back(bin_dir):
    with room_of(bin_dir) as room:
        said = room.python(SENDS + "print(send(header(10) + b'smith'.hex().encode()))")
        require(room.flag("chaos") in said and said.startswith(TARGET6), said)
        said = room.python(SENDS + "print(send(header(10, hlim=64) + b'smith'.hex().encode()))")
        require("ipv6.hlim" in said and "NOT_IN_RANGE" in said, said)
        # the kernel of the target says nothing of a protocol that it does not know
        said = room.python(SENDS + """
icmp = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
send(header(10) + b'smith'.hex().encode(), listen=False)
ask(socket.SOCK_DGRAM, 9, "x", seconds=1)
icmp.settimeout(2)
got = []
try:
    while True:
        got.append(icmp.recv(200))
except TimeoutError:
    pass
print([(m[0], m[1]) for m in got if m[0] < 128])""")
        require("[(1, 4)]" in said, "port unreachable for the datagram alone:", said)
        room.judged_twice()


def extension_headers_and_fragments(bin_dir):
    with room_of(bin_dir) as room:
        text = "b'smith'.hex().encode()"
        # a header before what is listened for, a source that means a host on its link only, a later fragment
        for packet in (f"header(18, nxt=0) + bytes([253, 0, 1, 4, 0, 0, 0, 0]) + {text}", f"header(10, src='fe80::7') + {text}",
                       f"header(18, nxt=44) + struct.pack('!BBHI', 253, 0, 8, 7) + {text}"):
            said = room.python(SENDS + f"print(send({packet}, seconds=1.5))")
            require("flag{" not in said, packet, said)
        said = room.python(SENDS + "print(ask(socket.SOCK_STREAM, 1110, 'i smith\\nseen\\nquit\\n'))")
        require("ipv6.nxt" in said and "tcpdump -ni any ip6 and not port 22" in said, said)
        require({a["source"] for a in room.journal("attempt", 2)} == {STUDENT6}, room.journal())


def the_briefing_and_dials(bin_dir):
    with room_of(bin_dir) as room:
        said = room.python(SENDS + "print(ask(socket.SOCK_STREAM, 1110, 'seen\\nquit\\n'))")
        require(STUDENT6 in said, said)
        room.python(SENDS + "send(header(10, hlim=64) + b'smith'.hex().encode())")
        said = room.python(SENDS + "print(ask(socket.SOCK_STREAM, 1110, 'i smith\\nseen\\nquit\\n'))")
        require("ipv6.hlim" in said, said)
        said = room.python(SENDS + f"""
import threading
r = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
r.bind(("::", 2222))
def receive():
    text, peer = r.recvfrom(1000)
    r.sendto(str(int(text) + 1).encode(), peer)
threading.Thread(target=receive, daemon=True).start()
print(ask(socket.SOCK_STREAM, {CALL}, "smith\\n"))""")
        require(room.flag("call") in said, said)
        dials = room.journal("dial")
        require(all(d["to"] == STUDENT6 for d in dials), dials)


def one_64_is_one_source_unless_the_roster_says(bin_dir):
    """Whoever has one address of a /64 has them all, and no more near misses answered than with one."""
    with room_of(bin_dir, range_options=("--neighbours=60",)) as room:
        said = room.python(SENDS + f"""
import select
def answered(sources, n):
    sockets = []
    for i in range(n):
        s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        s.bind((sources[i % len(sources)], 0))
        s.sendto(b"smi", (TARGET, {DATAGRAM}))
        sockets.append(s)
    got = 0
    while sockets and (ready := select.select(sockets, [], [], 1.5 if got else 60)[0]):
        sockets = [s for s in sockets if s not in ready]
        got += len(ready)
    return got
others = [f"fd00:10:10::{{0x41 + i:x}}" for i in range(60) if i != 3]
print(answered(others[:1], 100), answered(["fd00:10:10::44"], 100), answered(others, 200))""")
        one, named, many = map(int, said.split())
        require(0 < one < 100 and named > 0 and many <= one, said)


def ipv4_goes_on(bin_dir):
    with room_of(bin_dir) as room:
        said = room.python(SENDS + f"print(ask(socket.SOCK_STREAM, {STREAM}, 'smith', to='{TARGET}'))")
        require(room.flag("stream") in said, said)
        said = room.student("bash", "-c", f"exec 3<>/dev/udp/{TARGET}/{DATAGRAM}; printf smith >&3; timeout 60 head -1 <&3")
        require(room.flag("datagram") in said, said)
        require({a["source"] for a in room.journal("attempt", 2)} == {"10.10.0.40"}, room.journal())


globals()[sys.argv[2]](sys.argv[1])
