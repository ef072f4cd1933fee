"""measure.py - what all rows share: cases in turns, medians with their spread, peers that may be missing, and the output.

A figure is one quantity of several cases, of which the first is ours; its ratios are our median over each other case's."""
import dataclasses
import os
import pathlib
import platform
import re
import resource
import shutil
import statistics
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
PEERS = ROOT / "build/bench-peers"  # what bench/setup makes
HERE = ROOT / "bench"


@dataclasses.dataclass
class Figure:
    """values: {case: one number a round}. better: "less" or "more". most: what the ratio to the second case may be."""
    what: str
    unit: str
    values: dict
    better: str = "less"
    most: float | None = None

    def median(self, case):
        return statistics.median(self.values[case])

    def ratios(self):
        ours, *others = self.values
        return {case: self.median(ours) / self.median(case) for case in others if self.median(case)}

    def data(self):
        ratios = self.ratios()
        return {"what": self.what, "unit": self.unit, "better": self.better, "most": self.most,
                "cases": [{"name": case, "median": self.median(case), "low": min(got), "high": max(got), "rounds": len(got),
                           **({"ratio": ratios[case]} if case in ratios else {})} for case, got in self.values.items()]}


class Row:
    """One row of the table: its figures, what is told beside them, and the peers that are not there."""

    def __init__(self, name, binaries):
        self.name, self.bin = name, binaries
        self.figures, self.notes, self.absent = [], [], []
        self.load = os.getloadavg()[0]

    def program(self, name):
        """The path of a peer's program, or None, and then it is told."""
        own = PEERS / "bin" / name
        path = str(own) if own.exists() else shutil.which(name)
        if not path:
            self.absent.append(name)
        return path

    def module(self, name):
        """An interpreter of Python that has a peer's module, or None, and then it is told."""
        for python in (str(PEERS / "bin/python3"), "/usr/bin/python3"):
            if os.access(python, os.X_OK) and subprocess.run([python, "-c", f"import {name}"], capture_output=True,
                                                             check=False).returncode == 0:
                return python
        self.absent.append(f"python3's {name}")
        return None

    def add(self, what, unit, values, **more):
        if values:
            self.figures.append(Figure(what, unit, values, **more))

    def note(self, text):
        self.notes.append(text)

    def data(self):
        return {"load": [round(self.load, 1), round(os.getloadavg()[0], 1)], "figures": [f.data() for f in self.figures],
                "notes": self.notes, "absent": self.absent}


def turns(cases, rounds):
    """Runs every case once, then every case again: {case: what each round returned}. What is busy meanwhile meets all."""
    got = {case: [] for case in cases}
    for _ in range(rounds):
        for case, run in cases.items():
            got[case].append(run())
    return got


def part(got, key):
    """{case: the values of one key} of what turns returned."""
    return {case: [value[key] for value in values] for case, values in got.items()}


def processor_of(command, cwd=None, statuses=(0, 1), **more):
    """Runs a command to its end: (seconds of processor time of it and its children, its output)."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run = subprocess.run([str(word) for word in command], cwd=cwd, capture_output=True, text=True, check=False, **more)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if run.returncode not in statuses:
        raise SystemExit(f"bench: {' '.join(map(str, command))} ended with {run.returncode}: {run.stderr[-600:]}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, run.stdout


def below(pid):
    """A process and all below it."""
    found = [pid]
    for path in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            for child in path.read_text().split():
                found += below(int(child))
        except OSError:
            pass
    return found


def processor_so_far(pid):
    """Seconds of processor time of a process and all below it, their ended threads and waited-for children too. A process's
    own clock counts nanoseconds; of children that ended there are only ticks."""
    total, tick = 0.0, os.sysconf("SC_CLK_TCK")
    for one in below(pid):
        try:
            total += time.clock_gettime((~one << 3) | 2)  # the clock that clock_getcpuclockid(3) names
            stat = pathlib.Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split()
            total += (int(stat[13]) + int(stat[14])) / tick
        except OSError:
            pass
    return total


def end(process):
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def resident_bytes(pid):
    found = re.search(r"VmRSS:\s+(\d+) kB", pathlib.Path(f"/proc/{pid}/status").read_text())
    return int(found.group(1)) * 1024


def machine():
    cpu = re.search(r"model name\s*:\s*(.+)", pathlib.Path("/proc/cpuinfo").read_text())
    return {"processor": cpu.group(1) if cpu else platform.machine(), "cores": os.cpu_count(),
            "kernel": platform.release(), "load": [round(x, 1) for x in os.getloadavg()]}


def number(x):
    return f"{x:,.0f}" if abs(x) >= 1000 else f"{x:.4g}"


def print_row(name, data):
    for figure in data["figures"]:
        print(f"{name}: {figure['what']} ({figure['unit']}; {figure['better']} is better)")
        for i, case in enumerate(figure["cases"]):
            ratio = f"  the first is {case['ratio']:.2f} times that" if "ratio" in case else ""
            if i == 1 and figure["most"] is not None:
                ratio += f" (at most {figure['most']:.2f})"
            spread = f"{number(case['low'])} to {number(case['high'])}, {case['rounds']} rounds"
            print(f"  {case['name']:36} {number(case['median']):>10}  ({spread}){ratio}")
    for note in data["notes"]:
        print(f"{name}: {note}")
    for peer in data["absent"]:
        print(f"{name}: {peer} is not installed and was left out; bench/setup installs it")
    print(f"{name}: load of the machine {data['load'][0]} before, {data['load'][1]} after", flush=True)
