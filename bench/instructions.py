"""instructions.py - what a packet costs `wiregrade check` in instructions, beside the loop in loop.c: the same on every
machine that has the same compiler, so that it can be a test where seconds cannot."""
import json
import pathlib
import re
import shutil
import subprocess
import tempfile

from traffic import PARAMS, block, course_of, pcap_header

HERE = pathlib.Path(__file__).resolve().parent
KEPT = HERE / "instructions.json"
PACKETS, TOLERANCE, RATIO, MANY = 40_000, 1.05, 1.50, 1.25


def compiler_of(build):
    """"GNU-12" from CMake's cache of this build."""
    text = next(build.glob("CMakeFiles/*/CMakeCCompiler.cmake")).read_text()
    name, version = (re.search(rf'CMAKE_C_COMPILER_{key} "([^"]+)"', text).group(1) for key in ("ID", "VERSION"))
    return f"{name}-{version.split('.')[0]}"


def collected(command, here):
    run = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *map(str, command)], cwd=here,
                         capture_output=True, text=True, check=False)
    found = re.search(r"Collected : (\d+)", run.stderr)
    assert found and run.returncode in (0, 1), run.stderr
    return int(found.group(1))


def a_packet(command, here):
    """Instructions a packet, without what is done once: what a capture takes, less what its first half takes. Once for each challenge
    that a packet nearly meets, up to six million are spent on its reasons: the last challenge is met within the first half."""
    return round((collected([*command, "f.pcap"], here) - collected([*command, "half.pcap"], here)) / (PACKETS / 2))


def count(binaries, root):
    """{name: instructions a packet}."""
    with tempfile.TemporaryDirectory(prefix="wiregrade-bench-") as name:
        here = pathlib.Path(name)
        shutil.copytree(root / "challenges", here / "challenges", ignore=shutil.ignore_patterns("practice-*"))
        shutil.copytree(root / "challenges", here / "with-practice")
        (here / "half.pcap").write_bytes(pcap_header() + block(PACKETS // 2))
        (here / "f.pcap").write_bytes(pcap_header() + block(PACKETS))
        for n in (1, 20):
            course_of(here / f"of{n}", n)
        check = [binaries / "wiregrade", "check"]
        params = [f"--param={k}={v}" for k, v in PARAMS.items()]
        (here / "practice.yml").write_text((here / "of1.yml").read_text().replace("of1", "with-practice"))
        return {"loop": a_packet([binaries / "bench_loop"], here),
                "check": a_packet([*check, *params], here),
                "check-with-practice": a_packet([*check, *params, "--class=practice.yml"], here),
                "check-of-1": a_packet([*check, "--class=of1.yml"], here),
                "check-of-20": a_packet([*check, "--class=of20.yml"], here)}


def instructions(binaries, root, keep=False):
    """Prints the counts and returns what is wrong with them, a sentence each."""
    compiler = compiler_of(binaries.parent)
    got = count(binaries, root)
    kept = json.loads(KEPT.read_text())
    if keep:
        kept[compiler] = got
        KEPT.write_text(json.dumps(kept, indent=2, sort_keys=True) + "\n")
    known = kept.get(compiler, {})
    wrong = [f"{name}: {n} instructions a packet, {known[name]} were kept for {compiler}: mend it, or bench/run --keep"
             for name, n in got.items() if n > known.get(name, n) * TOLERANCE]
    for name, n in got.items():
        print(f"instructions  {name:14} {n:6} a packet" + (f"  ({known[name]} kept)" if name in known else ""))
    for first, second, limit in (("loop", "check", RATIO), ("check-of-1", "check-of-20", MANY)):
        ratio = got[second] / got[first]
        print(f"instructions  {second} / {first} = {ratio:.2f}  (must be at most {limit})")
        if ratio > limit:
            wrong.append(f"{second} takes {ratio:.2f} times what {first} takes, at most {limit} is right")
    return wrong
