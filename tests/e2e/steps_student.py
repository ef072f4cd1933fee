#!/usr/bin/env python3
"""steps_student.py CASE: what a student does to the conversations of data/steps; runs inside a range. Prints how many
flags were earned."""
import base64
import contextlib
import re
import socket
import struct
import subprocess
import sys
import threading
import time

TARGET, ME = "172.16.1.15", "10.10.0.40"
ECHO, ROUNDS, FIRST, ENDS, DATAGRAM, PORT = 5101, 5102, 5103, 5104, 5201, 5202
TCPCALL, UDPCALL, UDPUDP, SHAKE = 5301, 5302, 5203, 5303
PATIENCE = 300  # seconds for what has to come
flags = 0


def has_flag(text, slug, who="smith"):
    global flags
    right = bool(re.fullmatch(rf"(?s).*flag{{{slug}\.{who}\.[a-z2-7-]+}}\n", text))
    flags += right
    return right


def require(condition, *what):
    if not condition:
        sys.exit(f"not so: {what!r}")


class Stream:
    def __init__(self, port):
        self.s = socket.create_connection((TARGET, port), PATIENCE)

    def send(self, data):
        self.s.sendall(data if isinstance(data, bytes) else data.encode())

    def line(self):
        got = b""
        while not got.endswith(b"\n"):
            more = self.s.recv(1)
            if not more:
                break
            got += more
        return got.decode()

    def rest(self):
        got = b""
        while more := self.s.recv(4096):
            got += more
        return got.decode()

    def ask(self, text):
        self.send(text + "\n")
        return self.line().strip()


class Datagram:
    def __init__(self, port, source=0):
        self.s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.s.bind((ME, source))
        self.s.settimeout(PATIENCE)
        self.to = (TARGET, port)

    def ask(self, text):
        self.s.sendto(text.encode(), self.to)
        return self.s.recv(2000).decode()


def echo(who="smith"):
    s = Stream(ECHO)
    require(s.line() == "who are you?\n", "the target speaks first")
    return s, s.ask(who)


def all_in_order_earns_the_flag():
    s, word = echo()
    require(re.fullmatch("[a-z]{8}", word), word)
    s.send(word.encode().hex() + "\n")
    require(has_flag(s.rest(), "echo"), "echo")
    s = Stream(ROUNDS)
    n = s.ask("smith")
    for _ in range(4):
        n = s.ask(str((int(n) + 1) % 65536))
    s.send(str((int(n) + 1) % 65536))
    require(has_flag(s.rest(), "rounds"), "rounds")
    s = Stream(FIRST)
    require(s.ask("smith") == "and your favourite word?", "first")
    require(s.ask("socket") == "once more", "first")
    s.send(base64.b64encode(b"socket smith"))
    text = s.rest()
    require(text.startswith("well done, smith\n") and has_flag(text, "first"), text)
    d = Datagram(DATAGRAM)
    require(has_flag(d.ask(base64.b64encode(d.ask("smith").strip().encode()).decode()), "datagram"), "datagram")


def messages_end_as_their_step_says():
    s = Stream(ENDS)
    s.send("smi")
    time.sleep(0.5)  # longer than the silence that would end it
    s.send(b"th\n\x0a\x0b")
    s.send(b"\x0a\x0cthis is\nin two lines\nof three")
    time.sleep(0.6)
    s.send("123")
    time.sleep(0.4)
    s.send("4567")
    s.s.shutdown(socket.SHUT_WR)
    require(has_flag(s.rest(), "ends"), "ends")


