"""twice.py - the packets that a target has judged, judged again by `wiregrade check`: the same result in every word."""
import base64
import json
import struct
import subprocess

LINKS = {"ethernet": 1, "raw": 101, "null": 0}  # the journal's word and a pcap file's number
FINDINGS_MAX = 12
TOLD_MAX = 1000  # packets that check tells in full
VERDICTS = {"near": "fail", "pass": "pass"}


def pcap(link, attempts):
    data = struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, LINKS[link])
    for second, attempt in enumerate(attempts):
        frame = base64.b64decode(attempt["frame"])
        data += struct.pack("<IIII", second, 0, len(frame), attempt["frame_bytes"]) + frame
    return data


def codes(finding):
    """A journal has their names alone."""
    return finding["codes"] if "codes" in finding else [d["code"] for d in finding["diagnoses"]]


def failures(findings):
    """What the journal keeps of findings: those that are not right, at most twelve."""
    kept = []
    for f in findings:
        if f["status"] in ("fail", "blocked"):
            words = {key: f[key] or "" for key in ("field", "status", "expected", "got")}
            kept.append({**words, "codes": codes(f)})
    return kept[:FINDINGS_MAX]


def differs(live, offline):
    """The first difference between a line of the journal and what check says of its packet; None without one."""
    if not offline:
        return f"check leaves out {live}"
    for key in ("slug", "student", "right", "judged"):
        if offline[key] != live[key]:
            return f"{live['slug']}, {key}: live {live[key]}, offline {offline[key]}"
    if offline["verdict"] != VERDICTS[live["verdict"]]:
        return f"{live['slug']}: live {live['verdict']}, offline {offline['verdict']}"
    ours, theirs = failures(live["findings"]), failures(offline["findings"])
    for mine, other in zip(ours, theirs):
        if mine != other:
            return f"{live['slug']}: live {mine}, offline {other}"
    return None if len(ours) == len(theirs) else f"{live['slug']}: {len(ours)} findings live, {len(theirs)} offline"


def judged_twice(command, class_file, scratch, journal):
    """Gives every packet of a journal's lines to check, whose command line begins with `command`. Returns how many
    there were and the differences. What a line had no room for is left out: long frames, findings; and packets of
    several steps, which are right or wrong by what came before."""
    packets = [a for a in journal if a["event"] == "attempt" and a["kind"] == "packet" and a["findings"] is not None
               and a.get("steps", 1) == 1 and len(base64.b64decode(a["frame"])) == a["frame_bytes"]][:TOLD_MAX]
    found = []
    for link in {a["link"] for a in packets}:
        mine = [a for a in packets if a["link"] == link]
        path = scratch / f"twice-{link}.pcap"
        path.write_bytes(pcap(link, mine))
        run = subprocess.run([*command, "check", "--class", class_file, "--every-packet", "--format", "json", path],
                             capture_output=True, text=True, check=False)
        if run.returncode not in (0, 1):
            return len(packets), [f"check: {run.stdout}{run.stderr}"]
        again = {c["packet"]["number"]: c for c in json.loads(run.stdout)["challenges"] if "packet" in c}
        found += [d for number, attempt in enumerate(mine, 1) if (d := differs(attempt, again.get(number)))]
    return len(packets), found
