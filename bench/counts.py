"""counts.py - `bench/run --quick`: what is counted and not timed, so that it may fail a build: instructions of a packet,
requests of a solve and of a second deploy, bytes of an idle connection."""
import pathlib
import sys
import tempfile

from deploy import CHALLENGES, deploy
from instructions import instructions
from measure import ROOT, Row
from post import requests_a_solve
from room import Room
from stream import IDLE, Inside, end, idle

# what is kept: a place, a limit
REQUESTS_A_SOLVE, SECOND_DEPLOY, IDLE_BYTES = 2.5, 6 * CHALLENGES, 2048


def idle_bytes(row):
    with Room(row.bin) as room:
        holder, held, each = idle(room, Inside(room), 1111, room.target_pid())
        end(holder)
        if held < IDLE // 2:
            sys.exit(f"bench/run: only {held} of {IDLE} idle connections could be made")
        return each


def counts(binaries, keep=False):
    """Prints them; the exit status."""
    row = Row("quick", binaries)
    wrong = instructions(binaries, ROOT, keep)
    with tempfile.TemporaryDirectory(prefix="wiregrade-bench-") as name:
        here = pathlib.Path(name)
        rows = [("requests for a solve", requests_a_solve(binaries, here), REQUESTS_A_SOLVE)]
        rows += [(f"requests of a second deploy, {CHALLENGES} challenges, {n} students", deploy(row, here / f"deploy{n}", n)["second"][1],
                  SECOND_DEPLOY) for n in (0, 25)]
    rows.append(("bytes of an idle connection", idle_bytes(row), IDLE_BYTES))
    for what, got, most in rows:
        print(f"counts        {what}: {got:.4g}  (must be at most {most})")
        if got > most:
            wrong.append(f"{what}: {got:.4g}, at most {most} is right")
    for sentence in wrong:
        print(f"bench/run: {sentence}", file=sys.stderr)
    return 1 if wrong else 0
