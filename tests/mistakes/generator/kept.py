"""kept.py - mistakes of every kind that the diagnosis was not made after: whoever mends it reads the other modules, and
of this one its totals alone."""
import base64
import json
import struct

import fields
import layout
import sums
import texts
from mistake import Book, sets
from script import CHAOS, ETHERNET, PACKETS, TCP, fold, inet, pseudo, right_sum, words

BOOK = Book(kept=True)
IP, RAW = "raw-ipv4", "raw-tcp"
TCP_OR_PROTOCOL = "|".join(("ip.proto", *layout.BEHIND))


def fields_of_tcp():
    add = BOOK.add
    for name, variable, bits in (("tcp.srcport", "sport", 16), ("tcp.ack_raw", "ack", 32), ("tcp.seq_raw", "seq", 32)):
        add("off by", RAW, f"{variable} - 1", variable, {name: "OFF_BY_ONE"},
            sets(variable, lambda s, v=variable: getattr(s, v) - 1))
        if bits == 16:
            add("cut number", RAW, f"{variable} >> 8", variable, {name: "TRUNCATED_VALUE WRONG_SHIFT"},
                sets(variable, lambda s, v=variable: getattr(s, v) >> 8))
        if bits == 32:
            add("byte order", RAW, f"{variable}: its halves in the other order", variable,
                {name: "HALVES_SWAPPED BYTE_SWAPPED"},
                sets(variable, lambda s, v=variable: getattr(s, v) >> 16 | (getattr(s, v) & 0xffff) << 16))
            add("cut number", RAW, f"{variable} >> 16", variable, {name: "TRUNCATED_VALUE WRONG_SHIFT"},
                sets(variable, lambda s, v=variable: getattr(s, v) >> 16))
    add("not set", RAW, "tcp_source = 0", "sport", {"tcp.srcport": "NOT_SET"}, sets("sport", lambda s: 0))
    add("other number", RAW, "seq and ack both the sequence number", "ack", {"tcp.ack_raw": "SWAPPED_WITH"},
        sets("ack", lambda s: s.seq))
    add("other number", RAW, "tcp_ack_seq = 1234", "ack", {"tcp.ack_raw": "WRONG_VALUE"}, sets("ack", lambda s: 1234))
    add("units", RAW, "doff = 20 // 2, shifted", "offset", {"tcp.hdr_len": "WRONG_UNITS SHIFTED_TWICE WRONG_SHIFT BAD_OFFSET"},
        sets("offset", lambda s: 0xa0))
    add("off by", RAW, "doff = 4, shifted", "offset", {"tcp.hdr_len": "OFF_BY_ONE BAD_OFFSET"},
        sets("offset", lambda s: 0x40))
    add("shift", RAW, "tcp_doff << 3", "offset", {"tcp.hdr_len": "WRONG_SHIFT NOT_SHIFTED"},
        sets("offset", lambda s: 40), also=fields.FLAGS)
    add("version and length", RAW, "the IP header's first byte, 0x45, as offset", "offset",
        {"tcp.hdr_len": "OFF_BY_ONE BAD_OFFSET"}, sets("offset", lambda s: 0x45), also=fields.FLAGS)
    add("flags", RAW, "tcp_flags = 1", "flags", {"tcp.flags": "WRONG_SHIFT OFF_BY_ONE EXTRA_FLAGS MISSING_FLAGS"},
        sets("flags", lambda s: 1))
    add("flags", RAW, "tcp_flags = 0xff", "flags", {"tcp.flags": "EXTRA_FLAGS ALL_ONES"}, sets("flags", lambda s: 255))
    add("protocol and port", RAW, "tcp_dest = 8801", "dport", {"tcp.dstport": "WRONG_VALUE"},
        sets("dport", lambda s: 8801))
    add("protocol and port", RAW, "tcp_dest = 1111, the listener's", "dport",
        {"tcp.dstport": "LISTENER_PORT OTHER_CHALLENGE"}, sets("dport", lambda s: 1111))
    add("protocol and port", RAW, "ip_proto = socket.IPPROTO_RAW over a TCP header", "proto",
        {TCP_OR_PROTOCOL: "SOCKET_CONSTANT WRONG_PROTOCOL ALL_ONES"}, sets("proto", lambda s: 255), also=layout.BEHIND)
    add("protocol and port", RAW, "ip_proto = 16 over a TCP header", "proto", {TCP_OR_PROTOCOL: "WRONG_PROTOCOL OTHER_CHALLENGE"},
        sets("proto", lambda s: CHAOS), also=layout.BEHIND)


