#!/usr/bin/env python3
"""demo.py BIN CASE: `wiregrade demo`, from the clone to the points, as different people start it."""
import fcntl
import glob
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request

from browser import ENTER, Browser, need_browser
from classroom import ROOT, USER, require, skip
from leftovers import children, command_line
from steady import DEADLINE, until

QUESTIONS = {"bytes-str", "encoding-encryption", "kernel-space", "network-order", "python-imports", "raw-duties", "socket-calls",
             "socket-families", "socket-types", "user-space"}
SLUGS = QUESTIONS | {"datagram-decode", "datagram-hex", "datagram-port", "datagram-receiver", "datagram-sender", "raw-ipv4", "raw-tcp",
                     "stream-base64", "stream-decode", "stream-port", "stream-receiver", "stream-sender", "stream-utf8"}
AS_USER = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups"]


def demo(binary, *args, prefix=(), cwd=ROOT, env=None):
    return subprocess.run([*prefix, f"{binary}/wiregrade", "demo", *args], cwd=cwd, capture_output=True, text=True,
                          env=env, stdin=subprocess.DEVNULL, timeout=DEADLINE, check=False)


def check_json(run):
    require(run.returncode == 0, "exit", run.returncode, run.stdout, run.stderr)
    said = json.loads(run.stdout)
    require(list(said) == ["scoreboard", "student", "points", "max_points", "pass_mark", "passed", "challenges"], said)
    require(set(said["scoreboard"]) == {"url", "kind"}, said)
    require((said["points"], said["max_points"], said["pass_mark"], said["passed"]) == (80, 80, 56, True), said)
    require({c["slug"] for c in said["challenges"]} == SLUGS, said)
    for c in said["challenges"]:
        require(list(c) == ["slug", "value", "flag", "verified", "posted"], c)
        require(c["verified"] is True and c["posted"] is True and c["flag"], c)
        if c["slug"] not in QUESTIONS:
            require(c["flag"].startswith("flag{" + c["slug"] + ".student."), c)
    return said


def left_behind(home):
    return glob.glob(home + "/wiregrade-demo-*")


def environment(home):
    env = {k: v for k, v in os.environ.items() if k != "XDG_RUNTIME_DIR"}
    env["XDG_RUNTIME_DIR"] = env["TMPDIR"] = home
    return env


def as_me(binary, home):
    check_json(demo(binary, "--once", "--format", "json", env=environment(home)))
    require(not left_behind(home), left_behind(home))


def as_user(binary, home):
    if os.getuid() != 0:
        skip("only root can become somebody else; the case as_me runs as an ordinary user then")
    os.chown(home, USER, USER)
    check_json(demo(binary, "--once", "--format", "json", prefix=AS_USER, env=environment(home)))


def from_a_closed_folder(binary, home):
    closed = pathlib.Path(home) / "closed"
    shutil.copytree(binary, closed / "bin")
    shutil.copytree(ROOT / "challenges", closed / "challenges")
    closed.chmod(0o700)
    check_json(demo(closed / "bin", "--once", "--format", "json", cwd=closed, env=environment(home)))


def stays_until_interrupted(binary, home):
    process = subprocess.Popen([f"{binary}/wiregrade", "demo"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               stdin=subprocess.DEVNULL, text=True, env=environment(home))
    try:
        interrupt(binary, home, process)
    finally:
        process.terminate()
        process.wait(DEADLINE)


def interrupt(binary, home, process):
    said = []
    for line in process.stderr:
        said.append(line)
        if "Ctrl-C" in line:
            break
    url = [word for line in said for word in line.split() if word.startswith("http://")][0]
    require(urllib.request.urlopen(url, timeout=DEADLINE).status == 200, url)
    join = [word for line in said for word in line.split() if word.startswith("--join=")]
    flag = subprocess.run([f"{binary}/wiregrade", "range", join[0], "--", "bash", "-c",
                           "exec 3<>/dev/tcp/172.16.1.15/1111; printf smith >&3; cat <&3"],
                          capture_output=True, text=True, env=environment(home), timeout=DEADLINE, check=False)
    require(flag.stdout.startswith("flag{stream-sender.smith."), flag.stdout, flag.stderr, said)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=DEADLINE)
    require(process.returncode == 0, process.returncode, out, said)
    require("80 of 80 points" in out, out)
    until(lambda: not left_behind(home))


