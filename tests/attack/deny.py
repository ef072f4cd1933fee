#!/usr/bin/env python3
"""deny.py BIN CASE: one host of the class tries to keep the others' flags from them. While it sends, neighbours send one
right packet each, and every one must earn its flag, most of them within five seconds: what else a machine does may hold one up.

Target and students share one segment, as in a classroom: in a `wiregrade range` a router stands between, and the target
asks nobody for a student's hardware address. So these are two network namespaces of this test's own. Exit status 77:
skipped."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
import steady  # noqa: E402
from steady import DEADLINE, until  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TRIED_S = 7  # so long a flag's datagram is tried again
TARGET, NEIGHBOURS = "10.10.1.2", 10
ROSTER = "handle,name,email,address\nsmith,S,s@example.org,10.10.0.40\n" + "".join(
    f"n{i},N,n{i}@example.org,10.10.0.{41 + i}\n" for i in range(NEIGHBOURS))
# what is sent, how many a second, by which way the neighbours earn a flag meanwhile; the roster
CASES = {
    # their answers wait for an ARP answer that never comes
    "near_misses_from_unused_addresses": ("near", 120, "datagram", None),
    # the same with what earns a flag, in many names; the neighbours have been to the briefing
    "flags_for_unused_addresses": ("flags", 400, "datagram_proved", None),
    # one's own right datagram again and again, from everywhere
    "copies_of_a_right_datagram": ("copies", 400, "datagram", None),
    # the neighbours' own right datagrams, from everywhere: their hosts are known by the roster
    "copies_in_the_neighbours_names": ("named", 400, "datagram", ROSTER),
    # nobody attacks: the kernel has no way to two of them for one second and for seven
    "no_way_back": ("unsent", 0, "datagram", None),
    # what takes long to judge and to explain
    "dear_payloads": ("dear", 1000, "chaos", None),
}
CLASS = "class: attack\ncourse: course\nnetworks: {target: %s, students: [10.10.0.0/24]}\nfeedback: full\nkey_file: course.key\n%s"
ADDRESSES = "ip link set lo up && ip addr add %s dev eth0 && ip link set eth0 up"


def require(condition, *what):
    if not condition:
        sys.exit("not so: " + " ".join(str(w) for w in what))


def prepare(bin_dir, case, folder):
    _, _, way, roster = CASES[case]
    course = ROOT / ("tests/e2e/data/targets" if way == "chaos" else "challenges")
    subprocess.run([f"{bin_dir}/wiregrade", "init", folder / "made", "--course", course], check=True, capture_output=True)
    steady.fix_key(folder / "made")
    shutil.move(folder / "made/course.key", folder / "course.key")
    shutil.copytree(course, folder / "course")
    if roster:
        (folder / "roster.csv").write_text(roster)
    (folder / "class.yml").write_text(CLASS % (TARGET, "roster: roster.csv\n" if roster else ""))


def no_way_back():
    """To the first two neighbours; what comes from them is heard."""
    subprocess.run(["sh", "-c", "echo 0 >/proc/sys/net/ipv4/conf/all/rp_filter && echo 0 >/proc/sys/net/ipv4/conf/eth0/rp_filter &&"
                    "ip route add unreachable 10.10.0.41/32 && ip route add unreachable 10.10.0.42/32"], check=True)


def ways_come_back(journal, host):
    """To the first neighbour once its answer could not be sent, to the second one when no flag is tried again."""
    until(lambda: journal.read_text().count('"answer":"unsent"') == 2)
    subprocess.run(["ip", "route", "del", "10.10.0.41/32"], check=True)
    time.sleep(TRIED_S)
    subprocess.run(["ip", "route", "del", "10.10.0.42/32"], check=True)
    host.stdin.write("again\n")
    host.stdin.flush()


def waited_for_a_processor(pid):
    """Seconds that it could have run and did not, for what else this machine does."""
    return int(pathlib.Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9


def inside(bin_dir, case, folder):
    """In a network namespace of its own, which is the target's; the students' is a second one."""
    attack, rate, way, _ = CASES[case]
    host = subprocess.Popen(["unshare", "--net", "sh", "-c", "echo; read -r go && " + ADDRESSES % "10.10.0.40/16" + "".join(
        f" && ip addr add 10.10.0.{41 + i}/16 dev eth0" for i in range(NEIGHBOURS)) +
        f" && exec python3 {HERE}/deny_host.py {attack} {rate} {way} {NEIGHBOURS}"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    host.stdout.readline()
    subprocess.run(["ip", "link", "add", "eth0", "type", "veth", "peer", "name", "eth0", "netns", str(host.pid)], check=True)
    subprocess.run(["sh", "-c", ADDRESSES % f"{TARGET}/16"], check=True)
    reader, writer = os.pipe()
    target = subprocess.Popen([f"{bin_dir}/wiregrade-target", "run", "--journal", "journal", "--ready-fd", str(writer)],
                              cwd=folder, pass_fds=[writer], stdout=subprocess.DEVNULL)
    os.close(writer)
    require(os.read(reader, 16) == b"ready\n", "ready")
    try:
        if attack == "unsent":
            no_way_back()
        host.stdin.write("go\n")
        host.stdin.flush()
        if attack == "unsent":
            ways_come_back(folder / "journal", host)
        told = json.loads(host.stdout.readline())
        waited = waited_for_a_processor(target.pid)
    finally:
        target.terminate()
        target.wait(DEADLINE)
        host.stdin.close()  # with it goes the interface
        host.wait(DEADLINE)
    lines = [json.loads(l) for l in (folder / "journal").read_text().splitlines()]
    answers = [l["answer"] for l in lines if l["event"] == "attempt" and l["verdict"] == "pass" and l["student"][0] == "n"]
    near = [l["answer"] for l in lines if l["event"] == "attempt" and l["verdict"] == "near"]
    if attack == "unsent":
        late = [l for l in lines if l["event"] == "delivery"]
        require([a["answer"] for a in lines if a["event"] == "attempt"] == ["unsent", "unsent", "flag"], lines)
        require([l["to"] for l in late] == ["10.10.0.41"] and late[0]["datagram"] is True and
                late[0]["flags"] == [{"slug": "datagram-sender", "student": "n0"}], late)
        require("n1" in told["seen"] and "right, but its answer could not be sent: send it again" in told["seen"], told)
    print(f"{case}: {told['sent']} sent in {told['seconds']:.1f} s; flags of neighbours after",
          " ".join("never" if s is None else f"{s:.2f}" for s in told["took"]), "s; their journal:",
          {a: answers.count(a) for a in sorted(set(answers))}, "near misses:", {a: near.count(a) for a in sorted(set(near))})
    require(told["sent"] >= rate * told["seconds"] * 0.1, "not attacked:", told)
    require(None not in told["took"], "a right packet earned no flag")
    require(sorted(told["took"])[len(told["took"]) // 2] < 5 + waited, "late, and the target waited for a processor", waited, "s alone")


def main():
    if sys.argv[1] == "--inside":
        inside(sys.argv[2], sys.argv[3], pathlib.Path(sys.argv[4]))
        return
    bin_dir, case = os.path.abspath(sys.argv[1]), sys.argv[2]
    alone = ["unshare", "--user", "--map-user=1000", "--keep-caps", "--net"]
    if subprocess.run([*alone, "ip", "link", "set", "lo", "up"], capture_output=True, check=False).returncode:
        print("skipped: no namespaces here")
        sys.exit(77)
    with tempfile.TemporaryDirectory(prefix="wg-deny-") as folder:
        prepare(bin_dir, case, pathlib.Path(folder))
        sys.exit(subprocess.run([*alone, "python3", __file__, "--inside", bin_dir, case, folder], stdin=subprocess.DEVNULL,
                                check=False).returncode)


main()