def another_order_and_a_step_left_out_are_told():
    s = Stream(FIRST)
    s.send("socket\n")
    text = s.rest()
    require(text.startswith("first: step 1 of 3: 1 of 2 right.\nthe handle in it is not on the roster"), text)
    s, word = echo()
    s.send("smith\n")  # step 2's message in place of step 3's
    text = s.rest()
    require("echo: step 3 of 3: 1 of 2 right, smith." in text and "[OTHER_STEP]" in text, text)
    d = Datagram(DATAGRAM)
    word = d.ask("smith").strip()
    text = d.ask(word)
    require("datagram: step 2 of 2: 1 of 2 right, smith." in text and "[NOT_ENCODED]" in text, text)
    # three near misses end a try, and the right answer then comes too late for it
    d.ask("x")
    d.ask("y")
    text = d.ask(base64.b64encode(word.encode()).decode())
    require("flag{" not in text and "step 1 of 2" in text and "it is what step 2 asks for, and step 1 is due" in text, text)


def a_wrong_answer_is_no_new_name():
    """Without a roster every word is a handle."""
    d = Datagram(DATAGRAM)
    word = d.ask("smith").strip()
    text = d.ask(word)
    require("datagram: step 2 of 2: 1 of 2 right, smith." in text and "[NOT_ENCODED]" in text, text)
    require(has_flag(d.ask(base64.b64encode(word.encode()).decode()), "datagram"), "the second")


def the_value_of_another_try_is_told():
    old, word = echo()
    new, other = echo()
    require(word != other, "drawn anew")
    new.send(word.encode().hex() + "\n")
    text = new.rest()
    require("[ANOTHER_TRY]" in text and "flag{" not in text, text)
    old.s.close()
    new, last = echo()
    new.send(word.encode().hex() + "\n")
    require("[ANOTHER_TRY]" in new.rest(), "one that is over")
    d = Datagram(DATAGRAM)
    first = d.ask("smith").strip()
    second = d.ask("smith").strip()
    require(first != second, "a right first step begins anew")
    text = d.ask(base64.b64encode(first.encode()).decode())
    require("[ANOTHER_TRY]" in text and "flag{" not in text, text)
    require(has_flag(d.ask(base64.b64encode(second.encode()).decode()), "datagram"), "the second")


def what_comes_late_is_told():
    s, word = echo()
    text = s.rest()
    require(text == "echo: step 3 of 3: no whole message within 1.0 s; begin anew\n", text)
    d = Datagram(DATAGRAM)
    word = d.ask("smith").strip()
    time.sleep(1.2)
    text = d.ask(base64.b64encode(word.encode()).decode())
    require("[STEP_LATE]" in text and "flag{" not in text and "on the roster" not in text, text)
    s, word = echo()
    s.s.shutdown(socket.SHUT_WR)
    text = s.rest()
    require(text.startswith("echo: step 3 of 3: you ended the connection before it; leave it open until the flag is there") and
            "no shutdown(), no nc -N; and read one line" in text, text)


def two_students_behind_one_address_do_not_meet():
    smith, jones = Datagram(DATAGRAM), Datagram(DATAGRAM)
    one, two = smith.ask("smith").strip(), jones.ask("jones").strip()
    require(one != two, "each his own word")
    encode = lambda text: base64.b64encode(text.encode()).decode()
    require(has_flag(jones.ask(encode(two)), "datagram", "jones"), "jones")
    # from another port than before: it is the source that counts, and whose due step it fits
    require(has_flag(Datagram(DATAGRAM).ask(encode(one)), "datagram", "smith"), "smith")
    a, b = Datagram(PORT, 6000), Datagram(PORT, 6100)
    require(a.ask("smith") == "your port is 6000\n" and b.ask("jones") == "your port is 6100\n", "ports")
    require(has_flag(Datagram(PORT, 6101).ask("moved"), "port", "jones"), "jones")
    text = a.ask("moved")
    require("step 2 of 2" in text and "expected 6001" in text, text)
    require(has_flag(Datagram(PORT, 6001).ask("moved"), "port", "smith"), "smith")
    s, word = echo("smith")
    t, other = echo("jones")
    t.send(other.encode().hex() + "\n")
    s.send(word.encode().hex() + "\n")
    require(has_flag(s.rest(), "echo") and has_flag(t.rest(), "echo", "jones"), "two streams")


