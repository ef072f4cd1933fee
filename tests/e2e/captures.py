#!/usr/bin/env python3
"""captures.py WIREGRADE COURSE CASE: what students hand in as captures, one by one and as a learning platform's folder."""
import base64
import gzip
import json
import os
import pathlib
import random
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time

import desk
from check_packets import chaos, ipv4, pcap, pcapng, tcp, udp
from desk import Class, RealBoard

NAMES = "Ann Smith,Bob Jones,Cara Ng,Dora Lee,Émile Zola,Finn Olsen,Gita Rao,Hugo Boss,Ida Klein,Jan de Vries,Kai Ito,Lea Roth," \
    "Mia Sand,Noa Levi,Ole Berg,Pia Dahl,Quin Fox,Rosa Blum,Sven Holt,Tea Kos".split(",")
STUDENTS = [(f"s{i:02}", name, f"10.10.0.{40 + i}") for i, name in enumerate(NAMES)]
ROSTER = "handle,name,email,address,external_id\n" + "".join(
    f"{h},{n},{h}@example.org,{a},77{i:04}\n" for i, (h, n, a) in enumerate(STUDENTS))
NOW = int(time.time())


def require(condition, *what):
    if not condition:
        sys.exit("not so: " + " ".join(str(w) for w in what))


def dated(file, when):
    """A classic file with its packets captured at `when`."""
    out, at = file[:24], 24
    while at < len(file):
        _, _, length, wire = struct.unpack("<IIII", file[at:at + 16])
        out += struct.pack("<IIII", when, 0, length, wire) + file[at + 16:at + 16 + length]
        at += 16 + length
    return out


class Room(Class):
    """A class with a roster, and the values of each of its students as a wrong packet's findings tell them."""

    def __init__(self, url="http://127.0.0.1:1", token=desk.fake_ctfd.TOKEN, more="", **options):
        super().__init__(url, token=token, roster=ROSTER, **options)
        with open(self.dir / "class.yml", "a", encoding="utf-8") as f:
            f.write("\n" + more)
        self.values = {}

    def value(self, handle, slug, field):
        if (handle, slug) not in self.values:
            address = dict((h, a) for h, _, a in STUDENTS)[handle]
            wrong = chaos(handle, tos=0, ident=1, src=address) if slug == "raw-ipv4" else tcp(
                base64.b64encode(handle.encode()), sport=1, seq=1, ack=1, src=address)
            (self.dir / "w.pcap").write_bytes(pcap([wrong]))
            assert self.run("check", "--student", handle, "--format=json", "w.pcap", slug) == 1, self.output
            self.values[handle, slug] = {f["field"]: f["expected"] for f in json.loads(self.output)["challenges"][0]["findings"]}
        return int(self.values[handle, slug][field].split()[0], 0)

    def right(self, handle, slug, src=None):
        src = src or dict((h, a) for h, _, a in STUDENTS)[handle]
        if slug == "raw-ipv4":
            return chaos(handle, tos=self.value(handle, slug, "ip.dsfield.dscp") << 2, ident=self.value(handle, slug, "ip.id"), src=src)
        return tcp(base64.b64encode(handle.encode()), sport=self.value(handle, slug, "tcp.srcport"),
                   seq=self.value(handle, slug, "tcp.seq_raw"), ack=self.value(handle, slug, "tcp.ack_raw"), src=src)

    def array(self):
        """The JSON of what was printed; a sentence to stderr may follow."""
        return json.JSONDecoder().raw_decode(self.output[self.output.index("["):])[0]

    def hand_in(self, path, *more, status):
        assert self.run("submit", "--capture", str(path), "--format=json", *more) == status, self.output
        return self.array()

    def list(self, status):
        assert self.run("captures", "list", "--format=json") == status, self.output
        return self.array()

    def solves(self):
        with sqlite3.connect(self.dir / "wiregrade.db") as db:
            return {tuple(row) for row in db.execute("SELECT student, slug FROM solve")}


def exported(n, handle, name, i):
    """How a platform names what a student handed in."""
    first, last = name.split(" ", 1)
    letters = (last + first).replace(" ", "").lower()
    return (f"{name}_{9000 + n}_assignsubmission_file_/trace{i}.pcap", f"{letters}_{100 + n}_{200 + i}_trace.pcap",
            f"{letters}_LATE_{100 + n}_{200 + i}_trace{i}.pcapng", f"{handle}/raw {i}.pcap", f"{handle}-{i}.pcap.gz",
            f"77{n:04} {name}/{i}.pcap", f"{handle}@example.org/{i}.pcapng")[n % 7]


