"""What a student's host sends to the targets and sees of them, for targets_student.py; runs inside a range."""
import base64
import contextlib
import select
import socket
import struct
import time

TARGET, ME = "172.16.1.15", "10.10.0.40"
STREAM, DATAGRAM, SEGMENT, CALLBACK = 5001, 5002, 8081, 1111
FLAG = "flag{%s.%s."
PATIENCE = 300  # seconds for what has to come


# -- making packets

def ip_header(proto, length=0, tos=24 << 2, src=ME, dst=TARGET, ttl=64, version_ihl=0x45):
    return struct.pack("!BBHHHBBH4s4s", version_ihl, tos, length, 7, 0, ttl, proto, 0, socket.inet_aton(src),
                       socket.inet_aton(dst))


raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)


def chaos(handle, tos=24 << 2, src=ME, ttl=64):
    """Right with the default tos, wrong with any other."""
    raw.sendto(ip_header(16, tos=tos, src=src, ttl=ttl) + handle.encode().hex().encode(), (TARGET, 0))


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def segment(handle, window=4242, flags=2, src=ME, port=SEGMENT):
    data = base64.b64encode(handle.encode())
    header = struct.pack("!HHLLBBHHH", 4321, port, 1, 0, 5 << 4, flags, window, 0, 0)
    pseudo = socket.inet_aton(src) + socket.inet_aton(TARGET) + struct.pack("!BBH", 0, 6, len(header + data))
    header = header[:16] + struct.pack("!H", checksum(pseudo + header + data)) + header[18:]
    raw.sendto(ip_header(6, src=src) + header + data, (TARGET, 0))


# -- seeing packets

class Sniffer:
    """All IPv4 packets from the target, seen on the wire while the block runs and `after` seconds longer."""

    def __init__(self, after=0.0):
        self.after, self.packets = after, []

    def __enter__(self):
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800))
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        return self

    def __exit__(self, *_):
        time.sleep(self.after)
        while select.select([self.socket], [], [], 0)[0]:
            frame = self.socket.recv(65535)
            if frame[26:30] == socket.inet_aton(TARGET):
                self.packets.append(frame[14:])
        self.socket.close()

    def calls(self):
        """The connections that the target tried: (address, port, its own port), retransmissions once."""
        found = []
        for p in self.packets:
            tcp = p[(p[0] & 15) * 4:]
            if p[9] == 6 and tcp[13] & 0x12 == 2:
                source, to = struct.unpack("!HH", tcp[:4])
                call = (socket.inet_ntoa(p[16:20]), to, source)
                if call not in found:
                    found.append(call)
        return found


# -- listeners

class Listener(socket.socket):
    fillers = ()


def listener(port=CALLBACK, backlog=5):
    s = Listener(socket.AF_INET, socket.SOCK_STREAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("", port))
    s.listen(backlog)
    return s


def called(s, seconds=PATIENCE):
    """All that the next call says, until its end."""
    s.settimeout(seconds)
    with contextlib.closing(s.accept()[0]) as c:
        c.settimeout(seconds)
        text = b""
        while got := c.recv(4096):
            text += got
    return text.decode("ascii")


def stream(data=b"", seconds=PATIENCE, half_close=False):
    with contextlib.closing(socket.create_connection((TARGET, STREAM), seconds)) as s:
        s.sendall(data)
        if half_close:
            s.shutdown(socket.SHUT_WR)
        text = b""
        while got := s.recv(4096):
            text += got
    return text.decode("ascii")


def datagram(data, seconds=PATIENCE):
    with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as s:
        s.settimeout(seconds)
        s.sendto(data, (TARGET, DATAGRAM))
        return s.recv(4096).decode("ascii")


def has(text, slug, student):
    assert FLAG % (slug, student) in text, text
