#!/usr/bin/env python3
"""own_host_student.py CASE: what a student does to the target on his own host; runs beside it in a range."""
import array
import base64
import select
import socket
import struct
import sys
import time

STREAM, DATAGRAM, SEGMENT, CALLBACK, BRIEFING = 5001, 5002, 8081, 4711, 1110
LAN = "172.16.1.15"


def stream_sender(ip_addr, port, message):
    """The material's demo; values changed only."""
    s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 0)
    s.connect((ip_addr, port))
    s.send(message)
    data, conn = s.recvfrom(1024)
    s.close()
    return data.decode('utf-8')


def datagram_sender(ip_addr, port, message, bound=0):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, 0)
    s.settimeout(60)
    if bound:
        s.bind(('', bound))
    s.sendto(message, (ip_addr, port))
    data, addr = s.recvfrom(1024)
    return data.decode()


def raw_ip(src, dst, handle=b"smith", tos=24 << 2, protocol=16):
    """As the course hands it out: length and checksum are the kernel's."""
    header = struct.pack('!BBHHHBBH4s4s', 69, tos, 0, 7777, 0, 64, protocol, 0, socket.inet_aton(src), socket.inet_aton(dst))
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as s:
        s.sendto(header + handle.hex().encode(), (dst, 0))


def checksum(data):
    """The sum of words as the machine reads them, packed as it has them."""
    if len(data) % 2:
        data += b"\0"
    total = sum(array.array('H', data))
    total = (total >> 16) + (total & 0xFFFF)
    total += total >> 16
    return ~total & 0xFFFF


def raw_tcp(src, dst, handle=b"smith"):
    data = base64.b64encode(handle)
    header = struct.pack('!BBHHHBBH4s4s', 69, 0, 0, 7777, 0, 64, 6, 0, socket.inet_aton(src), socket.inet_aton(dst))
    fields = [1337, SEGMENT, 1, 0, 5 << 4, 2, 4242, 0, 0]
    tcp = struct.pack('!HHLLBBHHH', *fields)
    pseudo = socket.inet_aton(src) + socket.inet_aton(dst) + struct.pack('!BBH', 0, 6, len(tcp + data))
    tcp = tcp[:16] + struct.pack('H', checksum(pseudo + tcp + data)) + tcp[18:]
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as s:
        s.sendto(header + tcp + data, (dst, 0))


