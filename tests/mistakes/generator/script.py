"""script.py - a student's program for one challenge: the values it holds, and the bytes that leave the machine."""
import base64
import ipaddress
import struct

CHAOS, TCP = 16, 6
PORTS = {"raw-tcp": 8081, "stream-sender": 1111, "datagram-sender": 2222, "stream-base64": 3333, "datagram-hex": 4444}
ENCODINGS = {"raw-ipv4": "hex", "raw-tcp": "base64", "stream-sender": "utf-8", "datagram-sender": "utf-8",
             "stream-base64": "base64", "datagram-hex": "hex"}
PACKETS = ("raw-ipv4", "raw-tcp")
MESSAGES = ("stream-sender", "datagram-sender", "stream-base64", "datagram-hex")
TARGET = "172.16.1.15"
ETHERNET = bytes.fromhex("0242ac10010f02420a0a00280800")


def inet(text):
    return ipaddress.IPv4Address(text).packed


def encode(encoding, data):
    if encoding == "hex":
        return data.hex().encode()
    return base64.b64encode(data) if encoding == "base64" else data


def words(data):
    """The sum of a text's 16-bit words, not folded (RFC 1071)."""
    data += b"\0" * (len(data) % 2)
    return sum(struct.unpack(f"!{len(data) // 2}H", data))


def fold(total):
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return total


def right_sum(data):
    return ~fold(words(data)) & 0xffff


class Person:
    """A student: his handle, his address and the values that are made for him."""

    def __init__(self, handle, address):
        self.handle, self.address = handle, address
        self.values = {}  # (slug, field) -> number
        self.last = {}  # what they were in the class before
        self.other = None  # a classmate


class Script:
    """The variables of a program that is right. A mistake changes some of them; `wire` then runs the program."""

    def __init__(self, slug, person, rng):
        self.slug, self.person, self.rng = slug, person, rng
        self.encoding = ENCODINGS[slug]
        self.plain = (b"I am " if slug in ("stream-base64", "datagram-hex") else b"") + person.handle.encode()
        self.text = encode(self.encoding, self.plain)  # as it is sent
        if slug in PACKETS:
            self._ip(person, rng)
        if slug == "raw-tcp":
            self._tcp(person, rng)

    def _ip(self, person, rng):
        tcp = self.slug == "raw-tcp"
        self.version_ihl = 0x45
        self.dscp = 0 if tcp else person.values[self.slug, "ip.dsfield.dscp"]
        self.tos = self.dscp << 2
        self.id = rng.choice((4321, 54321, 1, 0xbeef)) if tcp else person.values[self.slug, "ip.id"]
        self.fragment = 0
        self.ttl = rng.choice((64, 128, 255))
        self.proto = TCP if tcp else CHAOS
        self.source, self.destination = inet(person.address), inet(TARGET)
        self.length = self.ip_sum = None  # the kernel's, unless a frame is made by hand (AF_PACKET)
        self.by_hand = False
        self.options = b""
        self.after = []  # what is done with the whole packet, in this order

    def _tcp(self, person, rng):
        self.sport, self.dport = person.values[self.slug, "tcp.srcport"], PORTS[self.slug]
        self.seq, self.ack = person.values[self.slug, "tcp.seq_raw"], person.values[self.slug, "tcp.ack_raw"]
        self.offset, self.flags = 5 << 4, 2
        self.window = rng.choice((5840, 65535, 8192, 1024))
        self.urgent = 0
        self.tcp_format = "!HHLLBBHHH"
        self.tcp_order = ("sport", "dport", "seq", "ack", "offset", "flags", "window", "check", "urgent")
        self.tcp_options = b""
        self.check = 0  # while the sum is made
        self.sum = right_tcp  # the program's checksum
        self.summed_text = None  # the payload that is summed, where it is another than the sent one
        self.after_sum = []  # variables that are set once the sum is made

    def segment(self):
        """The TCP header as it is packed now."""
        return struct.pack(self.tcp_format, *(getattr(self, name) for name in self.tcp_order)) + self.tcp_options

    def summed(self):
        return self.text if self.summed_text is None else self.summed_text

    def _transport(self):
        if self.slug != "raw-tcp":
            return self.text
        self.check = self.sum(self)
        for name, value in self.after_sum:
            setattr(self, name, value)
        return self.segment() + self.text

    def ip_header(self, check):
        return struct.pack("!BBHHHBBH4s4s", self.version_ihl, self.tos, self.length, self.id, self.fragment, self.ttl,
                           self.proto, check, self.source, self.destination)

    def wire(self):
        """The bytes that leave: a message, or a packet from its IPv4 header on."""
        if self.slug not in PACKETS:
            return self.text
        rest = self.options + self._transport()
        if self.length is None:
            self.length = 20 + len(rest)
        header = self.ip_header(0)
        if self.ip_sum is None:
            header = self.ip_header(right_sum(header))
        else:
            header = self.ip_header(self.ip_sum(header, rest))
        packet = header + rest
        for step in self.after:
            packet = step(packet)
        return packet if self.by_hand else kernel(packet, self.person, self.rng)


def kernel(packet, person, rng):
    """What IPPROTO_RAW does to a packet: total length and checksum are made anew, and an identification of 0."""
    size = (packet[0] & 15) * 4
    if len(packet) < 20 or not 20 <= size <= len(packet):
        return None  # sendto fails
    packet = bytearray(packet)
    packet[2:4] = struct.pack("!H", len(packet))
    if packet[4:6] == b"\0\0":
        packet[4:6] = struct.pack("!H", rng.randrange(1, 65536))
    if packet[12:16] == b"\0\0\0\0":
        packet[12:16] = inet(person.address)
    packet[10:12] = b"\0\0"
    packet[10:12] = struct.pack("!H", right_sum(bytes(packet[:size])))
    return bytes(packet)


def pseudo(script, length):
    return struct.pack("!4s4sBBH", script.source, script.destination, 0, TCP, length)


def right_tcp(script):
    data = script.segment() + script.summed()
    return right_sum(pseudo(script, len(data)) + data)
