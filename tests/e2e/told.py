#!/usr/bin/env python3
"""told.py BIN CASE: what a newcomer's mistakes are told as: at `seen`, where he asked, and where he listens."""
import re
import sys

from briefing_room import CALLED, IPRAW, ROSTER, SUM_OF, ask, ask_until, has, lacks, own_values, raw
from classroom import Classroom, require
from steady import until

HEAD = """import socket, struct, time
T, ME = '172.16.1.15', '10.10.0.40'
def tcp(port, text, wait=True):
    s = socket.create_connection((T, port), 60)
    s.sendall(text)
    while wait and (got := s.recv(4096)):
        print(got.decode(), end='')
    return s
def receiver(port=1111):
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(('', port))
    s.listen(1)
    s.settimeout(60)
    return s
def udp(port, text, source=0):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.settimeout(60)
    s.bind(('', source))
    s.sendto(text, (T, port))
    return s
def target_has_read():
    with socket.create_connection((T, 1110), 60) as s:  # it is asked later than what came before, and answers
        s.sendall(b'quit\\n')
        s.makefile().read()
"""


def run(room, text, *args, **more):
    return room.python(HEAD + text, *args, **more)


def line_of(text, part):
    lines = [l for l in text.splitlines() if part in l]
    require(lines, "no", part, "in", text)
    return lines[0]


def a_right_try_has_nothing_wrong(room):
    out = run(room, """
import base64
s = tcp(5333, b'smith\\n', wait=False)
s.sendall(base64.b64decode(s.recv(99)) + b'\\n')
print(s.recv(999).decode())
""")
    has(out, "flag{stream-decode.smith.")
    for word in ("seen", "tries"):
        out = ask(room, word + "\\n")
        require(line_of(out, "stream-decode").endswith("stream-decode: right, as smith"), out)


def whose_asking_connection_is_gone_is_told(room):
    """His receiver answers right, and the flag meets nobody; so with a message that is all."""
    run(room, """
r = receiver()
tcp(5111, b'smith\\n', wait=False).close()
c, _ = r.accept()
c.sendall(b'smith received ' + c.recv(99))
c.recv(1)
s = tcp(1111, b'smith', wait=False)
s.close()
""")
    room.journal("attempt", 2)
    told = [f"{slug}: right, {how}" for slug in ("stream-receiver", "stream-sender")
            for how in ("as smith", "but your connection had ended before its answer came, and nobody read it")]
    out = ask_until(room, "seen\\n", *told)
    has(out, "try: begin anew, and wait for the answer: nc -q 2 in the place of -q 0")
    # whoever waits for it has read it, however he ends
    run(room, "tcp(1111, b'jones')\ns = tcp(1111, b'jones', wait=False)\ns.recv(5)\ns.close()\n")
    require(ask(room, "seen\\n").count("nobody read it") == 2, out)


def a_receiver_that_leaves_bytes_unread_is_told(room):
    out = run(room, """
import threading
r = receiver()
def answer():
    c, _ = r.accept()
    c.sendall(b'smith received ' + c.recv(4))
    c.close()
threading.Thread(target=answer).start()
tcp(5111, b'smith\\n')
""")
    has(out, "[READ_IN_PART]", "your receiver closed with bytes unread: recv(1024) reads all that is sent")
    out = run(room, """
import threading
r = receiver()
def gone():
    c, _ = r.accept()
    c.recv(4)
    c.close()
threading.Thread(target=gone).start()
tcp(5111, b'smith\\n')
""")
    has(out, "your receiver closed without an answer, and with bytes unread", "recv(1024), before c.close()")
    line = room.journal("dial", 2)[1]
    require(line["outcome"] == "reset", line)
    # the answer typed where he asked
    out = run(room, """
r = receiver()
s = tcp(5111, b'smith\\n', wait=False)
c, _ = r.accept()
s.sendall(b'smith received ' + c.recv(99))
while got := s.recv(4096):
    print(got.decode())
""")
    has(out, "something came on the connection that asked, and nothing whole from your receiver; answer in the connection that I opened")


