"""classroom.py - the targets of a course in a range, and a student's programs beside them, for end-to-end tests."""
import json
import os
import pathlib
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time

import leftovers  # noqa: F401  pylint: disable=unused-import
import steady
from steady import DEADLINE
from twice import judged_twice

SKIP = 77
STUDENT, TARGET = "10.10.0.40", "172.16.1.15"
STUDENT6, TARGET6 = "fd00:10:10::40", "fd00:172:16:1::15"
NETWORKS = "{target: 172.16.1.15, students: [10.10.0.0/24]}"
BOTH_NETWORKS = f'{{target: [{TARGET}, "{TARGET6}"], students: [10.10.0.0/24, "fd00:10:10::/64"]}}'
ROOT = pathlib.Path(__file__).resolve().parents[2]
USER = 12345  # needs no account


def skip(why):
    print("skipped:", why)
    sys.exit(SKIP)


def need(*paths):
    for path in paths:
        if not os.access(path, os.X_OK):
            skip(f"{path} is not installed")


def require(condition, *what):
    if not condition:
        sys.exit("not so: " + " ".join(str(w) for w in what))


def listens(port, kind="t"):
    """Words of a shell that wait until a program on its side listens at the port; kind: t for TCP, u for UDP."""
    return f"until ss -Hln{kind} 'sport = :{port}' | grep -q .; do sleep 0.05; done; "


CLASS = """class: {word}
course: {course}
networks: {networks}
feedback: {feedback}
key_file: {key}
store: wiregrade.db
{more}
"""


