#!/usr/bin/env python3
"""places.py BIN CASE: the places of what waits to be called back are taken by spoofed right packets."""
import sys
import time

from attacked import Attacked
from classroom import require

ROSTER = ("handle,name,email,address\nsmith,S,s@example.org,10.10.0.40\neve,E,e@example.org,10.10.0.66\n")


def limited(room):
    return [line for line in room.journal("attempt") if line["answer"] == "limited"]


def one_handle_from_a_network(room):
    """The neighbour is in the same /16, and nothing is known of him."""
    flood = room.begins("spoofed_passes", "10.10", 1100, 250, "eve")
    time.sleep(2)
    during = room.earns("smith")
    flood.join()
    after = room.earns("jones")
    print(f"flags after {during} and {after} s")
    require(during is not None and after is not None, "both are called back")


def many_handles_from_a_network(room):
    flood = room.begins("spoofed_passes", "10.50", 1500, 190, "h*")
    time.sleep(6)
    during = room.earns("smith")
    flood.join()
    after = room.earns("jones")
    print(f"flags after {during} and {after} s")
    require(during is not None and after is not None, "both are called back")


def a_refused_flag_is_read_at_the_briefing(room):
    room.does("refused", "smith", "10.10.9")
    room.journal("attempt", 9)
    out = room.ask("flags\\n")
    print(out)
    require(len(limited(room)) == 1, "one found no place")
    require(room.flag("chaos") in out and room.flag("segment") in out, out)
    require("flag{" not in room.ask("i eve\\nflags\\n").replace(room.flag("chaos"), "").replace(room.flag("segment"), ""),
            "and nobody else's")


if __name__ == "__main__":
    case = sys.argv[2]
    with Attacked(sys.argv[1], **({"roster": ROSTER} if case.startswith("a_refused") else {})) as attacked:
        globals()[case](attacked)