def fields_of_ip():
    add, ds = BOOK.add, "ip.dsfield.dscp"
    add("DS byte", IP, "tos = dscp << 3", "tos", {ds: "WRONG_SHIFT SHIFTED_TWICE"},
        sets("tos", lambda s: s.dscp << 3 & 255), also=("ip.dsfield.ecn",))
    add("DS byte", IP, "tos = dscp << 1", "tos", {ds: "WRONG_SHIFT NOT_SHIFTED"}, sets("tos", lambda s: s.dscp << 1),
        also=("ip.dsfield.ecn",))
    add("DS byte", IP, "(dscp << 2) | 2", "tos", {"ip.dsfield.ecn": "ECN_SET EXTRA_FLAGS WRONG_SHIFT"},
        sets("tos", lambda s: s.tos | 2))
    add("units", IP, "tos = dscp * 8", "tos", {ds: "WRONG_SHIFT SHIFTED_TWICE WRONG_UNITS"},
        sets("tos", lambda s: s.dscp * 8 & 255), also=("ip.dsfield.ecn",))
    add("base", IP, "tos = int(str(dscp), 16), unshifted", "tos", {ds: "DECIMAL_AS_HEX NOT_SHIFTED"},
        sets("tos", lambda s: int(str(s.dscp), 16)), also=("ip.dsfield.ecn",))
    add("kernel", IP, "ip_id = htons(0)", "id", {"ip.id": "KERNEL_PICKED NOT_SET"}, sets("id", lambda s: 0))
    add("cut number", IP, "ip_id >> 8", "id", {"ip.id": "TRUNCATED_VALUE WRONG_SHIFT"}, sets("id", lambda s: s.id >> 8))
    add("flags", IP, "ip_frag = 0x8000", "fragment", {"ip.flags": "EXTRA_FLAGS"}, sets("fragment", lambda s: 0x8000))
    add("byte order", IP, "ip_frag = socket.htons(0x4000)", "fragment", {"ip.frag_offset": "BYTE_SWAPPED FRAGMENT"},
        sets("fragment", lambda s: 0x40), also=("payload",))
    add("protocol and port", IP, "ip_proto = 6", "proto", {"ip.proto": "SOCKET_CONSTANT WRONG_PROTOCOL DECIMAL_AS_HEX"},
        sets("proto", lambda s: 6))
    add("protocol and port", IP, "ip_proto = 15", "proto", {"ip.proto": "OFF_BY_ONE WRONG_PROTOCOL"},
        sets("proto", lambda s: 15))
    add("version and length", IP, "version = 6", "version_ihl", {"ip.version|ip.hdr_len": "BAD_VERSION"},
        sets("version_ihl", lambda s: 0x65))
    add("version and length", IP, "ihl = 7, without options", "version_ihl", {"ip.hdr_len": "WRONG_VALUE HAS_OPTIONS"},
        sets("version_ihl", lambda s: 0x47), also=("payload",))

    add("version and length", IP, "ihl = 4, in a frame made by hand", "version_ihl length",
        {"ip.hdr_len": "BAD_IHL OFF_BY_ONE"}, fields.by_hand("version_ihl", 0x44), also=("payload",))
    add("version and length", IP, "(5 << 4) | 4, in a frame made by hand", "version_ihl length",
        {"ip.version|ip.hdr_len": "NIBBLES_SWAPPED BAD_VERSION"}, fields.by_hand("version_ihl", 0x54), also=("payload",))


