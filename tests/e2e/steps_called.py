"""Students who are called back by the conversations of data/steps, for steps_student.py; runs inside a range."""
import contextlib
import re
import socket
import subprocess
import threading

from steps_talk import ME, PATIENCE, TCPCALL, UDPCALL, UDPUDP, Datagram, Stream, has_flag, require

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
