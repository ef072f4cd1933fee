#!/usr/bin/env python3
"""range.py WIREGRADE root|user CASE [...]: one end-to-end test of `wiregrade range`. Exit status 77: skipped."""
import glob
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import leftovers  # noqa: F401  pylint: disable=unused-import
import range_room as room
from range_room import STUDENT, TARGET, USER, Range, base, command, environment, need, require, run, skip
from steady import DEADLINE, until


# What is sent: a header of our own making, identification 0x1234, protocol 16 (CHAOS).
RAW = """
import socket, struct, sys
source = sys.argv[1] if len(sys.argv) > 1 else "10.10.0.40"
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
h = struct.pack("!BBHHHBBH4s4s", 0x45, 32 << 2, 20 + 5, 0x1234, 0, 64, 16, 0,
                socket.inet_aton(source), socket.inet_aton("172.16.1.15"))
s.sendto(h + b"hello", ("172.16.1.15", 0))
"""

# What arrives, read from a raw socket of the stack itself: only what the stack accepts.
ACCEPTED = """
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 16)
print("ready", flush=True)
data, peer = s.recvfrom(2048)
print("got", peer[0], data.hex(), "ttl", data[8], "end", flush=True)
"""


def raw_packet_arrives():
    need("tcpdump")
    with Range(side="target", script="tcpdump -lnXi eth0 -c 1 ip proto 16 2>&1") as r:
        r.expect("listening on")
        r.run("python3", "-c", RAW)
        r.expect(r"1234")
        r.expect(r"6865 6c6c")


def arrived(*options, source=STUDENT):
    with Range(*options, side="target", script=f"python3 -c '{ACCEPTED}'") as r:
        r.expect("ready")
        r.run("python3", "-c", RAW, source)
        return r.expect(r"got (\S+) (\w+) ttl (\d+) end")


def router_decrements_ttl():
    match = arrived("--hops=1")
    require(match.group(3) == "63", "ttl 63, but", match.group(3))


def no_router_keeps_ttl():
    match = arrived()
    require(match.group(3) == "64", "ttl 64, but", match.group(3))


def spoofed_source_arrives():
    for options in ([], ["--hops=1"]):
        for source in ("10.10.0.77", "203.0.113.9"):
            require(arrived(*options, source=source).group(1) == source, source)


SERVER = """
import socket
l = socket.create_server(("0.0.0.0", 5309))
print("ready", flush=True)
c, peer = l.accept()
print("peer", peer[0], c.recv(100).decode(), flush=True)
"""
CLIENT = 'import socket, sys; socket.create_connection((sys.argv[1], 5309), 60).sendall(b"hi")'


def tcp_both_ways():
    for options in ([], ["--hops=1"]):
        for side, other, to, source in (("target", "student", TARGET, STUDENT), ("student", "target", STUDENT, TARGET)):
            with Range(*options, side=side, script=f"python3 -c '{SERVER}'") as r:
                r.expect("ready")
                r.run("python3", "-c", CLIENT, to, side=other)
                r.expect(f"peer {source} hi")


def checksum_is_on_the_wire():
    need("tcpdump")
    with Range(side="target", script="tcpdump -lnvvi eth0 -c 1 udp port 9999 2>&1") as r:
        r.expect("listening on")
        r.run("bash", "-c", f"echo hello > /dev/udp/{TARGET}/9999")
        r.expect(r"udp sum ok")


def only_net_raw():
    out = run("--", "cat", "/proc/self/status").stdout
    caps = {k: int(v, 16) for k, v in re.findall(r"Cap(\w+):\s+(\w+)", out)}
    for name, value in caps.items():
        require(value == 1 << 13, name, hex(value))
    require(re.search(r"NoNewPrivs:\s+1", out), out)
    require(re.search(r"Uid:\s+1000\s+1000\s+1000\s+1000", out), out)


def little_is_visible():
    out = run("--", "sh", "-c", "ls -A /; ls -A /home /root /work /var 2>/dev/null; ls /etc; ls -d /proc/[0-9]*").stdout.replace("/proc/", "").split()
    require(not {"home", "root", "work", "var", "sys", "resolv.conf", "shadow"} & set(out), out)
    require(run("--", "find", "/run", "-mindepth", "1").stdout.split() == ["/run/wiregrade", "/run/wiregrade/reply"], "sockets alone")
    pids = [word for word in out if word.isdigit()]
    require(len(pids) <= 4, "other processes", pids)


