#!/usr/bin/env python3
"""journal_fill.py BIN CASE [SECONDS]: the journal is filled by one network, or by one forgotten loop."""
import sys
import time

from attacked import Attacked, dropped
from classroom import require

MIB = 1 << 20
SHARE = 16 * MIB  # of a /24, at once; then 2.9 MiB an hour
RATE = 5000


def near_misses_of_one_network(room, seconds):
    begin = time.monotonic()
    flood = room.begins("near_misses", "10.10.7", seconds, RATE)
    time.sleep(seconds / 2)
    took = room.earns("smith")
    room.does("spoofed_passes", "10.10", 1, 1, "brown")  # from 10.10.1.1: a first pass of another student
    flood.join()
    out = room.ask(f"submit {room.flag('chaos')}\\n")
    size = room.size()
    require(size < SHARE + MIB, "one /24 wrote", size, "bytes;", out)
    lines = room.stopped()
    near = [line for line in lines if line.get("verdict") == "near"]
    print(f"{size / MIB:.1f} MiB in {time.monotonic() - begin:.0f} s, {len(near)} near misses written, {dropped(lines, 'near')} "
          f"not; smith's flag after {took} s; {out.strip().splitlines()[-1]}")
    require(took is not None, "a neighbour's right packet has its flag")
    require("OK: chaos for smith: kept" in out, out)
    for who in ("smith", "brown"):
        require(any(line.get("verdict") == "pass" and line["student"] == who for line in lines), "a line of", who)
    require(any(line["event"] == "submit" for line in lines), "the line of what was handed in")
    require(any(line["event"] == "delivery" and line["flags"] for line in lines), "the line of the flag's way")
    require(dropped(lines, "near") > 0, "what was not written is counted")


def one_forgotten_loop(room, seconds):
    sent = int(room.does("passes", "smith", seconds, 200))
    size = room.size()
    lines = room.stopped()
    passes = [line for line in lines if line.get("verdict") == "pass"]
    again = sum(line["n"] for line in lines if line["event"] == "repeat")
    print(f"{sent} sent: {len(passes)} lines, {again} counted, {size} bytes")
    require(len(passes) <= 5, len(passes), "lines")
    require(sent - 20 <= len(passes) + again + dropped(lines, "capture") <= sent, "each is told")


if __name__ == "__main__":
    with Attacked(sys.argv[1]) as attacked:
        globals()[sys.argv[2]](attacked, float(sys.argv[3]) if len(sys.argv) > 3 else 6)
