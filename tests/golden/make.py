#!/usr/bin/env python3
"""make.py DIR: writes the golden captures, the same bytes every time: each link type, each field of
lib/pkt/fields.def, and packets that contradict themselves. Nothing but struct, so that what is compared
was not made by either side."""
import os
import random
import struct
import sys

# LINKTYPE_ numbers of files
NULL, ETHERNET, RAW, LOOP, SLL, IPV4, IPV6, SLL2 = 0, 1, 101, 108, 113, 228, 229, 276
SRC4, DST4 = bytes([10, 10, 0, 40]), bytes([172, 16, 1, 15])
SRC6 = bytes.fromhex("20010db8000000000000000000000028")
DST6 = bytes.fromhex("20010db800010000000000000000000f")
MAC_A, MAC_B = bytes.fromhex("020000000001"), bytes.fromhex("02000000000f")
HANDLE = b"smith"


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def pseudo(src, dst, proto, length):
    if len(src) == 4:
        return src + dst + struct.pack("!BBH", 0, proto, length)
    return src + dst + struct.pack("!IxxxB", length, proto)


def summed(src, dst, proto, data, at):
    """data with its checksum at byte `at`"""
    value = checksum((pseudo(src, dst, proto, len(data)) if src else b"") + data)
    return data[:at] + struct.pack("!H", value or 0xFFFF if proto == 17 else value) + data[at + 2:]


def ipv4(payload=b"", proto=253, tos=0, ident=0x1A2B, frag=0, ttl=64, options=b"", version=4, ihl=None,
         length=None, src=SRC4, dst=DST4, check=None):
    words = 5 + len(options) // 4
    head = struct.pack("!BBHHHBBH4s4s", version << 4 | (words if ihl is None else ihl), tos,
                       words * 4 + len(payload) if length is None else length, ident, frag, ttl, proto, 0, src, dst)
    head += options
    value = checksum(head) if check is None else check
    return head[:10] + struct.pack("!H", value) + head[12:] + payload


def ipv6(payload=b"", nxt=59, tclass=0, flow=0, hlim=64, version=6, plen=None, src=SRC6, dst=DST6):
    return struct.pack("!IHBB16s16s", version << 28 | tclass << 20 | flow,
                       len(payload) if plen is None else plen, nxt, hlim, src, dst) + payload


def tcp(src=SRC4, dst=DST4, data=HANDLE, sport=54321, dport=8081, seq=0x01020304, ack=0x0A0B0C0D, flags=0x02,
        window=5840, urgent=0, options=b"", offset=None, good=True):
    words = 5 + len(options) // 4 if offset is None else offset
    head = struct.pack("!HHIIHHHH", sport, dport, seq, ack, words << 12 | flags, window, 0, urgent) + options
    out = summed(src, dst, 6, head + data, 16)
    return out if good else out[:16] + bytes([out[16] ^ 0x55]) + out[17:]


def udp(src=SRC4, dst=DST4, data=HANDLE, sport=4000, dport=2222, length=None, check=None):
    head = struct.pack("!HHHH", sport, dport, 8 + len(data) if length is None else length, 0)
    out = summed(src, dst, 17, head + data, 6)
    return out if check is None else out[:6] + struct.pack("!H", check) + out[8:]


def icmp(kind=8, code=0, ident=9, seq=5, data=HANDLE, good=True):
    out = summed(None, None, 1, struct.pack("!BBHHH", kind, code, 0, ident, seq) + data, 2)
    return out if good else out[:2] + bytes([out[2] ^ 0x55]) + out[3:]


def icmp6(kind=128, code=0, ident=0x0123, seq=7, data=HANDLE, src=SRC6, dst=DST6, good=True):
    out = summed(src, dst, 58, struct.pack("!BBHHH", kind, code, 0, ident, seq) + data, 2)
    return out if good else out[:2] + bytes([out[2] ^ 0x55]) + out[3:]