class Listener:
    """`nc -lvnp`, again and again: what each call brought."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(('', CALLBACK))
        self.socket.listen(5)

    def call(self, seconds=60):
        if not select.select([self.socket], [], [], seconds)[0]:
            return ""
        conn, _ = self.socket.accept()
        text = b""
        while got := conn.recv(4096):
            text += got
        conn.close()
        return text.decode()


def flag(text, slug):
    assert text.startswith("flag{%s.smith." % slug), text


def earn_all(address):
    listener = Listener()
    flag(stream_sender(address, STREAM, b"smith"), "stream")
    flag(datagram_sender(address, DATAGRAM, b"smith"), "datagram")
    raw_ip(address, address)
    flag(listener.call(), "chaos")
    raw_tcp(address, address)
    flag(listener.call(), "segment")


def the_material_earns_its_flags_at_loopback():
    earn_all("127.0.0.1")


def and_at_the_hosts_own_address():
    earn_all(LAN)
    listener = Listener()
    raw_ip("127.0.0.1", LAN)
    flag(listener.call(), "chaos")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.sendto(b"smith", (LAN, DATAGRAM + 1))
    text = seen_with(f"UDP to port {DATAGRAM + 1} from {LAN}")
    assert text.count("stream: right") == 1, text


def talk_to_oneself():
    """Another program's conversation, by TCP and by UDP, to ports that are near none of the target's."""
    server = socket.create_server(("127.0.0.1", 9000))
    client = socket.create_connection(("127.0.0.1", 9000))
    peer, _ = server.accept()
    for _ in range(20):
        client.sendall(b"smith" * 100)
        peer.recv(4096)
        peer.sendall(b"736d697468")
        client.recv(4096)
    for s in (client, peer, server):
        s.close()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as resolver, \
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        resolver.bind(("127.0.0.53", 5353))
        for _ in range(20):
            s.sendto(b"736d697468", ("127.0.0.53", 5353))
            resolver.recv(100)
            s.sendto(b"smith", ("127.0.0.1", 40001))


def four_right_ones_among_noise():
    talk_to_oneself()
    listener = Listener()
    flag(stream_sender("127.0.0.1", STREAM, b"smith"), "stream")
    flag(datagram_sender("127.0.0.1", DATAGRAM, b"smith", bound=1234), "datagram")
    raw_ip("127.0.0.1", "127.0.0.1")
    flag(listener.call(), "chaos")
    raw_tcp("127.0.0.1", "127.0.0.1")
    flag(listener.call(), "segment")
    talk_to_oneself()
    text = seen_with("TCP to port 9000")
    assert text.count(" to port ") == 1 and "ICMP" not in text, text


def ask(*words):
    with socket.create_connection(("127.0.0.1", BRIEFING)) as s:
        s.sendall("".join(f"{w}\n" for w in words + ("quit",)).encode())
        text = b""
        while got := s.recv(65536):
            text += got
    return text.decode()


def seen_with(part):
    """What is seen, once this is told: a capture may be read after a connection."""
    until = time.monotonic() + 60
    while part not in (text := ask("seen")):
        assert time.monotonic() < until, text
    return text


def a_near_miss_is_told():
    assert "payload" in stream_sender("127.0.0.1", STREAM, b"smiht")


def a_near_miss_is_told_nothing():
    assert stream_sender("127.0.0.1", STREAM, b"smiht") == ""
    flag(stream_sender("127.0.0.1", STREAM, b"smith"), "stream")


def a_connected_socket_hears_the_answer():
    """From whatever address to whichever: nc -u and connect() hear the one that was asked alone."""
    for me, to in (("", LAN), (LAN, "127.0.0.1"), ("127.0.0.9", LAN), ("", "127.0.0.2")):
        for message, start in ((b"smith", "flag{"), (b"smiht", "datagram: ")):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
                s.settimeout(60)
                s.bind((me, 0))
                s.connect((to, DATAGRAM))
                s.send(message)
                text = s.recv(1024).decode()
                assert text.startswith(start), (me, to, text)


def a_near_miss_is_called_back():
    listener = Listener()
    raw_ip("127.0.0.1", "127.0.0.1", tos=24)
    text = listener.call()
    assert "chaos" in text and "NOT_SHIFTED" in text and "flag{" not in text, text
    assert "smith" in (text := stream_sender("127.0.0.1", STREAM, b"smiht")) and "flag{" not in text, text
    assert "no handle" not in text, text
    assert "hex" in (text := stream_sender("127.0.0.1", STREAM, b"736d697468")), text


def a_sockets_segment_is_a_finding_of_its_own():
    """connect() to a port that wants a hand-made segment: refused by the kernel, and told by the target."""
    listener = Listener()
    with socket.socket() as s:
        assert s.connect_ex(("127.0.0.1", SEGMENT)) != 0
    text = listener.call() + ask("tries segment", "seen")
    assert "segment" in text and "connect()" in text, text
    time.sleep(1.1)
    seen_with("Nothing else")


def another_handle_earns_nothing():
    listener = Listener()
    for text in (stream_sender("127.0.0.1", STREAM, b"jones"), datagram_sender("127.0.0.1", DATAGRAM, b"jones")):
        assert "flag{" not in text and "jones" in text, text
    raw_ip("127.0.0.1", "127.0.0.1", handle=b"jones")
    assert "flag{" not in listener.call(3)


def a_foreign_source_is_not_answered():
    """Not by a call to loopback, and not by a packet to that address; told at the briefing."""
    listener = Listener()
    raw_ip("10.9.9.9", "127.0.0.1")
    raw_tcp("10.9.9.9", LAN)
    assert listener.call(2) == ""
    seen_with("10.9.9.9")


def the_briefing_knows_whose_host_it_is():
    mine = stream_sender("127.0.0.1", STREAM, b"smith").strip()
    text = ask("i", "flags", f"submit {mine}", "submit flag{stream.jones.aaaa-bbbb-cccc-dddd}", "tries stream")
    assert "You are smith, for this target is on your own host" in text, text
    assert "RIGHT: but a target on your own host hands nothing in" in text and "BAD" in text, text


def knock(target, student, *slugs):
    """Every one the same word."""
    source = target if target == "127.0.0.1" else "10.10.0.40"
    listener = Listener()
    for slug in slugs:
        if slug == "host":
            text = stream_sender(target, STREAM, b"knock")
        elif slug == "source":
            text = datagram_sender(target, DATAGRAM, b"knock")
        else:
            raw_ip(source, target, handle=b"knock", protocol=253 if slug == "knocked" else 16)
            text = listener.call()
        assert text.startswith("flag{%s.%s." % (slug, student)), text


globals()[sys.argv[1]](*sys.argv[2:])