def folder_of(room, seed=1):
    """40 captures of 20 students, and what is to be found in each: {file: (handle, slug or None)}."""
    rng, labels = random.Random(seed), {}
    for n, (handle, name, address) in enumerate(STUDENTS):
        for i, slug in enumerate(("raw-ipv4", "raw-tcp")):
            file = exported(n, handle, name, i)
            noise = [udp(b"x", 5353), ipv4(b"y" * 20, proto=1, src=address)]
            packet = room.right(handle, slug)
            right = rng.randrange(4) > 0
            if not right:
                packet = packet[:-1] + bytes([packet[-1] ^ 1])
            packets = [*noise, packet, *noise]
            labels[file] = (handle, slug if right else None)
            path = room.dir / "in" / file
            path.parent.mkdir(parents=True, exist_ok=True)
            raw = pcapng(packets, interfaces=((1, 65535), (101, 65535))) if file.endswith("ng") else dated(pcap(packets, link=1), NOW)
            path.write_bytes(gzip.compress(raw) if file.endswith("gz") else raw)
    return labels


def case_a_platforms_folder(_):
    """Every verdict is as labelled beforehand, whatever the platform; handed in twice nothing changes."""
    room = Room(more="captures: {rule: review, days: 3650}\n")
    labels = folder_of(room)
    (room.dir / "in" / "s03" / "report.pdf").write_bytes(b"%PDF-1.4\n")
    (room.dir / "answers").mkdir()
    rows = room.hand_in(room.dir / "in", "--answers", str(room.dir / "answers"), status=1)
    got = {r["file"]: (r["student"], r.get("slug")) for r in rows}
    require(got == labels, {f: (got.get(f), labels[f]) for f in labels if got.get(f) != labels[f]}, set(got) - set(labels))
    right = {(h, s) for h, s in labels.values() if s}
    listed = room.list(1)
    require({(r["student"], r["slug"]) for r in listed} == right and len(listed) == len(right), listed)
    require(all(r["state"] == "open" and not r["facts"] and r["packet"].count(" > ") for r in listed), listed)
    require(not room.solves(), "review makes no solve by itself")
    for handle, _, _ in STUDENTS:
        text = (room.dir / "answers" / f"{handle}.txt").read_text()
        wrong = [f for f, (h, s) in labels.items() if h == handle and not s]
        require(text.count("FAIL") >= len(wrong) and (wrong or "FAIL" not in text), handle, text)
    again = room.hand_in(room.dir / "in", status=1)
    require([r for r in again if r.get("fresh")] == [] and len(room.list(1)) == len(right), again)


def case_staff_decide(b):
    """Accepting makes one solve, posted once; refusing none; nothing is decided twice."""
    with RealBoard("board") as b:
        room = Room(b.url, token=b.token)
        for handle in ("s00", "s01", "s02"):
            b.api("POST", "/users", {"name": handle, "password": os.urandom(9).hex(), "email": f"{handle}@example.org"})
        assert room.run("deploy") == 0, room.output
        for handle in ("s00", "s01", "s02"):
            (room.dir / f"{handle}.pcap").write_bytes(dated(pcap([room.right(handle, "raw-tcp"), room.right(handle, "raw-tcp")]), NOW))
            (row,) = room.hand_in(room.dir / f"{handle}.pcap", status=0)
            require(row["result"] == "right" and row["fresh"] and row["student"] == handle, row)
        by = ("--by", "A. Turing", "--reason", "seen in Wireshark")
        assert room.run("captures", "accept", "1") == 2 and "--by" in room.output, room.output
        assert room.run("captures", "accept", "9", *by) == 1 and "number 9" in room.output, room.output
        assert room.run("captures", "accept", "1", *by) == 0 and "right: s00 solved raw-tcp" in room.output, room.output
        assert room.run("captures", "accept", "1", *by) == 0 and "already" in room.output, room.output
        assert room.run("captures", "refuse", "1", *by) == 1 and "counts" in room.output, room.output
        assert room.run("captures", "refuse", "2", *by) == 0, room.output
        require([r["state"] for r in room.list(1)] == ["accepted", "refused", "open"], room.output)
        assert room.run("captures", "accept", "2", *by) == 0 and room.run("captures", "accept", "3", *by) == 0, room.output
        require([r["by"] for r in room.list(0)] == ["A. Turing"] * 3, room.output)
        for _ in range(2):
            assert room.run("outbox", "run") == 0, room.output
        rows = b.api("GET", "/submissions?type=correct")["data"]
        require(len(rows) == 3, rows)
        with sqlite3.connect(room.dir / "wiregrade.db") as db:
            try:
                db.execute("DELETE FROM handed_ruling")
                sys.exit("a history can be taken away")
            except sqlite3.IntegrityError:
                pass