def an_answer_where_he_asked_is_told(room):
    """Typed into the nc that asked: a stream's receiver closes then, a datagram's has no accept()."""
    out = run(room, """
r = receiver()
s = tcp(5111, b'smith\\n', wait=False)
c, _ = r.accept()
s.sendall(b'smith received ' + c.recv(99))
target_has_read()
c.close()
while got := s.recv(4096):
    print(got.decode())
""")
    has(out, "something came on the connection that asked, and nothing whole from your receiver; answer in the connection that I opened, c, addr = accept()")
    out = run(room, """
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
u.bind(('', 2222))
s = tcp(5222, b'smith\\n', wait=False)
word, _ = u.recvfrom(99)
s.sendall(b'smith received ' + word)
while got := s.recv(4096):
    print(got.decode())
""")
    has(out, "something came on the connection that asked", "answer on the socket that received, s.sendto(answer, addr); then ask again")
    lacks(out, "accept")


def a_connection_that_ends_with_a_reset_is_told(room):
    """Without a text as nmap -sT, between two steps, with a text; and an end without a first message."""
    reset = """
def reset(port, text, read=False):
    s = socket.create_connection((T, port), 60)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    s.sendall(text)
    if read:
        s.recv(99)
    time.sleep(0.02)
    s.close()
"""
    out = run(room, reset + """
reset(6111, b'')
reset(5333, b'smith\\n', True)
s = socket.create_connection((T, 5333), 60)
s.shutdown(socket.SHUT_WR)
print(s.recv(999).decode())
""")
    first = "stream-decode: you ended the connection, and nothing had come on it"
    has(out, first + "; send your text first, then a newline: I wait for it, and answer after it\n")
    ask_until(room, "seen\n", "stream-port: a connection of yours came and was reset, and nothing had come on it: so does nmap -sT\n",
              "stream-decode: step 2 of 2: your connection was reset before this message\n          try: s.recv(1024) before s.close()",
              first + "\n          try: send your text first")
    # which is read before the reset, or together with it: then it was judged
    told = "stream-sender: your connection was reset before I answered: 5 bytes had come, and are not judged\n"
    for _ in range(30):
        run(room, reset + "reset(1111, b'smith')\n")
        if told in (out := ask(room, "seen\n")):
            break
    has(out, told)


def a_try_that_three_wrong_ones_ended_is_told(room):
    out = run(room, """
s = udp(6222, b'smith')
s.recv(999)
for _ in range(5):
    s.sendto(b'xxxxxxxx', (T, 6222))
    print('answer:', s.recv(999).decode())
""")
    one, two, three, four, five = out.split("answer:")[1:]
    lacks(one + two, "try is over", "ended your try")
    has(three, "the third wrong one: this try is over, begin anew with the first message")
    for text in (four, five):
        has(text, "three wrong ones ended your try: a new one begins with its first message")
    # a new one is his, and not over
    has(run(room, "s = udp(6222, b'smith')\nprint(s.recv(999))\ns.sendto(b'x', (T, 6222))\nprint(s.recv(999))\n"), "step 2 of 2")


def a_conversation_that_waits_for_him_is_told(room):
    """Whoever reads until the target ends hangs, and asks meanwhile, in another terminal."""
    out = run(room, """
s = tcp(5333, b'smith\\n', wait=False)
end = time.monotonic() + 250
out = ''
while 'step 2 of 2' not in out and time.monotonic() < end:
    time.sleep(0.5)
    q = socket.create_connection((T, 1110), 60)
    q.sendall(b'seen\\nquit\\n')
    out = ''
    while got := q.recv(4096):
        out += got.decode()
print(out)
""")
    has(line_of(out, "stream-decode"), "stream-decode: step 2 of 2: I had waited 5 s for this message; your connection is open, and I wait on")
    has(out, "try: read one line, recv(1024) once, not until I end")