def text():
    b, hex_, base = BOOK, texts.HEX, texts.BASE64
    # what is Base64 of up to three letters is a handle, too
    texts.rest(b, "encoding", texts.PLAIN, "base64.b64encode(text)", "WRONG_ENCODING",
               lambda t: base64.b64encode(t) if len(t) > 3 else None)
    texts.rest(b, "encoding", hex_, "base64.b85encode(text)", "WRONG_ENCODING INVALID_ENCODING", base64.b85encode)
    texts.rest(b, "encoding", hex_ + base, "' '.join(f'{b:08b}' for b in text)", "WRONG_ENCODING",
               lambda t: " ".join(f"{c:08b}" for c in t).encode())
    texts.rest(b, "encoding", hex_ + base, "str(list(text))", "WRONG_ENCODING PYTHON_REPR", lambda t: str(list(t)).encode())
    texts.outside(b, "encoding", base, "hexlify(b64encode(text))", "WRONG_ENCODING ENCODED_TWICE",
                  lambda t: t.hex().encode())
    texts.both(b, "newline and NUL", hex_ + base, "text + '\\r\\n'", "TRAILING_NEWLINE", lambda t: t + b"\r\n")
    texts.both(b, "newline and NUL", hex_ + base, "struct.pack('20s', text)", "TRAILING_NUL", lambda t: t.ljust(20, b"\0"))
    texts.outside(b, "newline and NUL", PACKETS, "encoded + b'\\r\\n'", "TRAILING_NEWLINE", lambda t: t + b"\r\n")
    texts.outside(b, "hex form", hex_, "text.hex(',')", "HEX_WITH_SEPARATORS", lambda t: texts.joined(t, b","))
    texts.outside(b, "hex form", hex_, "'\\\\x' before each byte", "HEX_WITH_SEPARATORS PYTHON_REPR",
                  lambda t: b"\\x" + texts.joined(t, b"\\x"))
    texts.outside(b, "hex form", hex_, "text.hex('-')", "HEX_WITH_SEPARATORS", lambda t: texts.joined(t, b"-"))
    texts.outside(b, "hex form", hex_, "0x before each byte", "HEX_WITH_SEPARATORS",
                  lambda t: b"0x" + texts.joined(t, b" 0x"))
    texts.outside(b, "Base64 form", base, "b64encode(text).upper()", "WRONG_CASE", lambda t: t.upper())
    texts.outside(b, "Base64 form", base, "b64encode(text)[:-1]", "BASE64_UNPADDED TRUNCATED INVALID_ENCODING",
                  lambda t: t[:-1])
    texts.outside(b, "Base64 form", base, "blanks every four characters", "BASE64_WRAPPED EXTRA_BLANKS",
                  lambda t: b" ".join(t[i:i + 4] for i in range(0, len(t), 4)) if len(t) > 4 else None)
    texts.outside(b, "wrapped text", hex_ + base, "json.dumps(encoded)", "QUOTED", lambda t: json.dumps(t.decode()).encode())
    texts.both(b, "wrapped text", texts.ALL, "\"'\" + text + \"'\"", "QUOTED", lambda t: b"'" + t + b"'")
    texts.both(b, "wrapped text", texts.ALL, "text + ' '", "EXTRA_BLANKS", lambda t: t + b" ")
    texts.outside(b, "wrapped text", PACKETS, "str(bytearray(encoded))", "PYTHON_REPR",
                  lambda t: str(bytearray(t)).encode())
    texts.both(b, "charset", texts.ALL, "text.encode('utf-16-le')", "UTF16", lambda t: t.decode().encode("utf-16-le"))
    texts.both(b, "charset", texts.ALL, "text.encode('utf-16-be')", "UTF16", lambda t: t.decode().encode("utf-16-be"))
    texts.both(b, "charset", texts.ALL, "text.encode('utf-32')", "UTF16", lambda t: t.decode().encode("utf-32"))
    words_of_texts(b)


def words_of_texts(b):
    handles = PACKETS + texts.PLAIN
    texts.both(b, "words", handles, "'handle: ' + handle", texts.MORE, lambda t: b"handle: " + t)
    texts.both(b, "words", handles, "handle + '!'", texts.MORE + " MISSPELT_TEXT", lambda t: t + b"!")
    texts.both(b, "words", handles, "'@' + handle", texts.MORE + " MISSPELT_TEXT", lambda t: b"@" + t)
    texts.both(b, "words", texts.SAID, "\"I'm \" + handle", "MISSPELT_TEXT " + texts.MORE + " " + texts.LESS,
               lambda t: b"I'm " + t[5:])
    texts.both(b, "words", texts.SAID, "'I am' + handle", "MISSPELT_TEXT " + texts.LESS, lambda t: b"I am" + t[5:])
    texts.both(b, "words", texts.SAID, "'I am ' + str(handle.encode())", "PYTHON_REPR " + texts.MORE,
               lambda t: b"I am " + str(t[5:]).encode())
    texts.both(b, "words", texts.SAID, "'I AM ' + handle", "WRONG_CASE", lambda t: b"I AM " + t[5:])
    texts.both(b, "words", handles, "'your_handle'", "PLACEHOLDER", lambda t: b"your_handle")
    texts.both(b, "words", texts.SAID, "'I am {handle}', no f before it", "PLACEHOLDER", lambda t: b"I am {handle}")
    texts.both(b, "words", texts.SAID, "text + text", texts.MORE, lambda t: t + t)
    texts.both(b, "words", texts.PLAIN, "handle + handle", texts.MORE, lambda t: t + t, needs="roster")


