#!/usr/bin/env python3
"""own_host.py BIN CASE: wiregrade-target --own-host, with its student on the same side of a range. 77: skipped."""
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
import clients
import steady
from steady import DEADLINE
from twice import judged_twice

HERE = pathlib.Path(__file__).resolve().parent
LOOPBACK = "127.0.0.1"
CLASS = """class: e2e
course: course
networks: {target: own}
connect: 4711
key_file: %s
"""


def skip(why):
    print("skipped:", why)
    sys.exit(77)


def make_class(bin, scratch, course="targets"):
    folder = pathlib.Path(scratch, "class")
    subprocess.run([f"{bin}/wiregrade", "init", folder, "--course", HERE / "data" / course], check=True,
                   capture_output=True)
    steady.fix_key(folder)
    shutil.copytree(HERE / "data" / course, folder / "course")
    (folder / "class.yml").write_text(CLASS % "course.key")
    for who in ("smith", "jones"):
        subprocess.run([f"{bin}/wiregrade", "key", "export", "--student", who, "--output", f"{who}.key"], cwd=folder,
                       check=True)
    (folder / "own.yml").write_text(CLASS % "smith.key")
    subprocess.run([f"{bin}/wiregrade", "export", "public", "--class", "own.yml"], cwd=folder, check=True,
                   capture_output=True)
    (folder / "range.yml").write_text(CLASS.replace("own", "172.16.1.15, students: [10.10.0.0/24]") % "course.key")
    return folder