def where_an_answer_goes_is_told(room):
    """Two sockets, and the flag is read on the wrong one; a receiver that answers in a connection of its own."""
    ports = run(room, """
s = udp(2222, b'smith')
print(s.getsockname()[1])
""").split()
    room.journal("attempt", 1)
    ask_until(room, "seen\\n", f"datagram-sender: right, as smith\n          its answer went to your UDP port {ports[0]}, from which it came: read it on that socket\n")
    out = run(room, """
import threading
r = receiver()
def back():
    c, addr = r.accept()
    word = c.recv(99)
    c.close()
    try:
        socket.create_connection(addr, 5)
    except OSError as e:
        print(e, addr[1])
t = threading.Thread(target=back)
t.start()
tcp(5111, b'smith\\n')
t.join()
""")
    port = re.search(r"Connection refused (\d+)", out)[1]
    out = ask_until(room, "seen\\n", f"stream-receiver: a connection came to my port {port}: that is the port I called you from, and nobody listens there",
                    "try: answer in the connection that I opened")
    lacks(out, f"TCP to port {port}")


BY_HAND = """
def csum(data):
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data + bytes(1) * (len(data) % 2)))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff
def ip(proto, src=ME, length=0):
    return struct.pack('!BBHHHBBH4s4s', 0x45, 0, length, 7, 0, 64, proto, 0, socket.inet_aton(src), socket.inet_aton(T))
def raw(packet):
    socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW).sendto(packet, (T, 0))
"""


def what_the_kernel_drops_is_told(room):
    """It reaches the target's interface, and no socket: the capture has seen it."""
    run(room, BY_HAND + """
for port, length, check in ((5000, 13, 0x1234), (5001, 30, 0), (5002, 5, 0)):
    raw(ip(17) + struct.pack('!HHHH', port, 2222, length, check) + b'smith')
raw(ip(6) + struct.pack('!HHLLBBHHH', 5003, 1111, 1, 0, 0x50, 2, 8192, 0x1234, 0))
""")
    wrong = ("its UDP checksum is wrong", "its UDP length says 30 bytes, and header and data are 13",
             "its UDP length says 5 bytes, and header and data are 13")
    ask_until(room, "seen\n", *(f"datagram-sender: a datagram came, and {why}: the kernel drops it before I can read it" for why in wrong),
              "stream-sender: a SYN came, and its TCP checksum is wrong: the kernel drops it", "try: socket.SOCK_DGRAM and sendto()",
              "try: socket.SOCK_STREAM and connect()")
    # and nothing is said of what is right, by hand or not
    run(room, BY_HAND + """
udp = struct.pack('!HHHH', 5004, 2222, 13, 0) + b'smith' + bytes(1)
sum = csum(socket.inet_aton(ME) + socket.inet_aton(T) + struct.pack('!BBH', 0, 17, 13) + udp)
raw(ip(17) + udp[:6] + struct.pack('!H', sum) + udp[8:13])
raw(ip(17) + struct.pack('!HHHH', 5005, 2222, 13, 0) + b'smith')
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.sendto(b'smith', (T, 2222))
print(s.recv(99))
tcp(1111, b'smith')
""")
    room.journal("attempt", 2)
    require(ask(room, "seen\n").count("the kernel drops it") == 4, ask(room, "seen\n"))


