"""Packets made by hand, and what `seen` tells of them. For briefing.py."""
import json
import re
import subprocess
import time

from briefing_room import ASTRAY, HEARD, IPRAW, PIECES, ROSTER, ask, ask_until, delivered, has, lacks, own_values, raw
from classroom import STUDENT, TARGET, listens, require
from twice import pcap

# What names nobody: a data offset that was not shifted, no payload behind right ports, connect(), a half-open scan.
NAMELESS = """import base64, contextlib, socket, struct, sys, threading, time
ME, TARGET = '10.10.0.40', '172.16.1.15'
def checksum(data):
    data += b'\\0' * (len(data) % 2)
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff
def segment(data, offset=0x50, options=b''):
    def head(check):
        return struct.pack('!HHLLBBHHH', sport, 8081, seq, ack, offset, 2, 99, check, 0) + options
    pseudo = socket.inet_aton(ME) + socket.inet_aton(TARGET) + struct.pack('!BBH', 0, 6, 20 + len(options + data))
    ip = struct.pack('!BBHHHBBH4s4s', 69, 0, 0, 7, 0, 64, 6, 0, socket.inet_aton(ME), socket.inet_aton(TARGET))
    s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    s.sendto(ip + head(checksum(pseudo + head(0) + data)) + data, (TARGET, 0))
def connect():
    with contextlib.suppress(OSError):
        socket.create_connection((TARGET, 8081), 2)
what, sport, seq, ack = sys.argv[1], *map(int, sys.argv[2:5])
listening = socket.socket()
listening.bind(('', 1111))
listening.listen(1)
listening.settimeout(60 if 'wait' in sys.argv else 0.5)
{'offset': lambda: segment(b'c21pdGg=', offset=5), 'empty': lambda: segment(b''), 'connect': connect,
 'scan': lambda: segment(b'', options=bytes.fromhex('020405b4'), offset=0x60),
 'stream': lambda: print(socket.create_connection((TARGET, 1111), 60).send(b'smith\\n'))}[what]()
with contextlib.suppress(TimeoutError):
    print(listening.accept()[0].recv(4096).decode())
"""


def nameless(room, what, *more):
    """With the class's own values in it, but for a scan."""
    text = ask(room, "read raw-tcp\n")
    own = re.search(r"tcp.ack_raw +(\d+)", text)
    values = [re.search(rf"{name} \| (\d+)", text).group(1) for name in ("Source port", "Sequence number")]
    values = ["1", "1", "1"] if what == "scan" else [*values, own.group(1) if own else "1"]
    return room.python(NAMELESS, what, *values, *more)


def last(room, n, **expected):
    line = [a for a in room.journal("attempt", n) if a["kind"] == "packet"][-1]
    require(all(line[k] == v for k, v in expected.items()), expected, "in", line)


def who_names_nobody_is_called_by_his_address(room):
    out = nameless(room, "offset", "wait")
    has(out, "right, smith.", "your address says who you are", "[NOT_SHIFTED]", "5 << 4")
    for n, (what, code) in enumerate((("empty", "NO_PAYLOAD"), ("connect", "NOT_RAW")), 2):
        nameless(room, what)
        last(room, n, student="smith", by_address=True)
        require(room.journal("attempt", n)[-1]["answer"] in ("queued", "limited"), room.journal("attempt"))
        has(ask(room, "seen\n"), f"[{code}]")
    nameless(room, "scan")
    last(room, 4, student="smith", answer="none")
    out = ask(room, "seen\n")
    has(out, "no handle in it, from the address of smith", "[NOT_SHIFTED]", "          try: ")
    # right in another's name: the flag is that one's, which is recorded, and said here
    require(room.python(PIECES, "1111", "jones.").startswith("flag{stream-sender.jones."), "jones")
    room.python(PIECES, "1111", "smith.")
    out = ask(room, "seen\n")
    has(out, "stream-sender: right, as jones, and this is smith's address: is the handle in it yours?\n", "stream-sender: right, as smith\n")


def who_proved_his_handle_is_called_without_it(room):
    """No roster: before a message of his came from there nobody is called, and `seen` has the reason."""
    nameless(room, "empty")
    last(room, 1, student=None, answer="none")
    has(ask(room, "seen\n"), "no handle could be read", "[NO_PAYLOAD]")
    nameless(room, "stream")
    room.journal("attempt", 2)
    out = nameless(room, "empty", "wait")
    has(out, "no handle found in it", "[NO_PAYLOAD]")
    lacks(out, "smith")  # it may be another's: no value of his own is told
    last(room, 3, student=None, answer="queued")


