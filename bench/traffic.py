"""traffic.py - captures of packets that are right, nearly right and for nobody, and courses of any size."""
import base64
import random
import socket
import struct

STUDENT, TARGET = "10.10.0.40", "172.16.1.15"
PARAMS = {"raw-tcp:tcp.srcport": 5421, "raw-tcp:tcp.seq_raw": 123456789, "raw-tcp:tcp.ack_raw": 987654321,
          "raw-ipv4:ip.dsfield.dscp": 24, "raw-ipv4:ip.id": 0x1234}


def checksum(data):
    total = sum(struct.unpack(f"!{(len(data) + 1) // 2}H", data + b"\0" * (len(data) % 2)))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ipv4(payload, proto, tos=24 << 2, ident=0x1234):
    head = struct.pack("!BBHHHBBH4s4s", 0x45, tos, 20 + len(payload), ident, 0, 64, proto, 0, socket.inet_aton(STUDENT),
                       socket.inet_aton(TARGET))
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def tcp(dport=8081, seq=123456789, flags=2, window=1000, sums=0, payload=base64.b64encode(b"smith")):
    head = struct.pack("!HHIIBBHHH", 5421, dport, seq, 987654321, 0x50, flags, window, 0, 0)
    pseudo = socket.inet_aton(STUDENT) + socket.inet_aton(TARGET) + struct.pack("!BBH", 0, 6, len(head) + len(payload))
    return ipv4(head[:16] + struct.pack("!H", checksum(pseudo + head + payload) ^ sums) + head[18:] + payload, 6, tos=0,
                ident=window)


def udp(dport, payload=b"x" * 20):
    return ipv4(struct.pack("!HHHH", 4000, dport, 8 + len(payload), 0) + payload, 17)


def chaos(student=b"smith", **changes):
    return ipv4(student.hex().encode(), 16, **changes)


def mix(rng):
    """Ten packets: three are right, three nearly, four for nobody. No two lots are equal."""
    n = [rng.randrange(1, 65535) for _ in range(9)]
    return [tcp(window=n[0]), udp(n[1] | 1), tcp(sums=n[2], window=n[3]), chaos(),
            tcp(dport=n[4] % 8000, flags=16, payload=b"y" * (n[5] % 1200)), tcp(window=n[6]), udp(5353, b"z" * (n[7] % 300)),
            chaos(ident=n[8] ^ 0x1234 or 1), tcp(seq=n[1], window=n[0]), tcp(dport=81, window=n[2])]


RIGHT = {"raw-tcp": 2, "raw-ipv4": 1}


def block(n):
    rng = random.Random(1)
    packets = [packet for _ in range(n // 10) for packet in mix(rng)]
    out = b""
    for i, packet in enumerate(packets):
        frame = b"\2" * 12 + b"\x08\0" + packet
        out += struct.pack("<IIII", 1700000000 + i, i, len(frame), len(frame)) + frame
    return out


def pcap_header():
    return struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)


def write_capture(path, packets):
    part = block(10_000)
    with path.open("wb") as f:
        f.write(pcap_header())
        for _ in range(packets // 10_000):
            f.write(part)


def course_of(folder, n):
    """n packet challenges, of which the first is the one that packets are for."""
    for i in range(n):
        there = folder / f"c{i:04}"
        there.mkdir(parents=True)
        (there / "challenge.yml").write_text(f"name: C{i}\ncategory: x\ndescription: x\nvalue: 1\ntype: standard\n")
        (there / "target.yml").write_text(f"kind: packet\nlisten: {{tcp.dstport: {8081 + i}}}\nexpect:\n  tcp.flags: SYN\n"
                                          "  payload: {text: \"{student}\", encoding: base64}\ndeliver: {connect: 1111}\n")
    (folder / "course.yml").write_text("id: many\nname: Many\npass: 1\n")
    (folder.parent / f"{folder.name}.yml").write_text(
        f"class: bench\ncourse: {folder.name}\nnetworks: {{target: {TARGET}, students: [10.10.0.0/24]}}\n")
