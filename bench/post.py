"""post.py - solves that wait are posted to the board: the poster's processor time for a solve, solves a second, requests.

The peers post the same solves and no more: they look nothing up, keep nothing, and cannot say after a lost answer whether
it counted."""
import json
import os
import pathlib
import tempfile
import time

from measure import HERE, part, processor_of, processor_so_far, turns
from scoreboard import SLUGS, Board, Counter, Given, class_at, hand_in

STUDENTS, ROUNDS = 25, 3
NUMBERS = iter(range(int(time.time()) * 10, 1 << 62))  # no two runs have the same students


class Place:
    """A scoreboard with the course and so many new students."""

    def __init__(self, row, folder, board, class_folder):
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.board, self.class_folder = folder, board, class_folder
        self.first = next(NUMBERS) * STUDENTS
        self.users = board.users(STUDENTS, self.first)
        processor_of([row.bin / "wiregrade", "deploy", "--take-over"], class_folder, (0,))
        there = board.challenges()
        self.bodies = [{"challenge_id": c, "user_id": u, "type": "correct", "provided": f"bench/{c}/{u}", "ip": "10.10.0.40"}
                       for u in self.users for c in list(there.values())[:len(SLUGS)]]


def timed(place, command):
    ours, before = place.board.process, place.board.solves()
    board = processor_so_far(ours.pid) if ours else 0
    began = time.monotonic()
    seconds, _ = processor_of(command, place.class_folder, (0,))
    wall = time.monotonic() - began
    n = STUDENTS * len(SLUGS)
    assert place.board.solves() - before == n, (command, place.board.solves(), before, n)
    return {"us": seconds / n * 1e6, "rate": n / wall, "board": ((processor_so_far(ours.pid) if ours else 0) - board) / n * 1e6}


def case(row, here, prepare):
    """On a fresh board. prepare(place) is the command that posts all of a place's solves."""
    counter = iter(range(1000))

    def run():
        folder = here / f"{id(prepare)}-{next(counter)}"
        with Board(row.bin, folder / "board") as board:
            place = Place(row, folder, board, class_at(row.bin, folder / "class", board.url, board.token))
            return timed(place, prepare(place))
    return run


def on_given(row, here, board, class_folder, prepare):
    """The same on a CTFd: one class, whose students are new each time."""
    def run():
        place = Place(row, here, board, class_folder)
        return timed(place, prepare(place))
    return run


def ours(row):
    def prepare(place):
        hand_in(row.bin, place.class_folder, STUDENTS, SLUGS, place.first)
        return [row.bin / "wiregrade", "outbox", "run"]
    return prepare


def by_curl(curl):
    def prepare(place):
        part_of = (f'url = "{place.board.url}/api/v1/submissions"\nheader = "Authorization: Token {place.board.token}"\n'
                   f'header = "Content-Type: application/json"\noutput = /dev/null\ndata = {json.dumps(json.dumps(body))}\n'
                   for body in place.bodies)
        (place.folder / "curl").write_text("next\n".join(part_of))
        return [curl, "--silent", "--fail", "--config", place.folder / "curl"]
    return prepare


def by_requests(python):
    def prepare(place):
        (place.folder / "bodies").write_text(json.dumps(place.bodies))
        return [python, HERE / "peers/post_requests.py", place.board.url, place.board.token, place.folder / "bodies"]
    return prepare


def requests_a_solve(binaries, folder):
    """Requests that posting one class's solves takes, less what posting none takes, for a solve."""
    with Board(binaries, folder / "counted") as board:
        counter = Counter(board.port)
        place = class_at(binaries, folder / "class-counted", counter.url, board.token)
        board.users(STUDENTS)
        processor_of([binaries / "wiregrade", "deploy"], place, (0,))
        n = hand_in(binaries, place, STUDENTS, SLUGS)
        counter.take()
        processor_of([binaries / "wiregrade", "outbox", "run"], place, (0,))
        return sum(counter.take().values()) / n


def measure_given(row, here, ways):
    """CTFd's own time is most of it: processor time of the poster, and the rate."""
    with Given() as board:
        class_folder = class_at(row.bin, here / "given", board.url, board.token)
        got = turns({name: on_given(row, here / "given-place", board, class_folder, way) for name, way in ways.items()}, ROUNDS)
        row.add("a solve posted to CTFd", "us of the poster's processor time", part(got, "us"))
        row.add("solves posted to CTFd", "a second", part(got, "rate"), better="more")


def measure(row):
    with tempfile.TemporaryDirectory(prefix="wiregrade-bench-") as name:
        here = pathlib.Path(name)
        ways = {"wiregrade outbox run": ours(row)}
        if curl := row.program("curl"):
            ways["curl, one connection"] = by_curl(curl)
        if python := row.module("requests"):
            ways["Python requests, one Session"] = by_requests(python)
        got = turns({name: case(row, here, way) for name, way in ways.items()}, ROUNDS)
        row.add("a solve posted", "us of the poster's processor time", part(got, "us"))
        row.add("solves posted to wiregrade-board", "a second", part(got, "rate"), better="more")
        row.add("a solve taken", "us of the board's processor time", part(got, "board"))
        row.note(f"{requests_a_solve(row.bin, here):.2f} requests for a solve, {STUDENTS} students with {len(SLUGS)} each")
        if os.environ.get("WIREGRADE_CTFD_URL"):
            measure_given(row, here, ways)
        else:
            row.note("no CTFd was posted to: WIREGRADE_CTFD_URL and WIREGRADE_CTFD_TOKEN_FILE name one to try on")