def second_student(binary, home):
    """Who tries by hand has a link of his own, nothing yet, and sees his points come while he watches."""
    need_browser()
    process = subprocess.Popen([f"{binary}/wiregrade", "demo"], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                               stdin=subprocess.DEVNULL, text=True, env=environment(home))
    browser = None
    try:
        said = []
        for line in process.stderr:
            said.append(line)
            if "Ctrl-C" in line:
                break
        said = "".join(said)
        links = dict(re.findall(r"as (\w+): *(http://\S+#token=\S+)", said))
        require(set(links) == {"student", "smith"}, said)
        join = re.search(r"--join=\S+", said)[0]
        browser = Browser()
        browser.open(links["student"])
        browser.until("#points", "80 of 80 points")
        browser.open(links["smith"])
        browser.until("#who", "smith")
        browser.until("#verdict", "56 more to pass")  # the points come after the name
        require(browser.text("#points") == "0 of 80 points", browser.text("#points"))
        shell = f"""
            first=$(exec 3<>/dev/tcp/172.16.1.15/1111; printf smith >&3; cat <&3)
            echo "$first"
            exec 3<>/dev/tcp/172.16.1.15/1110; printf 'submit %s\\nquit\\n' "$first" >&3; cat <&3"""
        told = subprocess.run([f"{binary}/wiregrade", "range", join, "--", "bash", "-c", shell],
                              capture_output=True, text=True, env=environment(home), timeout=DEADLINE, check=False)
        require("You are smith, by your address" in told.stdout and "OK: stream-sender for smith" in told.stdout, told)
        browser.until("#points", "4 of 80 points")
        card = "details:has(a[href^='#Datagram%20sender-'])"
        flag = subprocess.run([f"{binary}/wiregrade", "range", join, "--", "python3", "-c", "import socket;"
                               "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(60);"
                               "s.sendto(b'smith', ('172.16.1.15', 2222)); print(s.recv(999).decode())"],
                              capture_output=True, text=True, env=environment(home), timeout=DEADLINE, check=False).stdout
        require(flag.startswith("flag{datagram-sender.smith."), flag)
        browser.click(f"{card} summary")
        browser.until(f"{card} .tries", "right")
        browser.type(f"{card} input", flag.strip() + ENTER)
        browser.until(f"{card} form .answer", "Correct")
        browser.until("#points", "8 of 80 points")
        report = subprocess.run([f"{binary}/wiregrade", "report", "--class", re.search(r"--class (\S+)", said)[1]],
                                capture_output=True, text=True, env=environment(home), timeout=DEADLINE, check=False).stdout
        require(re.search(r"^smith +8 +no +2 of 23", report, re.M), report)
        process.send_signal(signal.SIGINT)
        process.stderr.read()
        require(process.wait(DEADLINE) == 0 and not left_behind(home), process.returncode, left_behind(home))
    finally:
        if browser:
            browser.close()
        process.terminate()
        process.wait(DEADLINE)


SOLVER = """#!/usr/bin/env python3
import os, socket
s = socket.create_connection((os.environ["WIREGRADE_TARGET"], 1111))
s.sendall(b"hello")
print(s.makefile().read())
"""
TARGET = """kind: stream
listen: {tcp.dstport: 1111}
identify: %s
expect: {payload: {text: hello}}
refuse:
  - {tcp.dstport: off_by_one, why: OFF_BY_ONE}
  - {payload: {encoding: hex}, why: WRONG_ENCODING}
"""


def whoever_is_meant(binary, home):
    """A challenge that knows its students by their address is solved here as in verify; one that knows none says so."""
    course = pathlib.Path(home) / "course"
    shutil.copytree(ROOT / "challenges", course, ignore=shutil.ignore_patterns("raw-*", "datagram-*", "stream-base64"))
    folder = course / "stream-sender"
    for path in folder.glob("solve/*"):
        path.unlink()
    (folder / "solve/hello.py").write_text(SOLVER)
    (folder / "solve/hello.py").chmod(0o755)
    for word, status, wanted in (("source", 0, "flag{stream-sender.student."), ("nobody", 1, "nobody's points")):
        (folder / "target.yml").write_text(TARGET % word)
        run = demo(binary, "--once", "--course", str(course), env=environment(home))
        require(run.returncode == status and wanted in run.stdout, word, run.returncode, run.stdout, run.stderr)