def a_handshake_by_hand_is_told(room):
    """One's own kernel resets it, since it knows of no SYN; and bytes that no handshake went before."""
    by_hand = BY_HAND + """
def segment(port, flags, text=b''):
    header = struct.pack('!HHLLBBHHH', port, 1111, 1, 1, 0x50, flags, 8192, 0, 0) + text
    total = csum(socket.inet_aton(ME) + socket.inet_aton(T) + struct.pack('!BBH', 0, 6, len(header)) + header + bytes(len(header) % 2))
    raw(ip(6) + header[:16] + struct.pack('!H', total) + header[18:])
"""
    run(room, by_hand + """
tcp(1111, b'smith')
segment(5010, 0x18, b'smith')
segment(5011, 2)
""")
    reset = "stream-sender: a SYN came that no connect() made, and your own kernel reset what I answered: it knows of no such connection"
    loose = "stream-sender: a TCP segment with 5 bytes came, and belongs to no connection: no SYN came before it"
    ask_until(room, "seen\\n", reset + "\n          try: socket.SOCK_STREAM and connect()", loose + "\n          try: socket.SOCK_STREAM, connect(), sendall(text)")
    # what comes behind the reset is told with it, and nothing of a kernel's own connections
    run(room, by_hand + "segment(5011, 0x18, b'smith')\nfor _ in range(3):\n    tcp(1111, b'smith')\nsegment(5012, 2)\n")
    out = ask_until(room, "seen\\n", reset + ", 2 times")
    lacks(out, loose + ",")


def a_datagram_that_is_cut_is_told(room):
    """It is sent with sendto(), and no pause, line end or close cuts it."""
    out = run(room, """
s = udp(2222, b'smi')
print(s.recv(999).decode())
s = udp(6222, b'smith')
port, word = s.recv(99).split()
s = udp(6222, word[:4], int(port) + 1)
print(s.recv(999).decode())
""")
    out = " ".join(out.split())
    has(out, "the text is cut, or sent in several datagrams: its first 3 letters are there", 'send "smith" whole and at once: one sendto',
        "whole: recvfrom(1024), so that all that is told is read, and one sendto")
    lacks(out, "sendall", "a line end or a close")


def a_call_to_another_source_is_told_as_that(room):
    """Right, and from an address that is not his: it was not his machine that took no call."""
    dscp, ident = own_values(room)
    raw(room, dscp=dscp, ident=ident, source="10.10.0.7")
    room.journal("delivery", 1)
    out = ask_until(room, "seen\\n", "raw-ipv4: right, as smith, but from 10.10.0.7: not your address; look at the source in your IP header",
                    "I called its source with the answer, 10.10.0.7, TCP port 1111, and nobody took it: ", "try: your own address as the source")
    lacks(out, "a firewall on your machine", "again")
    # the second wrong one waits for its turn, and says how long
    twice = " ".join(["python3 /tmp/ipraw.py", dscp, "7 smith 16 10.10.0.40;"] * 2)
    told = "s: keep your listener open so long; one of a wrong packet every 10 s"
    until(lambda: told in room.student("bash", "-c", twice + "printf 'seen\\nquit\\n' | nc.openbsd -N 172.16.1.15 1110", files={"ipraw.py": IPRAW}))


