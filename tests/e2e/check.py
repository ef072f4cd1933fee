#!/usr/bin/env python3
"""check.py WIREGRADE COURSE CASE: `wiregrade check` over captures made here, byte by byte."""
import gzip
import json
import os
import pathlib
import re
import resource
import shutil
import struct
import subprocess
import sys
import tempfile

from steady import DEADLINE, until
from check_packets import KERNEL_SYN, STUDENT, TARGET, arp, chaos, ipv4, pcap, pcapng, tcp, udp

import leftovers  # noqa: F401  pylint: disable=unused-import

WIREGRADE, COURSE = (pathlib.Path(a).resolve() for a in sys.argv[1:3])
PARAMS = {"raw-tcp:tcp.srcport": 5421, "raw-tcp:tcp.seq_raw": 123456789, "raw-tcp:tcp.ack_raw": 987654321,
          "raw-ipv4:ip.dsfield.dscp": 24, "raw-ipv4:ip.id": 0x1234}


def require(condition, *what):
    if not condition:
        sys.exit("not so: " + " ".join(str(w) for w in what))


class Room:
    """A folder with the course, and what check says there."""

    def __enter__(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="wiregrade-check-"))
        (self.dir / "challenges").symlink_to(COURSE)
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.dir)

    @staticmethod
    def write_target(class_file):
        class_file.write_text(re.sub(r"target: [\d.]+", f"target: {TARGET}", class_file.read_text()))

    def run(self, *args, **more):
        return subprocess.run([WIREGRADE, "check", *args], cwd=self.dir, capture_output=True, check=False, timeout=DEADLINE, **more)

    def check(self, content, *args, params=PARAMS, status=None):
        """The JSON of one capture's check."""
        (self.dir / "f.pcap").write_bytes(content)
        given = [f"--param={k}={v}" for k, v in (params or {}).items()]
        run = self.run("f.pcap", *args, *given, "--format=json")
        require(status is None or run.returncode == status, f"exit {status}:", run)
        return json.loads(run.stdout)


def of(result, slug):
    rows = [c for c in result["challenges"] if c["slug"] == slug]
    require(len(rows) == 1, "one row of", slug, result)
    return rows[0]


def wrong(row):
    return [f["field"] for f in row["findings"] if f["status"] == "fail"]


def right_packets_pass(room):
    for content in (pcap([chaos(), tcp()]), pcap([chaos(), tcp()], link=1), pcapng([chaos(), tcp()]),
                    pcap([chaos(), tcp()], magic=0xA1B23C4D), pcap([chaos(), tcp()], link=228)):
        result = room.check(content, status=0)
        require(result["packets"] == 2 and result["judged"] == 2 and result["pass"], result)
        for slug in ("raw-ipv4", "raw-tcp"):
            row = of(result, slug)
            require(row["verdict"] == "pass" and row["student"] == "smith" and row["right"] == row["judged"], row)
            require({f["status"] for f in row["findings"]} == {"pass", "info"} and not row["unknown"], row)
        require(of(result, "raw-tcp")["packet"]["number"] == 2, result)
    require(room.check(pcap([chaos(), tcp()]), status=0)["challenges"][0]["packet"]["time"].startswith("2023-11-14T22:13:20"),
            "the packet's own time")


def each_mistake_is_named(room):
    for packet, slug, fields in ((chaos(tos=24), "raw-ipv4", ["ip.dsfield.dscp"]), (chaos(ident=0x3412), "raw-ipv4", ["ip.id"]),
                                 (tcp(sums=1), "raw-tcp", ["tcp.checksum.status"]), (tcp(flags=18), "raw-tcp", ["tcp.flags"]),
                                 (tcp(seq=1, ack=2), "raw-tcp", ["tcp.seq_raw", "tcp.ack_raw"]),
                                 (tcp(payload=b"c21pdGgK"), "raw-tcp", ["payload"]),
                                 (tcp(options=KERNEL_SYN), "raw-tcp", ["tcp.hdr_len"])):
        row = of(room.check(pcap([packet]), status=1), slug)
        require(row["verdict"] == "fail" and wrong(row) == fields and row["judged"] - row["right"] == len(fields), row)


