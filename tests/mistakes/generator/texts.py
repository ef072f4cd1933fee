"""texts.py - mistakes with the text: what is encoded, how, and what is put around it."""
import base64
import binascii
import hashlib
import urllib.parse

from mistake import Book
from script import ENCODINGS, MESSAGES, PACKETS, encode

BOOK = Book()
ALL = PACKETS + MESSAGES
HEX = ("raw-ipv4", "datagram-hex")
BASE64 = ("raw-tcp", "stream-base64")
PLAIN = ("stream-sender", "datagram-sender")
SAID = ("stream-base64", "datagram-hex")  # "I am HANDLE"


def sent(of):
    """do: the bytes that are sent become of(script)."""
    def do(script):
        new = of(script)
        if new is None or new == script.text:
            return False
        script.text = new
        return True
    return do


def inside(of):
    """do: what is encoded becomes of(the plain text)."""
    def do(script):
        new = of(script.plain)
        if new is None or new == script.plain:
            return False
        script.plain, script.text = new, encode(script.encoding, new)
        return True
    return do


def both(book, kind, slugs, cause, codes, of, needs=""):
    book.add(kind, slugs, f"encode({cause})", "plain", {"payload": codes}, inside(of), needs=needs)


def outside(book, kind, slugs, cause, codes, of):
    book.add(kind, slugs, cause, "sent", {"payload": codes}, sent(lambda s: of(s.text)))


def rest(book, kind, slugs, cause, codes, of):
    book.add(kind, slugs, cause, "sent", {"payload": codes}, sent(lambda s: of(s.plain)))


def encodings(b):
    rest(b, "encoding", HEX + BASE64, "the text as it is", "NOT_ENCODED", lambda t: t)
    rest(b, "encoding", HEX, "base64.b64encode(text)", "WRONG_ENCODING", base64.b64encode)
    rest(b, "encoding", BASE64, "binascii.hexlify(text)", "WRONG_ENCODING", lambda t: t.hex().encode())
    # so few digits may as well be somebody's name
    rest(b, "encoding", PLAIN, "text.hex()", "WRONG_ENCODING", lambda t: t.hex().encode() if len(t) > 2 else None)
    rest(b, "encoding", HEX + BASE64, "base64.b32encode(text)", "WRONG_ENCODING", base64.b32encode)
    rest(b, "encoding", HEX + BASE64, "' '.join(str(b) for b in text)", "WRONG_ENCODING",
         lambda t: " ".join(map(str, t)).encode())
    for slugs, cause, of in ((HEX + BASE64, "urllib.parse.quote(text), of every letter", quoted("%")),
                             (HEX + BASE64, "quoted-printable, of every letter", quoted("=")),
                             (SAID, "text.replace(' ', '&nbsp;')", lambda t: t.replace(b" ", b"&nbsp;"))):
        both(b, "encoding", slugs, cause, "ENCODED_TWICE", of)
        rest(b, "encoding", slugs, f"{cause}, in place of what was asked", "WRONG_ENCODING", of)
    outside(b, "encoding", HEX, "hexlify(hexlify(text))", "ENCODED_TWICE", lambda t: t.hex().encode())
    outside(b, "encoding", BASE64, "b64encode(b64encode(text))", "ENCODED_TWICE", base64.b64encode)
    outside(b, "encoding", HEX, "b64encode(hexlify(text))", "WRONG_ENCODING ENCODED_TWICE", base64.b64encode)


def words_of(text):
    """od -x: words of two bytes in the host's order."""
    return [int.from_bytes(text[i:i + 2].ljust(2, b"\0"), "little") for i in range(0, len(text), 2)]


def od(text, form="x"):
    """One line of od -x, od or od -b, and its last offset."""
    columns = {"x": [f"{w:04x}" for w in words_of(text)], "o": [f"{w:06o}" for w in words_of(text)],
               "b": [f"{c:03o}" for c in text]}[form]
    if len(text) > 16:
        return None
    return f"{0:07o} {' '.join(columns)}\n{len(text):07o}\n".encode()


ALIKE = {"a": "\u0430", "e": "\u0435", "o": "\u043e", "p": "\u0440", "c": "\u0441", "s": "\u0455", "i": "\u0456"}


def copied(text):
    """The first letter that Cyrillic has, too, was copied from there."""
    for i, c in enumerate(text.decode()):
        if c in ALIKE and i + 1 < len(text):
            return (text.decode()[:i] + ALIKE[c] + text.decode()[i + 1:]).encode()
    return None