def what_is_no_packet_of_ip_is_told(room):
    """A segment without its IPv4 header, an IPv4 packet in the place of a frame, and a strange protocol from a strange source."""
    text = ask(room, "read raw-tcp\n")
    sport = int(re.search(r"Source port \| (\d+)", text).group(1))
    run(room, BY_HAND + """
udp(2222, b'smith').recv(99)
raw(ip(16, '10.10.0.41'))  # in a neighbour's name: that makes no router of this station
def segment(sport):
    return struct.pack('!HHLLBBHHH', sport, 8081, 1, 2, 0x50, 2, 8192, 0, 0) + b'c21pdGg='
raw(segment(0x57c9))
raw(ip(0x16, '192.168.1.101') + b'736d697468')
frame = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
frame.bind(('eth0', 0))
frame.send(ip(16, length=30) + b'736d697468')
# IPPROTO_RAW takes no IHL below 5, as some ports have in its place: an interface takes all
frame.send(b'\\xff' * 6 + frame.getsockname()[4] + b'\\x08\\0' + segment(%d))
""" % sport)
    ask_until(room, "i smith\nseen\n", "0x57c9, and an IPv4 header with 0x45: none stands there [MISSING_HEADER]",
              f"0x{sport:04x}, the source port: no IPv4 header stands before that [MISSING_HEADER]" if sport >> 12 != 4 else "for raw-ipv4",
              "for raw-ipv4, with your handle, from 192.168.1.101: not your address",
              "the frame begins with the IPv4 header, whose bytes are read as stations of Ethernet [MISSING_HEADER]",
              "try: scapy: send(packet), or sendp(Ether() / packet)")
    require(len(room.journal("attempt")) == 2, room.journal("attempt"))
    # scapy's send(Ether() / packet), and a broadcast
    run(room, BY_HAND + """
frame = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
frame.bind(('eth0', 0))
ether = b'\\xff' * 6 + frame.getsockname()[4]
frame.send(ether + b'\\0\\1' + ether + b'\\x08\\0' + ip(16, length=30) + b'736d697468')
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b'eth0')
s.sendto(b'smith', ('255.255.255.255', 2222))
""")
    ask_until(room, "i smith\\nseen\\n", "two headers of Ethernet stand before the IPv4 header: what sends has put one of its own there [NESTED_HEADER]",
              "try: scapy: send(packet) without Ether(), or sendp(Ether() / packet)",
              "for datagram-sender, from 10.10.0.40 to 255.255.255.255: not answered", "a broadcast is for everybody on the link",
              "try: s.sendto(data, ('172.16.1.15', 2222))")
    require(len(room.journal("attempt")) == 2, room.journal("attempt"))


def a_handle_at_a_port_of_nobody_is_no_practice(room):
    """What asks for little takes no packet that misses its port: nothing is called back, and the nearest is named."""
    run(room, "for port in (2223, 22222, 11111):\n    udp(port, b'smith')\n")
    out = ask_until(room, "seen\\n", "UDP to port 2223", "UDP to port 22222", "UDP to port 11111")
    for port in (2223, 22222):
        has(line_of(out, f"UDP to port {port}"), "no challenge takes it; datagram-sender takes port 2222 (a datagram)")
    lacks(out, "practice-covert: ")
    require(not room.journal("attempt"), room.journal("attempt"))


def a_knock_that_is_none_is_called_back(room):
    """Left out, and too late: whoever knocked first is told, though no other knock says who it is."""
    knock = CALLED + """
def knock(*ports):
    for port in ports:
        s.sendto(b'smith' if port == 7411 else b'', (T, port))
r = receiver()
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
"""
    out = run(room, knock + "knock(7411, 8533)\ncalled(r)\nknock(7411)\n")
    room.journal("step", 2)  # it has been heard
    out += run(room, knock + """
time.sleep(3.2)
knock(9622)
called(r)
knock(7411, 7411, 9622, 9622, 8533, 8533)
called(r)
""")
    has(line_of(out, "OTHER_STEP"), "it is what step 3 asks for, and step 2 is due")
    has(out, "it is right for step 2, which has 3.0 s: it came later, and its try", "[STEP_LATE]", "flag{practice-knock.smith.")
    # what came twice is the same knock
    attempts = room.journal("attempt")
    told = [a.get("first") or a["verdict"] for a in attempts]
    require(told[:3] == ["OTHER_STEP", "STEP_LATE", "pass"] and set(told[3:]) <= {"pass"}, attempts)