def with_front(form, *which):
    """The pseudo-header with another format or order."""
    def of(script):
        n = len(script.segment()) + len(script.text)
        values = {"s": script.source, "d": script.destination, "0": 0, "p": TCP, "n": n}
        return right_sum(struct.pack(form, *(values[w] for w in which)) + script.segment() + script.text)
    return of


def total(script):
    return sums.total(script)


def newline_summed(script):
    data = script.segment() + script.text + b"\n"
    return right_sum(pseudo(script, len(data)) + data)


def last_bytes_lost(script):
    """Of an odd length that is one byte, of an even one two."""
    data = script.segment() + script.text
    return sums.done(words(pseudo(script, len(data))) + words(data[:-1 - (len(data) + 1) % 2]))


def odd_wrong_end(script):
    data = script.segment() + script.text
    if len(data) % 2:
        data = data[:-1] + b"\0" + data[-1:]
    return right_sum(pseudo(script, len(script.segment()) + len(script.text)) + data)


def summing():
    tcp = lambda *args: sums.tcp(*args, book=BOOK)  # noqa: E731
    tcp("odd length: b'\\0' before the last byte", "CHECKSUM_ODD_BYTE_WRONG_END", odd_wrong_end)
    tcp("protocol = socket.IPPROTO_ICMP", "CHECKSUM_WRONG_PROTOCOL CHECKSUM_CARRIES_LOST", sums.with_protocol(1))
    tcp("protocol = 0", "CHECKSUM_WRONG_PROTOCOL", sums.with_protocol(0))
    tcp("source = '127.0.0.1' in the pseudo-header", "CHECKSUM_SOURCE_LOOPBACK",
        sums.with_addresses(source=inet("127.0.0.1")))
    tcp("'4s4sBBH' without '!'", "CHECKSUM_PSEUDO_LAYOUT CHECKSUM_LITTLE_ENDIAN", with_front("=4s4sBBH", *"sd0pn"))
    tcp("'!4s4sBH': the zero byte left out", "CHECKSUM_PSEUDO_LAYOUT", with_front("!4s4sBH", *"sdpn"))
    tcp("tcp_length = htons(length)", "CHECKSUM_PSEUDO_LAYOUT CHECKSUM_WRONG_LENGTH", length_swapped)
    tcp("'!4s4sBBH' with the length left 0", "CHECKSUM_WRONG_LENGTH", lambda s: sums.done(sums.total(s, 0)))
    tcp("tcp_length = len(tcp_header) + len(handle)", "CHECKSUM_WRONG_LENGTH CHECKSUM_BEFORE_ENCODING",
        lambda s: sums.done(sums.total(s, 20 + len(s.plain))))
    tcp("the newline is summed and then stripped", "CHECKSUM_NEWLINE_STRIPPED TRAILING_NEWLINE", newline_summed)
    tcp("range(0, len(data) - 2, 2)", "CHECKSUM_BYTES_LEFT_OUT CHECKSUM_ODD_BYTE_DROPPED", last_bytes_lost)
    tcp("the IP header's checksum copied", "CHECKSUM_OF_IP_HEADER", copied)
    tcp("no pseudo-header, not complemented", "CHECKSUM_NO_PSEUDO_HEADER CHECKSUM_NOT_COMPLEMENTED",
        lambda s: fold(words(s.segment() + s.text)))
    tcp("no pseudo-header, htons", "CHECKSUM_NO_PSEUDO_HEADER CHECKSUM_LITTLE_ENDIAN",
        lambda s: sums.swap(right_sum(s.segment() + s.text)))
    tcp("no pseudo-header, no payload", "CHECKSUM_NO_PSEUDO_HEADER CHECKSUM_NO_PAYLOAD", lambda s: right_sum(s.segment()))
    tcp("not complemented, htons", "CHECKSUM_NOT_COMPLEMENTED CHECKSUM_LITTLE_ENDIAN", lambda s: sums.swap(fold(total(s))))
    tcp("carries added once, then dropped; no pseudo-header", "CHECKSUM_CARRIES_LOST CHECKSUM_NO_PSEUDO_HEADER",
        lambda s: ~words(s.segment() + s.text) & 0xffff)
    sums.late("seq", lambda s: 0, "tcp_seq is set after the sum", book=BOOK)
    sums.late("sport", lambda s: 0, "tcp_source is set after the sum", book=BOOK)
    sums.late("offset", lambda s: 0, "the data offset is set after the sum", book=BOOK)
    ip = lambda *args: sums.ip(*args, book=BOOK)  # noqa: E731
    ip("no carry added", "CHECKSUM_CARRIES_LOST", lambda header, rest: ~words(header) & 0xffff)
    ip("the length is 0 while the sum is made", "CHECKSUM_FIELDS_CHANGED",
       lambda header, rest: right_sum(header[:2] + b"\0\0" + header[4:]))
    ip("the old sum is left in", "CHECKSUM_FIELD_NOT_ZEROED",
       lambda header, rest: right_sum(header[:10] + struct.pack("!H", right_sum(header)) + header[12:]))