def the_target_ends(binary, home):
    ours_ends(binary, home, b"wiregrade-target")


def the_daemon_ends(binary, home):
    ours_ends(binary, home, b"wiregrade serve")


def ours_ends(binary, home, name):
    """What is ours is told as ours: exit status 4, not a student's failure, and not success."""
    process = subprocess.Popen([f"{binary}/wiregrade", "demo"], cwd=ROOT, stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, env=environment(home))
    try:
        for line in process.stderr:
            if "Ctrl-C" in line:
                break
        below = [pid for pid in children(process.pid) if command_line(pid).replace(b"\0", b" ").startswith(name)
                 and pathlib.Path(f"/proc/{pid}/comm").read_text() != "wiregrade-clerk\n"]
        require(len(below) == 1, below)
        os.kill(below[0], signal.SIGKILL)
        said = process.stderr.read()
        require(process.wait(DEADLINE) == 4 and name.decode() + " has ended by itself: signal 9" in said, said)
    finally:
        process.kill()
        process.wait(DEADLINE)


def no_course(binary, home):
    run = demo(binary, "--once", cwd=home, env=environment(home))
    require(run.returncode == 3 and "--course" in run.stderr, run.returncode, run.stderr)


def port_in_use(binary, home):
    import socket
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        s.listen(1)
        run = demo(binary, "--once", "--port", str(s.getsockname()[1]), env=environment(home))
    require(run.returncode == 4 and "in use" in run.stderr, run.returncode, run.stderr)


def scoreboard_is_not_there(binary, home):
    token = pathlib.Path(home) / "token"
    token.write_text("ctfd_" + "0" * 64 + "\n")
    token.chmod(0o600)
    run = demo(binary, "--once", "--scoreboard", "http://127.0.0.1:1", "--token-file", str(token), env=environment(home))
    require(run.returncode == 4 and "127.0.0.1:1" in run.stderr, run.returncode, run.stderr)


def usage(binary, home):
    require(demo(binary, "--port", "70000", env=environment(home)).returncode == 2)
    require(demo(binary, "--scoreboard", "http://127.0.0.1:1", env=environment(home)).returncode == 2)


def killed(binary, home):
    """SIGKILL leaves no board behind, and the next demo removes the directory."""
    process = subprocess.Popen([f"{binary}/wiregrade", "demo"], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                               stdin=subprocess.DEVNULL, text=True, env=environment(home))
    url = next(word for line in process.stderr for word in line.split() if word.startswith("http://"))
    process.kill()
    process.wait(DEADLINE)
    until(lambda: not answers(url))  # no board outlives its demo
    require(len(left_behind(home)) == 1, left_behind(home))
    wait_for_the_last(left_behind(home)[0])
    check_json(demo(binary, "--once", "--format", "json", env=environment(home)))
    require(not left_behind(home), left_behind(home))


def answers(url):
    try:
        return urllib.request.urlopen(url, timeout=DEADLINE)
    except OSError:
        return None


def wait_for_the_last(folder):
    """Whoever is left of a demo holds its folder: the board goes first, and a slow machine shows who ends after it."""
    def is_alone():
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            return False

    with open(folder + "/lock", "rb") as lock:
        until(is_alone)


def full_disk(binary, home):
    with open("/dev/full", "w") as full:
        run = subprocess.run([f"{binary}/wiregrade", "demo", "--once"], cwd=ROOT, stdout=full, stderr=subprocess.PIPE,
                             text=True, env=environment(home), timeout=DEADLINE, check=False)
    require(run.returncode == 4 and "could not be written" in run.stderr, run.returncode, run.stderr)


CASES = {f.__name__: f for f in (as_me, as_user, from_a_closed_folder, stays_until_interrupted, second_student, whoever_is_meant, the_target_ends, the_daemon_ends, no_course, port_in_use,
                                 scoreboard_is_not_there, usage, killed, full_disk)}

if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="wiregrade-e2e-") as scratch:
        CASES[sys.argv[2]](sys.argv[1], scratch)
