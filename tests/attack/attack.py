#!/usr/bin/env python3
"""attack.py WIREGRADE root|user [--outside] CASE: what a student's program may try against the machine it is run on, in a
`wiregrade range`. --outside also looks at the machine's free memory meanwhile: for a machine that does nothing else.
Exit status 77: skipped."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
from steady import DEADLINE  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
SKIP = 77
USER = 12345  # needs no account
CEILING = 768
# what is held and not counted, or held before it is counted: docs/verify.md
SLACK = 256
GOAL = 1536
GOAL_FULL = 3072

REFUSED = "refused"  # nothing can be held at all
KILLED = "killed"  # more than the ceiling, and the end says so
BOUNDED = "bounded"  # another limit comes first

ways = {
    "memfd": REFUSED, "sysv_shm": REFUSED, "sysv_messages": REFUSED, "mqueue": REFUSED, "keyring": REFUSED,
    "userns_tmpfs": REFUSED, "userns_clone": REFUSED, "shared_anonymous": REFUSED, "shared_dev_zero": REFUSED,
    "spliced_pages": REFUSED, "huge_tlb": REFUSED, "packet_rings": REFUSED,
    "posix_shm": BOUNDED, "deleted_tmp": BOUNDED, "pipes": BOUNDED,
    "many_processes": KILLED, "huge_pages": KILLED, "dead_leader": KILLED, "page_tables": KILLED, "empty_files": KILLED,
    "unix_stream": KILLED, "unix_passed": BOUNDED, "unix_datagrams": KILLED, "tcp_loopback": BOUNDED,
    "udp_loopback": KILLED, "small_packet_rings": BOUNDED,
}

wiregrade, who, scratch = "", "", ""


def require(condition, *what):
    if not condition:
        sys.exit("not so: " + " ".join(str(w) for w in what))


def command(*args):
    prefix = []
    if who == "user" and os.getuid() == 0:
        prefix = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups"]
    return [*prefix, wiregrade, "range", *args]


def environment():
    env = {k: v for k, v in os.environ.items() if k != "XDG_RUNTIME_DIR"}
    if who == "user":
        env["XDG_RUNTIME_DIR"] = scratch
    return env


def run(*args):
    return subprocess.run(command(*args), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=DEADLINE,
                          env=environment(), check=False)


def available_mib():
    with open("/proc/meminfo", encoding="ascii") as f:
        return int(re.search(r"MemAvailable:\s+(\d+)", f.read()).group(1)) // 1024


class Outside:
    """The least free memory of the machine while it runs, as MiB taken since it began."""

    def __init__(self):
        self.taken, self.over = 0, False
        self.before = available_mib()
        self.thread = threading.Thread(target=self.look)

    def look(self):
        while not self.over:
            self.taken = max(self.taken, self.before - available_mib())
            time.sleep(0.005)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over = True
        self.thread.join()


def hoard(way, outside):
    begin = time.monotonic()
    with Outside() as machine:
        done = run(f"--show={HERE}/hoard.py", "--", "python3", "hoard.py", way, str(GOAL_FULL if outside else GOAL),
                   str(DEADLINE // 2 if ways[way] == KILLED else 0.5))
    held = sum(map(int, re.findall(r"^\d+$", done.stdout, re.M))) >> 20
    print(f"{way}: {held} MiB held, {machine.taken} MiB of the machine taken, exit status {done.returncode}, "
          f"{time.monotonic() - begin:.1f} s: {done.stderr.strip()[-200:]}")
    expected = ways[way]
    require("Traceback" not in done.stderr, done.stderr)
    require(held <= CEILING + SLACK, held, "MiB, more than", CEILING, "+", SLACK)
    require(not outside or machine.taken <= CEILING + SLACK, "of the machine", machine.taken)
    if expected == REFUSED:
        require(held == 0 and "refused" in done.stderr, "refused at once")
    if expected == KILLED:
        require(done.returncode == 137 and f"more memory than {CEILING} MiB" in done.stderr, "told as memory")
    if expected == BOUNDED:
        require(done.returncode in (0, 137), "ended as it should")


def calls():
    """Each refused call by itself, as a C program that is compiled in the sandbox."""
    done = run(f"--show={HERE}/calls.c", "--", "sh", "-c", "cc -w -D_GNU_SOURCE -o calls calls.c && ./calls")
    require(done.stdout == "0 wrong\n" and done.returncode == 0, done.stdout, done.stderr)


ECHO = """
import socket, threading
def serve(c):
    c.sendall(b"echo " + c.recv(100)); c.close()