def without_a_key_values_are_not_judged(room):
    result = room.check(pcap([chaos(), tcp()]), params=None, status=0)
    require(of(result, "raw-ipv4")["unknown"] == ["ip.dsfield.dscp", "ip.id"], result)
    require(of(result, "raw-tcp")["unknown"] == ["tcp.srcport", "tcp.seq_raw", "tcp.ack_raw"], result)
    require(of(result, "raw-tcp")["judged"] == 8 and of(result, "raw-ipv4")["judged"] == 7, result)
    result = room.check(pcap([chaos(), tcp()]), params={"raw-ipv4:ip.id": "0x4321"}, status=1)
    require(wrong(of(result, "raw-ipv4")) == ["ip.id"], result)
    text = room.run("f.pcap").stdout.decode()
    require("--param raw-tcp:tcp.ack_raw=" in text, text)
    require("pass as far as is known: 7 clauses right, 2 not judged, for smith" in text, text)
    require("raw-ipv4         pass as far as is known, best of 1 packet" in text, text)
    require("pass: all" not in text, "no promise without the values")
    for bad in ("ip.id", "ip.idd=1", "ip.id=70000", "ip.ttl=1", "raw-tcp:ip.id=1", "ip.id="):
        require(room.run("f.pcap", f"--param={bad}").returncode == 2, bad)


def the_best_packet_is_told(room):
    packets = [tcp(sums=1, flags=18), tcp(sums=1), tcp(seq=4), tcp(seq=4, flags=18)]
    row = of(room.check(pcap(packets), status=1), "raw-tcp")
    require(row["packet"]["number"] == 3 and wrong(row) == ["tcp.seq_raw"], "the latest of the best", row)
    result = room.check(pcap(packets), "--every-packet", status=1)
    rows = [c["packet"]["number"] for c in result["challenges"] if c["slug"] == "raw-tcp" and "packet" in c]
    require(rows == [1, 2, 3, 4], result)
    result = room.check(pcap([*packets, tcp(), *packets]), status=0)
    require(of(result, "raw-tcp")["packet"]["number"] == 5, result)


def noise_is_told(room):
    syn = tcp(payload=b"", options=KERNEL_SYN, dport=82, sport=40001, seq=99, ack=0)
    other = {"payload": b"GET / HTTP/1.0", "sport": 40001, "seq": 5, "ack": 6, "flags": 24}
    result = room.check(pcap([tcp(dport=81, **other)] * 3 + [udp(b"x", 7), syn, tcp(payload=b"", flags=20, sport=8081, dport=5421, src=TARGET, dst=STUDENT)]), status=1)
    require(not result["pass"] and result["judged"] == 0 and result["from_target"] == 1, result)
    told = {n["what"]: n for n in result["noise"]}
    require(told["TCP to port 81"]["packets"] == 3 and told["TCP to port 81"]["source"] == STUDENT, told)
    near = r"no challenge takes it; [a-z-]+ takes port \d+; [a-z-]+ takes port \d+"
    require(re.fullmatch(near, told["TCP to port 81"]["why"]), told)
    require("practice-udp takes port 4747" in told["UDP to port 7"]["why"], told)
    require("connect() was used" in told["TCP to port 82"]["why"] and told["TCP to port 82"]["kernel_syn"], told)
    text = room.run("f.pcap").stdout.decode()
    require(re.search(r"3 packets  TCP to port 81 from 10\.10\.0\.40: " + near, text), text)
    many = room.check(pcap([tcp(dport=p, **other) for p in range(10000, 10100)]), status=1)
    require(len(many["noise"]) == 64 and many["cut"]["noise"] == 36, many["cut"])


