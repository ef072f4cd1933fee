"""start.py - until all targets are ready, and the memory that they hold then; beside the slides' Python receivers."""
import json
import pathlib
import shutil
import subprocess
import tempfile

from measure import HERE, ROOT, part, turns
from room import Room

ROUNDS = 3
OURS = """
import json, os, subprocess, time
r, w = os.pipe()
t = time.monotonic()
p = subprocess.Popen(['/tmp/w/wiregrade-target', 'run', '--class', 'class.yml', '--ready-fd', str(w)], pass_fds=[w], cwd='/tmp/w',
                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
os.close(w)
assert os.read(r, 16)
ms = (time.monotonic() - t) * 1000
kib = int([l.split()[1] for l in open('/proc/%d/status' % p.pid) if l.startswith('VmRSS')][0])
print(json.dumps({'ms': ms, 'mib': kib / 1024}))
p.terminate()
"""
THEIRS = """
import json, socket, subprocess, time
t = time.monotonic()
ps = [subprocess.Popen(['/usr/bin/python3', '/tmp/r.py', kind, str(port)], stdout=subprocess.DEVNULL)
      for kind, port in (('stream', 1111), ('stream', 3333), ('datagram', 2222), ('datagram', 4444))]
def bound():
    rows = open('/proc/net/tcp').read() + open('/proc/net/udp').read()
    return all(':%04X 00000000:0000' % port in rows for port in (1111, 3333, 2222, 4444))
while not bound():
    time.sleep(0.0005)
ms = (time.monotonic() - t) * 1000
kib = sum(int([l.split()[1] for l in open('/proc/%d/status' % p.pid) if l.startswith('VmRSS')][0]) for p in ps)
print(json.dumps({'ms': ms, 'mib': kib / 1024}))
for p in ps:
    p.terminate()
"""


def side(room, script, shows):
    def run():
        with tempfile.NamedTemporaryFile("w", suffix=".py", dir=room.dir) as f:
            f.write(script)
            f.flush()
            pathlib.Path(f.name).chmod(0o644)
            words = [f"--show={path}:{where}" for path, where in {**shows, f.name: "/tmp/s.py"}.items()]
            out = subprocess.run(room.command("range", "--side=target", *words, "--", "/usr/bin/python3", "/tmp/s.py"),
                                 stdin=subprocess.DEVNULL, capture_output=True, text=True, env=room.environment(), check=True, timeout=12)
            return json.loads(out.stdout)
    return run


def course_with(folder, n):
    """The course, and raw TCP challenges on ports of their own until there are n."""
    for i in range(n):
        there = folder / f"more-{i:04}"
        there.mkdir()
        (there / "challenge.yml").write_text(f"name: More {i}\ncategory: x\ndescription: x\nvalue: 1\ntype: standard\n")
        (there / "target.yml").write_text(f"kind: packet\nlisten: {{tcp.dstport: {9001 + i}}}\nexpect:\n  tcp.flags: SYN\n"
                                          "  payload: {text: \"{student}\", encoding: base64}\ndeliver: {connect: 1111}\n")


def measure(row):
    with tempfile.TemporaryDirectory(prefix="wiregrade-bench-") as name:
        many = pathlib.Path(name) / "many"
        shutil.copytree(ROOT / "challenges", many)
        course_with(many, 990)
        with Room(row.bin) as small, Room(row.bin, course=many) as big:
            program = {row.bin / "wiregrade-target": "/tmp/w/wiregrade-target"}
            shows = [{**program, **{r.dir / n: f"/tmp/w/{n}" for n in ("class.yml", "course.key", "course")}} for r in (small, big)]
            got = turns({"wiregrade-target, the course (6 targets)": side(small, OURS, shows[0]),
                         "4 Python receivers of the slides": side(small, THEIRS, {HERE / "peers/receivers.py": "/tmp/r.py"}),
                         "wiregrade-target, 996 targets": side(big, OURS, shows[1])}, ROUNDS)
    row.add("from start to ready", "ms", part(got, "ms"))
    row.add("resident memory when ready", "MiB", part(got, "mib"))