def ten_thousand_first_steps_and_no_second():
    d = Datagram(DATAGRAM)
    for i in range(10000):
        d.s.sendto(b"student%d" % (i % 300), d.to)
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    for i in range(10000):  # and in the names of 200 neighbours
        data = b"student%d" % (i % 300)
        raw.sendto(struct.pack("!BBHHHBBH4s4s", 0x45, 0, 0, 1, 0, 64, 17, 0, bytes([10, 10, 0, 41 + i % 200]),
                               socket.inet_aton(TARGET)) +
                   struct.pack("!HHHH", 20000 + i, DATAGRAM, 8 + len(data), 0) + data, (TARGET, 0))
    answers = 0
    try:
        while d.s.recv(2000):
            answers += 1
            d.s.settimeout(0.5)
    except TimeoutError:
        pass
    print("answers", answers)
    require(0 < answers < 2000, answers)


# the material's two receivers; `message` and the line that sends it are what a challenge asks for
STREAM_RECEIVER = """#!/usr/bin/python3
import socket
import os
port = 1111
message = b"Connected to TCP Server on port %%i\\n" %% port
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 0)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('', port))
s.listen(1)
os.system("clear")
print ("Waiting for TCP connections\\n")
while 1:
    conn, addr = s.accept()
    connect = conn.recv(1024)
    address, port = addr
    print ("Message Received - '%%s'" %% connect.decode())
    print ("Sent by -", address, "port -", port, "\\n")
    conn.sendall(%s)
    conn.close()
"""
DATAGRAM_RECEIVER = """#!/usr/bin/python3
import socket
import os
port = 2222
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM,0)
s.bind(('', port))
os.system("clear")
print ("Awaiting UDP Messages")
while True:
    data, addr = s.recvfrom(1024)
    address, port = addr
    print ("\\nMessage Received: '%%s'" %% data.decode())
    print ("Sent by -", address, "port", port)
    s.sendto(%s, addr)
"""


class Receiver:
    """A program that runs while the block does."""

    def __init__(self, text, *args):
        self.process = subprocess.Popen(["python3", "-u", "-c", text, *args], stdout=subprocess.PIPE, text=True)
        while "aiting" not in self.process.stdout.readline():
            pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def call(port, who="smith"):
    s = Stream(port)
    s.send(who + "\n")
    return s


def in_time(asked):
    """What asked() tells, once this machine has let the receiver answer within the second that it has."""
    while "gave no whole answer within" in (text := asked()):
        pass
    return text


def the_materials_receivers_earn_their_flags():
    def begun(ends):
        s = call(TCPCALL)
        require(s.line() == "I call you at port 1111\n", "it is told")
        if ends:  # it stays open until then, whatever ends his side
            s.s.shutdown(socket.SHUT_WR)
        return s.rest()

    def datagram():
        d = Datagram(UDPUDP)
        require(d.ask("smith") == "I call you at port 2222\n", "it is told")
        return d.s.recv(2000).decode()

    with Receiver(STREAM_RECEIVER % 'b"smith has " + connect'):
        for ends in (False, False, True):  # it goes on serving
            require(has_flag(in_time(lambda ends=ends: begun(ends)), "tcpcall"), "tcpcall")
    with Receiver(DATAGRAM_RECEIVER % 'b"Message received by smith!"'):
        require(has_flag(in_time(datagram), "udpudp"), "udpudp")
    with Receiver(STREAM_RECEIVER % "message"):
        text = in_time(lambda: call(TCPCALL).rest())
        require("tcpcall: step 3 of 3: 0 of 1 right, smith." in text and "Connected to TCP" in text, text)


def listener(answer=b"", stays=False, reads=True, floods=False):
    """A receiver of the kind that nobody should write; returns its thread, whose `got` is what it read and whose `alone`
    is set once nobody listens any more. One that stays says nothing until the target ends the conversation."""
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind((ME, 1111))
    server.listen(1)

    def run():
        conn, _ = server.accept()
        server.close()
        thread.alone.set()
        thread.got = conn.recv(1024) if reads else b""
        try:
            if answer:
                conn.sendall(answer)
            while floods:
                conn.sendall(b"x" * 65536)
            while stays and conn.recv(1024):
                pass
        except OSError:
            pass
        conn.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.got, thread.alone = None, threading.Event()
    thread.start()
    return thread


