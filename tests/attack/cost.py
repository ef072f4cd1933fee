#!/usr/bin/env python3
"""cost.py ATTACK_COST: what the dearest packet costs before any budget is asked, as a multiple of the cheapest: at most 20.
Instructions as callgrind counts them, so the machine's load is no matter. Exit status 77: skipped."""
import base64
import pathlib
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile

RATIO = 20
TARGET, STUDENT = "172.16.1.15", "10.10.0.40"
LENGTHS = (1, 5, 8, 12, 16, 20, 40, 64, 100, 160, 200, 256, 320, 400, 512, 700, 1000, 1400)


def dumped(text):
    """As xxd shows it."""
    rows = [text[i:i + 16] for i in range(0, len(text), 16)]
    return "".join(f"{16 * i:08x}: {r.hex(' ', 2)}  {r.decode('latin1')}\n" for i, r in enumerate(rows)).encode()


def nested(n, *encodings):
    """The longest text that is at most n bytes long when it is so encoded, each around the one before."""
    encode = {"hex": lambda t: t.hex().encode(), "b64": base64.b64encode, "repr": lambda t: repr(t).encode(),
              "quote": lambda t: b'"' + t + b'"', "nl": lambda t: t + b"\n", "blank": lambda t: b" " + t + b" ",
              "nul": lambda t: t + b"\0", "xxd": dumped, "colon": lambda t: t.hex(":").encode(),
              "utf16": lambda t: t.decode("latin1").encode("utf-16")}
    for length in range(n, 0, -1):
        text = b"smith" * (length // 5) + b"smith"[:length % 5]
        for e in encodings:
            text = encode[e](text)
            if len(text) > n:
                break
        else:
            return text
    return b""


WRAPS = [("hex",), ("b64",), ("hex", "hex"), ("hex", "b64"), ("b64", "hex"), ("b64", "b64"), ("hex", "hex", "hex"),
         ("b64", "b64", "b64"), ("b64", "b64", "b64", "b64"), ("b64", "b64", "b64", "b64", "b64"), ("repr",), ("repr", "hex"),
         ("quote", "hex", "nl", "blank", "nul"), ("nl", "b64"), ("nl", "hex"), ("xxd",), ("colon",), ("colon", "hex"),
         ("utf16",), ("utf16", "hex"), ("blank", "nl", "nul"), ("hex", "xxd")]
FLOODS = {"zeros": b"\0", "crlf": b"\r\n", "blanks": b" ", "tabs": b" \t\n", "a": b"a", "digits": b"0", "ff": b"\xff",
          "latin1": b"\xe9a", "slash": b"\\x", "minus": b"-", "equals": b"=", "b64": b"c21p", "newlines_b64": b"YWFh\n",
          "dump": b"00000000: 6161 \n", "utf16": b"a\0", "quote": b"'", "bom": b"\xef\xbb\xbf", "nulend": b"ab\0\0"}


def payloads():
    for handle in (b"smith", b"stranger", b"I am smith", b"x" * 32):
        for name, text in (("text", handle), ("hex", handle.hex().encode()), ("b64", base64.b64encode(handle))):
            yield f"named_{handle.decode().replace(' ', '_')}_{name}", text
    for n in LENGTHS:
        for wrap in WRAPS:
            yield f"{'_'.join(wrap)}.{n}", nested(n, *wrap)
        for name, unit in FLOODS.items():
            yield f"{name}.{n}", (unit * n)[:n]


def ip(proto, data, options=b""):
    return struct.pack("!BBHHHBBH4s4s", 0x40 | 5 + len(options) // 4, 96, 20 + len(options) + len(data), 7, 0, 64, proto, 0,
                       socket.inet_aton(STUDENT), socket.inet_aton(TARGET)) + options + data


def tcp(data, port=8081, options=b""):
    return ip(6, struct.pack("!HHLLBBHHH", 4321, port, 1, 0, 5 + len(options) // 4 << 4, 2, 1, 0, 0) + options + data)


def frames():
    """IPv4: the kernel's filter lets nothing else to a target."""
    for i in range(0, 44, 4):
        yield f"ip_nops.{i}", ip(16, b"x", b"\1" * i)
        yield f"ip_router_alert.{i}", ip(16, b"x", b"\x94\4\0\0" * (i // 4))
        yield f"tcp_nops.{i}", tcp(b"x", options=b"\1" * i)
        yield f"tcp_mss.{i}", tcp(b"x", options=b"\2\4\5\xb4" * (i // 4))
        yield f"tcp_syn_elsewhere.{i}", tcp(b"", 99, b"\2\4\5\xb4" * (i // 4))
    for n in (0, 10, 1400):
        yield f"udp_elsewhere.{n}", ip(17, struct.pack("!HHHH", 1, 99, 8 + n, 0) + b"x" * n)
        yield f"fragment.{n}", ip(16, b"x" * n)[:6] + b"\x20\x01" + ip(16, b"x" * n)[8:]


def shapes():
    for name, payload in payloads():
        yield f"raw.{name}", "frame", ip(16, payload)
        yield f"tcp.{name}", "frame", tcp(payload)
        yield f"udp.{name}", "datagram-sender", payload
        yield f"hex.{name}", "datagram-hex", payload
    for name, frame in frames():
        yield name, "frame", frame


def main():
    valgrind = shutil.which("valgrind")
    if not valgrind:
        print("skipped: valgrind is not installed")
        sys.exit(77)
    with tempfile.TemporaryDirectory(prefix="wg-cost-") as folder:
        file, out = pathlib.Path(folder, "shapes"), pathlib.Path(folder, "out")
        file.write_text("".join(f"{name} {kind} {data.hex()}\n" for name, kind, data in shapes() if len(data) <= 1500))
        run = subprocess.run([valgrind, "-q", "--tool=callgrind", f"--callgrind-out-file={out}", "--combine-dumps=yes",
                              sys.argv[1], file], capture_output=True, text=True, check=False)
        if run.returncode:
            sys.exit(f"valgrind: {run.stdout}{run.stderr}")
        text = out.read_text()
    parts = re.findall(r"desc: Trigger: Client Request: (\S+)\n(?:.*\n)*?(?:summary|totals): (\d+)", text)
    costs = sorted((int(n), name) for name, n in parts)
    assert len(costs) > 500, (len(costs), text[:2000])
    (least, cheap), (most, dear) = costs[0], costs[-1]
    print(f"{len(costs)} shapes; cheapest {cheap} {least}, dearest {dear} {most} instructions: {most / least:.1f} times;",
          "then", ", ".join(f"{name} {n}" for n, name in costs[-2:-8:-1]))
    if most > RATIO * least:
        sys.exit(f"more than {RATIO} times")


main()
