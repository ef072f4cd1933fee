"""right.py - exchanges that are right, some of them in an unusual way: none may be refused."""
import random

from classes import frame
from script import ENCODINGS, MESSAGES, PACKETS, Script, encode


def text(of):
    def do(script):
        script.text = of(script)
    return do


def has(**values):
    def do(script):
        for name, value in values.items():
            setattr(script, name, value)
    return do


VARIANTS = (
    (tuple(ENCODINGS), "as the text shows it", has()),
    (("raw-tcp",), "the identification left to the kernel", has(id=0)),
    (("raw-tcp",), "don't fragment, and a DS byte of its own", has(fragment=0x4000, tos=0x10)),
    (PACKETS, "a time to live of 1", has(ttl=1)),
    (("raw-tcp",), "a window of 1", has(window=1)),
    (("raw-ipv4", "datagram-hex"), "hex in capital letters", text(lambda s: s.text.upper())),
    (PACKETS, "the handle in capital letters", text(lambda s: encode(s.encoding, s.person.handle.upper().encode()))),
    (MESSAGES, "a newline at its end", text(lambda s: s.text + b"\n")),
)


def refused(room, seed):
    """A sentence for each right exchange that is not taken."""
    for who in ("open", "roster"):
        for slugs, cause, do in VARIANTS:
            for slug in slugs:
                yield from refused_of(room, who, slug, cause, do, seed)


def refused_of(room, who, slug, cause, do, seed):
    sent = []
    for person in room.people:
        script = Script(slug, person, random.Random(seed))
        do(script)
        sent.append((person, script.wire()))
    if slug in PACKETS:
        told = room.check(slug, [frame(b) for _, b in sent], who)
    else:
        told = room.say(slug, [(p.address, b) for p, b in sent], who)
    for (person, wire), t in zip(sent, told, strict=True):
        passed = t and (t.get("pass") or t.get("verdict") == "pass")
        if not passed or t["student"] != person.handle:
            yield f"{slug}, {cause}, {who}, {person.handle}: {wire.hex()} is refused: {told_of(t)}"


def told_of(told):
    if not told:
        return "no answer"
    return ", ".join(f"{f['field']} {'/'.join(d['code'] for d in f['diagnoses'])} {f['got']}" for f in told["findings"]
                     if f["status"] in ("fail", "blocked")) or f"taken for {told['student']}"
