"""Packets and captures that are made byte by byte, for check.py and those beside it."""
import base64
import socket
import struct

STUDENT, TARGET = "10.10.0.40", "172.16.1.15"


def checksum(data):
    total = sum(struct.unpack(f"!{(len(data) + 1) // 2}H", data + b"\0" * (len(data) % 2)))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ipv4(payload, proto=16, tos=24 << 2, ident=0x1234, ttl=64, src=STUDENT, dst=TARGET):
    head = struct.pack("!BBHHHBBH4s4s", 0x45, tos, 20 + len(payload), ident, 0, ttl, proto, 0, socket.inet_aton(src),
                       socket.inet_aton(dst))
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def chaos(student="smith", **changes):
    return ipv4(student.encode().hex().encode(), **changes)


def tcp(payload=base64.b64encode(b"smith"), dport=8081, sport=5421, seq=123456789, ack=987654321, flags=2, window=1000, sums=0,
        options=b"", src=STUDENT, dst=TARGET):
    head = struct.pack("!HHIIBBHHH", sport, dport, seq, ack, 5 + len(options) // 4 << 4, flags, window, 0, 0) + options
    pseudo = socket.inet_aton(src) + socket.inet_aton(dst) + struct.pack("!BBH", 0, 6, len(head) + len(payload))
    right = checksum(pseudo + head + payload) ^ sums
    return ipv4(head[:16] + struct.pack("!H", right) + head[18:] + payload, proto=6, tos=0, ident=1, src=src, dst=dst)


def udp(payload, dport):
    """As a kernel sends it."""
    return ipv4(struct.pack("!HHHH", 4000, dport, 8 + len(payload), 0) + payload, proto=17, tos=0, ident=0x5ac3)


def arp(opcode, src, dst, ends=b"\2" * 12, sender=b"\2" * 6, target=bytes(6)):
    """A capture of one."""
    frame = ends + struct.pack("!HHHBBH6s4s6s4s", 0x806, 1, 0x800, 6, 4, opcode, sender, socket.inet_aton(src), target, socket.inet_aton(dst))
    return pcap([], link=1) + struct.pack("<IIII", 1700000000, 0, len(frame), len(frame)) + frame


KERNEL_SYN = bytes.fromhex("020405b40402080a000000010000000001030307")


def pcap(packets, link=101, magic=0xA1B2C3D4):
    """A classic file; with link 1 an Ethernet header goes before each packet."""
    out = struct.pack("<IHHiIII", magic, 2, 4, 0, 0, 65535, link)
    for i, packet in enumerate(packets):
        frame = (b"\2" * 12 + b"\x08\0" if link == 1 else b"") + packet
        out += struct.pack("<IIII", 1700000000 + i, 0, len(frame), len(frame)) + frame
    return out


LINK_HEADERS = {101: b"", 1: b"\2" * 12 + b"\x08\0", 113: bytes.fromhex("00000001000602020202020200000800"),
                276: bytes.fromhex("0800000000000002000100060202020202020000"), 127: b"\0\0\x08\0\0\0\0\0"}


def pcapng(packets, interfaces=((101, 65535),), order="<"):
    """One section. interfaces: link type and snapshot length; a packet of the second one is (1, bytes)."""
    def block(kind, body):
        body += b"\0" * (-len(body) % 4)
        return struct.pack(order + "II", kind, len(body) + 12) + body + struct.pack(order + "I", len(body) + 12)
    out = block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1))
    for link, snaplen in interfaces:
        out += block(1, struct.pack(order + "HHI", link, 0, snaplen))
    for i, packet in enumerate(packets):
        number, packet = packet if isinstance(packet, tuple) else (0, packet)
        us, packet = (1700000000 + i) * 1000000, LINK_HEADERS[interfaces[number][0]] + packet
        out += block(6, struct.pack(order + "IIIII", number, us >> 32, us & 0xFFFFFFFF, len(packet), len(packet)) + packet)
    return out