def whose_handle_stands_in_it_somewhere_is_called(room):
    """No roster, and nothing came from there: the payload behind a wrong data offset says whom to call."""
    out = nameless(room, "offset", "wait")
    has(out, "smith", "[NOT_SHIFTED]", "5 << 4")
    last(room, 1, answer="queued")


def one_diagnosis_is_told_everywhere(room):
    """The call-back, `seen`, the journal and check name the same code first; a packet that missed its challenge is its near
    miss, and a wrong transport is named."""
    dscp, ident = own_values(room)
    for n, (sent, code) in enumerate((({"dscp": str(int(dscp) >> 2), "ident": ident}, None),
                                      ({"dscp": dscp, "ident": ident, "proto": 22}, "DECIMAL_AS_HEX"),
                                      ({"dscp": "1", "ident": "1", "proto": 22}, "DECIMAL_AS_HEX")), 1):
        room.python("import time; time.sleep(10)" if n > 1 else "")
        text = room.python(HEARD, sent["dscp"], sent["ident"], "smith", str(sent.get("proto", 16)), STUDENT,
                           files={"ipraw.py": IPRAW})
        line = room.journal("attempt", n)[-1]
        has(text, f"[{line['first']}]", line["first_field"])
        told = next(f for f in line["findings"] if f["field"] == line["first_field"])  # what the board's page shows
        has(" ".join(text.split()), f"{told['why']} [{line['first']}] try {told['try']}", f"place {told['place']} ")
        require(re.search(r"\[([A-Z_]+)\]", text).group(1) == line["first"], text, line)
        seen = ask(room, "i smith\nseen\n")
        require(re.search(r"\[([A-Z_]+)\]", seen).group(1) == line["first"], seen, line)
        path = room.dir / f"{n}.pcap"
        path.write_bytes(pcap("ethernet", [line]))
        run = subprocess.run(room.command("check", "--class", room.dir / "class.yml", "--format", "json", path),
                             capture_output=True, text=True, check=False)
        row = [c for c in json.loads(run.stdout)["challenges"] if c["verdict"] != "none"][0]
        require(row["first"] == line["first"] and row["first_field"] == line["first_field"], row, line)
        require(code is None or code == line["first"], line)
    room.python(f"import socket\nsocket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'smith', ('{TARGET}', 1111))\n"
                f"s = socket.socket()\ns.settimeout(2)\ntry:\n  s.connect(('{TARGET}', 2222))\nexcept OSError:\n  pass\n")
    ask_until(room, "seen\n", "1111 is stream-sender's, by TCP, and this is UDP [WRONG_PROTOCOL]", "SOCK_STREAM",
              "2222 is datagram-sender's, by UDP, and this is TCP [WRONG_PROTOCOL]", "SOCK_DGRAM")


# a letter of struct's too wide, or one too few: the kernel sends it to the target's link, with addresses of some bytes before or behind
SHIFTED = """import socket, struct, sys
tos, ident = int(sys.argv[2]) << 2, int(sys.argv[3], 0)
src, dst = socket.inet_aton('10.10.0.40'), socket.inet_aton('172.16.1.15')
header = (struct.pack('!BBHHIBBH4s4s', 0x45, tos, 0, ident, 0, 64, 16, 0, src, dst) if sys.argv[1] == 'more' else
          struct.pack('!BBHHBBH4s4s', 0x45, tos, 0, ident, 64, 16, 0, src, dst))
socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW).sendto(header + b'smith'.hex().encode(), ('172.16.1.15', 0))
"""


