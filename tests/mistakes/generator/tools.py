"""tools.py - what tools, shells, tutorials and libraries make of a right text or number."""
import base64
import binascii
import json
import pickle

import sums
import texts
from mistake import Book, sets
from script import ETHERNET, TCP, inet, pseudo, right_sum, words

BOOK = Book()
IP, RAW = "raw-ipv4", "raw-tcp"


def dumps(b):
    """Of dumps and containers in which the right digits stand."""
    hex_, base = texts.HEX, texts.BASE64
    rest, outside = texts.rest, texts.outside
    rest(b, "hex form", hex_, "''.join(hex(c) for c in text)", "HEX_WITH_SEPARATORS",
         lambda t: "".join(map(hex, t)).encode())
    rest(b, "hex form", hex_, "xxd -i", "XXD_DUMP HEX_WITH_SEPARATORS", xxd_i)
    rest(b, "hex form", hex_, "xxd -b", "XXD_DUMP WRONG_ENCODING", xxd_b)
    rest(b, "hex form", hex_, "od -An -tx1", "HEX_WITH_SEPARATORS XXD_DUMP EXTRA_BLANKS TRAILING_NEWLINE", lambda t: b" " + texts.joined(t.hex().encode(), b" ")
         + b"\n")
    rest(b, "hex form", hex_, "hexdump -C", "XXD_DUMP", hexdump_c)
    rest(b, "hex form", hex_, "hexdump", "XXD_DUMP BYTE_SWAPPED", hexdump)
    rest(b, "Base64 form", base, "uuencode -m", "WRONG_ENCODING EXTRA_TEXT BASE64_WRAPPED", uuencode_m)
    outside(b, "Base64 form", base, "openssl enc -base64, with its newline and CR", "TRAILING_NEWLINE",
            lambda t: t + b"\r\r\n")
    outside(b, "Base64 form", base, "certutil -encode", "EXTRA_TEXT BASE64_WRAPPED", lambda t: (
        b"-----BEGIN CERTIFICATE-----\r\n" + t + b"\r\n-----END CERTIFICATE-----\r\n"))
    outside(b, "Base64 form", base, "data:text/plain;base64,...", "EXTRA_TEXT", lambda t: b"data:text/plain;base64," + t)
    rest(b, "encoding", hex_ + base, "base64.b16encode, base64.a85encode", "WRONG_ENCODING", base64.a85encode)
    rest(b, "encoding", base, "base64.b16encode(text)", "WRONG_ENCODING", base64.b16encode)


def xxd_i(text):
    body = ", ".join(f"0x{c:02x}" for c in text)
    return f"unsigned char text[] = {{\n  {body}\n}};\nunsigned int text_len = {len(text)};\n".encode() if len(text) <= 12 else None


def shown(text):
    return "".join(chr(c) if 32 <= c < 127 else "." for c in text)


def xxd_b(text):
    lines = []
    for at in range(0, len(text), 6):
        part = text[at:at + 6]
        lines.append(f"{at:08x}: {' '.join(f'{c:08b}' for c in part):<53}  {shown(part)}\n")
    return "".join(lines).encode()


def hexdump_c(text):
    if len(text) > 16:
        return None
    left, right = (" ".join(f"{c:02x}" for c in part) for part in (text[:8], text[8:]))
    return f"{0:08x}  {left:<23}  {right:<23}  |{shown(text)}|\n{len(text):08x}\n".encode()


def hexdump(text):
    if len(text) > 16:
        return None
    return f"{0:07x} {' '.join(f'{w:04x}' for w in texts.words_of(text))}\n{len(text):07x}\n".encode()


def uuencode_m(text):
    return b"begin-base64 644 -\n" + base64.b64encode(text) + b"\n====\n"


def shells(b):
    """A shell's or a language's way to write it."""
    both, rest, hexes = texts.both, texts.rest, texts.HEX + texts.BASE64
    handles = texts.PACKETS + texts.PLAIN
    both(b, "words", handles, "sh -c \"echo -e HANDLE\"", "EXTRA_TEXT", lambda t: b"-e " + t)
    both(b, "words", texts.ALL, "echo -n, which prints the -n", "EXTRA_TEXT", lambda t: b"-n " + t)
    both(b, "words", texts.SAID, "'I am %s', with nothing behind it", "PLACEHOLDER", lambda t: b"I am %s")
    both(b, "words", texts.SAID, "'I am {}'", "PLACEHOLDER", lambda t: b"I am {}")
    both(b, "words", texts.SAID, "'I am $HANDLE' in single quotes", "PLACEHOLDER", lambda t: b"I am $HANDLE")
    both(b, "words", texts.SAID, "'I am None'", "PLACEHOLDER WRONG_STUDENT", lambda t: b"I am None", needs="roster")
    both(b, "words", texts.SAID, "'Iam ' + handle", "MISSPELT_TEXT MISSING_TEXT EXTRA_BLANKS", lambda t: b"Iam " + t[5:])
    both(b, "words", texts.SAID, "'I am,' + handle", "MISSPELT_TEXT EXTRA_TEXT MISSING_TEXT", lambda t: b"I am," + t[5:])
    both(b, "words", handles, "json.dumps({'handle': handle})", "EXTRA_TEXT", lambda t: json.dumps({"handle": t.decode("latin-1")}).encode())
    both(b, "words", handles, "'handle=' + handle", "EXTRA_TEXT", lambda t: b"handle=" + t)
    both(b, "words", handles, "','.join((handle, name))", "EXTRA_TEXT", lambda t: t + b",Anna,anna@example.org")
    both(b, "wrapped text", texts.ALL, "text.ljust(32)", "EXTRA_BLANKS", lambda t: t.ljust(32))
    both(b, "wrapped text", texts.ALL, "pickle.dumps(text)", "EXTRA_TEXT PYTHON_REPR WRONG_ENCODING", pickled)
    both(b, "wrapped text", texts.ALL, "repr([text])", "QUOTED EXTRA_TEXT PYTHON_REPR", lambda t: repr([t.decode("latin-1")]).encode())
    both(b, "wrapped text", texts.SAID + texts.PACKETS, "protobuf: a first field", "EXTRA_TEXT",
         lambda t: b"\n" + bytes([len(t)]) + t if not bytes([len(t)]).isspace() else None)
    rest(b, "encoding", hexes, "str(int.from_bytes(text))", "WRONG_ENCODING",
         lambda t: str(int.from_bytes(t, "big")).encode() if len(t) > 4 else None)
    rest(b, "words", texts.ALL, "bytes(len(text))", "TRAILING_NUL", lambda t: bytes(len(t)))
    both(b, "charset", texts.SAID, "text.replace(' ', '\\u00a0')", "EXTRA_BLANKS MISSPELT_TEXT", lambda t: t.replace(b" ", b"\xc2\xa0"))
    both(b, "charset", texts.ALL, "text.encode('utf-8') behind '\\ufeff', twice", "BYTE_ORDER_MARK",
         lambda t: b"\xef\xbb\xbf\xef\xbb\xbf" + t)
    both(b, "words", handles, "os.getlogin() + '@' + host", "EXTRA_TEXT", lambda t: t + b"@kali")
    both(b, "words", handles, "'/home/' + handle", "EXTRA_TEXT", lambda t: b"/home/" + t)