def a_named_challenge_is_told_its_wrong_port(room):
    result = room.check(pcap([tcp(dport=81), udp(b"hello", 53), tcp(payload=b"", flags=16, dport=1111)]), "raw-tcp", status=1)
    row = of(result, "raw-tcp")
    require(wrong(row) == ["tcp.dstport"] and row["packet"]["number"] == 1 and result["judged"] == 1, result)
    require(len(result["challenges"]) == 1 and len(result["noise"]) == 2, result)
    row = of(room.check(pcap([chaos(proto=17)]), "raw-ipv4", status=1), "raw-ipv4")
    require("ip.proto" in wrong(row), row)
    require(of(room.check(pcap([chaos()]), "raw-tcp", status=1), "raw-tcp")["verdict"] == "none", "another challenge's packet")
    for slug in ("raw-tpc", "stream-sender", "socket-types"):
        run = room.run("f.pcap", slug)
        require(run.returncode == 2 and slug in run.stderr.decode(), run)
    require("did you mean raw-tcp" in room.run("f.pcap", "raw-tpc").stderr.decode(), "the nearest name")


def the_other_ip_version_is_told(room):
    row = of(room.check(pcap([udp(b"smith", 4852)]), "practice-ipv6", params=None, status=1), "practice-ipv6")
    told = next(f for f in row["findings"] if f["field"] == "ipv6.nxt")["diagnoses"][0]
    require(told["text"] == "this packet is IPv4, and IPv6 is asked for" and "AF_INET6" in told["try"], told)


def over(packet, proto):
    """The same, but for the protocol."""
    return ipv4(packet[20:], proto=proto, tos=packet[1], ident=1)


def what_misses_every_challenge_is_explained(room):
    """Named or not, it is told of the challenge that it was meant for."""
    for packet, slug, first in ((tcp(dport=37151), "raw-tcp", "BYTE_SWAPPED"), (tcp(dport=5421, sport=8081), "raw-tcp", "SWAPPED_WITH"),
                                (chaos(proto=22), "raw-ipv4", "DECIMAL_AS_HEX"), (over(tcp(), 17), "raw-tcp", "WRONG_PROTOCOL"),
                                (over(tcp(), 0), "raw-tcp", "WRONG_PROTOCOL"), (over(tcp(), 16), "raw-tcp", "WRONG_PROTOCOL"),
                                (ipv4(tcp(), proto=6, tos=0), "raw-tcp", "NESTED_HEADER"),
                                (ipv4(chaos(), tos=0), "raw-ipv4", "NESTED_HEADER"),
                                (tcp(payload=b"", seq=7, ack=0, sport=40001, options=KERNEL_SYN), "raw-tcp", "NOT_RAW")):
        for args in ((), (slug,)):
            result = room.check(pcap([packet]), *args, status=1)
            row, = [c for c in result["challenges"] if c["verdict"] != "none"]
            got = row["first"] if first != "NOT_RAW" else [f["diagnoses"][0]["code"] for f in row["findings"]
                                                           if f["field"] == "tcp.hdr_len"][0]
            require(row["slug"] == slug and got == first and not result["noise"], slug, first, args, row, result["noise"])
    for packet, what, why, code in ((udp(b"smith", 1111), "UDP to port 1111", "1111 is stream-sender's, by TCP", "WRONG_PROTOCOL"),
                                    (tcp(payload=b"", dport=2222, options=KERNEL_SYN), "TCP to port 2222",
                                     "2222 is datagram-sender's, by UDP", "WRONG_PROTOCOL"),
                                    (udp(b"hello", 5300), "UDP to port 5300", "no challenge takes it", None)):
        for args in ((), ("raw-tcp",)):
            noise, = room.check(pcap([packet]), *args, status=1)["noise"]
            require(noise["what"] == what and noise["code"] == code, noise)
            require(why in noise["why"] if code or not args else noise["why"].endswith("not for raw-tcp, which takes TCP port 8081"), noise)
            require(code is None or ("SOCK_" in noise["try"] and f"[{code}]" in room.run("f.pcap", *args).stdout.decode()), noise)


