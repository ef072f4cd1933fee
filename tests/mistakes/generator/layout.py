"""layout.py - headers that are not where they belong: struct formats, headers in headers, addresses, lengths."""
import struct

from mistake import Book
from script import CHAOS, ETHERNET, PACKETS, TARGET, TCP, inet, right_sum

BOOK = Book()
SLUG = "raw-tcp"
MOVED = "MISPLACED"
BEHIND = ("tcp.srcport", "tcp.dstport", "tcp.seq_raw", "tcp.ack_raw", "tcp.hdr_len", "tcp.flags", "tcp.window_size_value",
          "tcp.checksum.status", "tcp.urgent_pointer", "tcp.options", "payload")
# the student's own IPv4 header, which nobody looks at behind the kernel's
OWN_IP = "after version_ihl tos length id fragment ttl proto source destination ip_sum options"
NESTED = "NESTED_HEADER MISPLACED"


def packed(cause, form, order=None, book=BOOK, codes=MOVED, truth=None):
    """The TCP header is packed with another format string, or with other values."""
    def do(script):
        script.tcp_format = form
        script.tcp_order = order or script.tcp_order
        script.window &= 0xff if "BBB" in form else 0xffff
        return True
    book.add("layout", SLUG, cause, "sport dport seq ack offset flags window urgent tcp_format", truth or
             {"|".join(BEHIND): codes}, do, also=BEHIND)


ORDER = ("sport", "dport", "seq", "ack", "offset", "flags", "window", "check", "urgent")


def without(*names):
    return tuple(n for n in ORDER if n not in names)


def formats():
    packed("'HHLLBBHHH', without '!': native sizes", "@HHLLBBHHH", codes=MOVED + " BYTE_SWAPPED")
    swapped = {f: "BYTE_SWAPPED" for f in ("tcp.srcport", "tcp.seq_raw", "tcp.ack_raw")}
    swapped["?tcp.checksum.status"] = "CHECKSUM_LITTLE_ENDIAN BYTE_SWAPPED"
    packed("'=HHLLBBHHH': host order", "=HHLLBBHHH", truth=swapped)
    packed("'!HHLLBBHHHH': the flags as H", "!HHLLBHHHH")
    packed("the acknowledgment number left out", "!HHLBBHHH", without("ack"))
    packed("'!LLLLBBHHH': the ports as L", "!LLLLBBHHH")
    packed("the urgent pointer left out", "!HHLLBBHH", without("urgent"))

    def seq_as_h(script):
        script.seq &= 0xffff
        script.tcp_format = "!HHHLBBHHH"
        return True
    BOOK.add("layout", SLUG, "'!HHHLBBHHH': the sequence number as H",
             "sport dport seq ack offset flags window urgent tcp_format", {"|".join(BEHIND): MOVED}, seq_as_h,
             also=BEHIND)


def options():
    def of_ip(script):
        script.version_ihl, script.options = 0x46, bytes((1, 1, 1, 0))
        return True
    BOOK.add("version and length", "raw-ipv4", "an option of four bytes, and ihl = 6", "version_ihl options",
             {"ip.hdr_len": "HAS_OPTIONS"}, of_ip, also=("ip.options",))

    def connected(script):
        """The kernel's own SYN."""
        script.sport, script.seq, script.ack = script.rng.randrange(32768, 61000), script.rng.getrandbits(32), 0
        script.offset, script.window, script.text = 10 << 4, 64240, b""
        script.tcp_options = bytes.fromhex("020405b40402080a") + script.rng.randbytes(4) + bytes.fromhex("0000000001030307")
        script.fragment = 0x4000
        return True
    BOOK.add("kernel", SLUG, "s.connect((target, 8081))", "sport dport seq ack offset flags window urgent tcp_format "
             "plain sent sum fragment", {"|".join(BEHIND): "NOT_RAW"}, connected, also=BEHIND)


def after(step, by_hand=False):
    def do(script):
        script.after.append(lambda packet: step(packet, script))
        script.by_hand = script.by_hand or by_hand
        return True
    return do


def no_checksum_packed(packet, script):
    """'!BBHHHBB4s4s': what follows the protocol stands two bytes early."""
    return packet[:10] + packet[12:]


def kernels_header(packet, script, proto, dont_fragment=0x4000):
    """What a raw socket without IP_HDRINCL puts before everything."""
    header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(packet), script.rng.randrange(1, 65536), dont_fragment, 64,
                         proto, 0, inet(script.person.address), inet(TARGET))
    return header[:10] + struct.pack("!H", right_sum(header)) + header[12:] + packet