def a_packet_with_another_source_is_answered_at_home(room):
    """To the roster's address of whom it names, whatever its source; to the source never, and to nobody whose host is not known. Many of
    them call nobody more often than near misses do."""
    send = SUM_OF + CALLED + """
raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
def forged(source, handle, ports=(4321, 4954)):
    ends = socket.inet_aton(source) + socket.inet_aton(T)
    udp = struct.pack('!HHHH', *ports, 8 + len(handle), 0) + handle
    udp = udp[:6] + struct.pack('!H', sum_of(ends + struct.pack('!HH', 17, len(udp)) + udp)) + udp[8:]
    raw.sendto(struct.pack('!BBHHHBBH', 0x45, 0, 0, 1, 0, 64, 17, 0) + ends + udp, (T, 0))
"""
    out = run(room, send + """
r = receiver()
for handle in (b'brown', b'nobody', b''):
    forged('192.0.2.77', handle)
forged('10.10.0.41', b'brown')
forged('192.0.2.77', b'smith', (4954, 4321))
called(r, 1.5)
forged('192.0.2.77', b'smith')
called(r)
forged('192.0.2.78', b'smith')
called(r)
for n in range(200):
    forged('198.51.100.%d' % n, b'smith')
called(r)
""")
    require(out.startswith("nobody called\nflag{practice-spoof.smith."), out)
    has(line_of(out, "192.0.2.78"), "got")
    out = ask(room, "seen\\n")
    has(out, "for practice-spoof, from 192.0.2.77: not answered; it names nobody whose own host is known",
        "for practice-spoof, with your handle, from 192.0.2.77: no challenge takes it\n", "source port and destination port are exchanged")
    require({d["to"] for d in room.journal("delivery")} == {"10.10.0.40"} and len(room.journal("delivery")) <= 4, room.journal("delivery"))


def what_is_typed_at_the_briefing_is_understood(room):
    out = ask(room, "?\\nexit\\nsmith\\ni nobody\\ni jones\\nread 22\\nread 2222\\nread raw ipv4\\ntries Raw TCP\\nread RAW-TCP \\n"
              + "I am brown\\n" * 7)
    lacks(out, "not the PIN", "Many wrong PINs")
    has(out, "Did you mean:  help\n", "Did you mean:  quit\n", "That is a handle. Say who you are:  i smith PIN\n",
        "No handle of the roster is nobody: is it spelt as there?", "Your address does not tell that you are jones",
        "Your address does not tell that you are brown; give the PIN too:  i brown PIN",
        "No challenge of that name here. All of them:  list\n", "Datagram sender, 4 points", "Raw IPv4, ", "No attempt of yours", "Raw TCP, ")


CASES = {f.__name__: (f, options) for f, options in (
    (a_right_try_has_nothing_wrong, {"roster": ROSTER}),
    (whose_asking_connection_is_gone_is_told, {"roster": ROSTER}),
    (a_receiver_that_leaves_bytes_unread_is_told, {"roster": ROSTER}),
    (an_answer_where_he_asked_is_told, {"roster": ROSTER}),
    (a_connection_that_ends_with_a_reset_is_told, {"roster": ROSTER}),
    (a_try_that_three_wrong_ones_ended_is_told, {"roster": ROSTER}),
    (what_the_kernel_drops_is_told, {"roster": ROSTER}),
    (a_datagram_that_is_cut_is_told, {"roster": ROSTER}),
    (a_call_to_another_source_is_told_as_that, {"roster": ROSTER}),
    (a_handshake_by_hand_is_told, {"roster": ROSTER}),
    (what_is_typed_at_the_briefing_is_understood, {"roster": ROSTER}),
    (a_handle_at_a_port_of_nobody_is_no_practice, {"roster": ROSTER}),
    (what_is_no_packet_of_ip_is_told, {"roster": ROSTER}),
    (a_knock_that_is_none_is_called_back, {}),
    (a_packet_with_another_source_is_answered_at_home, {"roster": ROSTER}),
    (a_conversation_that_waits_for_him_is_told, {"roster": ROSTER}),
    (where_an_answer_goes_is_told, {"roster": ROSTER}),
)}

if __name__ == "__main__":
    case, kinds = CASES[sys.argv[2]]
    with Classroom(sys.argv[1], **kinds) as classroom:
        case(classroom)