def addresses_are_judged_against_the_class(room):
    """What the live target would not see, or never answer, is no pass."""
    for changes, told in (({"src": "192.168.1.101"}, {"ip.src": "NOT_IN_RANGE"}), ({"src": "127.0.0.1"}, {"ip.src": "NOT_IN_RANGE"}),
                          ({"src": "40.0.10.10"}, {"ip.src": "ADDRESS_REVERSED"}), ({"src": TARGET}, {"ip.src": "SWAPPED_WITH"}),
                          ({"src": TARGET, "dst": STUDENT}, {"ip.src": "SWAPPED_WITH", "ip.dst": "SWAPPED_WITH"}),
                          ({"dst": "15.1.16.172"}, {"ip.dst": "ADDRESS_REVERSED"}), ({"dst": "192.168.1.1"}, {"ip.dst": "NOT_IN_RANGE"})):
        for make, slug in ((chaos, "raw-ipv4"), (tcp, "raw-tcp")):
            for args in ((), (slug,), (slug, "--student=smith")):
                row = of(room.check(pcap([make(**changes)]), *args, status=1), slug) if args else \
                    next(c for c in room.check(pcap([make(**changes)]), status=1)["challenges"] if c["slug"] == slug)
                require("findings" in row, changes, args, row)
                got = {f["field"]: f["diagnoses"][0]["code"] for f in row["findings"] if f["status"] == "fail"}
                require(got == told and row["verdict"] == "fail" and row["right"] == row["judged"], changes, args, row)
        text = room.run("f.pcap", slug).stdout.decode()
        require("clauses right, but " in text and " wrong besides, for smith" in text and "pass" not in text, text)
    # the answers of the target are none of these, nor is what a router between has changed back
    require(room.check(pcap([chaos(), tcp(payload=b"", flags=20, src=TARGET, dst=STUDENT, dport=5421, sport=8081), tcp()]),
                       status=0)["from_target"] == 1, "a reset")
    require(room.check(arp(2, TARGET, STUDENT, target=b"\2" * 6), status=1)["from_target"] == 1, "its word on the link")
    row = of(room.check(arp(2, TARGET, STUDENT, b"\xff" * 6 + b"\2" * 6), params={"practice-arp:arp.dst.hw_mac": "00:00:00:00:00:00"}, status=1),
             "practice-arp")
    require(wrong(row) == ["arp.src.proto_ipv4", "arp.dst.proto_ipv4"] and row["first"] == "SWAPPED_WITH", row)
    for ends in (b"\xff" * 6 + b"\2" * 6, b"\2" * 6 + b"\3" * 6):  # all of its halves, then those of the Ethernet header, too
        row = of(room.check(arp(2, TARGET, STUDENT, ends, b"\3" * 6, b"\2" * 6), params={"practice-arp:arp.dst.hw_mac": "03:03:03:03:03:03"},
                            status=1), "practice-arp")
        code = {f["field"]: f["diagnoses"][0]["code"] for f in row["findings"] if f["status"] == "fail"}
        require(code["arp.dst.hw_mac"] == code["arp.src.proto_ipv4"] == code["arp.dst.proto_ipv4"] == "SWAPPED_WITH", ends, code)
    # a packet that the target would answer goes before one that it would not
    require(of(room.check(pcap([chaos(), chaos(src="192.168.1.101")]), "raw-ipv4", status=0), "raw-ipv4")["packet"]["number"] == 1,
            "the right one")


def a_student_can_be_named(room):
    result = room.check(pcap([chaos("jones")]), status=0)
    require(of(result, "raw-ipv4")["student"] == "jones", result)
    result = room.check(pcap([chaos("jones")]), "--student=Smith", status=1)
    require(wrong(of(result, "raw-ipv4")) == ["payload"] and of(result, "raw-ipv4")["student"] == "smith", result)


