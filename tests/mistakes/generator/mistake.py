"""mistake.py - one wrong line of a student's program, and what it truly is."""
from dataclasses import dataclass, field

KINDS = ("byte order", "shift", "units", "base", "off by", "not set", "cut number", "other number", "flags", "DS byte",
         "version and length", "layout", "nesting", "address", "protocol and port", "TCP checksum", "IP checksum", "length",
         "encoding", "newline and NUL", "hex form", "Base64 form", "charset", "wrapped text", "words", "kernel")
KEPT = {"kept"}


@dataclass(frozen=True)
class Mistake:
    """truth: for each field that the mistake makes wrong, the codes that name it; "a|b": one of
    them; "?a": it may come out right by chance.
    also: fields that come out wrong in consequence, of which nothing in particular has to be said."""
    name: str
    kind: str
    slugs: tuple
    cause: str  # the line that the student wrote
    slots: frozenset  # the variables that it touches: two mistakes with a common one are not joined
    truth: dict
    do: object = field(compare=False)  # do(script): False when it cannot be made of these values
    also: frozenset = frozenset()
    needs: str = ""  # "roster": only a roster can tell
    kept: bool = False

    def __hash__(self):
        return hash((self.name, self.slugs))


class Book:
    """The mistakes of one module."""

    def __init__(self, kept=False):
        self.mistakes, self.kept = [], kept

    def add(self, kind, slugs, cause, slots, truth, do, also=(), needs=""):
        assert kind in KINDS, kind
        slugs = tuple(slugs.split()) if isinstance(slugs, str) else tuple(slugs)
        truth = {f: frozenset(codes.split()) if isinstance(codes, str) else frozenset(codes)
                 for f, codes in truth.items()}
        self.mistakes.append(Mistake(f"{kind}: {cause}", kind, slugs, cause, frozenset(slots.split()), truth, do,
                                     frozenset(also), needs, self.kept))


def sets(name, value):
    """do: script.name = value(script), where value gives None when there is nothing to be made."""
    def do(script):
        new = value(script)
        if new is None or new == getattr(script, name):
            return False
        setattr(script, name, new)
        return True
    return do