@contextlib.contextmanager
def full_queue():
    """A port that takes no connection and refuses none: nobody accepts those that wait there."""
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(socket.socket())
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind((ME, 1111))
        server.listen(0)
        stack.enter_context(socket.create_connection((ME, 1111)))
        for _ in range(2):
            client = stack.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex((ME, 1111))
        yield


def datagrams_flood():
    """The first of them is judged, and the rest is nobody's: who asks again is served as before."""
    right = b"Message received by smith!"
    for first in (b"flood" * 200, right):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.bind((ME, 2222))
            s.settimeout(PATIENCE)
            d = Datagram(UDPUDP)
            d.ask("smith")
            addr = s.recvfrom(1024)[1]
            s.sendto(first, addr)
            for _ in range(0 if first == right else 5000):
                s.sendto(right, addr)
            text = d.s.recv(2000).decode()
            require(has_flag(text, "udpudp") == (first == right) and ("udpudp: step 3 of 3" in text) == (first != right), text)


def receivers_that_fail_are_told():
    text = call(TCPCALL).rest()
    require("nobody listens at 10.10.0.40, TCP port 1111; start your receiver first (SOCK_STREAM, bind(), listen())" in text, text)
    text = call(UDPCALL).rest()
    require("nobody listens at 10.10.0.40, UDP port 2222" in text, text)
    thread = listener(stays=True)
    text = call(TCPCALL).rest()
    require(text.startswith("I call you at port 1111\ntcpcall: step 3 of 3: your receiver gave no whole answer within 1.0 s; accept(), recv() once")
            and "sendall() the whole answer" in text and text.endswith("; then ask again\n"), text)
    require(re.fullmatch(b"[a-z]{8}", thread.got), thread.got)
    thread.join()
    for _ in range(10):  # what comes later than 100 ms after the connection is taken for an answer
        listener(answer=b"smith has what?", reads=False)
        text = call(TCPCALL).rest()
        if "your receiver answered before it was told anything" in text:
            break
    else:
        require(False, "it is told that it spoke first", text)
    listener()
    text = call(TCPCALL).rest()
    require("your receiver ended the conversation without an answer; c, addr = accept(), then c.sendall(answer)" in text, text)
    thread = listener(floods=True)
    text = call(TCPCALL).rest()
    require("tcpcall: step 3 of 3: 0 of 1 right, smith." in text, text)
    thread.join(PATIENCE)
    require(not thread.is_alive(), "the flood has ended")
    datagrams_flood()
    with full_queue():
        text = call(TCPCALL).rest()
        require("10.10.0.40, TCP port 1111 cannot be reached; a filter on your side?" in text, text)
    # one at a time with a port: whoever asks again takes the place of his own, and of nobody else's
    thread = listener(stays=True)
    first = call(TCPCALL)
    first.line()
    require(thread.alone.wait(PATIENCE), "the first has been accepted")
    require(call(TCPCALL, "jones").rest().endswith("is under way; wait for its end\n"), "jones has to wait")
    second = call(TCPCALL)
    require("takes the place of this one" in first.rest(), "the first is told")
    require("nobody listens" in second.rest(), "the second met no receiver")
    thread.join()
    # whoever goes away while he is called back ends it
    thread = listener(stays=True)
    gone = call(TCPCALL)
    gone.line()
    gone.s.close()
    thread.join()


def a_target_that_ends_tells_who_waits():
    silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    silent.bind((ME, 2222))
    text = call(UDPCALL).rest()
    require(text == "udpcall: the target ends; ask again when it is back\n", text)