def root_only_file_is_closed():
    if os.getuid() != 0:
        skip("needs root to make a file that only root may read")
    # below a folder that is visible inside, so that nothing but its mode protects it
    with tempfile.TemporaryDirectory(dir="/usr/local/lib") as folder:
        os.chmod(folder, 0o755)
        path = f"{folder}/secret"
        with open(path, "w", encoding="ascii") as f:
            f.write("secret-word")
        os.chmod(path, 0o600)
        require(run("--", "ls", path).stdout.strip() == path, "visible by name")
        done = run("--", "cat", path, check=False)
        require(done.returncode != 0 and "secret-word" not in done.stdout and "ermission" in done.stderr, done)


def names_do_not_hang():
    done = run("--", "python3", "-c", """
import socket, time
print(socket.gethostbyname("target"), socket.getservbyname("http"))
took = []
while len(took) < 5 and min(took, default=9) > 4:
    begin = time.monotonic()
    try: socket.getaddrinfo("www.example.org", 80)
    except socket.gaierror: took.append(time.monotonic() - begin)
print(min(took))
""")
    address, took = done.stdout.splitlines()
    require(address == f"{TARGET} 80", done.stdout)
    require(float(took) < 4, "answered at once", took)  # a resolver waits 5 s for a server, in each try


def nothing_is_writable_but_tmp():
    out = run("--", "sh", "-c", """
for d in / /etc /dev /usr /usr/bin /proc/sys/net/ipv4; do touch $d/x 2>/dev/null && echo "wrote $d"; done
echo 1 > /proc/sys/net/ipv4/ip_forward 2>/dev/null && echo sysctl
touch /tmp/x /dev/shm/x && echo fine""").stdout
    require(out == "fine\n", out)


def survives(r):
    """The range and both of its sides still work."""
    require(r.run("echo", "alive").stdout == "alive\n", "student side")
    require(r.run("echo", "alive", side="target").stdout == "alive\n", "target side")
    until(lambda: not ours("f \\| f|fork"))


def ours(pattern):
    """Living processes of this test whose command line fits."""
    found = []
    for path in glob.glob("/proc/[0-9]*/cmdline"):
        try:
            with open(path, "rb") as f:
                line = f.read().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if re.search(pattern, line) and scratch_word in line:
            found.append(line)
    return found


scratch_word = f"wg-e2e-{os.urandom(3).hex()}"  # in no other test's command lines


def fork_bomb():
    bomb = """
import os, sys, time
n = 0
while True:
    try:
        if os.fork() == 0: time.sleep(600)
        n += 1
    except OSError: break
print("forks", n)
"""
    with Range() as r:
        done = r.run("python3", "-c", bomb, scratch_word)
        forks = int(done.stdout.split()[1])
        require(10 < forks < 70, "forks", forks)
        until(lambda: not ours("fork"))
        # the real thing: no end of its own
        process = subprocess.Popen(command("--join=" + r.name, "--", "bash", "-c", f": {scratch_word}; f() {{ f | f & }}; f; sleep 600"),
                                   stderr=subprocess.DEVNULL, env=environment())
        time.sleep(1)
        survives_target = r.run("echo", "alive", side="target").stdout
        process.terminate()
        process.wait(DEADLINE)
        require(survives_target == "alive\n", "target side while it goes on")
        survives(r)


def memory_bomb():
    one = "x = []\nwhile True: x.append(bytearray(1 << 24))"
    many = "import os, time\nfor i in range(8):\n  if os.fork() == 0:\n    x = bytearray(b'x') * (400 << 20); time.sleep(600)\ntime.sleep(600)"
    with Range() as r:
        done = r.run("python3", "-c", one, check=False)
        require(done.returncode == 1 and "MemoryError" in done.stderr, done)
        done = r.run("python3", "-c", many, scratch_word, check=False)
        require(done.returncode == 137 and "memory" in done.stderr, done)
        survives(r)


def disk_fill():
    fill = "for d in /tmp /dev/shm; do i=0; while head -c 8000000 /dev/zero > $d/$i 2>/dev/null; do i=$((i+1)); [ $i -lt 1000 ] || break; done; du -sm $d; done"
    with Range() as r:
        for size in re.findall(r"^(\d+)", r.run("sh", "-c", fill).stdout, re.M):
            require(int(size) <= 65, size, "MiB")
        survives(r)


def big_file():
    done = run("--", "sh", "-c", "head -c 30000000 /dev/zero > /tmp/x; ls -l /tmp/x", check=False)
    require(re.search(r" 16777216 ", done.stdout), done)


def double_fork():
    fork = """
import os, time, sys
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(600)
    os._exit(0)
print("parent ends")
"""
    with Range() as r:
        done = r.run("python3", "-c", fork, scratch_word)
        require(done.stdout == "parent ends\n", "output ends with the program:", done.stdout)
        until(lambda: not ours("fork"))


def namespaces():
    found = set()
    for path in glob.glob("/proc/[0-9]*/ns/*"):
        try:
            found.add(os.readlink(path))
        except OSError:
            pass
    return found