def case_accept_at_once(_):
    """captures: accept makes solves of what has nothing against it; the rest waits for staff."""
    room = Room(more="captures: accept\n")
    (room.dir / "s00.pcap").write_bytes(dated(pcap([room.right("s00", "raw-ipv4")]), NOW))
    (room.dir / "s01.pcap").write_bytes(dated(pcap([room.right("s01", "raw-ipv4")]), NOW - 40 * 86400))
    (row,) = room.hand_in(room.dir / "s00.pcap", status=0)
    require(row["state"] == "accepted", row)
    (row,) = room.hand_in(room.dir / "s01.pcap", status=0)
    require(row["state"] == "open" and "more than 14 days" in row["facts"], row)
    require(room.solves() == {("s00", "raw-ipv4")}, room.solves())
    (row,) = room.hand_in(room.dir / "s00.pcap", status=0)
    require(row["state"] == "accepted" and not row["fresh"], row)


def case_what_speaks_against_it(_):
    """The same frame from two, another's address, another's packet: facts, and cases of `borrowed`."""
    room = Room()
    packet = room.right("s00", "raw-tcp")
    (room.dir / "s00.pcap").write_bytes(dated(pcap([packet]), NOW))
    room.hand_in(room.dir / "s00.pcap", status=0)
    (row,) = [r for r in room.hand_in(room.dir / "s00.pcap", "--student", "s01", status=1) if r.get("slug")]
    require("right for s00, not for s01" in row["text"] and "id" not in row, row)
    (room.dir / "s02.pcap").write_bytes(dated(pcap([room.right("s02", "raw-tcp", src="10.10.0.43")]), NOW))
    (row,) = room.hand_in(room.dir / "s02.pcap", status=0)
    require("10.10.0.43, the address of s03" in row["facts"], row)
    with sqlite3.connect(room.dir / "wiregrade.db") as db:
        facts = set(db.execute("SELECT kind, slug, owner, shower FROM evidence"))
    require(facts == {("borrowed", "raw-tcp", "s00", "s01"), ("borrowed", "raw-tcp", "s03", "s02")}, facts)
    require([r["student"] for r in room.list(1)] == ["s00", "s02"])