class Running:
    """A target in a range; the journal comes on the same pipe as the target's lines."""

    def __init__(self, bin, course, *arguments, script="/tmp/wiregrade-target run %s --journal /tmp/j 2>&1"):
        self.bin, self.read = bin, ""
        self.scratch = tempfile.mkdtemp(prefix="wg-own-")
        folder = make_class(bin, self.scratch, course)
        script = ("echo $WIREGRADE_RANGE; cd /tmp/class; : >/tmp/j; tail -s 0.02 -f /tmp/j & "
                  f"{script % ' '.join(arguments)}; echo ended; sleep 600")
        self.process = subprocess.Popen(
            [f"{bin}/wiregrade", "range", "--side=target", "--show", f"{bin}/wiregrade-target:/tmp/wiregrade-target",
             "--show", f"{folder}:/tmp/class", "--", "sh", "-c", script],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        os.set_blocking(self.process.stdout.fileno(), False)
        self.name = self.expect(r"(range-\w+)\n").group(1)
        self.expect(r"(?m)^the briefing: nc [0-9.]+ 1110\n")

    def expect(self, pattern):
        until = time.monotonic() + DEADLINE
        while not (match := re.search(pattern, self.read)):
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
                sys.exit(f"no {pattern!r} in {self.read}")
            got = self.process.stdout.read()
            if not got:
                error = self.process.stderr.read().decode()
                if self.process.wait() == 4:
                    skip(error)
                sys.exit(f"no {pattern!r}: ended after {self.read}{error}")
            self.read += got.decode()
        return match

    def journal(self, event, count=0):
        """The journal's lines of this event; with count, waits until there are so many."""
        until = time.monotonic() + DEADLINE
        while True:
            while select.select([self.process.stdout], [], [], 0.1)[0] and (got := self.process.stdout.read()):
                self.read += got.decode()
            lines = [line for line in map(json.loads, re.findall(r"(?m)^\{.*\}$", self.read)) if line["event"] == event]
            if len(lines) >= count:
                return lines
            assert time.monotonic() < until, lines

    def student(self, *cmd, files=None, side="target"):
        """As a classroom's: files is {name: text}, shown as /tmp/name."""
        shows = []
        for name, text in (files or {}).items():
            path = pathlib.Path(self.scratch, f"{time.monotonic_ns()}-{name}")
            path.write_text(text)
            shows.append(f"--show={path}:/tmp/{name}")
        done = subprocess.run([f"{self.bin}/wiregrade", "range", f"--join={self.name}", f"--side={side}", *shows, "--", *cmd],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=DEADLINE)
        assert done.returncode == 0, f"{done.stdout}{done.stderr}\n...{self.read[-3000:]}"
        return done.stdout

    def play(self, case, *arguments, side="target"):
        return self.student("python3", "/tmp/student.py", case, *arguments, side=side,
                            files={"student.py": (HERE / "own_host_student.py").read_text()})

    def python(self, text, *arguments):
        return self.student("/usr/bin/python3", "/tmp/script.py", *arguments, files={"script.py": text})

    def flag(self, slug):
        return subprocess.run([f"{self.bin}/wiregrade", "flag", "mint", "smith", slug], cwd=pathlib.Path(self.scratch, "class"),
                              capture_output=True, text=True, check=True).stdout.strip()

    def values(self, slug):
        """What was expected of each failed field, as the last near miss tells it."""
        near = steady.until(lambda: [line for line in self.journal("attempt") if line["slug"] == slug and line["findings"]])
        return {finding["field"]: finding["expected"] for finding in near[-1]["findings"]}

    def end(self):
        self.process.terminate()
        try:
            self.process.wait(DEADLINE)
        finally:
            self.process.kill()
            shutil.rmtree(self.scratch)


OWN = ("--class", "public/class.yml", "--key-file", "smith.key", "--own-host", "--student", "Smith")


def refused(folder, bin, status, sentence, *arguments):
    user = ("--user", "nobody") if os.geteuid() == 0 else ()
    done = subprocess.run([f"{bin}/wiregrade-target", "run", *user, *arguments], cwd=folder, capture_output=True, text=True,
                          timeout=DEADLINE)
    assert done.returncode == status and sentence in done.stderr, (arguments, done.returncode, done.stderr)


def bad_input_is_told(bin):
    """None of these comes so far as to open a port."""
    with tempfile.TemporaryDirectory(prefix="wg-own-") as scratch:
        folder = make_class(bin, scratch)
        own = ("--own-host", "--student", "smith")
        (folder / "all.yml").write_text(CLASS.replace("own", "172.16.1.15, students: [10.10.0.0/24]") % "smith.key")
        (folder / "1111.yml").write_text(CLASS.replace("4711", "5001") % "smith.key")
        (folder / "none.yml").write_text("class: e2e\ncourse: course\nnetworks: {target: own}\nbriefing: 1111\n"
                                         "key_file: smith.key\n")
        refused(folder, bin, 2, "whose host? say --student", "--own-host")
        refused(folder, bin, 2, "--student a b: no handle", "--class", "own.yml", "--own-host", "--student", "a b")
        refused(folder, bin, 3, "holds everybody's keys", *own)
        os.mkdir(folder / "empty")
        refused(folder / "empty", bin, 3, "no class.yml here, and the practice class is for a machine of its own", *own)
        refused(folder, bin, 3, "holds the keys of jones alone, not of smith", *own, "--key-file", "jones.key")
        refused(folder, bin, 3, "all.yml:3:20: networks.target is 172.16.1.15", "--class", "all.yml", *own)
        refused(folder, bin, 3, "own.yml:3:20: target: own is for students' own hosts", "--class", "own.yml")
        refused(folder, bin, 3, "holds the keys of smith alone", "--class", "all.yml")
        refused(folder, bin, 3, "1111.yml:4:10: connect: 5001 of", "--class", "1111.yml", *own)
        refused(folder, bin, 3, "the briefing's port on the same host; write `connect: 4711`", "--class", "none.yml", *own)
        done = subprocess.run([f"{bin}/wiregrade", "flag", "mint", "smith", "stream", "--class", "own.yml"], cwd=folder,
                              capture_output=True, text=True)
        assert done.returncode == 3 and "holds the keys of smith alone" in done.stderr, done.stderr


def what_is_no_attempt_is_not_judged(own):
    """One attempt for each thing that the student sent, though all that the target sends is seen on loopback too."""
    own.play("four_right_ones_among_noise")
    attempts = own.journal("attempt", 4)
    assert sorted(a["slug"] for a in attempts) == ["chaos", "datagram", "segment", "stream"], attempts
    assert all(a["answer"] in ("flag", "queued") for a in attempts), attempts
    assert {d["outcome"] for d in own.journal("delivery", 2)} == {"delivered"}, own.read


def the_courses_scripts_earn_its_flags_at_loopback(own):
    """Senders, receivers and raw scripts of the material, as they are handed out, with values filled in: the course's own
    challenges, and one port for all that the target reaches of the student's."""
    clients.need("/bin/nc.traditional", "/bin/nc.openbsd")
    for script, slug in ((clients.STREAM_SENDER, "stream-sender"), (clients.DATAGRAM_SENDER, "datagram-sender")):
        told = own.python(script.replace(clients.TARGET, LOOPBACK))
        assert told.strip() == own.flag(slug), told
    for script, slug, port, transport in ((clients.STREAM_ANSWERS.replace("port = 1111", "port = 4711"), "stream-receiver", 5111, "t"),
                                          (clients.DATAGRAM_ANSWERS.replace("port = 2222", "port = 4711"), "datagram-receiver", 5222, "u")):
        clients.asked(own, script, slug, port, (4711, transport), LOOPBACK)
    clients.ipraw(own, LOOPBACK, LOOPBACK, 4711)
    clients.tcpraw(own, LOOPBACK, LOOPBACK, 4711)
    # a forged source is answered here, too
    forged = (HERE.parents[1] / "challenges/practice-spoof/solve/spoof.py").read_text()
    told = own.python(f"import os\nos.environ.update(WIREGRADE_TARGET='{LOOPBACK}', WIREGRADE_STUDENT='smith', WIREGRADE_PORT='4711')\n" + forged)
    assert told.strip() == own.flag("practice-spoof"), told
    # nothing that either receiver or target said to the other is an attempt beside those
    slugs = sorted(line["slug"] for line in own.journal("attempt", 9))
    assert slugs == ["datagram-receiver", "datagram-sender", "practice-spoof", *2 * ["raw-ipv4"], *2 * ["raw-tcp"], "stream-receiver", "stream-sender"], slugs


def offline_too(own):
    """`wiregrade check` says the same of what was seen on loopback, and that the target would see it."""
    scratch = pathlib.Path(own.scratch)
    own.journal("attempt", 1)
    lines = list(map(json.loads, re.findall(r"(?m)^\{.*\}$", own.read)))
    n, differences = judged_twice([f"{own.bin}/wiregrade"], scratch / "class/class.yml", scratch, lines)
    assert n and not differences, (n, differences)
    said = subprocess.run([f"{own.bin}/wiregrade", "check", "--class", scratch / "class/class.yml",
                           scratch / "twice-ethernet.pcap"], capture_output=True, text=True).stdout
    assert "would not see" not in said and "from the target" not in said, said


# After the first attempt the class's file changes.
ANEW = """cp -r /tmp/class /tmp/c; cd /tmp/c; /tmp/wiregrade-target run %s --journal /tmp/j 2>&1 & target=$!
until grep -q attempt /tmp/j; do sleep 0.05; done
sed -i 's/feedback: full/feedback: none/; s/1110/1199/' public/class.yml; kill -HUP $target; wait $target"""


def class_is_read_anew(own):
    """SIGHUP: what class.yml says of feedback from now on; the one student stays."""
    own.play("a_near_miss_is_told")
    own.expect(r"the class is read anew\n")
    own.expect(r"restarted: `briefing`\n")
    own.play("a_near_miss_is_told_nothing")


def knocked(running, *arguments, side):
    try:
        running.play("knock", *arguments, side=side)
    finally:
        running.end()


def whoever_sends_is_who_it_is(bin):
    """Where no text says it, and nobody has a roster: in the demo, in a range, on one's own host, and in a proof."""
    course = HERE / "data/identify"
    done = subprocess.run([f"{bin}/wiregrade", "demo", "--once", "--format", "json", "--course", course],
                          capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=DEADLINE)
    if done.returncode == 4:
        skip(done.stderr)
    said = json.loads(done.stdout)
    assert (done.returncode, said["points"], said["max_points"]) == (0, 4, 4), done.stdout + done.stderr
    done = subprocess.run([f"{bin}/wiregrade", "verify", "--course", course], capture_output=True, text=True, timeout=DEADLINE)
    assert done.returncode == 0, done.stdout + done.stderr
    with tempfile.TemporaryDirectory(prefix="wg-own-") as scratch:
        refused(make_class(bin, scratch, "identify"), bin, 3, "knocked/target.yml:7:11: identify: source looks at", *OWN)
    knocked(Running(bin, "identify", *OWN, "--only host --only call"), "127.0.0.1", "smith", "host", "call",
            side="target")
    knocked(Running(bin, "identify", "--class range.yml", "--student smith"), "172.16.1.15", "smith", "host", "call",
            "source", "knocked", side="student")


def main():
    bin, case = sys.argv[1:]
    if case in ("bad_input_is_told", "whoever_sends_is_who_it_is"):
        globals()[case](bin)
        return
    whole = case == "the_courses_scripts_earn_its_flags_at_loopback"
    own = Running(bin, HERE.parents[1] / "challenges" if whole else "targets", *OWN,
                  **({"script": ANEW} if case == "class_is_read_anew" else {}))
    try:
        if whole:
            the_courses_scripts_earn_its_flags_at_loopback(own)
        elif case == "what_is_no_attempt_is_not_judged":
            what_is_no_attempt_is_not_judged(own)
        elif case == "class_is_read_anew":
            class_is_read_anew(own)
        else:
            own.play(case)
        if case in ("and_at_the_hosts_own_address", "a_near_miss_is_called_back"):
            offline_too(own)
        assert "ended" not in own.read, own.read
    finally:
        own.end()


main()
