"""sums.py - checksum functions as they are copied, and what they are given."""
import socket
import struct

from mistake import Book
from script import TCP, fold, inet, pseudo, right_sum, right_tcp, words

BOOK = Book()
SLUG, FIELD = "raw-tcp", "tcp.checksum.status"


def tcp(cause, codes, of, book=BOOK, slots="sum"):
    """The program's checksum is of(script)."""
    def do(script):
        script.sum = of
        return True
    book.add("TCP checksum", SLUG, cause, slots, {FIELD: codes}, do)


def ip(cause, codes, of, book=BOOK):
    """An IPv4 header checksum, of(header, rest), in a frame that no kernel mends."""
    def do(script):
        script.by_hand, script.ip_sum = True, of
        return True
    book.add("IP checksum", "raw-ipv4 raw-tcp", cause, "ip_sum", {"ip.checksum": codes}, do)


def total(script, length=None, data=None, front=None):
    """Not folded: pseudo-header and segment, each of which may be another."""
    data = script.segment() + script.summed() if data is None else data
    front = pseudo(script, len(data) if length is None else length) if front is None else front
    return words(front) + words(data)


def done(value):
    return ~fold(value) & 0xffff


def swap(value):
    return (value & 0xff) << 8 | value >> 8


def header_only(script):
    data = script.segment()
    return done(words(pseudo(script, len(data) + len(script.text))) + words(data))


def silver_moon(script):
    """The function of the tutorial that everybody copies adds words of the other byte order."""
    data = script.segment() + script.text
    data = pseudo(script, len(data)) + data
    data += b"\0" * (len(data) % 2)
    s = sum(data[i] + (data[i + 1] << 8) for i in range(0, len(data), 2))
    s = (s >> 16) + (s & 0xffff)
    s += s >> 16
    return ~s & 0xffff


def carries_lost(script):
    return ~total(script) & 0xffff


def not_zeroed(script):
    script.check = right_tcp(script)
    return right_tcp(script)


def swapped_twice(script):
    """Both times as the host has it."""
    script.check = swap(right_tcp(script))
    return swap(right_tcp(script))