def a_key_makes_the_values(room):
    made = subprocess.run([WIREGRADE, "init", room.dir / "c", "--course", COURSE], capture_output=True, check=False)
    require(made.returncode == 0, made)
    where = f"--class={room.dir / 'c/class.yml'}"
    rows = of(room.check(pcap([tcp()]), where, params=None, status=1), "raw-tcp")
    expected = {f["field"]: int(f["expected"].split()[0], 0) for f in rows["findings"] if f["status"] == "fail"}
    require(sorted(expected) == ["tcp.ack_raw", "tcp.seq_raw", "tcp.srcport"], rows)
    packet = tcp(sport=expected["tcp.srcport"], seq=expected["tcp.seq_raw"], ack=expected["tcp.ack_raw"])
    room.write_target(room.dir / "c/class.yml")
    require(of(room.check(pcap([packet]), where, params=None, status=0), "raw-tcp")["verdict"] == "pass", "the class's values")
    (room.dir / "c/course.key").unlink()
    result = room.check(pcap([packet]), where, params=None, status=0)
    require(len(of(result, "raw-tcp")["unknown"]) == 3, "without its key", result)


def a_broken_file_is_judged_as_far_as_it_goes(room):
    whole = pcap([chaos(), tcp()])
    result = room.check(whole[:-5], status=3)
    require(result["packets"] == 1 and of(result, "raw-ipv4")["verdict"] == "pass" and result["trouble"], result)
    for name, content in (("missing.pcap", None), ("empty.pcap", b""), ("text.pcap", b"hello" * 100), ("short.pcap", whole[:20]),
                          ("link.pcap", pcap([chaos()], link=147))):
        if content is not None:
            (room.dir / name).write_bytes(content)
        run = room.run(name)
        require(run.returncode == 3 and not run.stdout and name in run.stderr.decode(), run)
    require(room.run().returncode == 2, "no file")