def a_header_of_another_length_is_seen(room):
    """Its addresses are nobody's and no challenge takes it; who sent it on the target's link is told all the same, and shown by the advice."""
    dscp, ident = own_values(room)
    for how, own, addresses, reason in (
            ("more", True, "0.0.10.10 to 0.40.172.16", "packed as L: 4 bytes, 2 are needed: what follows stands 2 bytes too late [MISPLACED]"),
            ("less", True, "0.40.172.16 to 1.15.55.51", "flags and fragment offset is left out: what follows stands 2 bytes too early [MISPLACED]"),
            ("more", False, "0.0.10.10 to 0.40.172.16", "ip.dst: 172.16.1.15 stands 2 bytes behind its place: the header is too long [MISPLACED]")):
        told = re.search(r"On your side, as root:  (tcpdump .*)", ask(room, "seen\\n"))[1].strip()
        words = f"{how} {dscp} {ident}" if own else f"{how} 48 31549"
        out = room.student("bash", "-c", f": >/tmp/said; timeout 250 {told} -c 1 2>/tmp/said & until grep -q listening /tmp/said; do sleep 0.05; "
                           f"done; python3 /tmp/shifted.py {words}; wait", files={"shifted.py": SHIFTED})
        has(out, *addresses.split(" to "))
        ask_until(room, "i smith\\nseen\\n", f"from {addresses}: not your address; look at the source in your IP header", reason)
    require(not room.journal("attempt") and not room.journal("delivery"), room.journal())


def what_came_with_wrong_addresses_is_seen(room):
    """Nothing is sent for it; it is told by the handle in it and, to whoever is behind the same link, without one."""
    for source, to in (("192.168.1.101", TARGET), ("192.168.1.101", TARGET), ("40.0.10.10", TARGET), (TARGET, STUDENT),
                       (STUDENT, "192.168.1.1")):
        room.student("python3", "/tmp/astray.py", "1", "1", "smith", "16", source, to, files={"astray.py": ASTRAY})
    room.student("python3", "/tmp/astray.py", "1", "1", "@", "16", "192.168.1.102", TARGET, files={"astray.py": ASTRAY})
    out = ask_until(room, "i smith\nseen\n", "2 packets  for raw-ipv4, with your handle, from 192.168.1.101: not your address; look at the source",
                    "from 40.0.10.10", "[ADDRESS_REVERSED]", f"from {TARGET} to {STUDENT}", "[SWAPPED_WITH]", "[NOT_IN_RANGE]",
                    f"from {STUDENT} to 192.168.1.1: not answered", "          try: src = ", "from 192.168.1.102")
    require("with your handle, from 192.168.1.102" not in out, out)
    lacks(ask(room, "tries\n"), "192.168")
    require(not room.journal("attempt") and not room.journal("delivery"), room.journal())


def different_reasons_stay_apart(room):
    """As many clauses right, the same field wrong: two mistakes are two lines."""
    dscp, ident = own_values(room)
    swapped = int.from_bytes(int(ident, 0).to_bytes(2, "little"))
    other = next(other for bits in (0x5555, 0x3333) if (other := int(ident, 0) ^ bits) != swapped)  # of one key in a hundred it is
    for ident in (other, other, swapped):
        raw(room, dscp=dscp, ident=str(ident))
    room.journal("attempt", 3)
    out = ask(room, "i smith\nseen\n")
    lines = [l for l in out.splitlines() if "wrong: ip.id" in l]
    require(len(lines) == 2 and sum("2 times" in l for l in lines) == 1, out)
    require(len(set(re.findall(r"\[([A-Z_]+)\]", out))) == 2 and "[BYTE_SWAPPED]" in out, out)


def what_came_is_told_in_order_and_never_as_all_when_there_was_more(room):
    """The newest first, whatever kind it is; more than is kept is said."""
    knock = "import socket\nfor p in range({}, {}):\n  s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n  s.sendto(b'x', ('%s', p))\n" % TARGET
    room.python(knock.format(20000, 20001))
    room.student("python3", "/tmp/astray.py", "1", "1", "smith", "16", "192.168.1.101", TARGET, files={"astray.py": ASTRAY})
    room.python(knock.format(20001, 20002))
    dscp, ident = own_values(room)
    room.student("python3", "/tmp/five.py", dscp, ident, "smith", "16", STUDENT, files={"five.py": IPRAW.replace("0x45", "0x55")})
    room.journal("attempt", 1)
    out = ask(room, "i smith\\nseen\\n")
    order = [out.find(part) for part in ("9 of 9 right, but something besides is wrong", "port 20001", "from 192.168.1.101", "port 20000")]
    require(-1 not in order and order == sorted(order), order, out)
    has(out, "wrong: ip.version", "Nothing else of yours")
    room.python(knock.format(20002, 20025))
    ask_until(room, "i smith\\nseen\\n", "more packets of many kinds, as of a scan", "port 20000", "9 of 9", "Nothing else")
    # the count stays when another packet comes, later than a scan takes
    time.sleep(10.5)
    told = re.search(r"(\d+) more packets", ask(room, "seen\\n")).group(1)
    room.python(knock.format(20030, 20031))
    ask_until(room, "seen\\n", f"{told} more packets of many kinds", "port 20030")
    for port in ("1111", "3333", "5555", "6111"):
        for text in ("end", "s!", "smith"):
            room.python(PIECES, port, text)
    out = ask(room, "i smith\\nseen\\n")
    has(out, "There was more in these 15 minutes: ", "older lines are not shown", "9 of 9")  # a challenge's newest goes last
    lacks(out, "Nothing else", "port 20000")
    lacks(ask(room, "i smith\\ntries\\n"), "No attempt of yours")


