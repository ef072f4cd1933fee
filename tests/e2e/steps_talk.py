"""How a student talks to the conversations of data/steps, for steps_student.py; runs inside a range."""
import re
import socket
import sys

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