def a_pipe_is_told_as_it_comes(room):
    process = subprocess.Popen([WIREGRADE, "check", "-", "raw-tcp"], cwd=room.dir, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    whole = pcap([tcp(sums=1), tcp()])
    first = 24 + 16 + len(tcp())
    process.stdin.write(whole[:first])
    process.stdin.flush()
    os.set_blocking(process.stdout.fileno(), False)
    text = bytearray()
    until(lambda: text.extend(process.stdout.read() or b"") or b"tcp.checksum.status" in text)
    require(b"packet 1" in text, "told before the pipe ends:", text)
    os.set_blocking(process.stdout.fileno(), True)
    rest, _ = process.communicate(whole[first:], timeout=DEADLINE)
    require(b"packet 2" in rest and process.returncode == 0, rest)


def memory_does_not_grow(room):
    """Two sizes through a pipe: what the program holds is the same."""
    block = b"".join(pcap([p])[24:] for p in [chaos(), tcp(sums=1), udp(b"x" * 900, 7), tcp(dport=81), tcp()] * 200)
    held = []
    for times in (20, 400):
        process = subprocess.Popen([WIREGRADE, "check", "-", "--format=json"], cwd=room.dir, stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE)
        process.stdin.write(pcap([]))
        for _ in range(times):
            process.stdin.write(block)
        process.stdin.close()
        result = json.loads(process.stdout.read())
        _, status, usage = os.wait4(process.pid, 0)
        require(status == 0 and result["packets"] == 1000 * times, result)
        held.append(usage.ru_maxrss)
    require(held[1] < held[0] + 1024, "resident KiB:", held)


def a_large_course_costs_no_more(room):
    """Which challenge a stray packet was meant for is searched through all of them: for fewer packets where there are many."""
    strays = pcap([tcp(dport=40000 + i) for i in range(100)])
    require(room.check(strays)["judged"] > 24, "kinds of the course's own")
    (room.dir / "challenges").unlink()
    raw = COURSE / "raw-tcp"
    for i in range(600):
        folder = room.dir / f"challenges/t{i}"
        folder.mkdir(parents=True)
        folder.joinpath("challenge.yml").write_text((raw / "challenge.yml").read_text().replace("name: Raw TCP", f"name: T{i}"))
        folder.joinpath("target.yml").write_text((raw / "target.yml").read_text().replace("8081", str(2000 + i)))
    (room.dir / "challenges/course.yml").write_text((COURSE / "course.yml").read_text())
    judged = room.check(strays, params=None)["judged"]
    require(0 < judged <= 16, "of a large course:", judged)
    # among so many alike the one whose port stands there, byte by byte exchanged: 2477
    said = room.check(pcap([tcp(dport=0xAD09)]), params=None)
    meant = [(c["slug"], c["first"]) for c in said["challenges"] if c["verdict"] != "none"]
    require(meant == [("t477", "BYTE_SWAPPED")], meant)


def the_public_course_gives_nothing_away(room):
    """export of a course with answers, hints in comments, a hidden challenge, odd texts; then check in its folder."""
    course = room.dir / "real"
    shutil.copytree(COURSE, course)
    shutil.copytree(course / "raw-ipv4", course / "exam")
    exam = (course / "exam/challenge.yml").read_text().replace("state: visible", "state: hidden")
    (course / "exam/challenge.yml").write_text(exam.replace("name: ", "name: Unseen "))
    (course / "exam/target.yml").write_text((course / "exam/target.yml").read_text().replace("CHAOS", "99"))
    target = course / "raw-tcp/target.yml"
    target.write_text("# the trick is in ip.tos: SECRETHINT\n" + target.read_text())
    odd = 'a: "b" # c\\ {x}: [y]'
    stream = course / "stream-sender/challenge.yml"
    stream.write_text(re.sub("(?m)^attribution:.*$", lambda _: "attribution: " + json.dumps(odd), stream.read_text()))
    made = subprocess.run([WIREGRADE, "init", room.dir / "c", "--course", course], capture_output=True, check=False)
    require(made.returncode == 0, made)
    room.write_target(room.dir / "c/class.yml")
    export = [WIREGRADE, "export", "--class", room.dir / "c/class.yml"]
    run = subprocess.run([*export, room.dir / "public"], capture_output=True, text=True, check=False)
    require(run.returncode == 0 and "1 hidden left out" in run.stdout, run)
    files = [p for p in (room.dir / "public").rglob("*") if p.is_file()]
    require(sorted({p.name for p in files}) == ["challenge.yml", "class.yml", "course.yml", "target.yml"], files)
    require(not (room.dir / "public/challenges/socket-types/target.yml").exists(), "a knowledge question's answers")
    key = (room.dir / "c/course.key").read_text().split()
    require(any(len(word) > 20 for word in key), "the key, to look for")
    for path in files:
        text = path.read_text()
        for secret in ("refuse:", "accept:", "why:", "\nflags:", "content:", "SECRETHINT", "solve", "mutants", "key_file", "Unseen",
                       "roster", "token", "store", *(word for word in key if len(word) > 20)):
            require(secret not in text, secret, "in", path)
    require(json.dumps(odd) in (room.dir / "public/challenges/stream-sender/challenge.yml").read_text(), "the odd text")
    packets = pcap([chaos(), chaos(ttl=0), tcp(flags=18), tcp(window=0), tcp(sums=1), udp(b"x", 7)])
    results = [room.check(packets, "--every-packet", f"--class={room.dir / name}", status=1)
               for name in ("c/class.yml", "public/class.yml")]
    require(len([c for c in results[0]["challenges"] if c["verdict"] != "none"]) == 5, results[0])
    require([c for c in results[0]["challenges"] if c["slug"] != "exam"] == results[1]["challenges"], results)
    lint = subprocess.run([WIREGRADE, "lint", "--class", room.dir / "public/class.yml"], capture_output=True, text=True, check=False)
    require(lint.returncode == 0 and "0 errors" in lint.stdout and "public: true" in lint.stdout, lint)
    (room.dir / "public/mine").write_text("x")
    run = subprocess.run([*export, room.dir / "public"], capture_output=True, text=True, check=False)
    require(run.returncode == 3 and "not empty" in run.stderr, run)
    require(subprocess.run(export, capture_output=True, check=False).returncode == 2, "no folder")


def other_links_are_read(room):
    """VLAN, Linux cooked 1 and 2: what `tcpdump -i any` writes."""
    packet = tcp()
    for link, header in ((1, b"\2" * 12 + bytes.fromhex("8100006408 00".replace(" ", ""))),
                         (113, bytes.fromhex("00000001000602020202020200000800")),
                         (276, bytes.fromhex("0800000000000002000100060202020202020000"))):
        frame = header + packet
        content = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link) + struct.pack("<IIII", 1, 0, len(frame), len(frame))
        row = of(room.check(content + frame, status=0), "raw-tcp")
        require(row["verdict"] == "pass" and row["packet"]["source"] == STUDENT, link, row)