class Classroom:
    """`with Classroom(BIN) as room:` - everything ends with it. who: "user" runs all as an ordinary user."""

    def __init__(self, bin_dir, course=ROOT / "challenges", feedback="full", more="", roster=None, who="user", args=(),
                 range_options=(), word="e2e", before="true", networks=NETWORKS):
        self.bin = pathlib.Path(bin_dir)
        self.who = who
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="wiregrade-e2e-"))
        self.course = pathlib.Path(course)
        self.lines, self.text = [], b""
        self.process = None
        self.before = before  # a shell command that the targets' process is started after
        self._prepare(feedback, more, roster, word, networks)
        self._start(args, range_options)

    def _prepare(self, feedback, more, roster, word, networks):
        run = subprocess.run([self.bin / "wiregrade", "init", self.dir / "made", "--course", self.course],
                             capture_output=True, text=True, check=False)
        require(run.returncode == 0, "init:", run.stderr)
        steady.fix_key(self.dir / "made")
        key = self.dir / "course.key"
        shutil.move(self.dir / "made/course.key", key)
        shutil.copytree(self.course, self.dir / "course")
        if roster:
            (self.dir / "roster.csv").write_text(roster)
            more += "\nroster: roster.csv"
        (self.dir / "class.yml").write_text(CLASS.format(
            word=word, course="course", key="course.key", feedback=feedback, more=more,
            networks=networks))
        if self.who == "user" and os.getuid() == 0:
            for path in [self.dir, *self.dir.rglob("*")]:
                os.chown(path, USER, USER)

    def command(self, *args):
        prefix = []
        if self.who == "user" and os.getuid() == 0:
            prefix = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups"]
        return [*prefix, self.bin / "wiregrade", *args]

    def environment(self):
        env = {k: v for k, v in os.environ.items() if k != "XDG_RUNTIME_DIR"}
        if self.who == "user":
            env["XDG_RUNTIME_DIR"] = str(self.dir)
        return env

    def _start(self, args, range_options):
        shows = [f"--show={self.bin / 'wiregrade-target'}:/tmp/w/wiregrade-target"]
        for name in ("class.yml", "course.key", "course", "roster.csv"):
            if (self.dir / name).exists():
                shows.append(f"--show={self.dir / name}:/tmp/w/{name}")
        script = (f"cd /tmp/w && {self.before} && touch /tmp/journal; echo $WIREGRADE_RANGE;"
                  "./wiregrade-target run --class class.yml --journal /tmp/journal " + " ".join(args) +
                  " & echo pid $!; tail -f /tmp/journal & wait %1; echo ended $?")
        self.process = subprocess.Popen(self.command("range", "--side=target", *range_options, *shows, "--", "bash", "-c",
                                                     script),
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        env=self.environment())
        os.set_blocking(self.process.stdout.fileno(), False)
        self.name = self.expect(r"(range-\w+)\n").group(1)
        self.expect(r"(?m)^[\w-]+: (tcp|udp|unix|packets) |^ended")

    def _read(self, seconds):
        if not select.select([self.process.stdout], [], [], max(seconds, 0))[0]:
            return True
        got = self.process.stdout.read()
        self.text += got or b""
        return bool(got)

    def expect(self, pattern):
        """Waits for the pattern in what the target's side prints."""
        until = time.monotonic() + DEADLINE
        while not (match := re.search(pattern, self.text.decode(errors="replace"))):
            left = until - time.monotonic()
            if left <= 0 or not self._read(left):
                self.process.kill()
                sys.exit(f"no {pattern!r} in {self.text[-3000:]!r}; {self.process.stderr.read()!r}")
        return match

    def journal(self, event=None, count=0):
        """The journal's lines so far; with count, waits until there are so many of that event."""
        until = time.monotonic() + DEADLINE
        while True:
            self._read(0)
            lines = [json.loads(l) for l in self.text.decode(errors="replace").splitlines(keepends=True)
                     if l.startswith("{") and l.endswith("\n")]
            lines = [l for l in lines if event is None or l["event"] == event]
            if len(lines) >= count or time.monotonic() > until:
                require(len(lines) >= count, f"{count} lines of {event} wanted:", lines)
                return lines
            self._read(0.05)

    def flag(self, slug, student="smith"):
        run = subprocess.run(self.command("flag", "mint", "--class", self.dir / "class.yml", student, slug),
                             capture_output=True, text=True, check=False)
        require(run.returncode == 0, "flag mint:", run.stderr)
        return run.stdout.strip()

    def student(self, *cmd, files=None, show=None, check=True):
        """Runs a command on the student's side; files: {name: text}, shown as /tmp/name; show: {path: where}."""
        shows = [f"--show={path}:{where}" for path, where in (show or {}).items()]
        for name, text in (files or {}).items():
            path = self.dir / f"{time.monotonic_ns()}-{name}"
            path.write_text(text)
            path.chmod(0o755)
            shows.append(f"--show={path}:/tmp/{name}")
        run = subprocess.run(self.command("range", f"--join={self.name}", *shows, "--", *cmd), stdin=subprocess.DEVNULL,
                             capture_output=True, text=True, errors="replace", timeout=DEADLINE, env=self.environment(),
                             check=False)
        if check:
            require(run.returncode == 0, cmd, "ended with", run.returncode, run.stdout, run.stderr)
        return run.stdout + run.stderr

    def python(self, text, *args, **more):
        return self.student("/usr/bin/python3", "/tmp/script.py", *args, files={"script.py": text, **more.pop("files", {})},
                            **more)

    def target_pid(self):
        """The targets' process, as this machine numbers it."""
        below = {self.process.pid}
        for _ in range(8):
            for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
                try:
                    pid, name, parent = re.match(r"(\d+) \((.*)\) \w (\d+)", stat.read_text()).groups()
                except (OSError, AttributeError):
                    continue
                if int(parent) in below:
                    below.add(int(pid))
                    if name == "wiregrade-targe":
                        return int(pid)
        return sys.exit("no wiregrade-target below this range")

    def values(self, slug, student="smith"):
        """What was expected of each failed field, as a near miss tells it: {field: text}."""
        near = steady.until(lambda: [l for l in self.journal("attempt") if l["slug"] == slug and l["student"] == student and l["findings"]])
        return {f["field"]: f["expected"] for f in near[-1]["findings"]}

    def judged_twice(self):
        """How many packets the journal holds, and where `wiregrade check` says otherwise than it."""
        return judged_twice(self.command(), self.dir / "class.yml", self.dir, self.journal())

    def close(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
        if self.process:
            out, err = self.process.communicate(timeout=DEADLINE)
            sys.stderr.write(err.decode(errors="replace"))
        shutil.rmtree(self.dir, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, failed, *_):
        try:
            differences = None if failed else self.judged_twice()[1]
        finally:
            self.close()
        require(not differences, "live and offline differ:", differences)
