#!/usr/bin/env python3
"""told.py BIN CASE: what a newcomer's mistakes are told as: at `seen`, where he asked, and where he listens."""
import sys

from briefing import ASK, ROSTER, ask, has, lacks
from classroom import Classroom, require

HEAD = """import socket, struct, time
T, ME = '172.16.1.15', '10.10.0.40'
def tcp(port, text, wait=True):
    s = socket.create_connection((T, port), 5)
    s.settimeout(15)
    s.sendall(text)
    while wait and (got := s.recv(4096)):
        print(got.decode(), end='')
    return s
def receiver(port=1111):
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(('', port))
    s.listen(1)
    s.settimeout(15)
    return s
def udp(port, text, source=0):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.settimeout(3)
    s.bind(('', source))
    s.sendto(text, (T, port))
    return s
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
time.sleep(0.5)
""")
    room.journal("attempt", 2)
    out = ask(room, "seen\\n")
    for slug in ("stream-receiver", "stream-sender"):
        has(out, f"{slug}: right, as smith", f"{slug}: right, but your connection had ended before its answer came, and nobody read it")
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
    has(out, "[MISSING_TEXT]", "your receiver closed with bytes unread: recv(1024) reads all that is sent")
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


CASES = {f.__name__: (f, options) for f, options in (
    (a_right_try_has_nothing_wrong, {"roster": ROSTER}),
    (whose_asking_connection_is_gone_is_told, {"roster": ROSTER}),
    (a_receiver_that_leaves_bytes_unread_is_told, {"roster": ROSTER}),
    (a_try_that_three_wrong_ones_ended_is_told, {"roster": ROSTER}),
)}

if __name__ == "__main__":
    case, kinds = CASES[sys.argv[2]]
    with Classroom(sys.argv[1], **kinds) as classroom:
        case(classroom)