def nothing_left(how):
    """A range with a busy sandbox on each side is ended; every process that had its mark must be gone."""
    hold = f"(setsid python3 -c 'import time; time.sleep(600)' {scratch_word} &)"
    r = Range(script=hold)
    other = subprocess.Popen(command("--join=" + r.name, "--side=target", "--", "python3", "-c",
                                     "import time; print('up', flush=True); time.sleep(600)", scratch_word),
                             stdout=subprocess.PIPE, env=environment())
    require(other.stdout.readline() == b"up\n", "the other side runs")
    until(lambda: len(ours("python3 -c")) >= 2)  # both run
    require(os.path.isdir(f"{base()}/{r.name}"), "run directory")
    inside = {os.readlink(f"/proc/{pid}/ns/net") for pid in pids_of(scratch_word)} - {os.readlink("/proc/self/ns/net")}
    require(inside, "a network of its own")
    how(r.process)
    r.process.communicate(timeout=DEADLINE)
    other.wait(DEADLINE)
    until(lambda: not pids_of(scratch_word))
    until(lambda: not namespaces() & inside)
    return r


def pids_of(word):
    found = []
    for path in glob.glob("/proc/[0-9]*/cmdline"):
        try:
            with open(path, "rb") as f:
                words = f.read().split(b"\0")
        except OSError:
            continue
        pid = int(path.split("/")[2])
        if words[0] in (b"python3", b"sleep") and word.encode() in words:
            found.append(pid)
    return found


def nothing_left_after_end():
    r = nothing_left(lambda p: os.kill(first_child(p, "sleep"), signal.SIGKILL))
    require(r.process.returncode == 137, r.process.returncode)
    require(not os.path.exists(f"{base()}/{r.name}"), "directory left")


def first_child(process, name):
    """The program of a running range, as this namespace numbers it."""
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            with open(path, encoding="utf-8", errors="replace") as f:
                pid, comm, rest = re.match(r"(\d+) \((.*)\) (.*)", f.read()).groups()
            with open(f"/proc/{pid}/environ", "rb") as f:
                environ = f.read()
            if comm == "sh" and b"WIREGRADE_RANGE=" in environ and descends(int(pid), process.pid):
                return int(pid)
        except OSError:  # another test's, which has ended
            continue
    sys.exit(f"no {name} below {process.pid}")


def descends(pid, ancestor):
    while pid > 1:
        if pid == ancestor:
            return True
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as f:
            pid = int(f.read().rsplit(")", 1)[1].split()[1])
    return False


def nothing_left_after_sigint():
    r = nothing_left(lambda p: p.send_signal(signal.SIGINT))
    require(r.process.returncode == 130, r.process.returncode)
    require(not os.path.exists(f"{base()}/{r.name}"), "directory left")


def nothing_left_after_sigterm():
    r = nothing_left(lambda p: p.send_signal(signal.SIGTERM))
    require(r.process.returncode == 143, r.process.returncode)
    require(not os.path.exists(f"{base()}/{r.name}"), "directory left")


def nothing_left_after_sigkill():
    r = nothing_left(lambda p: p.send_signal(signal.SIGKILL))
    run("--", "true")  # the next start cleans up
    require(not os.path.exists(f"{base()}/{r.name}"), "directory left")


def join_the_running_range():
    with Range(side="target", script=f"python3 -c '{SERVER}'") as r:
        r.expect("ready")
        out = r.run("sh", "-c", "id -u; grep CapEff /proc/self/status; ls -A /tmp; ls /home 2>&1; true").stdout
        require(out.startswith("1000\nCapEff:\t0000000000002000\nls: "), out)
        r.run("python3", "-c", CLIENT, TARGET)
        r.expect("peer")


def join_without_range():
    done = run("--join=range-nobody", "--", "true", check=False)
    require(done.returncode == 3 and "wiregrade range" in done.stderr, done)


def two_ranges_at_once():
    with Range() as one, Range() as two:
        require(one.name != two.name, one.name)
        nets = {r.run("readlink", "/proc/self/ns/net").stdout for r in (one, two)}
        require(len(nets) == 2, nets)
        one.end()
        require(two.run("echo", "alive").stdout == "alive\n", "the other goes on")


def exit_status():
    require(run("--", "sh", "-c", "exit 7", check=False).returncode == 7, "7")


def signal_status():
    require(run("--", "sh", "-c", "kill -SEGV $$", check=False).returncode == 139, "139")


def command_not_found():
    done = run("--", "no-such-command", check=False)
    require(done.returncode == 3 and "no-such-command" in done.stderr and done.stderr.count("\n") == 1, done)