def forms_of_tools(b):
    """What tools print and fill in, and a text of which only a part was encoded."""
    for cause, of in (("'I am ' + b64encode(handle)", base64.b64encode), ("'I am ' + handle.hex()", binascii.hexlify)):
        b.add("encoding", SAID, cause, "plain sent", {"payload": "NOT_ENCODED"},
              sent(lambda s, o=of: s.plain[:5] + o(s.plain[5:]) if len(s.plain) > 8 else None))
    rest(b, "hex form", HEX, "od -x", "XXD_DUMP", od)
    rest(b, "hex form", HEX, "od", "XXD_DUMP", lambda t: od(t, "o"))
    rest(b, "hex form", HEX, "od -b", "XXD_DUMP", lambda t: od(t, "b"))
    rest(b, "encoding", HEX, "''.join('%03o' % b for b in text)", "WRONG_ENCODING",
         lambda t: "".join(f"{c:03o}" for c in t).encode() if len(t) > 2 else None)
    rest(b, "encoding", HEX, "hashlib.md5(text).hexdigest()", "WRONG_VALUE",
         lambda t: hashlib.md5(t).hexdigest().encode())
    rest(b, "encoding", BASE64, "codecs.encode(text, 'uu')", "WRONG_ENCODING",
         lambda t: b"begin 666 <data>\n" + b"".join(binascii.b2a_uu(t[i:i + 45]) for i in range(0, len(t), 45)) + b" \nend\n")
    both(b, "newline and NUL", ALL, "text + r'\\n'", "ESCAPED_LETTERS", lambda t: t + rb"\n")
    both(b, "charset", ALL, "a letter that was copied", "MISSPELT_TEXT", copied)
    both(b, "wrapped text", SAID, "\"I am '\" + handle + \"'\"", "QUOTED", lambda t: b"I am '" + t[5:] + b"'")
    rest(b, "words", PACKETS + PLAIN, "hping3 -d, with nothing to send", "PLACEHOLDER", lambda t: b"X" * 10)
    rest(b, "words", ("stream-sender",), "ncat --ssl", "HTTP_REQUEST",
         lambda t: b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(16, 48)))


def quoted(mark):
    return lambda text: "".join(f"{mark}{c:02X}" for c in text).encode()


def ends(b):
    both(b, "newline and NUL", HEX + BASE64, "text + '\\n'", "TRAILING_NEWLINE", lambda t: t + b"\n")
    outside(b, "newline and NUL", PACKETS, "encode(text) + b'\\n'", "TRAILING_NEWLINE", lambda t: t + b"\n")
    both(b, "newline and NUL", HEX + BASE64, "text + '\\0'", "TRAILING_NUL", lambda t: t + b"\0")
    outside(b, "newline and NUL", PACKETS + PLAIN, "struct.pack('40s', encoded)", "TRAILING_NUL",
            lambda t: t.ljust(40, b"\0"))


def forms(b):
    outside(b, "hex form", HEX, "'0x' + text.hex()", "HEX_WITH_SEPARATORS", lambda t: b"0x" + t)
    outside(b, "hex form", HEX, "text.hex(' ')", "HEX_WITH_SEPARATORS", lambda t: joined(t, b" "))
    outside(b, "hex form", HEX, "text.hex(':')", "HEX_WITH_SEPARATORS", lambda t: joined(t, b":"))
    outside(b, "hex form", HEX, "one digit lost", "TRUNCATED INVALID_ENCODING", lambda t: t[:-1])
    rest(b, "hex form", HEX, "xxd", "XXD_DUMP", xxd)
    outside(b, "Base64 form", BASE64, "b64encode(text).rstrip(b'=')", "BASE64_UNPADDED", lambda t: t.rstrip(b"="))
    rest(b, "Base64 form", BASE64, "base64.encodebytes(text)", "BASE64_WRAPPED TRAILING_NEWLINE",
         lambda t: base64.encodebytes(t) if len(t) > 57 else None)
    outside(b, "Base64 form", BASE64, "base64 -w 8", "BASE64_WRAPPED TRAILING_NEWLINE", wrapped)
    outside(b, "Base64 form", BASE64, "b64encode(text).lower()", "WRONG_CASE", lambda t: t.lower())
    rest(b, "wrapped text", BASE64 + HEX + PLAIN, "str(text.encode())", "PYTHON_REPR NOT_ENCODED",
         lambda t: str(t).encode())
    outside(b, "wrapped text", BASE64 + HEX, "str(encoded)", "PYTHON_REPR", lambda t: str(t).encode())
    both(b, "wrapped text", BASE64 + HEX, "str(text.encode())", "PYTHON_REPR", lambda t: str(t).encode())
    both(b, "wrapped text", ALL, "'\"' + text + '\"'", "QUOTED", lambda t: b'"' + t + b'"')
    both(b, "wrapped text", ALL, "' ' + text", "EXTRA_BLANKS", lambda t: b" " + t)
    outside(b, "wrapped text", HEX + BASE64, "encoded + b' '", "EXTRA_BLANKS", lambda t: t + b" ")
    both(b, "charset", ALL, "text.encode('utf-16')", "UTF16", lambda t: t.decode().encode("utf-16"))
    both(b, "charset", ALL, "text.encode('utf-8-sig')", "BYTE_ORDER_MARK", lambda t: t.decode().encode("utf-8-sig"))