def odd_dropped(script):
    data = script.segment() + script.text
    return done(words(pseudo(script, len(data))) + words(data[:len(data) // 2 * 2]))


def with_addresses(source=None, destination=None):
    def of(script):
        data = script.segment() + script.text
        front = struct.pack("!4s4sBBH", source or script.source, destination or script.destination, 0, TCP, len(data))
        return right_sum(front + data)
    return of


def with_protocol(number):
    def of(script):
        data = script.segment() + script.text
        return right_sum(struct.pack("!4s4sBBH", script.source, script.destination, 0, number, len(data)) + data)
    return of


def recipes():
    tcp("tcp_check = 0", "CHECKSUM_ZERO", lambda s: 0)
    tcp("checksum(header + data)", "CHECKSUM_NO_PSEUDO_HEADER", lambda s: right_sum(s.segment() + s.text))
    tcp("return total & 0xffff", "CHECKSUM_NOT_COMPLEMENTED", lambda s: fold(total(s)))
    tcp("socket.htons(checksum)", "CHECKSUM_LITTLE_ENDIAN", lambda s: swap(done(total(s))))
    tcp("w = data[i] + (data[i+1] << 8), packed with '!H'", "CHECKSUM_LITTLE_ENDIAN", silver_moon)
    tcp("checksum(pseudo + header)", "CHECKSUM_NO_PAYLOAD", header_only)
    tcp("tcp_length = len(tcp_header)", "CHECKSUM_HEADER_LENGTH_ONLY",
        lambda s: done(total(s, len(s.segment()))))
    tcp("tcp_length = 20 + len(tcp_header) + len(data)", "CHECKSUM_IP_LENGTH",
        lambda s: done(total(s, 20 + len(s.segment()) + len(s.text))))
    tcp("protocol = socket.IPPROTO_UDP", "CHECKSUM_WRONG_PROTOCOL", with_protocol(17))
    tcp("protocol = socket.IPPROTO_RAW", "CHECKSUM_WRONG_PROTOCOL", with_protocol(255))
    tcp("return ~sum(words) & 0xffff, no carry added", "CHECKSUM_CARRIES_LOST", carries_lost)
    tcp("the checksum of a first pass stays in the header", "CHECKSUM_FIELD_NOT_ZEROED", not_zeroed)
    tcp("the same, with socket.htons both times", "CHECKSUM_FIELD_NOT_ZEROED", swapped_twice)
    tcp("range(0, len(data) - 1, 2)", "CHECKSUM_ODD_BYTE_DROPPED", odd_dropped)
    tcp("source = inet_aton('0.0.0.0')", "CHECKSUM_SOURCE_ZERO", with_addresses(source=bytes(4)))
    tcp("source = gethostbyname(gethostname())", "CHECKSUM_SOURCE_LOOPBACK", with_addresses(source=inet("127.0.1.1")))
    tcp("tcp_length = len(data)", "CHECKSUM_WRONG_LENGTH", lambda s: done(total(s, len(s.text))))
    tcp("struct.pack('!4s4sHH', ..., IPPROTO_TCP << 8, length)", "CHECKSUM_PSEUDO_LAYOUT",
        lambda s: done(total(s, front=struct.pack("!4s4sBBH", s.source, s.destination, TCP, 0,
                                                  len(s.segment()) + len(s.text)))))
    tcp("return -total & 0xffff", "CHECKSUM_NEGATED", lambda s: -fold(total(s)) & 0xffff)
    tcp("destination = source", "CHECKSUM_WRONG_ADDRESS",
        lambda s: with_addresses(destination=s.source)(s))
    tcp("total = sum(data): single bytes", "CHECKSUM_SINGLE_BYTES", lambda s: done(sum(
        pseudo(s, len(s.segment()) + len(s.text)) + s.segment() + s.text)))


def whole(script):
    """Pseudo-header, segment and text, as they are summed."""
    data = script.segment() + script.text
    return pseudo(script, len(data)) + data


def unfolded(data):
    return sum(int.from_bytes(data[i:i + 2].ljust(2, b"\0"), "big") for i in range(0, len(data), 2))


def stepped(script):
    data = whole(script)
    return done(sum(int.from_bytes(data[i:i + 2], "big") for i in range(len(data) - 1)))


def crossed(script):
    total, data = 0, whole(script)
    for i in range(0, len(data), 2):
        total ^= int.from_bytes(data[i:i + 2].ljust(2, b"\0"), "big")
    return ~total & 0xffff


def badly_folded(shift, mask):
    return lambda s: ~((unfolded(whole(s)) >> shift) + (unfolded(whole(s)) & mask)) & 0xffff


def rare():
    """Told in words alone: each gives one value, and chance may, too."""
    # what a field holds that is not summed may be what a wrong mask takes away
    tcp("(total >> 16) + (total & 0xfff)", "CHECKSUM_WRONG CHECKSUM_FIELDS_CHANGED", badly_folded(16, 0xfff))
    tcp("(total >> 8) + (total & 0xffff)", "CHECKSUM_WRONG", badly_folded(8, 0xffff))
    tcp("range(len(data) - 1), a step of one", "CHECKSUM_WRONG", stepped)
    tcp("total ^= word", "CHECKSUM_WRONG", crossed)
    tcp("range(2, len(data), 2)", "CHECKSUM_WRONG", lambda s: done(unfolded(whole(s)[2:])))
    tcp("source = inet_aton('192.168.1.101'), the tutorial's", "CHECKSUM_WRONG",
        with_addresses(source=inet("192.168.1.101")))
    tcp("destination = inet_aton('127.0.0.1')", "CHECKSUM_WRONG", with_addresses(destination=inet("127.0.0.1")))
    tcp("the addresses as text", "CHECKSUM_WRONG", lambda s: right_sum(
        socket.inet_ntoa(s.source).encode() + socket.inet_ntoa(s.destination).encode() + whole(s)[8:]))


def late(variable, wrong, cause, book=BOOK):
    """The sum is made while the variable still holds another value."""
    def do(script):
        right = getattr(script, variable)
        early = wrong(script)
        if early == right:
            return False
        setattr(script, variable, early)
        script.after_sum.append((variable, right))
        return True
    book.add("TCP checksum", SLUG, cause, f"sum {variable}", {FIELD: "CHECKSUM_FIELDS_CHANGED"}, do)


def plain_summed(cause, length):
    def of(script):
        data = script.segment() + script.plain
        return done(words(pseudo(script, length(script))) + words(data))
    tcp(cause, "CHECKSUM_BEFORE_ENCODING", of)


recipes()
rare()
late("ack", lambda s: 0, "tcp_ack_seq is set after the sum")
late("flags", lambda s: 0, "the flags are set after the sum")
late("window", lambda s: 0, "the window is set after the sum")
plain_summed("checksum(pseudo + header + handle), before it is encoded", lambda s: 20 + len(s.plain))
plain_summed("the same, with the length of what is sent", lambda s: 20 + len(s.text))
ip("ip_check = 0", "CHECKSUM_ZERO", lambda header, rest: 0)
ip("return total & 0xffff", "CHECKSUM_NOT_COMPLEMENTED", lambda header, rest: fold(words(header)))
ip("socket.htons(checksum)", "CHECKSUM_LITTLE_ENDIAN", lambda header, rest: swap(right_sum(header)))
ip("checksum(header + rest)", "CHECKSUM_WITH_PAYLOAD", lambda header, rest: right_sum(header + rest))
