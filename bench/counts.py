"""counts.py - `bench/run --quick`: what is counted and not timed, so that it may fail a build: instructions of a packet,
requests of a solve and of a second deploy, how an import and the report grow, bytes of an idle connection."""
import pathlib
import subprocess
import sys
import tempfile

from deploy import CHALLENGES, deploy
from instructions import collected, instructions
from measure import ROOT, Row
from post import requests_a_solve
from room import Room
from students import class_of
from stream import IDLE, Inside, end, idle

# what is kept: a place, a limit
REQUESTS_A_SOLVE, SECOND_DEPLOY, IDLE_BYTES = 2.5, 6 * CHALLENGES, 2048
CLASSES, GROWTH = (1000, 2000, 4000), 2.3  # of what grows with the class: twice the students, and a little for order


def idle_bytes(row):
    with Room(row.bin) as room:
        holder, held, each = idle(room, Inside(room), 1111, room.target_pid())
        end(holder)
        if held < IDLE // 2:
            sys.exit(f"bench/run: only {held} of {IDLE} idle connections could be made")
        return each


def growths(row, here):
    """Of a list's import and of the report: what the second doubling of a class adds, of what the first added."""
    taken = {"a list's import": [], "the report": []}
    for n in CLASSES:
        folder = class_of(row, here, n)
        flag = subprocess.run([row.bin / "wiregrade", "flag", "mint", "student0", "stream-sender"], cwd=folder, check=True,
                              capture_output=True).stdout
        subprocess.run([row.bin / "wiregrade", "submit", "-"], cwd=folder, check=True, capture_output=True, input=flag)
        for what, words in zip(taken, (("roster", "import", "list.csv", "--dry-run"), ("report", "--offline", "--format", "csv"))):
            taken[what].append(collected([row.bin / "wiregrade", *words], folder))
    return [(f"instructions of {what}, growth by twice the students", (c - b) / (b - a), GROWTH) for what, (a, b, c) in taken.items()]


def counts(binaries, keep=False):
    """Prints them; the exit status."""
    row = Row("quick", binaries)
    wrong = instructions(binaries, ROOT, keep)
    with tempfile.TemporaryDirectory(prefix="wiregrade-bench-") as name:
        here = pathlib.Path(name)
        rows = [("requests for a solve", requests_a_solve(binaries, here), REQUESTS_A_SOLVE)]
        rows += [(f"requests of a second deploy, {CHALLENGES} challenges, {n} students", deploy(row, here / f"deploy{n}", n)["second"][1],
                  SECOND_DEPLOY) for n in (0, 25)]
        rows += growths(row, here)
    rows.append(("bytes of an idle connection", idle_bytes(row), IDLE_BYTES))
    for what, got, most in rows:
        print(f"counts        {what}: {got:.4g}  (must be at most {most})")
        if got > most:
            wrong.append(f"{what}: {got:.4g}, at most {most} is right")
    for sentence in wrong:
        print(f"bench/run: {sentence}", file=sys.stderr)
    return 1 if wrong else 0
