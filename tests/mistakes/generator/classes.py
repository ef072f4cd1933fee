"""classes.py - random classes with random students, and what the programs say of what is sent to them."""
import json
import pathlib
import re
import struct
import subprocess
import sys

from script import CHAOS, ETHERNET, PACKETS, TARGET, TCP, Person, encode, inet

ROOT = pathlib.Path(__file__).resolve().parents[3]
TOLD_MAX = 1000  # packets that one `check` tells in full
LETTERS = "abcdefghijklmnopqrstuvwxyz"
CLASS = """class: "{word}"
course: "{course}"
networks: {{target: {target}, students: [10.10.0.0/24]}}
feedback: full
key_file: course.key
store: wiregrade.db
"""
PROBED = {"raw-ipv4": ("ip.dsfield.dscp", "ip.id"), "raw-tcp": ("tcp.srcport", "tcp.seq_raw", "tcp.ack_raw")}


def handle(rng):
    """One of several lengths and forms."""
    def letters(lo, hi):
        return "".join(rng.choice(LETTERS) for _ in range(rng.randint(lo, hi)))

    form = rng.randrange(8)
    if form == 0:
        return letters(2, 3)  # of one letter only a roster can tell that it is no slip
    if form == 1:
        return letters(3, 8) + str(rng.randrange(1, 100))
    if form == 2:
        return letters(2, 7) + "-" + letters(2, 9)
    if form == 3:
        return letters(1, 2) + "_" + letters(3, 8)
    if form == 4:
        return "".join(rng.choice("abcdef") for _ in range(rng.choice((4, 6, 8))))  # is hex, too
    return letters(4, 20 if form == 5 else 9)


def frame(packet):
    return ETHERNET + packet


def pcap(frames):
    data = [struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1)]
    for f in frames:
        data += [struct.pack("<IIII", 1, 0, len(f), len(f)), f]
    return b"".join(data)


class Classroom:
    """A class in a folder, twice: without a roster and with one."""

    def __init__(self, tools, folder, rng, students):
        self.wiregrade, self.messages = tools
        self.dir = folder
        folder.mkdir()
        key = folder / "course.key"
        key.write_text(f"wiregrade-key 1\ncourse {rng.randbytes(32).hex()}\n")
        key.chmod(0o600)
        handles = []
        while len(handles) < students:
            if (new := handle(rng)) not in handles and new not in ("handle", "message"):
                handles.append(new)
        self.people = [Person(h, f"10.10.0.{40 + i}") for i, h in enumerate(handles)]
        rows = [f"{p.handle},N,{i}@example.org,{p.address}" for i, p in enumerate(self.people)]
        (folder / "roster.csv").write_text("\n".join(["handle,name,email,address", *rows]) + "\n")
        year, month = rng.randrange(20, 40), rng.randrange(2, 13)
        word = rng.choice((f"{year}-{month:02}", f"{rng.choice(('spring', 'autumn', 'net'))}-{rng.randrange(10000)}"))
        self._write("open.yml", word)
        self._write("roster.yml", word, "roster: roster.csv\n")
        self._write("last.yml", f"{year}-{month - 1:02}", "roster: roster.csv\n")
        self._learn("roster", lambda p: p.values)
        if word[0].isdigit():  # else nobody can guess what the class before was called
            self._learn("last", lambda p: p.last)
        for i, p in enumerate(self.people):
            p.other = self.people[i - 1]

    def _write(self, name, word, more=""):
        (self.dir / name).write_text(CLASS.format(word=word, target=TARGET, course=ROOT / "challenges") + more)

    def _learn(self, who, values):
        """The values that are made, as a student learns them: from the answer to a wrong packet."""
        for slug in PACKETS:
            told = self.check(slug, [frame(probe(slug, p)) for p in self.people], who)
            for i, p in enumerate(self.people):
                for f in told[i]["findings"]:
                    if f["field"] in PROBED[slug]:
                        values(p)[slug, f["field"]] = int(re.match(r"0x[0-9a-f]+|\d+", f["expected"]).group(), 0)

    def check(self, slug, frames, who):
        """What `check` tells of each frame, in their order; None for what is for no challenge."""
        told = []
        for at in range(0, len(frames), TOLD_MAX):
            part = frames[at:at + TOLD_MAX]
            file = self.dir / "sent.pcap"
            file.write_bytes(pcap(part))
            said = run([self.wiregrade, "check", "--class", self.dir / f"{who}.yml", "--every-packet", "--format", "json",
                        file, slug], (0, 1))
            found = {c["packet"]["number"]: c for c in json.loads(said)["challenges"] if "packet" in c}
            told += [found.get(n) for n in range(1, len(part) + 1)]
        return told

    def say(self, slug, messages, who):
        """What the target of a stream or datagram finds in each message. messages: (address, bytes)."""
        stream = slug.startswith("stream")
        if stream:  # its first newline ends it
            messages = [(a, m[:m.find(b"\n") + 1] or m) for a, m in messages]
        lines = [f"{slug} {a} {m.hex()}\n" for a, m in messages]
        said = run([self.messages, self.dir / f"{who}.yml"], (0,), "".join(lines))
        return [json.loads(line) for line in said.splitlines()]


def run(command, good, given=None):
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
    if done.returncode not in good:
        sys.exit(f"{command} ended with {done.returncode}: {done.stdout[-500:]} {done.stderr}")
    return done.stdout


def twins(wiregrade):
    """{code: the codes that the same bytes can mean}."""
    rows = json.loads(run([wiregrade, "diagnose", "--list", "--format", "json"], (0,)))
    return {row["code"]: set(row["twins"].split(",")) - {""} for row in rows}


def probe(slug, person):
    """A packet that is wrong in every value that is made."""
    text = encode("hex" if slug == "raw-ipv4" else "base64", person.handle.encode())
    if slug == "raw-tcp":
        text = struct.pack("!HHLLBBHHH", 0, 8081, 0, 0, 0x50, 2, 1, 0, 0) + text
    return struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(text), 0, 0, 64, TCP if slug == "raw-tcp" else CHAOS, 0,
                       inet(person.address), inet(TARGET)) + text
