"""fields.py - mistakes with the number that goes into a field."""
import struct

from mistake import Book, sets

BOOK = Book()
WIDE = {"tcp.srcport": ("sport", 16), "tcp.dstport": ("dport", 16), "tcp.seq_raw": ("seq", 32),
        "tcp.ack_raw": ("ack", 32)}
SLUG = "raw-tcp"
FLAGS = ("tcp.flags",)  # their first bits stand in the data offset's byte


def swapped(bits, value):
    form = {16: "H", 32: "L"}[bits]
    return struct.unpack(">" + form, struct.pack("<" + form, value))[0]


def as_hex(value, bits):
    """The decimal digits written after 0x."""
    new = int(str(value), 16)
    return new if new < 1 << bits else None


def as_decimal(value):
    digits = f"{value:x}"
    return int(digits) if digits.isdigit() else None


def number(slug, name, variable, bits, book=BOOK):
    """What happens to any number of 16 or 32 bits."""
    def add(kind, cause, codes, of):
        book.add(kind, slug, cause.format(variable), variable, {name: codes},
                 sets(variable, lambda s: of(getattr(s, variable))))

    add("byte order", f"struct.pack('<{'H' if bits == 16 else 'L'}', {{}})", "BYTE_SWAPPED", lambda v: swapped(bits, v))
    add("base", "{}: its decimal digits behind 0x", "DECIMAL_AS_HEX", lambda v: as_hex(v, bits))
    add("base", "{}: its hex digits without 0x", "HEX_AS_DECIMAL", as_decimal)
    add("off by", "{} + 1", "OFF_BY_ONE", lambda v: v + 1 if v + 1 < 1 << bits else None)
    add("cut number", "{} & 0xff", "TRUNCATED_VALUE", lambda v: v & 0xff)
    if bits == 32:
        add("cut number", "{} & 0xffff", "TRUNCATED_VALUE", lambda v: v & 0xffff)
    add("other number", "~{}", "INVERTED", lambda v: ~v & ((1 << bits) - 1))


for field_name, (variable_name, width) in WIDE.items():
    number(SLUG, field_name, variable_name, width)
number("raw-ipv4", "ip.id", "id", 16)


def window_exchanged(script):
    if script.window < 256:
        return False
    script.window, script.urgent = 0, script.window
    return True