def several_interfaces_are_read(room):
    """What Wireshark writes when two are ticked: each packet by its own link type; tshark sees the same packets."""
    for interfaces in (((1, 65535), (1, 96)), ((1, 65535), (113, 65535)), ((276, 262144), (101, 65535)), ((113, 0), (276, 0), (1, 0))):
        for order in "<>":
            last = len(interfaces) - 1
            content = pcapng([(0, chaos()), (last, tcp())], interfaces, order)
            result = room.check(content, status=0)
            require(result["packets"] == 2 and result["judged"] == 2 and not result["unread"], interfaces, result)
            seen = subprocess.run(["tshark", "-r", "f.pcap", "-T", "fields", "-e", "ip.src", "-e", "frame.time_epoch"], cwd=room.dir,
                                  capture_output=True, text=True, check=True).stdout
            require(seen.splitlines() == [f"{STUDENT}\t170000000{i}.000000000" for i in range(2)], seen)
    result = room.check(pcapng([tcp()], ((1, 65535), (113, 65535))), status=0)
    require(result["packets"] == 1, "an interface without a packet", result)
    two = pcapng([(1, chaos())], ((127, 65535), (101, 65535))) + pcapng([tcp(), tcp()], ((113, 65535),), ">")
    result = room.check(two, status=0)
    require(result["packets"] == 3 and result["judged"] == 3, "two sections", result)


def links_that_are_not_read_are_told(room):
    both = ((127, 65535), (101, 65535))
    result = room.check(pcapng([chaos(), (1, tcp()), chaos()], both), status=0)
    require(result["packets"] == 3 and result["judged"] == 1 and result["unread"] == 2, result)
    require(of(result, "raw-tcp")["packet"]["number"] == 2, "numbers are Wireshark's", result)
    told = "2 packets of a link type that is not read here: IEEE802_11_RADIO (2); Ethernet, raw IP, BSD loopback and Linux cooked are"
    require(result["unread_why"] == told, result)
    require(told in room.run("f.pcap", "raw-tcp").stdout.decode(), told)
    result = room.check(pcapng([chaos()], both), status=3)
    require("1 packet of a link type that is not read" in result["trouble"], result)


def packed_captures_are_read(room):
    """gzip, whatever the name; from a pipe; two members; cut, damaged; and a bomb, in bounded memory."""
    for content in (pcap([chaos(), tcp()]), pcapng([chaos(), (1, tcp())], ((1, 65535), (113, 65535)))):
        packed = gzip.compress(content)
        require(room.check(packed, status=0)["judged"] == 2, "packed")
        require(room.check(gzip.compress(content[:50]) + gzip.compress(content[50:]), status=0)["judged"] == 2, "two members")
        run = room.run("-", "raw-ipv4", input=packed)
        require(run.returncode == 0 and b"2 packets read" in run.stdout, run)
    for broken, told in ((packed[:-9], "cut off within the gzip data at byte "),
                         (packed[:-8] + b"x" * 8, "the gzip data is damaged before byte ")):
        result = room.check(broken, status=3)
        require(result["judged"] == 2 and told in result["trouble"], result)
    for bomb, status in ((gzip.compress(b"\0" * (300 << 20)), 3),
                         (gzip.compress(pcapng([tcp()]) + struct.pack("<II", 99, 300 << 20) + b"\0" * ((300 << 20) - 12) +
                                        struct.pack("<I", 300 << 20) + pcapng([tcp()])), 0)):
        (room.dir / "f.pcap").write_bytes(bomb)
        run = room.run("f.pcap", "raw-tcp", preexec_fn=None if sanitized() else in_100_mib)
        require(run.returncode == status, status, run)
        require(status or b"2 packets read" in run.stdout, run)


