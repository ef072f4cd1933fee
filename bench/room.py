"""room.py - the end-to-end tests' classroom with neighbours, and other servers beside the targets in it."""
import pathlib
import subprocess
import sys
import time

from measure import ROOT, below, end  # noqa: F401

sys.path.append(str(ROOT / "tests/e2e"))
from classroom import TARGET, Classroom  # noqa: E402,F401

NEIGHBOURS = 200


class Room(Classroom):
    """Without the end-to-end tests' second judging at its end: a flood is not to be judged again."""

    def __init__(self, binaries, **more):
        super().__init__(binaries, range_options=[f"--neighbours={NEIGHBOURS}"], **more)

    def beside(self, *cmd, side="target", show=None, **more):
        """Starts a program on one side: its process here, which ends with `end`. show: {path: where}."""
        shows = [f"--show={path}:{where}" for path, where in (show or {}).items()]
        more = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **more}
        return subprocess.Popen(self.command("range", f"--join={self.name}", f"--side={side}", *shows, "--", *cmd),
                                stdin=subprocess.DEVNULL, env=self.environment(), **more)

    def journal(self, event=None, count=0, seconds=10):
        """Without anything read meanwhile, the journal's pipe would fill; each row reads at its end alone."""
        return super().journal(event, count, seconds)

    def __exit__(self, failed, *_):
        self.close()


def pid_of(process, name):
    """The pid below a process that runs the program of that name, as this machine numbers it."""
    until = time.monotonic() + 5
    while time.monotonic() < until:
        for pid in reversed(below(process.pid)):
            try:
                if pathlib.Path(f"/proc/{pid}/comm").read_text().strip() == name[:15]:
                    return pid
            except OSError:
                pass
        time.sleep(0.01)
    raise SystemExit(f"bench: no {name} below the range's process")
