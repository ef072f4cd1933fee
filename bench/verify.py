"""verify.py - what `wiregrade verify` takes over the solvers' own time: the same solvers run one after another in one range."""
import json
import pathlib
import tempfile
import time

from measure import ROOT, part, processor_of, turns
from room import Room

SLUGS = {"stream-sender": 1111, "stream-base64": 3333, "datagram-sender": 2222}
ROUNDS = 3
SCRIPT = """
import os, subprocess, sys, time
t = time.monotonic()
for word in sys.argv[1:]:
    path, port = word.split(':')
    env = {**os.environ, 'WIREGRADE_STUDENT': 'smith', 'WIREGRADE_TARGET': '172.16.1.15', 'WIREGRADE_PORT': port}
    out = subprocess.run([path], env=env, capture_output=True, text=True, timeout=20).stdout
    assert 'flag{' in out, (path, out)
print((time.monotonic() - t) * 1000)
"""


def solvers():
    return [(path, port) for slug, port in SLUGS.items() for path in sorted((ROOT / "challenges" / slug / "solve").iterdir())]


def alone(room):
    def run():
        show = {path: f"/tmp/{port}-{path.name}" for path, port in solvers()}
        out = room.python(SCRIPT, *[f"{show[path]}:{port}" for path, port in solvers()], show=show)
        return {"ms": float(out.split()[-1])}
    return run


def whole(row, *slugs):
    def run():
        with tempfile.TemporaryDirectory(prefix="wiregrade-bench-") as name:
            (pathlib.Path(name) / "challenges").symlink_to(ROOT / "challenges")
            began = time.monotonic()
            seconds, out = processor_of([row.bin / "wiregrade", "verify", "--jobs", "1", "--format", "json", *slugs], name)
            ms = (time.monotonic() - began) * 1000
            return {"ms": ms, "cpu": seconds * 1000, "verdict": json.loads(out)["verdict"]}
    return run


def measure(row):
    with Room(row.bin) as room:
        got = turns({f"verify of {len(SLUGS)} challenges": whole(row, *SLUGS), f"their {len(solvers())} solvers in a range": alone(room)},
                    ROUNDS)
    row.add("solvers proved", "ms", part(got, "ms"))
    course = turns({"verify of the whole course": whole(row)}, ROUNDS)
    row.add("the whole course, one at a time", "ms", part(course, "ms"))
    if verdicts := {run["verdict"] for run in course["verify of the whole course"]} - {"pass"}:
        row.note(f"verdicts of the whole course that are not pass: {', '.join(verdicts)}")
    row.add("the same", "ms of processor time", part(course, "cpu"))