def sanitized():
    """A sanitizer reserves terabytes, and starts under no such limit."""
    return b"__asan_init" in pathlib.Path(WIREGRADE).read_bytes()


def in_100_mib():
    resource.setrlimit(resource.RLIMIT_DATA, (100 << 20, 100 << 20))


def what_is_no_capture_is_named(room):
    """One sentence that says what the file is; where a command makes a capture of it, that command does."""
    packet = chaos()
    rows = " ".join(f"{b:02x}" for b in packet)
    dump = "".join(f"{i // 48 * 16:04x}  {rows[i:i + 48]}\n" for i in range(0, len(rows), 48))
    xxd = subprocess.run(["xxd"], input=packet, capture_output=True, check=True).stdout
    for name, content, told in (("empty", b"", "empty, no capture"), ("a.jpg", b"\xFF\xD8\xFF\xE0\0\x10JFIF", "a JPEG picture"),
                                ("a.pdf", b"%PDF-1.7\n", "a PDF document"), ("t", b"10:00 IP a > b\n", "text, as `tcpdump > FILE`"),
                                ("z", b"\x28\xB5\x2F\xFDxxxx", "`zstd -dc z > mine.pcap`"), ("snoop", b"snoop\0\0\0", "`editcap snoop"),
                                ("hex dump", dump.encode(), "`text2pcap -l 101 'hex dump' mine.pcap`"),
                                ("xxd", xxd, "`xxd -r xxd | od -Ax -tx1 -v | text2pcap -l 101 - mine.pcap`")):
        (room.dir / name).write_bytes(content)
        run = room.run(name)
        text = run.stderr.decode()
        require(run.returncode == 3 and not run.stdout and text.count("\n") == 1 and f"{name}: " in text and told in text, text)
        if "text2pcap" in told:
            subprocess.run(told.strip("`"), shell=True, cwd=room.dir, check=True, capture_output=True)
            require(room.run("mine.pcap", "raw-ipv4").returncode == 0, told)


def the_dump_gives_the_frame_back(room):
    """text2pcap reads the hex dump that people are shown."""
    packet = chaos(tos=24)
    (room.dir / "f.pcap").write_bytes(pcap([packet]))
    told = room.run("f.pcap", "--param=raw-ipv4:ip.id=0x1234", "--param=ip.dsfield.dscp=24").stdout.decode()
    require("24 was written without shifting" in told and "[NOT_SHIFTED]" in told, told)
    require("value 2 of '!BBHHHBBH4s4s'" in told, told)
    dump = [line for line in told.splitlines() if re.match(r"[0-9a-f]{4}  |#", line)]
    require(any(line.startswith("#        ^^") for line in dump), dump)
    (room.dir / "dump.txt").write_text("\n".join(dump) + "\n")
    subprocess.run(["text2pcap", "-q", "-F", "pcap", "-l", "101", "dump.txt", "back.pcap"], cwd=room.dir, check=True,
                   capture_output=True)
    require((room.dir / "back.pcap").read_bytes()[40:] == packet, dump)


CASES = [a_large_course_costs_no_more, right_packets_pass, each_mistake_is_named, without_a_key_values_are_not_judged, the_best_packet_is_told, noise_is_told,
         a_named_challenge_is_told_its_wrong_port, the_other_ip_version_is_told, what_misses_every_challenge_is_explained, addresses_are_judged_against_the_class, a_student_can_be_named, a_key_makes_the_values,
         a_broken_file_is_judged_as_far_as_it_goes, a_pipe_is_told_as_it_comes, memory_does_not_grow,
         the_public_course_gives_nothing_away, other_links_are_read, several_interfaces_are_read,
         links_that_are_not_read_are_told, packed_captures_are_read, what_is_no_capture_is_named, the_dump_gives_the_frame_back]

if __name__ == "__main__":
    for case in CASES:
        if case.__name__ in sys.argv[3:] or len(sys.argv) == 3:
            with Room() as room_:
                case(room_)
                print(case.__name__)
