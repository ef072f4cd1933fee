#!/usr/bin/env python3
"""course.py: holds the course against what it promises: points, outcomes, hints, limited tries, texts and tools."""
import pathlib
import re
import sys

COURSE = pathlib.Path(__file__).resolve().parents[2] / "challenges"
TOOLS = {"Python": r"\.py: ", "bash": r"/dev/(tcp|udp)/", "ncat": r"\bncat\b", "socat": r"\bsocat\b", "Scapy": r"scapy\.all", "C": r"\.c: "}


NUMBERS = dict(enumerate("no one two three four five six".split())) | {20: "twenty"}


class Challenge:
    def __init__(self, folder):
        self.slug = folder.name
        self.text = (folder / "challenge.yml").read_text(encoding="utf-8")
        self.target = (folder / "target.yml").read_text(encoding="utf-8")
        self.on_wire = "kind:" in self.target
        self.told = self.text.partition("\nattribution:")[0]
        self.assessed = "\nassessed: false\n" not in self.target
        self.value = int(re.search(r"^value: (\d+)$", self.text, re.M)[1])
        self.topics = re.findall(r"^  - (.+)$", self.text.partition("\ntopics:\n")[2], re.M)
        self.hints = self.text.partition("\nhints:\n")[2].partition("\ntopics:")[0]
        self.costs = [int(n) for n in re.findall(r"\bcost: (\d+)", self.hints)]
        self.free = re.findall(r"^  - '", self.hints, re.M)
        self.solvers = [f"{p.name}: {p.read_text(encoding='utf-8')}" for p in sorted((folder / "solve").glob("*"))]


def require(condition, *what):
    if not condition:
        sys.exit("not so: " + " ".join(str(w) for w in what))


def main():
    course = (COURSE / "course.yml").read_text(encoding="utf-8")
    outcomes = re.findall(r"^  - (.+)$", course.partition("outcomes:\n")[2], re.M)
    challenges = [Challenge(path.parent) for path in sorted(COURSE.glob("*/target.yml"))]
    require(len(challenges) == len(list(COURSE.glob("*/challenge.yml"))), "a challenge without target.yml")
    require(sum(c.value for c in challenges) == 80 and "\npass: 56\n" in course, sum(c.value for c in challenges))
    questions = sum(c.value for c in challenges if not c.on_wire)
    require(questions < 80 - 56 + 1, questions, "points of questions: who sends nothing must not miss so few")
    for outcome in outcomes:
        there = [c for c in challenges if outcome in c.topics]
        require(there and (not outcome.startswith("Demonstrate") or any(c.on_wire for c in there)), "nobody examines", outcome)
    for c in challenges:
        require(set(c.topics) <= set(outcomes) and c.topics, c.slug, c.topics)
        paid = (1, 2) if c.assessed else (0, 0)  # practice earns nothing that a hint could cost
        require(len(c.free) == 1 and paid[0] <= len(c.costs) <= paid[1] and sum(c.costs) < c.value + (not c.assessed), c.slug,
                "hints", c.free, c.costs)
        limit = re.search(r"^attempts: (\d+)$", c.text, re.M)
        require(c.on_wire != bool(limit and 1 <= int(limit[1]) <= 5), c.slug, "tries")
        if c.on_wire:
            port = "{{tcp.dstport}}" if "{{tcp.dstport}}" in c.told else "{{port}}"
            require(all(word in c.told for word in ("{{target}}", "{{handle}}", "{{hand_in}}", "flag")), c.slug, "text")
            fields = [f"{{{{{f}}}}}" for f in ("ip.proto", "udp.dstport", "sctp.dstport", "icmp.ident", "arp.opcode", "socket")]
            require(any(word in c.told for word in (port, *fields)), c.slug, "text names no port")
            require(any(s.partition(": ")[0].endswith(".py") for s in c.solvers), c.slug, "solver in Python")
    for c in challenges:
        said = re.sub(r"\s+", " ", c.told)
        for ms in re.findall(r"within: (\d+)s", c.target):
            require(f"{ms} seconds" in said, c.slug, f"text does not say within {ms} seconds")
        for rounds in re.findall(r"repeat: (\d+)", c.target):
            require(f"{NUMBERS[int(rounds)]} rounds" in said, c.slug, f"text does not count {rounds} rounds")
        if "within:" in c.target and "kind: datagram" in c.target:
            require("two datagrams" in said, c.slug, "text does not count its datagrams")
    shown = re.findall(r"^([a-z0-9-]+) +yes +yes +(\d+)  ", (COURSE.parent / "README.md").read_text(encoding="utf-8"), re.M)
    require(shown == [(c.slug, str(c.value)) for c in challenges if c.assessed], "README's demo shows another course:", shown)
    solvers = "\n".join(s for c in challenges for s in c.solvers)
    for tool, pattern in TOOLS.items():
        require(re.search(pattern, solvers), "no solver with", tool)


main()
