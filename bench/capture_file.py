"""capture_file.py - `wiregrade check` over a capture: processor time of a packet, beside what people use instead.

The peers judge one challenge, raw-tcp, for one student, and count; `check` judges every packet challenge. What a program
takes for a capture without packets (tshark's and scapy's start is a second) is taken off."""
import json
import pathlib
import tempfile

from measure import HERE, ROOT, part, processor_of, turns
from traffic import PARAMS, STUDENT, TARGET, course_of, pcap_header, write_capture

FAST, SLOW, ROUNDS, SLOW_ROUNDS = 1_000_000, 20_000, 5, 3
FILTER = f"src host {STUDENT} and dst host {TARGET} and tcp dst port 8081"
DISPLAY = ("tcp.dstport==8081 && ip.flags.mf==0 && ip.frag_offset==0 && tcp.srcport==5421 && tcp.seq_raw==123456789 && "
           "tcp.ack_raw==987654321 && tcp.hdr_len==20 && tcp.flags==2 && tcp.window_size_value!=0 && tcp.urgent_pointer==0 && "
           "tcp.checksum.status==1 && tcp.payload==63:32:31:70:64:47:67:3d")
SIZES = (1, 10, 100, 1000)


def a_packet(command, here, packets):
    """A case: nanoseconds of processor time for a packet of a capture of so many."""
    def run():
        name = "fast.pcap" if packets == FAST else "slow.pcap"
        whole, _ = processor_of([*command(name)], here)
        empty, _ = processor_of([*command("empty.pcap")], here)
        return {"ns": (whole - empty) / packets * 1e9}
    return run


def check(row, *options):
    return lambda name: [row.bin / "wiregrade", "check", name, *options]


def agree(row, here, commands):
    """Every peer that judges must find the same packets right: else it is another question that it answers."""
    said = json.loads(processor_of([*check(row, *[f"--param={k}={v}" for k, v in PARAMS.items()])("slow.pcap"), "--format=json"],
                                   here)[1])
    assert said["packets"] == SLOW and said["pass"], (said["packets"], said["judged"])
    want = f"{SLOW // 5} right, {SLOW // 5} near\n"
    for case, command in commands.items():
        got = processor_of(command("slow.pcap"), here)[1]
        right = got == want if "tshark" not in case else len(got.splitlines()) == SLOW // 5
        assert right, (case, got[:200])


def peers(row):
    """({fast ones}, {slow ones}, those that judge) as functions from a capture's name to a command."""
    loop = {"loop over libpcap in C": lambda name: [row.bin / "bench_loop", name]}
    fast, slow = dict(loop), {}
    if tcpdump := row.program("tcpdump"):
        fast["tcpdump -w /dev/null, a filter"] = lambda name: [tcpdump, "-r", name, "-w", "/dev/null", FILTER]
    slow["Python with struct"] = lambda name: ["/usr/bin/python3", HERE / "peers/loop_struct.py", name]
    if tshark := row.program("tshark"):
        slow["tshark, the clauses as its filter"] = lambda name: [
            tshark, "-n", "-r", name, "-o", "tcp.check_checksum:TRUE", "-Y", DISPLAY, "-T", "fields", "-e", "frame.number"]
    if python := row.module("scapy"):
        slow["scapy"] = lambda name: [python, HERE / "peers/loop_scapy.py", name]
    return fast, slow, {**loop, **slow}


def measure(row):
    with tempfile.TemporaryDirectory(prefix="wiregrade-bench-") as name:
        here = pathlib.Path(name)
        (here / "challenges").symlink_to(ROOT / "challenges")
        write_capture(here / "fast.pcap", FAST)
        write_capture(here / "slow.pcap", SLOW)
        (here / "empty.pcap").write_bytes(pcap_header())
        fast, slow, judging = peers(row)
        agree(row, here, judging)
        ours = {"wiregrade check, every challenge": check(row, *[f"--param={k}={v}" for k, v in PARAMS.items()])}
        got = turns({case: a_packet(command, here, FAST) for case, command in {**ours, **fast}.items()}, ROUNDS)
        row.add("a packet of a capture", "ns of processor time", part(got, "ns"), most=1.25)
        got = turns({case: a_packet(command, here, SLOW) for case, command in {**ours, **slow}.items()}, SLOW_ROUNDS)
        row.add("a packet, slow programs", "ns of processor time", part(got, "ns"))
        for n in SIZES:
            course_of(here / f"of{n}", n)
        sizes = {f"a course of {n} challenge{'s' * (n > 1)}": check(row, f"--class=of{n}.yml") for n in reversed(SIZES)}
        got = turns({case: a_packet(command, here, FAST) for case, command in sizes.items()}, ROUNDS)
        row.add("a packet, by the size of the course", "ns of processor time", part(got, "ns"))