def ext(nxt, body, length=None):
    """hop-by-hop or destination options, or a routing header's rest: padded by the caller to 8n - 2"""
    assert len(body) % 8 == 6
    return bytes([nxt, (len(body) + 2) // 8 - 1 if length is None else length]) + body


def fragment(nxt, offset, more, ident=0xDECAFBAD, reserved=0, bits=0):
    return struct.pack("!BBHI", nxt, reserved, offset << 3 | bits << 1 | more, ident)


def ah(nxt, icv=12):
    return struct.pack("!BBHII", nxt, (12 + icv) // 4 - 2, 0, 0xCAFE0001, 77) + b"\xAA" * icv


def ether(payload, kind=0x0800):
    return MAC_B + MAC_A + struct.pack("!H", kind) + payload


def ieee8023(payload, length=None):
    """a length in place of the EtherType, and what pads a short frame"""
    return MAC_B + MAC_A + struct.pack("!H", len(payload) if length is None else length) + payload + b"\0" * max(0, 46 - len(payload))


def arp(opcode=1, hardware=1, protocol=0x0800, sender=(MAC_A, SRC4), target=(b"\0" * 6, DST4)):
    return struct.pack("!HHBBH", hardware, protocol, len(sender[0]), len(sender[1]), opcode) + b"".join(sender + target)


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def sctp(chunks=b"", sport=40001, dport=50001, tag=0, order="<", flip=0):
    head = struct.pack("!HHII", sport, dport, tag, 0)
    return head[:8] + struct.pack(order + "I", crc32c(head + chunks) ^ flip) + chunks


def chunk(kind, body=b"", flags=0, length=None):
    return struct.pack("!BBH", kind, flags, 4 + len(body) if length is None else length) + body + b"\0" * (-len(body) % 4)


def sctp_init(tag=0xCAFEBABE, credit=106496, outbound=10, inbound=2048, tsn=0x01020304, more=b"", kind=1):
    return chunk(kind, struct.pack("!IIHHI", tag, credit, outbound, inbound, tsn) + more)


def sctp_parameter(value=HANDLE, kind=0xC747, length=None):
    return struct.pack("!HH", kind, 4 + len(value) if length is None else length) + value


def sctp_lengths():
    """INITs with a parameter: right ones, and each length wrong in the usual ways"""
    one, two = sctp_parameter(), sctp_parameter(b"\0\5\0\6", 12) + sctp_parameter(b"", 0x8000)
    yield sctp_init(more=one)
    yield sctp_init(more=two)
    yield sctp_init(more=sctp_parameter(b"", 0x8000))
    yield sctp_init(more=sctp_parameter(HANDLE + b"\0\0\0", 0xC747, 9))  # the chunk's length counts padding
    yield sctp_init(more=sctp_parameter(HANDLE, length=12))  # the parameter's does
    yield sctp_init(more=sctp_parameter(HANDLE, length=5))
    yield sctp_init(more=sctp_parameter(HANDLE, length=0x0900))
    for length in (20, 13, 41, 0x1D00, 32, 21, 3):
        yield chunk(1, struct.pack("!IIHHI", 7, 8, 9, 10, 11) + one, length=length)
    yield chunk(0, b"x" * 12 + HANDLE, length=4000)
    yield sctp_init() + sctp_data()
    yield sctp_init(more=one) + chunk(14)
    yield sctp_init(more=one) + b"\0\0\0\0"


def sctp_data(data=HANDLE, tsn=7, sid=1, ssn=2, ppid=0, flags=3):
    return chunk(0, struct.pack("!IHHI", tsn, sid, ssn, ppid) + data, flags)


def vlan(payload, kind=0x0800, tpid=0x8100, priority=0, dei=0, vid=1):
    """a tag and what follows it; the tag's own TPID is the EtherType before it"""
    return struct.pack("!HH", priority << 13 | dei << 12 | vid, kind) + payload


def sll(payload, kind=0x0800, packet=4, hardware=1, address=MAC_A):
    return struct.pack("!HHH8sH", packet, hardware, len(address), address, kind) + payload


def sll2(payload, kind=0x0800, packet=0, hardware=1, address=MAC_A, interface=3):
    return struct.pack("!HxxIHBB8s", kind, interface, hardware, packet, len(address), address) + payload


MSS, WSCALE, SACK_OK, TIMES = b"\x02\x04\x05\xb4", b"\x03\x03\x07", b"\x04\x02", struct.pack("!BBII", 8, 10, 99, 7)
ALL_OPTIONS = MSS + SACK_OK + TIMES + b"\x01" + WSCALE
PADN = b"\x01\x04\0\0\0\0"


def v4_frames():
    yield ipv4(tcp(flags=0x0C2, urgent=7, options=MSS), 6, tos=0x61, frag=0x4000, ttl=63)
    yield ipv4(tcp(options=ALL_OPTIONS, data=b""), 6)
    for bit in range(12):
        yield ipv4(tcp(flags=1 << bit), 6)
    yield ipv4(tcp(flags=0xFFF, seq=0xFFFFFFFF, ack=0xFFFFFFFE, window=0xFFFF, urgent=0xFFFF), 6)
    yield ipv4(tcp(good=False), 6)
    yield ipv4(tcp(data=b"odd", sport=1, dport=65535), 6)
    yield ipv4(udp(), 17)
    yield ipv4(udp(data=b""), 17)
    yield ipv4(udp(check=0), 17)
    yield ipv4(udp(check=0x1234), 17)
    yield ipv4(icmp(), 1)
    yield ipv4(icmp(0, data=b""), 1)
    yield ipv4(icmp(good=False), 1)
    yield ipv4(icmp(3, 3, 0, 0, ipv4(udp(), 17)), 1)
    yield ipv4(icmp(13, 0, 0x1234, 0x4321, b"\0" * 12), 1)
    yield ipv4(b"733d6964", 16, tos=0x60)
    yield ipv4(b"any", 254, options=b"\x94\x04\0\0", ident=0)
    yield ipv4(b"any", 253, frag=0x8000)
    yield ipv4(b"any", 253, tos=0xFF, ident=0xFFFF, ttl=0)
    yield ipv4(b"any", 253, check=0xBAD0)
    yield ipv4(tcp()[:24], 6, frag=0x2000)
    yield ipv4(udp()[:12], 17, frag=0x2000)
    yield ipv4(b"the rest", 6, frag=0x0003)
    yield ipv4(b"the rest", 17, frag=0x2001)


def v6_frames():
    six = {"src": SRC6, "dst": DST6}
    yield ipv6(tcp(**six, options=ALL_OPTIONS), 6, tclass=0xB9, flow=0xABCDE, hlim=63)
    yield ipv6(tcp(**six, good=False), 6)
    yield ipv6(udp(**six), 17, tclass=0xFF, flow=0xFFFFF, hlim=255)
    yield ipv6(udp(**six, data=b"odd"), 17)
    yield ipv6(udp(**six, check=0x1234), 17)
    yield ipv6(udp(**six, check=0), 17)
    yield ipv6(icmp6(), 58)
    yield ipv6(icmp6(129, data=b""), 58)
    yield ipv6(icmp6(good=False), 58)
    yield ipv6(icmp6(1, 4, 0, 0, ipv6(udp(**six), 17)), 58)
    yield ipv6(icmp6(135, 0, 0, 0, DST6), 58)
    yield ipv6(b"", 59)
    yield ipv6(b"any", 253)
    yield ipv6(ext(6, PADN) + tcp(**six), 0)
    yield ipv6(ext(17, b"\x05\x02\0\0\x01\0") + udp(**six), 0)
    yield ipv6(ext(58, b"\0\0" + b"\x01\x0a" + b"\0" * 10, 1) + icmp6(), 60)
    yield ipv6(ext(60, PADN) + ext(6, b"\x1e\x04abcd") + tcp(**six), 0)
    hop = bytes.fromhex("20010db8000200000000000000000002")
    yield ipv6(ext(6, b"\x02\x01" + b"\0" * 4 + DST6) + tcp(**six), 43, dst=hop)
    yield ipv6(ext(6, b"\x02\x00" + b"\0" * 4 + DST6) + tcp(**six), 43)
    yield ipv6(ext(17, b"\x04\x01\x01\0\0\0" + DST6 + hop) + udp(**six), 43, dst=hop)
    yield ipv6(ext(17, b"\x04\x01\x01\0\0\0" + DST6 + hop) + udp(**six), 43, dst=hop)
    yield ipv6(fragment(6, 0, 1) + tcp(**six)[:24], 44)
    yield ipv6(fragment(17, 0, 1) + udp(**six)[:16], 44)
    yield ipv6(fragment(17, 0, 0) + udp(**six), 44)
    yield ipv6(fragment(6, 3, 1, reserved=0x5A, bits=2) + b"the rest", 44)
    yield ipv6(fragment(17, 8191, 0) + b"the rest", 44)
    yield ipv6(ah(6) + tcp(**six), 51)
    yield ipv6(ext(44, PADN) + fragment(51, 0, 0) + ah(58) + icmp6(), 60)
    yield ipv6(struct.pack("!II", 0x1000, 1) + b"\xEE" * 24, 50)


def broken_v4():
    whole = ipv4(tcp(options=MSS), 6)
    yield whole[:10]
    yield whole[:20]
    yield whole[:33]
    yield ipv4(tcp(), 6, ihl=4)
    yield ipv4(tcp(), 6, ihl=15)
    yield ipv4(tcp(), 6, length=19)
    yield ipv4(tcp(), 6, length=400)
    yield ipv4(tcp(offset=4), 6)
    yield ipv4(tcp(offset=15), 6)
    yield ipv4(tcp(options=b"\x02\x0a\x05\xb4"), 6)
    yield ipv4(tcp(options=b"\x01\x01\x02\x01"), 6)
    yield ipv4(tcp(options=b"\x02\x03\x05\x01"), 6)
    yield ipv4(b"any", 253, options=b"\x94\x08\0\0")
    yield ipv4(udp(length=7), 17)
    yield ipv4(udp(length=400), 17)
    yield ipv4(udp(length=10), 17)
    yield ipv4(icmp()[:6], 1)
    yield ipv4(tcp()[:12], 6)
    yield ipv4(udp()[:5], 17)


def broken_v6():
    six = {"src": SRC6, "dst": DST6}
    whole = ipv6(tcp(**six), 6)
    yield whole[:39]
    yield whole[:40]
    yield whole[:55]
    yield ipv6(tcp(**six), 6, plen=400)
    yield ipv6(tcp(**six), 6, plen=10)
    yield ipv6(ext(6, PADN, 9) + tcp(**six), 0)
    yield ipv6(ext(6, b"\x01\x09\0\0\0\0") + tcp(**six), 0)
    yield ipv6(ext(6, PADN)[:5], 0)
    yield ipv6(fragment(6, 0, 0)[:6], 44)
    yield ipv6(ah(6)[:8], 51)
    yield ipv6(ext(0, PADN) + ext(60, PADN) + ext(6, PADN) + tcp(**six), 60)


def random_v4(bits):
    """right packets of any values; ports that no protocol is known for"""
    for _ in range(60):
        values = {"sport": 40000 + bits(12), "dport": 50000 + bits(12), "data": bytes(bits(8) for _ in range(bits(5)))}
        upper = (tcp(**values, seq=bits(32), ack=bits(32), flags=bits(9), window=bits(16), urgent=bits(16)),
                 udp(**values), icmp(8, 0, bits(16), bits(16), values["data"]))
        kind = bits(8) % 3
        yield ipv4(upper[kind], (6, 17, 1)[kind], tos=bits(8), ident=bits(16), frag=bits(1) << 14, ttl=bits(8))


def random_v6(bits):
    for _ in range(60):
        ends = {"src": SRC6[:8] + bytes(bits(8) for _ in range(8)), "dst": DST6[:8] + bytes(bits(8) for _ in range(8))}
        data = bytes(bits(8) for _ in range(bits(5)))
        ports = {"sport": 40000 + bits(12), "dport": 50000 + bits(12)}
        upper = (tcp(**ends, **ports, data=data, seq=bits(32), ack=bits(32), flags=bits(9), window=bits(16)),
                 udp(**ends, **ports, data=data), icmp6(128, 0, bits(16), bits(16), data, **ends))
        kind = bits(8) % 3
        payload, nxt = upper[kind], (6, 17, 58)[kind]
        for _ in range(bits(2)):
            what = bits(2)
            payload = (ext(nxt, PADN) if what < 2 else ah(nxt, 4 * bits(2)) if what == 2
                       else fragment(nxt, 0, 0, bits(32), bits(8))) + payload
            nxt = (60, 60, 51, 44)[what]
        yield ipv6(payload, nxt, bits(8), bits(20), bits(8), **ends)


def links():
    """name, link type, frames"""
    four, six = ipv4(tcp(), 6), ipv6(icmp6(), 58)
    yield "null", NULL, [struct.pack("<I", 2) + four, struct.pack(">I", 2) + four, struct.pack(">I", 30) + six,
                         struct.pack("<I", 24) + six, struct.pack("<I", 28) + six, struct.pack("<I", 30) + six]
    yield "loop", LOOP, [struct.pack(">I", 2) + four, struct.pack(">I", 24) + six]
    yield "ipv4", IPV4, [four]
    yield "ipv6", IPV6, [six]
    yield "sll", SLL, [sll(four), sll(six, 0x86DD, packet=0), sll(four, packet=3, hardware=772, address=b"\0" * 6),
                       sll(four, hardware=65534, address=b""), sll(b"x" * 28, 0x0806),
                       sll(vlan(four, vid=7), 0x8100), sll(four)[:15]]
    yield "sll2", SLL2, [sll2(four), sll2(six, 0x86DD, packet=1, interface=0x12345678),
                         sll2(four, hardware=65534, address=b"", interface=1), sll2(four)[:19],
                         sll2(vlan(six, 0x86DD, vid=7), 0x8100)]
    yield "vlan", ETHERNET, [
        ether(vlan(four, priority=5, dei=1, vid=0xABC), 0x8100), ether(vlan(six, 0x86DD, vid=4095), 0x8100),
        ether(vlan(four, priority=3, dei=1, vid=100), 0x88A8),
        ether(vlan(vlan(four, vid=20, priority=7), 0x8100, vid=10, priority=1), 0x88A8),
        ether(vlan(vlan(six, 0x86DD, vid=20), 0x8100, vid=10, priority=6), 0x8100),
        ether(vlan(vlan(four, vid=20), 0x8100, vid=10), 0x9100),
        ether(vlan(b"", 0x0800)[:3], 0x8100), ether(vlan(b"x" * 40, 0x0806), 0x8100)]
    yield "ethernet", ETHERNET, [ether(b"x" * 28, 0x0806), ether(four), ether(six, 0x86DD), ether(four)[:13],
                                 ether(ipv4(b"padded", 253) + b"\0" * 20), ether(six + b"\0" * 6, 0x86DD),
                                 ether(ipv4(tcp(), 6, version=5)), ether(ipv6(icmp6(), 58, version=4), 0x86DD)]
    yield "arp-ethernet", ETHERNET, [
        ether(arp(), 0x0806), ether(arp(2, target=(MAC_B, DST4)) + b"\0" * 18, 0x0806), ether(arp(1, 6), 0x0806),
        ether(arp(1, 2), 0x0806), ether(arp(1, 1, 0x0842), 0x0806), ether(arp(8)[:20], 0x0806), ether(arp()[:7], 0x0806),
        ether(vlan(arp(), 0x0806), 0x8100)]
    yield "ieee8023", ETHERNET, [
        ieee8023(bytes.fromhex("424203") + b"\0" * 35), ieee8023(b"\x42\x42\x03" + b"\0" * 60), ieee8023(b"\xf0\xf1\x03abc"),
        ether(b"x" * 1500, 1500), ether(b"x" * 50, 1501), ether(b"x" * 50, 1535), ether(b"x" * 50, 0), ether(b"x" * 46, 1537),
        ether(vlan(b"\x42\x42\x03" + b"\0" * 35, 38), 0x8100)]
    yield "sctp", RAW, [ipv4(s, 132) for s in (
        sctp(sctp_init()), sctp(sctp_init(more=b"\x80\x08\0\x05\xc0\0\0\0")), sctp(sctp_init(kind=2), tag=0xCAFEBABE), sctp(sctp_data(), tag=1),
        sctp(sctp_data(tsn=9) + sctp_data(b"more", 10), tag=1), sctp(sctp_init(), order=">"), sctp(sctp_init(), flip=0x10), sctp(chunk(3, b"\0" * 12)),
        sctp(chunk(14)), sctp(chunk(8, flags=1)), sctp(), sctp(sctp_init())[:20], sctp(sctp_init())[:14], sctp(sctp_init())[:11],
        sctp(chunk(0, b"x" * 12, length=3)), sctp(chunk(0, b"x" * 12, length=400)))] + [ipv6(sctp(sctp_init()), 132)]
    yield "sctp-lengths", RAW, [ipv4(sctp(s), 132) for s in sctp_lengths()]
    yield "sctp-first", RAW, [ipv4(sctp(s), 132, frag=0x2000) for s in sctp_lengths()]
    yield "v4", RAW, list(v4_frames())
    yield "v6", RAW, list(v6_frames())
    bits = random.Random(791).getrandbits
    yield "random-v4", RAW, list(random_v4(bits))
    yield "random-v6", RAW, list(random_v6(bits))
    yield "broken-v4", ETHERNET, [ether(f) for f in broken_v4()]
    yield "broken-v6", ETHERNET, [ether(f, 0x86DD) for f in broken_v6()]


def write(path, link, frames, snap=65535):
    with open(path, "wb") as f:
        f.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link))
        for i, frame in enumerate(frames):
            f.write(struct.pack("<IIII", 1700000000 + i, 0, min(snap, len(frame)), len(frame)) + frame[:snap])


def main():
    where = sys.argv[1]
    os.makedirs(where, exist_ok=True)
    for name, link, frames in links():
        write(os.path.join(where, name + ".pcap"), link, frames)
        if name in ("v4", "v6"):  # what a short snaplen leaves
            write(os.path.join(where, name + "-snap.pcap"), link, frames, 42 if name == "v4" else 64)


if __name__ == "__main__":
    main()
