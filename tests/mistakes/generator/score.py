"""score.py - how good an answer is, given what was really done."""
import base64
import binascii
import itertools
import re

from script import ENCODINGS, PACKETS

SAID = ("stream-base64", "datagram-hex")  # "I am HANDLE"
RIGHT, LATER, VAGUE, MISLEADING, FALSE = "right first", "right, later", "vague", "misleading", "certain and false"
VERDICTS = (RIGHT, LATER, VAGUE, MISLEADING, FALSE)
# they claim no cause: none of the usual mistakes
GENERIC = {"WRONG_VALUE", "CHECKSUM_WRONG", "INVALID_ENCODING", "NOT_ALLOWED", "NOT_IN_RANGE"}
# asked, not claimed, of a number that nothing explains, as long as it is not called certain
GUESSES = {"WRONG_STUDENT", "OTHER_CLASS", "KERNEL_PICKED"}
# what anybody can see in the packet, whatever the cause: never false, and no cause
FACTS = {"BAD_VERSION", "BAD_IHL", "BAD_OFFSET", "BAD_LENGTH", "BAD_OPTIONS", "TRUNCATED", "WRONG_PROTOCOL", "FRAGMENT",
         "HAS_OPTIONS", "EXTRA_FLAGS", "MISSING_FLAGS", "NOT_SET", "MISSING_HEADER", "NO_PAYLOAD", "CHECKSUM_ZERO"}
# where a whole header or length is wrong these say of bytes what is true of none that the student wrote
NO_FACTS_IN = {"layout": {"NOT_SET"}, "nesting": {"NOT_SET"}, "length": {"NO_PAYLOAD"}}


# behind a broken structure the other of two mistakes may not be seen until it is mended
HIDES = {"layout", "nesting", "length", "version and length", "protocol and port", "kernel"}
HIDING = {"tcp.hdr_len", "ip.hdr_len"}
PERSONAL = {"ip.id", "tcp.ack_raw"}  # nobody's while the text does not say whose


def hidden(hider, name):
    """May what is to be told of this field be out of sight behind that mistake?"""
    wrong = {field for key in hider.truth for field in key.split("|")}
    return hider.kind in HIDES or HIDING & wrong or ("payload" in wrong and name in PERSONAL)


def decoded(encoding, sent):
    """The text that is in it; b"" where it is not so encoded."""
    try:
        if encoding == "hex":
            return binascii.unhexlify(sent)
        return base64.b64decode(sent, validate=True) if encoding == "base64" else sent
    except binascii.Error:
        return b""


class Case:
    """An exchange that is wrong. truths: one or more readings of what was done that give the same bytes; each is
    {field, "a|b" or "?field": codes}, and all of its fields, but those with a ?, have to be told."""

    def __init__(self, mistakes, truths, script):
        self.mistakes, self.truths = mistakes, truths
        self.slug, self.person = script.slug, script.person
        self.kinds = [m.kind for m in mistakes]
        self.hidden = {name for a in mistakes for b in mistakes if a is not b for name in b.truth if hidden(a, name)}
        self.also = frozenset().union(*(m.also for m in mistakes))
        self.roster = any(m.needs == "roster" for m in mistakes)

    def somebodys(self, sent):
        """Is it, without a roster, the right exchange of another student? A packet has numbers that say whose it is. Hex
        of seven letters and more is no handle."""
        line = sent.split(b"\n")[0] if self.slug.startswith("stream") else sent.removesuffix(b"\n")
        plain = decoded(ENCODINGS[self.slug], line)
        before = b"I am " if self.slug in SAID else b""
        if self.slug in PACKETS or not plain.startswith(before):
            return False
        handle = plain[len(before):]
        return (re.fullmatch(rb"[a-z0-9_-]{2,32}", handle) is not None and
                (bool(before) or len(handle) < 14 or handle.isdigit()))

    def causes(self):
        return " + ".join(m.cause for m in self.mistakes)


def joined(truths_of_each):
    """Every way to read all of the mistakes: fields of both have the codes of both."""
    whole = []
    for chosen in itertools.product(*truths_of_each):
        truth = {}
        for one in chosen:
            for field, codes in one.items():
                truth[field] = truth.get(field, frozenset()) | codes
        for field in [f for f in truth if f"?{f}" in truth]:
            truth[field] |= truth.pop(f"?{field}")
        whole.append(truth)
    return whole


def failing(told):
    return {f["field"]: [(d["code"], d["confidence"] == "certain") for d in f["diagnoses"]]
            for f in told["findings"] if f["status"] == "fail" and f["diagnoses"]}


def true_codes(case, field):
    """All that may be said of a field."""
    return frozenset().union(*(codes for t in case.truths for name, codes in t.items()
                               if field in name.strip("?").split("|")))


def facts(case):
    return FACTS - set().union(*(NO_FACTS_IN.get(k, set()) for k in case.kinds))


def good(code, listed, truth, twins):
    """Is it the cause, or a documented twin of it that is no bare fact, where the cause is told, too?"""
    return code in truth or (code not in FACTS and any(c in truth and (code in twins[c] or c in twins[code])
                                                       for c in listed))


def named(truth, fields, twins, unseen):
    """(the first code of all fields of a reading is good, all of them have a true one). Of what is hidden behind
    another mistake nothing has to be said as long as that one is told."""
    first = later = True
    seen = 0
    for name, codes in truth.items():
        told = [[c for c, _ in fields[f]] for f in name.strip("?").split("|") if fields.get(f)]
        if name in unseen:  # the other mistake's own reason may stand in its place
            others = frozenset().union(*(c for n, c in truth.items() if n != name and name in n.strip("?").split("|")))
            told = [listed for listed in told if not others.issuperset(listed)]
        if not told and (name in unseen or name.startswith("?")):
            continue
        seen += 1
        first = first and any(good(listed[0], listed, codes, twins) for listed in told)
        later = later and any(c in codes for listed in told for c in listed)
    return first and seen > 0, later and seen > 0


def strange(case, field, code, listed, twins):
    """Neither a cause that is true or its twin, nor a fact, nor words that claim no cause."""
    if code in GENERIC or code in facts(case):
        return False
    anywhere = frozenset().union(*(codes for t in case.truths for codes in t.values()))
    return not good(code, listed, anywhere if field in case.also else true_codes(case, field), twins)


def score(case, told, twins):
    """One of VERDICTS, and the words for it. twins: {code: documented twins}."""
    if told is None:
        return VAGUE, "no answer"
    if told.get("pass") or told.get("verdict") == "pass":
        return MISLEADING, "passed"
    fields = failing(told)
    wrong = []
    for field, diagnoses in fields.items():
        listed = [c for c, _ in diagnoses]
        for code, certain in diagnoses:
            if certain and strange(case, field, code, listed, twins):
                return FALSE, f"{field} {code}"
        if listed[0] not in GUESSES and strange(case, field, listed[0], listed, twins):
            wrong.append(f"{field} {'/'.join(listed)}")
    if told["student"] not in (None, case.person.handle):
        wrong.append(f"taken for {told['student']}")
    said = ", ".join(f"{f} {'/'.join(c for c, _ in d)}" for f, d in fields.items()) or "nothing is wrong"
    if wrong:
        return MISLEADING, ", ".join(wrong)
    ways = [named(t, fields, twins, case.hidden) for t in case.truths]
    if any(first for first, _ in ways):
        return RIGHT, said
    return (LATER if any(later for _, later in ways) else VAGUE), said