def usage():
    done = run("--join=", "true", check=False)
    require(done.returncode == 2 and "--join=: no name behind the =; mend: --join=range-XXXXXX" in done.stderr, done)
    for bad in (["--hops=2"], ["--side=middle"], ["--nonsense"]):
        done = run(*bad, check=False)
        require(done.returncode == 2 and done.stderr, bad, done)
    done = run("--help")
    require("Example" in done.stdout and "--join" in done.stdout, done.stdout)


def show_a_file():
    path = f"{room.scratch}/solve.py"
    with open(path, "w", encoding="ascii") as f:
        f.write("print('solved')\n")
    os.chmod(path, 0o644)
    require(run(f"--show={path}", "--", "python3", "solve.py").stdout == "solved\n", "default place")
    require(run(f"--show={path}:/challenge/a.py", "--", "python3", "/challenge/a.py").stdout == "solved\n", "place")
    for place, told in (("/etc/passwd", "/etc/passwd is the range's own; mend: a place below /tmp"), ("/usr/bin/nc", "/usr/bin/nc is the range's own"),
                        ("below.py", '"below.py" is no place; mend: one that begins with /, as /tmp/below.py')):
        done = run(f"--show={path}:{place}", "--", "true", check=False)
        require(done.returncode == 2 and told in done.stderr and "bwrap" not in done.stderr, done)
    done = run(f"--show={room.scratch}/none", "--", "true", check=False)
    require(done.returncode == 3 and f"{room.scratch}/none" in done.stderr, done)
    done = run(f"--show={path}", "--", "sh", "-c", "echo x > solve.py", check=False)
    require(done.returncode != 0, "read-only")


def show_a_folder():
    folder = f"{room.scratch}/folder/below"
    os.makedirs(folder)
    with open(f"{folder}/f", "w", encoding="ascii") as f:
        f.write("deep")
    os.symlink("below/f", f"{room.scratch}/folder/link")
    os.symlink("/etc/shadow", f"{room.scratch}/folder/bad")
    os.mkfifo(f"{room.scratch}/folder/fifo")
    for path, _, files in os.walk(f"{room.scratch}/folder"):
        os.chmod(path, 0o755)
    out = run(f"--show={room.scratch}/folder", "--", "sh", "-c", "cat folder/link; ls folder; cat folder/bad 2>&1", check=False).stdout
    require(out.startswith("deepbad\nbelow\nlink\ncat:") , out)


def works_from_a_closed_folder():
    closed = f"{room.scratch}/closed"
    os.mkdir(closed, 0o700)
    for name in ("wiregrade", "wiregrade-init"):
        shutil.copy(f"{os.path.dirname(room.wiregrade)}/{name}", closed)
        os.chmod(f"{closed}/{name}", 0o700)
    with open(f"{closed}/solve.py", "w", encoding="ascii") as f:
        f.write("print('solved')\n")
    os.chmod(f"{closed}/solve.py", 0o600)
    wiregrade = f"{closed}/wiregrade"
    require(run("--show=solve.py", "--", "python3", "solve.py", cwd=closed).stdout == "solved\n", "runs")


def forbidden_namespaces():
    """In a user namespace that allows no further ones: exit status 4 and the setting."""
    begin = command()[:-2]
    done = subprocess.run([*begin, "unshare", "-U", "--map-current-user", "--keep-caps", "sh", "-c",
                           f"echo 0 > /proc/sys/user/max_user_namespaces && exec {room.wiregrade} range -- true"],
                          capture_output=True, text=True, env=environment(), check=False, timeout=DEADLINE)
    if "unshare" in done.stderr:
        skip(done.stderr)
    require(done.returncode == 4 and "sysctl -w user.max_user_namespaces" in done.stderr, done)
    require(not glob.glob(f"{base()}/range-*"), "directory left")


def api(case):
    """A case of range_api.c, whose executable is given instead of wiregrade."""
    prefix = command()[:-2]
    done = subprocess.run([*prefix, room.wiregrade, case], env=environment(), check=False, timeout=DEADLINE)
    sys.exit(done.returncode)


def main():
    room.wiregrade, room.who, case, *rest = sys.argv[1:]
    if room.who == "root" and os.getuid() != 0:
        skip("not root")
    room.scratch = tempfile.mkdtemp(prefix=scratch_word)
    try:
        if room.who == "user" and os.getuid() == 0:
            os.chown(room.scratch, USER, USER)
        else:
            os.chmod(room.scratch, 0o700)
        if case not in ("forbidden_namespaces", "usage", "api"):
            done = run("--", "true", check=False)
            if done.returncode == 4:
                skip(done.stderr.strip())
        globals()[case](*rest)
    finally:
        shutil.rmtree(room.scratch, ignore_errors=True)


main()
