"""deploy.py - a course is put on the board, with one flag for each student (`paste: flags`), then again with nothing changed.

ctfcli, which knows no students, installs the same challenges from the folders that `wiregrade render` writes."""
import pathlib
import tempfile
import time

from measure import processor_of, turns
from scoreboard import Board, Counter, class_at
from traffic import course_of

SIZES, CHALLENGES, ROUNDS = (0, 100, 500), 20, 2


def requests_of(counter):
    return sum(counter.take().values())


def deploy(row, folder, students):
    """Requests of the first and of the second deploy."""
    with Board(row.bin, folder / "board") as board:
        counter = Counter(board.port)
        course_of(folder / "course", CHALLENGES)
        place = class_at(row.bin, folder / "class", counter.url, board.token, students, folder / "course")
        if students:
            board.users(students)
        first = processor_of([row.bin / "wiregrade", "deploy"], place, (0,))[0], requests_of(counter)
        second = processor_of([row.bin / "wiregrade", "deploy"], place, (0,))[0], requests_of(counter)
        return {"first": first, "second": second}


def timed(row, folder, command_of):
    """Seconds of wall and of processor time of a first deploy straight to a board of its own."""
    with Board(row.bin, folder / "board") as board:
        course_of(folder / "course", CHALLENGES)
        place = class_at(row.bin, folder / "class", board.url, board.token, 0, folder / "course")
        commands, cwd = command_of(place, board)
        began, seconds = time.monotonic(), 0.0
        for command in commands:
            seconds += processor_of(command, cwd, (0,))[0]
        wall = time.monotonic() - began
        assert len(board.challenges()) == CHALLENGES, board.challenges()
        return {"cpu": seconds, "wall": wall}


def by_us(row):
    return lambda place, board: ([[row.bin / "wiregrade", "deploy"]], place)


def by_ctfcli(row, ctf):
    def commands(place, board):
        processor_of([row.bin / "wiregrade", "render", place / "rendered"], place, (0,))
        project = place / "rendered"
        (project / ".ctf").mkdir()
        names = sorted(p.name for p in project.iterdir() if (p / "challenge.yml").exists())
        (project / ".ctf/config").write_text(f"[config]\nurl = {board.url}\naccess_token = {board.token}\n\n[challenges]\n" +
                                             "".join(f"{n} = {n}\n" for n in names))
        return [[ctf, "challenge", "install"]], project
    return commands


def measure(row):
    with tempfile.TemporaryDirectory(prefix="wiregrade-bench-") as name:
        here = pathlib.Path(name)
        counted = {n: deploy(row, here / f"count{n}", n) for n in reversed(SIZES)}
        for key in ("first", "second"):
            row.add(f"requests of the {key} deploy, {CHALLENGES} challenges", "requests",
                    {f"{n} students": [counted[n][key][1]] for n in reversed(SIZES)})
        cases, count = {"wiregrade deploy": by_us(row)}, iter(range(1000))
        if ctf := row.program("ctf"):
            cases["ctfcli challenge install"] = by_ctfcli(row, ctf)
        got = turns({case: (lambda c=command: timed(row, here / f"t{next(count)}", c)) for case, command in cases.items()}, ROUNDS)
        row.add(f"first deploy of {CHALLENGES} challenges without students", "s", {c: [g["wall"] for g in v] for c, v in got.items()})
        row.add("the same", "s of its processor time", {c: [g["cpu"] for g in v] for c, v in got.items()})
