#!/usr/bin/env python3
"""briefing.py BIN CASE: what a student asks at the briefing, with nc of every kind."""
import re
import sys

import briefing_flags
import briefing_packets
import briefing_talks
from briefing_room import ask, ask_until, has, lacks, raw
from classroom import Classroom, TARGET, need, require
from steady import until


def kind(shell, *tools):
    def case(room):
        need(*tools)
        told = ("Briefing of class e2e", "stream-sender", "raw-tcp", "No such word. Did you mean:  list")
        # some of them end by a time of their own, whatever the target has said by then
        until(lambda: all(part in room.student("bash", "-c", shell.format(t=TARGET)) for part in told))
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
    out = ask_until(room, "i smith\\nseen\\n", "raw-ipv4: ", "of 9 right, 2 times, as smith", "wrong: ip.dsfield.dscp, ip.id",
        "wrong: ip.dsfield.dscp, ip.id, ip.proto", "[WRONG_PROTOCOL]", "from another address; look at the source",
        "Nothing else of yours reached me", "tcpdump -ni any ip and not port 22 and not port 1110\n")
    # what it tells to run works as it stands in the shell that it is read in
    told = re.search(r"On your side, as root:  (tcpdump .*)", out)[1].strip()
    has(room.student("bash", "-c", f"timeout 250 {told} -c 1 2>&1 & while kill -0 $! 2>/dev/null; do printf smith | "
                     f"nc.openbsd -N {TARGET} 1111 >/dev/null; sleep 0.1; done"), f"{TARGET}.1111")
    out = ask(room, "tries raw-ipv4\\n")
    has(out, "raw-ipv4")
    lacks(out, "IP protocol", "10.10.0.7")
    has(ask(room, "tries raw-tcp\\n"), "No attempt of yours")
    # a scan's many kinds of packets push out no attempt of others, and are counted
    room.python("import socket\nfor p in range(20000, 20200):\n  s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
                f"  s.sendto(b'x', ('{TARGET}', p))\n")
    out = ask_until(room, "seen\\n", "more packets of many kinds")
    require(out.count("UDP to port") <= 20, out)


def connections_and_bytes_are_limited(room):
    out = room.python("""
import socket
held = [socket.create_connection(('172.16.1.15', 1110), 60) for _ in range(8)]
for s in held:
    s.recv(100)
more = socket.create_connection(('172.16.1.15', 1110), 60)
print(more.recv(200))
held[0].close()
import time
while True:
    s = socket.create_connection(('172.16.1.15', 1110), 60)
    if b'Briefing' in s.recv(200):
        break
    time.sleep(0.05)
print('again', flush=True)
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


CASES = {
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
    "connections_and_bytes_are_limited": (connections_and_bytes_are_limited, {}),
    **briefing_flags.CASES,
    **briefing_packets.CASES,
    **briefing_talks.CASES,
}

if __name__ == "__main__":
    case, options = CASES[sys.argv[2]]
    with Classroom(sys.argv[1], **options) as classroom:
        case(classroom)
