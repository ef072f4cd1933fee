"""storm.py - targets write and are moved away, students hand in, and serve, ship and PostgreSQL are killed meanwhile, each at random:
at the end each line has counted once, each solve is in the store once and on the scoreboard once."""
import collections
import contextlib
import random
import threading
import time

from many import SLUGS, Room, Students, Target, until, verdict

CONNECTIONS = 12


class Writer:
    """The targets, on a thread, as they do not wait for what is killed. `done` is how much of the storm is over, from 0 to 1."""

    def __init__(self, targets, lines, pairs, seed):
        self.targets, self.lines, self.pairs, self.draw = targets, lines, pairs, random.Random(seed)
        self.done, self.failed = 0, None
        self.thread = threading.Thread(target=self.write)
        self.thread.start()

    def write(self):
        written, briefed = 0, 0
        try:
            while written < self.lines or briefed < len(self.pairs):
                tries = min(int(self.lines * self.done) - written, self.draw.randrange(1, 100))
                some = self.pairs[briefed:int(len(self.pairs) * self.done)][:20]
                if tries <= 0 and not some:
                    time.sleep(0.01)
                    continue
                target = self.draw.choice(self.targets)
                target.tries(max(0, tries), self.draw)
                target.briefing(some)
                written, briefed = written + max(0, tries), briefed + len(some)
                if self.draw.random() < 0.05:
                    target.rotate()
        except Exception as error:  # pylint: disable=broad-exception-caught
            self.failed = error

    def end(self):
        self.done = 1
        self.thread.join()
        if self.failed:
            raise self.failed


def kills(draw, n):
    """What is killed, one after the other: of each four the same, in any order."""
    for _ in range(0, n, 4):
        yield from draw.sample(("serve", "ship", "ship", "PostgreSQL"), 4)


def kill(draw, what, server, serves, ships):
    """One of them, which is started again."""
    if what == "PostgreSQL":
        server.kill()
        time.sleep(draw.uniform(0, 0.3))
        server.revive()
    else:
        draw.choice(serves if what == "serve" else ships).kill()


def on_board(board):
    """{(user's name, challenge's number): correct rows there}."""
    rows, page = collections.Counter(), 1
    while got := board.ask("GET", f"/submissions?type=correct&per_page=100&page={page}"):
        rows.update((row["user"]["name"], row["challenge_id"]) for row in got)
        page += 1
    return rows


def storm(given, server, folder, board):
    """How many were lost or doubled."""
    room = Room(given.bin, folder, server, given.students, board.url, board.token)
    board.users(given.users)
    room.run("deploy")
    pairs = [(f"student{n}", slug) for n in range(given.users) for slug in SLUGS]
    draw, killed = random.Random(given.seed), collections.Counter()
    draw.shuffle(pairs)
    half = len(pairs) // 2
    at_daemons, at_targets = pairs[:half + half // 5], pairs[half:]  # some by both ways
    flags = room.flags(f"{slug} {student}" for student, slug in at_daemons)
    with contextlib.closing(room):
        serves = room.serves(given.serves)
        targets = [Target(room, n) for n in range(given.targets)]
        ships = room.ships(targets)
        writer = Writer(targets, given.lines // 10, at_targets, given.seed)
        students = Students(serves, flags, CONNECTIONS)
        for what in kills(draw, given.kills):
            students.some(draw.uniform(0, 0.4))
            kill(draw, what, server, serves, ships)
            killed[what] += 1
            writer.done = sum(killed.values()) / given.kills
            room.look()
        writer.end()
        until(lambda: students.some(1) or room.look())
        students.done()
        settle(room, targets, len(pairs))
        print("killed " + ", ".join(f"{what} {n} times" for what, n in sorted(killed.items())) + "; " + students.trouble(), flush=True)
        wrong = verdict(room, targets, set(at_daemons))
    rows = on_board(board)
    print(f"on the scoreboard {sum(rows.values())} rows, of {len(rows)} of {len(pairs)} solves", flush=True)
    return wrong + abs(len(pairs) - len(rows)) + sum(rows.values()) - len(rows)


def settle(room, targets, solves):
    """Waits until all that was written has been read, and all solves are posted."""
    def read():
        room.look()
        return room.number("SELECT coalesce(sum(lines), 0) FROM journal") == sum(t.lines for t in targets)

    def posted():
        room.look()
        return room.number("SELECT count(*) FROM solve WHERE state = 'posted'") == solves

    until(read)
    until(posted)
