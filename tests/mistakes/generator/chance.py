"""chance.py - random values in place of the right ones: nothing was done wrongly, so no reason is true."""
import collections

from classes import frame
from score import FACTS, GENERIC, GUESSES, failing
from script import Script, encode

# clauses whose value is a number, and the variable that holds it
CLAUSES = {"raw-ipv4": {"ip.dsfield.dscp": ("tos", 8), "ip.id": ("id", 16), "ip.frag_offset": ("fragment", 13)},
           "raw-tcp": {"tcp.srcport": ("sport", 16), "tcp.seq_raw": ("seq", 32), "tcp.ack_raw": ("ack", 32),
                       "tcp.checksum.status": ("sum", 16), "tcp.urgent_pointer": ("urgent", 16)}}
SMALL = 2000  # round and small numbers are what people try
AT_ONCE = 1000
NARROW = 8  # of so few bits nearly every value is a neighbour, a shift or a swap of the right one: counted, not judged
PRINTABLE = bytes(range(32, 127))  # letters alone might be somebody's handle


def value_script(slug, person, rng, variable, bits, small):
    script = Script(slug, person, rng)
    value = rng.randrange(2, SMALL) if small else rng.getrandbits(bits)
    if variable == "tos":
        value &= 0xfc
    setattr(script, variable, (lambda _: value) if variable == "sum" else value)
    return script


def text_script(slug, person, rng):
    """Random characters, encoded as asked, as many as the right ones."""
    script = Script(slug, person, rng)
    script.text = encode(script.encoding, bytes(rng.choice(PRINTABLE) for _ in script.plain))
    return script


def reasons(told, field):
    """The specific reasons that a field is told first."""
    if told is None:
        return []
    diagnoses = failing(told).get(field, [])[:1]
    return [c for c, _ in diagnoses if c not in GENERIC | FACTS | GUESSES]


def parts(n):
    return [min(AT_ONCE, n - at) for at in range(0, n, AT_ONCE)]


def measure(args, tools, run):
    """Prints the clauses; the exit status."""
    tried, given = collections.Counter(), collections.defaultdict(collections.Counter)

    def values(room, rng, slug, field, small):
        variable, bits = CLAUSES[slug][field]
        key = slug, field, bits, small
        for n in parts(args.random):
            scripts = [value_script(slug, rng.choice(room.people), rng, variable, bits, small) for _ in range(n)]
            for told in room.check(slug, [frame(s.wire()) for s in scripts], "open"):
                tried[key] += 1
                given[key].update(reasons(told, field))

    def each(room, rng):
        for slug, fields in CLAUSES.items():
            for field, (_, bits) in fields.items():
                for small in (False, True)[:2 if bits > 13 else 1]:
                    values(room, rng, slug, field, small)
        for slug in ("stream-base64", "datagram-hex"):
            for n in parts(args.random):
                scripts = [text_script(slug, rng.choice(room.people), rng) for _ in range(n)]
                for told in room.say(slug, [(s.person.address, s.wire()) for s in scripts], "roster"):
                    tried[slug, "payload", 64, False] += 1
                    given[slug, "payload", 64, False].update(reasons(told, "payload"))
    run(args, tools, each)
    bad = 0
    for key, n in tried.items():
        slug, field, bits, small = key
        wrong = sum(given[key].values())
        bad += bits > NARROW and wrong * 1000 > n
        print(f"{slug:16}{field:24}{'small' if small else '':6}{n:8} random values, {wrong:5} with a reason "
              f"{dict(given[key].most_common(4)) or ''}")
    return 1 if bad else 0