class Shaker:
    """A TCP connection by hand; this host's kernel resets it after each reply, as every student's does."""

    def __init__(self, port):
        self.port = port
        self.ear = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP)
        self.mouth = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)

    def send(self, flags, seq, ack, payload=b"", source=ME):
        ends = socket.inet_aton(source) + socket.inet_aton(TARGET)
        tcp = struct.pack("!HHLLBBHHH", self.port, SHAKE, seq, ack, 0x50, flags, 5840, 0, 0) + payload
        words = ends + struct.pack("!BBH", 0, 6, len(tcp)) + tcp + b"\0" * (len(tcp) % 2)
        total = sum(struct.unpack(f"!{len(words) // 2}H", words))
        while total >> 16:
            total = (total & 0xffff) + (total >> 16)
        tcp = tcp[:16] + struct.pack("!H", ~total & 0xffff) + tcp[18:]
        self.mouth.sendto(struct.pack("!BBHHHBBH", 0x45, 0, 0, 7, 0, 64, 6, 0) + ends + tcp, (TARGET, 0))

    def heard(self, wait=PATIENCE):
        """(seq, ack) of the target's next SYN-ACK to this port; None when there is none in time."""
        until = time.monotonic() + wait
        while (left := until - time.monotonic()) > 0:
            self.ear.settimeout(left)
            try:
                data = self.ear.recv(2000)
            except TimeoutError:
                break
            sport, dport, seq, ack, _, flags = struct.unpack("!HHLLBB", data[20:34])
            if (sport, dport) == (SHAKE, self.port):
                require(flags == 0x12 and data[12:16] == socket.inet_aton(TARGET), "nothing but a SYN-ACK comes from there", flags)
                return seq, ack
        return None

    def ask(self, seq):
        self.send(0x02, seq, 0, b"smith")
        got = self.heard()
        require(got and got[1] == (seq + 1) % 2**32, "it is acknowledged", got)
        time.sleep(0.1)  # the kernel's reset is there by now
        return got[0]


def called(sends):
    """What the call to port 1111 tells that follows what sends() sends."""
    with socket.create_server(("", 1111)) as server:
        server.settimeout(PATIENCE)
        sends()
        conn, _ = server.accept()
        with conn:
            conn.settimeout(PATIENCE)
            got = b""
            while more := conn.recv(2000):
                got += more
    return got.decode()


def seen():
    with socket.create_connection((TARGET, 1110), PATIENCE) as s:
        s.sendall(b"seen\n")
        s.shutdown(socket.SHUT_WR)
        got = b""
        while more := s.recv(4096):
            got += more
    return got.decode()


def packets_in_several_steps():
    first = Shaker(41001)
    mine = first.ask(0xffffffff)
    again = first.ask(0xffffffff)
    require(again == mine, "what comes again is answered alike", mine, again)
    other = first.ask(7)
    require(other != mine, "a right first step begins anew")
    text = called(lambda: first.send(0x10, 8, (mine + 1) % 2**32))  # of the try before
    require("shake: step 2 of 2" in text and "[ANOTHER_TRY]" in text, text)
    require("TCP reset from your port 41001" in seen(), seen())
    text = called(lambda: [first.send(0x10, 8, (other + 1) % 2**32) for _ in range(2)])  # a network may double it
    require(re.fullmatch(r"(flag{shake\.smith\.[a-z2-7-]+}\n)+", text), text)
    lone = Shaker(41002)
    lone.send(0x10, 9, 10)
    require(lone.heard(1) is None, "no reply to what is no first step")


def handshakes_in_others_names():
    shaker = Shaker(41003)
    for i in range(10000):
        shaker.send(0x02, i, 0, b"smith", f"10.10.0.{41 + i % 200}")
        if i % 100 == 0:
            time.sleep(0.01)
    shaker.send(0x02, 1, 0, b"smith", "192.0.2.7")  # no student's
    began = time.monotonic()
    while time.monotonic() < began + PATIENCE:  # as TCP would, again and again
        shaker.send(0x02, 77, 0, b"smith")
        if shaker.heard(1):
            break
    else:
        require(False, "it answers all the same")
    print(f"answered after {time.monotonic() - began:.1f} s,", end=" ")


def main():
    globals()[sys.argv[1]]()
    print("FLAGS", flags)


main()