def length_swapped(script):
    """A length summed as little-endian."""
    n = len(script.segment()) + len(script.text)
    return sums.done(words(struct.pack("!4s4sBB", script.source, script.destination, 0, TCP)) + sums.swap(n) +
                     words(script.segment() + script.text))


def copied(script):
    length = 40 + len(script.text)
    header = struct.pack("!BBHHHBBH4s4s", script.version_ihl, script.tos, length, script.id, script.fragment, script.ttl,
                         script.proto, 0, script.source, script.destination)
    return right_sum(header)


def shapes():
    layout.packed("'!HHLLBBHH' + nothing for the window", "!HHLLBBHH", layout.without("window"), book=BOOK)
    layout.packed("'!HHLLBBBHH': the window as B", "!HHLLBBBHH", book=BOOK)
    layout.packed("the sequence number left out", "!HHLBBHHH", layout.without("seq"), book=BOOK)
    layout.packed("'!LHLLBBHHH': the source port as L", "!LHLLBBHHH", book=BOOK)
    layout.packed("'!HHLLHBHHH': the offset as H", "!HHLLHBHHH", book=BOOK)

    def with_options(script):
        script.offset, script.tcp_options = 6 << 4, bytes.fromhex("020405b4")
        return True
    BOOK.add("version and length", RAW, "a maximum segment size, and doff = 6", "offset tcp_options",
             {"tcp.hdr_len": "HAS_OPTIONS OFF_BY_ONE"}, with_options, also=("tcp.options",))

    def ack_as_h(script):
        script.ack &= 0xffff
        script.tcp_format = "!HHLHBBHHH"
        return True
    BOOK.add("layout", RAW, "'!HHLHBBHHH': the acknowledgment number as H",
             "sport dport seq ack offset flags window urgent tcp_format", {"|".join(layout.BEHIND): layout.MOVED}, ack_as_h,
             also=layout.BEHIND)
    add = BOOK.add
    add("nesting", IP, "a TCP header before the handle", "after plain sent", {"payload": layout.NESTED},
        layout.after(layout.tcp_before))
    add("nesting", IP, "ip_header + ip_header + handle", "after plain sent", {"payload": layout.NESTED},
        layout.after(lambda p, s: p[:20] + p))
    add("nesting", RAW, "tcp_header + tcp_header + handle", "after plain sent", {"payload": layout.NESTED},
        layout.after(lambda p, s: p[:40] + p[20:]), also=("tcp.checksum.status",))
    add("nesting", RAW, "an Ethernet frame through IPPROTO_RAW: its header inside of TCP", "after plain sent",
        {"payload": layout.NESTED}, layout.after(lambda p, s: p[:40] + ETHERNET + p[40:]), also=("tcp.checksum.status",))

    def place(variable, of):
        def do(script):
            setattr(script, variable, of(script))
            return True
        return do
    foreign = "NOT_IN_RANGE"
    add("address", PACKETS, "source_ip = '10.0.2.15'", "source", {"ip.src": foreign},
        place("source", lambda s: inet("10.0.2.15")))
    add("address", PACKETS, "source_ip = '172.17.0.1', docker's", "source", {"ip.src": foreign},
        place("source", lambda s: inet("172.17.0.1")))
    add("address", PACKETS, "destination reversed", "destination", {"ip.dst": "ADDRESS_REVERSED BYTE_SWAPPED"},
        place("destination", lambda s: s.destination[::-1]))
    add("length", PACKETS, "ip_tot_len = len(data), in a frame made by hand", "length", {"ip.len|payload": "BAD_LENGTH"},
        by_hand(lambda n, s: len(s.text)), also=layout.BEHIND)
    add("length", PACKETS, "ip_tot_len - 1, in a frame made by hand", "length", {"ip.len|payload": "BAD_LENGTH OFF_BY_ONE"},
        by_hand(lambda n, s: n - 1), also=layout.BEHIND)


def by_hand(of):
    def do(script):
        script.by_hand = True
        script.length = of(20 + len(script.text) + (20 if script.slug == RAW else 0), script)
        return True
    return do


fields_of_tcp()
fields_of_ip()
text()
summing()
shapes()