def udp_before(packet, script):
    text = packet[20:]
    return packet[:20] + struct.pack("!HHHH", 4444, 4444, 8 + len(text), 0) + text


def tcp_before(packet, script):
    return packet[:20] + struct.pack("!HHLLBBHHH", 4321, 8081, 1, 0, 0x50, 2, 5840, 0, 0) + packet[20:]


def nesting():
    BOOK.add("layout", "raw-ipv4", "'!BBHHHBB4s4s': no checksum in the IP header", "after source destination plain sent",
             {"ip.src|ip.dst|payload": MOVED}, after(no_checksum_packed), also=("ip.src", "ip.dst", "payload"))
    whole = "|".join(("payload", "ip.hdr_len", "ip.dsfield.dscp", "ip.id", "ip.flags"))
    add = BOOK.add
    add("nesting", "raw-ipv4", "socket.socket(AF_INET, SOCK_RAW, 16), without IP_HDRINCL", OWN_IP + " plain sent",
        {whole: NESTED}, after(lambda p, s: kernels_header(p, s, CHAOS), True),
        also=("ip.dsfield.dscp", "ip.id", "ip.flags"))
    add("nesting", SLUG, "socket.socket(AF_INET, SOCK_RAW, IPPROTO_TCP), without IP_HDRINCL",
        OWN_IP + " sport dport seq ack offset flags window sum urgent", {"|".join(BEHIND): NESTED},
        after(lambda p, s: kernels_header(p, s, TCP), True), also=BEHIND)
    add("nesting", "raw-ipv4", "a UDP header before the handle", "after plain sent", {"payload": NESTED}, after(udp_before))
    add("nesting", "raw-ipv4", "an Ethernet header inside of IP", "after plain sent", {"payload": NESTED},
        after(lambda p, s: p[:20] + ETHERNET + p[20:]))
    add("nesting", PACKETS, "packet + packet", "after plain sent", {"payload": NESTED}, after(lambda p, s: p + p),
        also=("tcp.checksum.status",))


def addresses():
    add = BOOK.add
    foreign = "NOT_IN_RANGE"

    def source(text):
        def do(script):
            script.source = inet(text)
            return True
        return do

    add("address", PACKETS, "source_ip = '192.168.1.101'", "source", {"ip.src": foreign}, source("192.168.1.101"))
    add("address", PACKETS, "source_ip = '127.0.0.1'", "source", {"ip.src": foreign}, source("127.0.0.1"))

    def reverse(script):
        script.source = script.source[::-1]
        return True
    add("address", PACKETS, "struct.pack('<L', int(source))", "source", {"ip.src": "ADDRESS_REVERSED BYTE_SWAPPED"}, reverse)

    def as_text(script):
        script.source = script.person.address.encode()[:4]
        return True
    add("address", PACKETS, "struct.pack('4s', source_ip), which is text", "source", {"ip.src": "WRONG_FORMAT"}, as_text)

    def exchanged(script):
        script.source, script.destination = script.destination, script.source
        return True
    add("address", PACKETS, "the order of source and destination", "source destination",
        {"ip.src": "SWAPPED_WITH"}, exchanged, also=("ip.dst",))

    def wrong_destination(script):
        script.destination = inet("192.168.1.1")
        return True
    add("address", PACKETS, "dest_ip = '192.168.1.1', sent to the target", "destination", {"ip.dst": foreign},
        wrong_destination)


def lengths():
    """The IPv4 total length, in frames that no kernel mends."""
    def length(of):
        def do(script):
            script.by_hand = True
            rest = len(script.text) + (20 if script.slug == SLUG else 0)
            script.length = of(20 + rest)
            return True
        return do

    wrong = "BAD_LENGTH"
    BOOK.add("length", PACKETS, "ip_tot_len = 0, in a frame made by hand", "length", {"ip.len": wrong + " NOT_SET"},
             length(lambda n: 0), also=("payload",))
    BOOK.add("length", PACKETS, "ip_tot_len = 20: the header alone", "length", {"ip.len|payload": wrong},
             length(lambda n: 20), also=BEHIND)
    BOOK.add("length", PACKETS, "socket.htons(ip_tot_len)", "length", {"ip.len": wrong + " BYTE_SWAPPED"},
             length(lambda n: (n & 255) << 8 | n >> 8), also=("payload",))
    BOOK.add("length", PACKETS, "ip_tot_len counts the Ethernet header", "length", {"ip.len": wrong + " TRUNCATED"},
             length(lambda n: n + 14), also=("payload",))


formats()
options()
nesting()
addresses()
lengths()