def plain_tcp():
    add = BOOK.add
    add("not set", SLUG, "tcp_ack_seq = 0", "ack", {"tcp.ack_raw": "NOT_SET"}, sets("ack", lambda s: 0))
    add("not set", SLUG, "tcp_seq = 0", "seq", {"tcp.seq_raw": "NOT_SET"}, sets("seq", lambda s: 0))
    add("other number", SLUG, "the order of window and urgent pointer", "window urgent",
        {"tcp.window_size_value": "SWAPPED_WITH", "tcp.urgent_pointer": "SWAPPED_WITH"}, window_exchanged)
    add("not set", SLUG, "tcp_window = 0", "window", {"tcp.window_size_value": "NOT_SET NOT_ALLOWED"},
        sets("window", lambda s: 0))
    add("not set", SLUG, "tcp_doff left 0", "offset", {"tcp.hdr_len": "NOT_SET"}, sets("offset", lambda s: 0))
    add("other number", SLUG, "the order of seq and ack", "seq ack",
        {"tcp.seq_raw": "SWAPPED_WITH", "tcp.ack_raw": "SWAPPED_WITH"}, exchange("seq", "ack"))
    add("other number", SLUG, "the order of the ports", "sport dport",
        {"tcp.srcport": "SWAPPED_WITH", "tcp.dstport": "SWAPPED_WITH"}, exchange("sport", "dport"))
    add("other number", SLUG, "the order of seq and ack, both as '<L'", "seq ack",
        {"tcp.seq_raw": "SWAPPED_WITH", "tcp.ack_raw": "SWAPPED_WITH"}, exchange("seq", "ack", lambda v: swapped(32, v)))
    add("other number", SLUG, "tcp_ack_seq = tcp_seq + 1", "ack", {"tcp.ack_raw": "SWAPPED_WITH"},
        sets("ack", lambda s: s.seq + 1 if s.seq < 0xffffffff else None))
    add("other number", SLUG, "tcp_seq = tcp_source", "seq", {"tcp.seq_raw": "SWAPPED_WITH"}, sets("seq", lambda s: s.sport))
    add("other number", SLUG, "a classmate's acknowledgment number", "ack", {"tcp.ack_raw": "WRONG_STUDENT"},
        sets("ack", lambda s: s.person.other.values[SLUG, "tcp.ack_raw"]), needs="roster")
    add("other number", SLUG, "the identification of raw-ipv4 as acknowledgment number", "ack",
        {"tcp.ack_raw": "SWAPPED_WITH OTHER_CHALLENGE"}, sets("ack", lambda s: s.person.values["raw-ipv4", "ip.id"]))
    add("shift", SLUG, "tcp_doff = 5", "offset", {"tcp.hdr_len": "NOT_SHIFTED"}, sets("offset", lambda s: 5), also=FLAGS)
    add("shift", SLUG, "tcp_doff << 2", "offset", {"tcp.hdr_len": "WRONG_SHIFT NOT_SHIFTED WRONG_UNITS"},
        sets("offset", lambda s: 5 << 2), also=FLAGS)
    add("units", SLUG, "tcp_doff = 20", "offset", {"tcp.hdr_len": "NOT_SHIFTED WRONG_UNITS"},
        sets("offset", lambda s: 20), also=FLAGS)
    add("other number", SLUG, "doff = 6, without options", "offset", {"tcp.hdr_len": "OFF_BY_ONE HAS_OPTIONS"},
        sets("offset", lambda s: 6 << 4), also=("payload",))
    add("flags", SLUG, "syn = 1 << 6 (bits counted from the left)", "flags", {"tcp.flags": "BITS_REVERSED"},
        sets("flags", lambda s: 0x40))
    add("flags", SLUG, "tcp_flags = SYN | ACK", "flags", {"tcp.flags": "EXTRA_FLAGS"}, sets("flags", lambda s: 0x12))
    add("flags", SLUG, "tcp_flags = SYN | FIN", "flags", {"tcp.flags": "EXTRA_FLAGS"}, sets("flags", lambda s: 3))
    add("flags", SLUG, "tcp_ack = 1, tcp_syn = 0", "flags", {"tcp.flags": "EXTRA_FLAGS MISSING_FLAGS"},
        sets("flags", lambda s: 0x10))
    add("flags", SLUG, "tcp_flags = 0", "flags", {"tcp.flags": "NOT_SET MISSING_FLAGS"}, sets("flags", lambda s: 0))
    add("flags", SLUG, "tcp_syn << 2", "flags", {"tcp.flags": "WRONG_SHIFT"}, sets("flags", lambda s: 4))
    add("flags", SLUG, "tcp_flags = 2 << 4", "flags", {"tcp.flags": "WRONG_SHIFT NIBBLES_SWAPPED SHIFTED_TWICE"},
        sets("flags", lambda s: 0x20))
    add("off by", SLUG, "tcp_dest = 8080", "dport", {"tcp.dstport": "OFF_BY_ONE"}, sets("dport", lambda s: 8080))
    add("other number", SLUG, "tcp_urg_ptr = 1", "urgent", {"tcp.urgent_pointer": "OFF_BY_ONE WRONG_VALUE EXTRA_FLAGS"},
        sets("urgent", lambda s: 1))


def exchange(a, b, of=lambda value: value):
    def do(script):
        first, second = of(getattr(script, a)), of(getattr(script, b))
        setattr(script, a, second)
        setattr(script, b, first)
        return first != second
    return do


def by_hand(variable, value):
    """In a frame that no kernel looks at."""
    def do(script):
        script.by_hand = True
        setattr(script, variable, value)
        return True
    return do