l = socket.create_server(("0.0.0.0", 5309))
print("ready", flush=True)
while True:
    threading.Thread(target=serve, args=l.accept()[:1]).start()
"""
POOL = "import multiprocessing\nwith multiprocessing.Pool(3) as p: print(sum(p.map(abs, [-1, -2, -3])))"
THREADS = r"""
#include <pthread.h>
#include <stdio.h>
static void *one(void *n) { ++*(int *)n; return NULL; }
int main(void) {
  int n = 0; pthread_t t;
  for (int i = 0; i < 9; i++) { pthread_create(&t, NULL, one, &n); pthread_join(t, NULL); }
  printf("%d threads\n", n);
}
"""
SCAPY = """
from scapy.all import IP, TCP, AsyncSniffer, conf, sr1
conf.verb = 0
s = AsyncSniffer(iface="eth0", filter="tcp", count=2, timeout=60, promisc=True)
s.start()
a = sr1(IP(dst="172.16.1.15") / TCP(dport=5309, flags="S"), timeout=60)
s.join()
print(a.sprintf("%TCP.flags%"), len(s.results))
"""
# what students use, and what it says when it works
TOOLS = {
    "nmap_syn": ("nmap -n -Pn -sS -p 5309 target", "5309/tcp open"),
    "nmap_connect": ("nmap -n -Pn -sT -p 5000-5400 target", "5309/tcp open"),
    "nmap_udp": ("nmap -n -Pn -sU -p 9 target", "9/udp closed"),
    "hping3": ("hping3 -S -p 5309 -c 1 target", "flags=SA"),
    "ncat": ("echo hello | ncat target 5309", "echo hello"),
    "ncat_listen": ("ncat -l 4000 & until ss -Hltn 'sport = :4000' | grep -q .; do sleep 0.05; done; echo hello | ncat localhost 4000; wait", "hello"),
    "socat": ("echo hello | socat - TCP:target:5309", "echo hello"),
    "nc": ("echo hello | nc -w 5 target 5309", "echo hello"),
    "ping": ("ping -c 1 -W 5 target", "1 received"),
    "tcpdump": ("tcpdump -lni eth0 -c 1 icmp 2>&1 & while kill -0 $! 2>/dev/null; do ping -c 1 target >/dev/null; done; wait", "ICMP echo request"),
    "bash": ("exec 3<>/dev/tcp/target/5309; echo hello >&3; cat <&3", "echo hello"),
    "python_pool": (f"python3 -c '{POOL}'", "6"),
    "scapy": (f"python3 -c '{SCAPY}'", "SA 2"),
    "c_threads": (f"echo '{THREADS}' >t.c && cc -pthread -o t t.c && ./t", "9 threads"),
    "zeros": ("head -c 5 /dev/zero | xxd -p; dd if=/dev/zero bs=1000 count=3 status=none | wc -c", "0000000000\n3000"),
}


def tool(name):
    """With a target to talk to."""
    line, says = TOOLS[name]
    server = subprocess.Popen(
        command("--side=target", "--", "sh", "-c", f"echo $WIREGRADE_RANGE; exec python3 -c '{ECHO}'"),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, env=environment())
    try:
        place = server.stdout.readline().strip()
        require(server.stdout.readline() == "ready\n", "a target")
        done = run(f"--join={place}", "--", "bash", "-c", line)
    finally:
        server.terminate()
        server.communicate(timeout=DEADLINE)
    require(says in done.stdout, name, done.stdout, done.stderr)


def main():
    global wiregrade, who, scratch
    wiregrade, who, *rest = sys.argv[1:]
    outside = rest[0] == "--outside"
    case = rest[-1]
    if who == "root" and os.getuid() != 0:
        print("skipped: not root")
        sys.exit(SKIP)
    scratch = tempfile.mkdtemp(prefix=f"wg-attack-{os.getpid()}")
    try:
        if who == "user" and os.getuid() == 0:
            os.chown(scratch, USER, USER)
        done = run("--", "true")
        if done.returncode == 4:
            print("skipped:", done.stderr.strip())
            sys.exit(SKIP)
        if case in ways:
            hoard(case, outside)
        elif case in TOOLS:
            tool(case)
        else:
            globals()[case]()
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


main()