ELSEWHERE = HEARD.replace("('', 1111)", "(sys.argv.pop(1), int(sys.argv.pop(1)))").replace("60)", "1)").replace(
    "print(s.accept()[0].recv(4096).decode())", "try:\n    print(s.accept())\nexcept TimeoutError:\n    print('nobody called')")


def a_call_that_met_no_listener_is_seen(room):
    """A listener at another port, or at loopback alone: what was wrong is told with where it was brought to."""
    dscp, ident = own_values(room)
    wrong = str(int(ident, 0) ^ 0x5555)
    brought = "its answer was brought to your TCP port 1111: refused: nothing listens there, and a listener at 127.0.0.1 is not reached"
    has(room.python(ELSEWHERE, "", "1112", dscp, wrong, "smith", "16", STUDENT, files={"ipraw.py": IPRAW}), "nobody called")
    room.journal("delivery", 1)
    out = ask(room, "i smith\\nseen\\n")
    has(out, "8 of 9 right, as smith; wrong: ip.id\n", brought, "try: nc -lvnp 1111 first, then send it again", "[")
    require(out.index("wrong: ip.id") < out.index(brought), out)
    has(room.python(ELSEWHERE, "127.0.0.1", "1111", dscp, ident, "smith", "16", STUDENT, files={"ipraw.py": IPRAW}), "nobody called")
    room.journal("delivery", 2)
    has(ask(room, "i smith\\nseen\\n"), f"right, as smith\n          {brought}\n          try: nc -lvnp 1111, and while it runs, here:  again")
    # of wrong ones only one every ten seconds is brought
    raw(room, dscp=dscp, ident=wrong)
    room.journal("attempt", 3)
    waits = r"its answer is still to be brought to your TCP port 1111, in \d+ s: keep your listener open so long; one of a wrong packet every 10 s\n"
    # between the two it is under way, and nothing is told of it; nor of one that a call with the flag had no room for
    ask_until(room, "i smith\\nseen\\n", "so", of=lambda out: "so" if re.search(waits, out) or out.count(brought) == 2
              or any(d["left_out"] for d in room.journal("delivery")) else out)
    # once it has arrived there is nothing more to tell
    has(room.student("bash", "-c", f"timeout 250 nc.traditional -lvnp 1111 & {listens(1111)}printf again | nc.openbsd -N "
                     f"{TARGET} 1110; wait"), room.flag("raw-ipv4"))
    delivered(room)
    out = ask(room, "i smith\\ntries\\n")
    require(re.search(r"right, as smith\n(?! +its answer)", out), out)
    lacks(out, "still to be brought")


def a_flag_that_waits_at_another_address_says_so(room):
    """A copy of a right packet from another source: nobody can be listening there."""
    dscp, ident = own_values(room)
    raw(room, dscp=dscp, ident=ident, source="10.10.0.4")
    ask_until(room, "i smith\\nflags\\n", room.flag("raw-ipv4"), " at 10.10.0.4)")


CASES = {f.__name__: (f, options) for f, options in (
    (a_flag_that_waits_at_another_address_says_so, {"roster": ROSTER}),
    (a_call_that_met_no_listener_is_seen, {}),
    (what_came_is_told_in_order_and_never_as_all_when_there_was_more, {}),
    (who_names_nobody_is_called_by_his_address, {"roster": ROSTER}),
    (who_proved_his_handle_is_called_without_it, {}),
    (what_came_with_wrong_addresses_is_seen, {}),
    (whose_handle_stands_in_it_somewhere_is_called, {}),
    (one_diagnosis_is_told_everywhere, {}),
    (a_header_of_another_length_is_seen, {}),
    (different_reasons_stay_apart, {}),
)}