def pickled(text):
    """Not where its length is a line end."""
    new = pickle.dumps(text.decode("latin-1"))
    return None if b"\n" in new else new


def odd_with(pad):
    def of(script):
        data = script.segment() + script.text
        return right_sum(pseudo(script, len(data)) + data + pad) if len(data) % 2 else right_sum(pseudo(script, len(data)) + data)
    return of


def numbers(b):
    tcp = lambda *args: sums.tcp(*args, book=b)  # noqa: E731
    tcp("odd length: data += b'0'", "CHECKSUM_ODD_BYTE_WRONG_END CHECKSUM_WRONG", odd_with(b"0"))
    tcp("odd length: data += b' '", "CHECKSUM_ODD_BYTE_WRONG_END CHECKSUM_WRONG", odd_with(b" "))
    tcp("tcp_length in bits", "CHECKSUM_WRONG_LENGTH", lambda s: sums.done(sums.total(s, 8 * (len(s.segment()) + len(s.text)))))
    tcp("tcp_length in words", "CHECKSUM_WRONG_LENGTH", lambda s: sums.done(sums.total(s, (len(s.segment()) + len(s.text)) // 4)))
    tcp("total = 1, counted up", "CHECKSUM_WRONG CHECKSUM_NEGATED", lambda s: sums.done(sums.total(s) + 1))
    tcp("the frame summed from its Ethernet header on", "CHECKSUM_WRONG", lambda s: right_sum(
        ETHERNET + s.segment() + s.text))
    tcp("range(0, len(data), 4): every other word", "CHECKSUM_WRONG", every_other)
    tcp("return ~total >> 16", "CHECKSUM_WRONG", lambda s: ~sums.total(s) >> 16 & 0xffff)
    tcp("protocol = socket.SOCK_RAW", "CHECKSUM_WRONG_PROTOCOL", sums.with_protocol(3))
    tcp("the pseudo-header behind the segment", "CHECKSUM_ODD_BYTE_WRONG_END CHECKSUM_WRONG CHECKSUM_PSEUDO_LAYOUT", lambda s: right_sum(
        s.segment() + s.text + pseudo(s, len(s.segment()) + len(s.text))))
    add = b.add
    add("flags", RAW, "doff = (5 << 4) | 5", "offset", {"tcp.flags": "EXTRA_FLAGS"}, sets("offset", lambda s: 0x55))
    add("flags", RAW, "flags = ord('S')", "flags", {"tcp.flags": "EXTRA_FLAGS WRONG_FORMAT"}, sets("flags", lambda s: 0x53))
    add("flags", RAW, "flags = ord('2')", "flags", {"tcp.flags": "EXTRA_FLAGS WRONG_FORMAT"}, sets("flags", lambda s: 0x32))
    add("other number", IP, "ip_id = 54321, the tutorial's", "id", {"ip.id": "WRONG_VALUE"}, sets("id", lambda s: 54321))
    add("other number", RAW, "tcp_source = 1234, the tutorial's", "sport", {"tcp.srcport": "WRONG_VALUE"},
        sets("sport", lambda s: 1234))
    add("other number", RAW, "tcp_seq = 454, the tutorial's", "seq", {"tcp.seq_raw": "WRONG_VALUE"}, sets("seq", lambda s: 454))
    add("other number", RAW, "scapy's own source port", "sport", {"tcp.srcport": "KERNEL_PICKED WRONG_VALUE"},
        sets("sport", lambda s: 20))
    add("address", texts.PACKETS, "source = gethostbyname(gethostname())", "source", {"ip.src": "NOT_IN_RANGE"},
        sets("source", lambda s: inet("127.0.1.1")))
    add("address", texts.PACKETS, "destination = the network's broadcast", "destination", {"ip.dst": "NOT_IN_RANGE"},
        sets("destination", lambda s: inet("172.16.1.255")))


def every_other(script):
    data = sums.whole(script)
    return sums.done(sum(int.from_bytes(data[i:i + 2].ljust(2, b"\0"), "big") for i in range(0, len(data), 4)))


dumps(BOOK)
shells(BOOK)
numbers(BOOK)