def wrapped(text):
    return b"".join(text[i:i + 8] + b"\n" for i in range(0, len(text), 8)) if len(text) > 8 else None


def joined(digits, separator):
    return separator.join(digits[i:i + 2] for i in range(0, len(digits), 2))


def xxd(text):
    lines = []
    for at in range(0, len(text), 16):
        part = text[at:at + 16]
        lines.append(f"{at:08x}: {joined_by(part.hex(), 4):<40} " + "".join(
            chr(c) if 32 <= c < 127 else "." for c in part))
    return ("\n".join(lines) + "\n").encode()


def joined_by(text, n):
    return " ".join(text[i:i + n] for i in range(0, len(text), n))


MORE = "EXTRA_TEXT"
LESS = "MISSING_TEXT"


def of_words(b):
    handles = PACKETS + PLAIN
    both(b, "words", handles, "'I am ' + handle", MORE + " OTHER_CHALLENGE", lambda t: b"I am " + t)
    both(b, "words", SAID, "handle alone", LESS + " OTHER_CHALLENGE", lambda t: t[5:])
    both(b, "words", ALL, "text + '.'", MORE + " MISSPELT_TEXT", lambda t: t + b".")
    both(b, "words", handles, "handle + '@example.com'", MORE, lambda t: t + b"@example.com")
    both(b, "words", handles, "'<' + handle + '>'", MORE + " MISSPELT_TEXT QUOTED PLACEHOLDER", lambda t: b"<" + t + b">")
    both(b, "words", SAID, "'I am  ' + handle", "EXTRA_BLANKS", lambda t: b"I am  " + t[5:])
    both(b, "words", SAID, "'i am ' + handle", "WRONG_CASE", lambda t: b"i am " + t[5:])
    both(b, "words", handles, "'HANDLE'", "PLACEHOLDER", lambda t: b"HANDLE")
    both(b, "words", SAID, "'I am HANDLE'", "PLACEHOLDER", lambda t: b"I am HANDLE")
    outside(b, "words", ALL, "''", "NO_PAYLOAD", lambda t: b"")
    rest(b, "words", ("stream-sender", "stream-base64"), "an HTTP request", "HTTP_REQUEST",
         lambda t: b"GET /" + urllib.parse.quote(t).encode() + b" HTTP/1.1\r\n")


def text_of(slug, handle):
    return encode(ENCODINGS[slug], (b"I am " if slug in SAID else b"") + handle.encode())


def others(b):
    """The right text of another challenge: of two challenges of one kind the ports were confused."""
    for here in MESSAGES:
        for there in MESSAGES:
            if here != there:
                b.add("words", here, f"what {there} takes", "plain sent",
                      {"payload": "OTHER_CHALLENGE " + apart(here, there)}, sent(lambda s, t=there: text_of(t, s.person.handle)))


def apart(here, there):
    """What else is true of it: how the two texts differ, by encoding first."""
    encodings_of = ENCODINGS[here], ENCODINGS[there]
    if encodings_of[0] != encodings_of[1]:
        return "NOT_ENCODED" if encodings_of[1] == "utf-8" else "WRONG_ENCODING"
    return MORE if there in SAID else LESS


def typed(b):
    def slip(text):
        """The last letter but one is another."""
        return text[:-2] + (b"x" if text[-2:-1] != b"x" else b"y") + text[-1:] if len(text) > 3 else None
    both(b, "words", PACKETS + PLAIN, "a slip of the finger in the handle", "WRONG_STUDENT MISSPELT_TEXT",
         slip, needs="roster")


encodings(BOOK)
others(BOOK)
typed(BOOK)
ends(BOOK)
forms(BOOK)
forms_of_tools(BOOK)
of_words(BOOK)