def plain_ip():
    slug, add = "raw-ipv4", BOOK.add
    ds = "ip.dsfield.dscp"
    add("kernel", slug, "ip_id = 0", "id", {"ip.id": "KERNEL_PICKED NOT_SET"}, sets("id", lambda s: 0))
    add("other number", slug, "a classmate's identification", "id", {"ip.id": "WRONG_STUDENT"},
        sets("id", lambda s: s.person.other.values[slug, "ip.id"]), needs="roster")
    add("off by", slug, "ip_id - 1", "id", {"ip.id": "OFF_BY_ONE"}, sets("id", lambda s: s.id - 1))
    add("DS byte", slug, "tos = dscp", "tos", {ds: "NOT_SHIFTED"}, sets("tos", lambda s: s.dscp), also=("ip.dsfield.ecn",))
    add("DS byte", slug, "tos = dscp << 4", "tos", {ds: "SHIFTED_TWICE WRONG_SHIFT"},
        sets("tos", lambda s: s.dscp << 4 & 0xff), also=("ip.dsfield.ecn",))
    add("DS byte", slug, "tos = 0", "tos", {ds: "NOT_SET"}, sets("tos", lambda s: 0))
    add("DS byte", slug, "(dscp << 2) | 3", "tos", {"ip.dsfield.ecn": "ECN_SET EXTRA_FLAGS"},
        sets("tos", lambda s: s.tos | 3))
    add("DS byte", slug, "(dscp << 2) | 1", "tos", {"ip.dsfield.ecn": "ECN_SET EXTRA_FLAGS OFF_BY_ONE"},
        sets("tos", lambda s: s.tos | 1))
    add("DS byte", slug, "dscp's decimal digits behind 0x, shifted", "tos", {ds: "DECIMAL_AS_HEX"},
        sets("tos", lambda s: int(str(s.dscp), 16) << 2 if int(str(s.dscp), 16) < 64 else None))
    add("DS byte", slug, "dscp's hex digits without 0x, shifted", "tos", {ds: "HEX_AS_DECIMAL"},
        sets("tos", lambda s: as_decimal(s.dscp) << 2 if (as_decimal(s.dscp) or 64) < 64 else None))
    add("DS byte", slug, "dscp's hex digits without 0x, unshifted", "tos", {ds: "HEX_AS_DECIMAL NOT_SHIFTED"},
        sets("tos", lambda s: as_decimal(s.dscp)), also=("ip.dsfield.ecn",))
    add("DS byte", slug, "tos = ~dscp << 2", "tos", {ds: "INVERTED"}, sets("tos", lambda s: ~s.dscp << 2 & 0xff))
    add("DS byte", slug, "(dscp + 1) << 2", "tos", {ds: "OFF_BY_ONE"},
        sets("tos", lambda s: (s.dscp + 1) << 2 if s.dscp < 63 else None))
    add("DS byte", slug, "(dscp - 1) << 2", "tos", {ds: "OFF_BY_ONE"}, sets("tos", lambda s: (s.dscp - 1) << 2))
    add("flags", slug, "ip_frag = 0x4000 (don't fragment)", "fragment", {"ip.flags": "EXTRA_FLAGS"},
        sets("fragment", lambda s: 0x4000))
    add("flags", slug, "ip_frag = 0x2000 (more fragments)", "fragment", {"ip.flags": "FRAGMENT EXTRA_FLAGS"},
        sets("fragment", lambda s: 0x2000), also=("payload",))
    add("shift", slug, "ip_frag = 2 (a flag, not shifted)", "fragment", {"ip.frag_offset": "NOT_SHIFTED FRAGMENT"},
        sets("fragment", lambda s: 2), also=("payload",))
    add("not set", slug, "ttl = 0", "ttl", {"ip.ttl": "NOT_SET NOT_IN_RANGE"}, sets("ttl", lambda s: 0))
    add("other number", slug, "the order of ttl and protocol", "ttl proto", {"ip.proto": "SWAPPED_WITH"},
        exchange("ttl", "proto"))
    add("protocol and port", slug, "ip_proto = 0x16", "proto", {"ip.proto": "DECIMAL_AS_HEX"}, sets("proto", lambda s: 22))
    add("protocol and port", slug, "ip_proto = 10", "proto", {"ip.proto": "HEX_AS_DECIMAL"}, sets("proto", lambda s: 10))
    add("protocol and port", slug, "ip_proto = socket.IPPROTO_RAW", "proto", {"ip.proto": "SOCKET_CONSTANT WRONG_PROTOCOL ALL_ONES"},
        sets("proto", lambda s: 255))
    add("protocol and port", slug, "ip_proto = socket.IPPROTO_UDP", "proto", {"ip.proto": "SOCKET_CONSTANT WRONG_PROTOCOL OFF_BY_ONE"},
        sets("proto", lambda s: 17))
    add("protocol and port", slug, "ip_proto = 0", "proto", {"ip.proto": "WRONG_PROTOCOL NOT_SET"},
        sets("proto", lambda s: 0))
    add("version and length", slug, "ihl = 6, without options", "version_ihl",
        {"ip.hdr_len": "OFF_BY_ONE HAS_OPTIONS"}, sets("version_ihl", lambda s: 0x46), also=("payload",))
    add("version and length", slug, "ihl = 8, without options", "version_ihl",
        {"ip.hdr_len": "WRONG_VALUE HAS_OPTIONS"}, sets("version_ihl", lambda s: 0x48), also=("payload",))
    add("units", slug, "(4 << 4) + 20, in a frame made by hand", "version_ihl length",
        {"ip.version|ip.hdr_len": "WRONG_UNITS"}, by_hand("version_ihl", 0x54), also=("payload",))
    add("version and length", slug, "version = 5", "version_ihl", {"ip.version|ip.hdr_len": "BAD_VERSION OFF_BY_ONE"},
        sets("version_ihl", lambda s: 0x55))


def of_last_class():
    for slug, name, variable in ((SLUG, "tcp.srcport", "sport"), (SLUG, "tcp.seq_raw", "seq"), ("raw-ipv4", "ip.id", "id")):
        BOOK.add("other number", slug, f"last class's {variable}", variable, {name: "OTHER_CLASS"},
                 sets(variable, lambda s, key=(slug, name): s.person.last.get(key)))
    BOOK.add("other number", "raw-ipv4", "last class's dscp", "tos", {"ip.dsfield.dscp": "OTHER_CLASS"},
             sets("tos", lambda s: s.person.last["raw-ipv4", "ip.dsfield.dscp"] << 2 if s.person.last else None))


plain_tcp()
plain_ip()
of_last_class()
