"""loop_struct.py FILE: what loop.c judges, in Python with struct alone."""
import struct
import sys

PAYLOAD = b"c21pdGg="


def total(data):
    if len(data) % 2:
        data += b"\0"
    s = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while s >> 16:
        s = (s & 0xFFFF) + (s >> 16)
    return s


def judge(frame):
    """None: not for this challenge."""
    if len(frame) < 54 or frame[12:15] != b"\x08\0\x45" or frame[23] != 6:
        return None
    ip, length = frame[14:34], struct.unpack_from("!H", frame, 16)[0]
    tcp = frame[34:14 + length]
    sport, dport, seq, ack, size, flags, window, _, urgent = struct.unpack_from("!HHIIBBHHH", tcp)
    if dport != 8081:
        return None
    return (total(ip) == 0xFFFF and not struct.unpack_from("!H", ip, 6)[0] & 0x3FFF and sport == 5421 and seq == 123456789 and
            ack == 987654321 and size == 0x50 and flags == 2 and window != 0 and urgent == 0 and
            total(ip[12:] + struct.pack("!BBH", 0, 6, len(tcp)) + tcp) == 0xFFFF and tcp[20:] == PAYLOAD)


right = near = 0
with open(sys.argv[1], "rb") as f:
    f.read(24)
    while head := f.read(16):
        verdict = judge(f.read(struct.unpack("<IIII", head)[2]))
        right += verdict is True
        near += verdict is False
print(f"{right} right, {near} near")
