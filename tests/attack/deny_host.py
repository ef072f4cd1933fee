"""deny_host.py ATTACK RATE WAY N: as a student with N neighbours beside him: attacks from his own address or from
unused ones, while each neighbour sends one right packet. Prints what became of them as JSON."""
import itertools
import json
import multiprocessing
import select
import socket
import struct
import sys
import time

TARGET, ME, DATAGRAM, CALLBACK = "10.10.1.2", "10.10.0.40", 2222, 1111
UNUSED = [f"10.10.0.{n}" for n in range(100, 250)]
WARM_UP = 3  # the kernel asks three seconds for an address that nobody has

raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)


def ip(proto, src, data, tos=24 << 2):
    head = struct.pack("!BBHHHBBH4s4s", 0x45, tos, 0, 7, 0, 64, proto, 0, socket.inet_aton(src), socket.inet_aton(TARGET))
    return head + data


def udp(src, data):
    return ip(17, src, struct.pack("!HHHH", 4000, DATAGRAM, 8 + len(data), 0) + data)


def attacks(name, n):
    """The packets of an attack, over and over."""
    if name == "near":
        return (udp(src, b"736d697468" * 8) for src in itertools.cycle(UNUSED))
    if name == "flags":
        return (udp(src, b"h%d" % (i % 5000)) for i, src in enumerate(itertools.cycle(UNUSED)))
    if name == "copies":
        return (udp(src, b"smith") for src in itertools.cycle([ME, *UNUSED]))
    if name == "named":
        return (udp(src, b"n%d" % (i % n)) for i, src in enumerate(itertools.cycle(UNUSED)))
    # of what cost.py tries the one that took longest
    wrapped = b" " + (b'"' + b"smith" * 139 + b'"').hex().encode() + b"\n \0"
    return (ip(16, src, wrapped) for src in itertools.cycle([ME, *UNUSED]))


def attack(name, rate, n, sent, over):
    begin = time.monotonic()
    for packet in attacks(name, n):
        if over.value:
            return
        raw.sendto(packet, (TARGET, 0))
        sent.value += 1
        ahead = begin + sent.value / rate - time.monotonic()
        if ahead > 0.002:
            time.sleep(ahead)


class Neighbour:
    """One right packet, and the socket at which its flag arrives."""

    def __init__(self, i, way):
        address = f"10.10.0.{41 + i}"
        self.way, self.handle, self.took = way, f"n{i}", None
        if way == "datagram_proved":
            socket.create_connection((TARGET, 1110), 60, (address, 0)).close()
        if way != "chaos":
            self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.socket.bind((address, 0))
            self.socket.sendto(self.handle.encode(), (TARGET, DATAGRAM))
        else:
            self.socket = socket.create_server((address, CALLBACK))
            raw.sendto(ip(16, address, self.handle.encode().hex().encode()), (TARGET, 0))
        self.sent = time.monotonic()

    def read(self):
        got = b""
        if self.way != "chaos":
            got = self.socket.recv(4096)
        else:
            with self.socket.accept()[0] as c:
                while part := c.recv(4096):
                    got += part
        if f".{self.handle}." in got.decode():
            self.took = time.monotonic() - self.sent


def wait(neighbours, until):
    while (left := until - time.monotonic()) > 0:
        waiting = {n.socket: n for n in neighbours if n.took is None}
        for s in select.select(list(waiting), [], [], left)[0]:
            waiting[s].read()


def earned(neighbours):
    """Waits until each has a flag; at most a minute."""
    end = time.monotonic() + 60
    while any(x.took is None for x in neighbours) and time.monotonic() < end:
        wait(neighbours, time.monotonic() + 0.1)


def unsent():
    """Two neighbours to whom there is no way for some time; the second asks the briefing, and sends again."""
    begin = time.monotonic()
    neighbours = [Neighbour(0, "datagram"), Neighbour(1, "datagram")]
    earned(neighbours[:1])
    sys.stdin.readline()  # there is a way to the second one again
    with socket.create_connection((TARGET, 1110), 60, ("10.10.0.42", 0)) as s:
        s.sendall(b"i n1\nseen\nquit\n")
        seen = b"".join(iter(lambda: s.recv(4096), b"")).decode()
    neighbours[1] = Neighbour(1, "datagram")
    earned(neighbours[1:])
    return {"sent": 2, "seconds": time.monotonic() - begin, "took": [x.took for x in neighbours], "seen": seen}


def main():
    if sys.argv[1] == "unsent":
        print(json.dumps(unsent()), flush=True)
        sys.stdin.read()
        return
    name, rate, way, n = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    sent, over = multiprocessing.Value("i", 0), multiprocessing.Value("b", 0)
    child = multiprocessing.Process(target=attack, args=(name, rate, n, sent, over))
    child.start()
    begin = time.monotonic()
    time.sleep(WARM_UP)
    neighbours = []
    for i in range(n):
        neighbours.append(Neighbour(i, way))
        wait(neighbours, time.monotonic() + 0.2)
    earned(neighbours)
    took = time.monotonic() - begin
    over.value = 1
    child.join(60)
    print(json.dumps({"sent": sent.value, "seconds": took, "took": [x.took for x in neighbours]}), flush=True)
    sys.stdin.read()


main()