def case_bad_input(_):
    """Each is one sentence with the right exit status, and nothing is lost by it."""
    room = Room()
    packet, segment = room.right("s05", "raw-ipv4"), room.right("s05", "raw-tcp")
    right = dated(pcap([packet]), NOW)
    for name, content, status, part in (
            ("s05.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 40, 3, "JPEG"), ("s05.pcap", b"", 3, "empty"),
            ("s05.pcap", right[:-3], 3, "cut off"), ("s05.pcap", dated(pcap([]), NOW), 1, "no packet for it"),
            ("s05.pcap", dated(pcap([udp(b"x", 53)]), NOW), 1, "no packet for it"), ("nobody.pcap", right, 1, "--student"),
            ("s05 s06.pcap", right, 1, "several students"), ("s05.pcap", right, 0, "kept for review"),
            ("s05.pcap", dated(pcap([packet, segment, packet]), NOW), 0, "2 right packets"),
            ("s06.pcap", right, 1, "right for s05, not for s06"), ("s05.jpg.gz", gzip.compress(b"\xff\xd8\xff\xe0"), 3, "by gzip it is a JPEG"),
            ("s05.pcap.gz", gzip.compress(right), 0, "handed in before"), ("s05.pcap.gz", gzip.compress(right)[:-4], 1, "within the gzip data"),
            ("s05.pcapng", pcapng([packet] * 2, interfaces=((1, 65535), (101, 65535))), 0, "raw-ipv4: right")):
        (room.dir / name).write_bytes(content)
        found = room.run("submit", "--capture", name)
        require(found == status and part in room.output, name, found, room.output)
        (room.dir / name).unlink()
    for args, status, part in ((("--capture", "none"), 3, "none: No such file"), (("--capture", "x", "flag{x}"), 2, "together"),
                               (("--answers", "x"), 2, "--capture"), ((), 2, "FLAG"), (("--capture", ".", "--student", "zz"), 2, "roster")):
        found = room.run("submit", *args)
        require(found == status and part in room.output, args, found, room.output)
    with open(room.dir / "s08.pcap", "wb") as file:
        file.truncate(2 << 30)
    require(room.run("submit", "--capture", "s08.pcap") == 3 and "neither pcap nor pcapng" in room.output, room.output)
    (room.dir / "roster.csv").write_text(ROSTER + "t1,Zed Last,t1@example.org,,1\nt2,Zed Last,t2@example.org,,2\n")
    for folder, part in (("Zed Last_7_assignsubmission_file_", "several students fit"), ("week 3", "no name in its path")):
        path = room.dir / "folder" / folder
        path.mkdir(parents=True)
        (path / "trace.pcap").write_bytes(right)
        require(room.run("submit", "--capture", "folder") == 1 and part in room.output, room.output)
    (room.dir / "empty").mkdir()
    require(room.run("submit", "--capture", "empty") == 3 and "no file" in room.output, room.output)
    (room.dir / "links").mkdir()
    os.symlink("/etc/passwd", room.dir / "links" / "s07.pcap")
    require(room.run("submit", "--capture", "links") == 3 and "neither a file nor a folder" in room.output, room.output)
    text = (room.dir / "class.yml").read_text()
    (room.dir / "class.yml").write_text(text + "captures: off\n")
    require(room.run("submit", "--capture", "empty") == 1 and "captures: off" in room.output, room.output)
    (room.dir / "class.yml").write_text(text + "captures: later\n")
    require(room.run("submit", "--capture", "empty") == 3 and "off, review" in room.output, room.output)


def case_of_2_gib(_):
    """A file over 2 GiB, most of it holes, is judged to its last packet in little memory; so is one that is packed by gzip."""
    room, step = Room(), 16 + 262144
    sanitized = b"__asan_init" in pathlib.Path(desk.wiregrade).read_bytes()
    right, wrong = room.right("s05", "raw-ipv4"), tcp(base64.b64encode(b"s05"), sport=1, src=STUDENTS[5][2])
    hole = struct.pack("<IIII", NOW, 0, 262144, 262144) + wrong
    with open(room.dir / "s05.pcap", "wb") as f:
        f.write(dated(pcap([]), NOW))
        at = f.tell()
        while at <= 1 << 31:
            f.seek(at)
            f.write(hole)
            at += step
        f.truncate(at)
        f.seek(at)
        f.write(dated(pcap([right]), NOW)[24:])
    block = dated(pcap([wrong] * 10000), NOW)[24:]
    with gzip.open(room.dir / "s06.pcap", "wb", compresslevel=1) as f:
        f.write(dated(pcap([]), NOW))
        for _ in range(100):  # what is held here when the program starts counts as its own
            f.write(block)
    for name, status, part in (("s05.pcap", 1, "kept for review"), ("s06.pcap", 1, "best of 1000000 packets")):
        with open(room.dir / "said", "w+", encoding="utf-8") as said:
            process = subprocess.Popen([desk.wiregrade, "submit", "--capture", name], cwd=room.dir, stdout=said, stderr=said)
            _, ended, usage = os.wait4(process.pid, 0)
            said.seek(0)
            text = said.read()
        require(os.waitstatus_to_exitcode(ended) == status and part in text, name, ended, text[-600:])
        require(usage.ru_maxrss < 65536 or sanitized, name, "resident KiB:", usage.ru_maxrss)


CASES = {name[5:]: case for name, case in list(globals().items()) if name.startswith("case_")}

if __name__ == "__main__":
    desk.wiregrade, desk.course = (os.path.abspath(a) for a in sys.argv[1:3])
    with tempfile.TemporaryDirectory(prefix="wiregrade-captures-") as desk.scratch:
        CASES[sys.argv[3]](None)
