#!/usr/bin/env python3
"""steps_verify.py WIREGRADE: verify proves the conversations of data/steps, and finds what is done to them. 77: skipped."""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

import leftovers  # noqa: F401  pylint: disable=unused-import

DATA = pathlib.Path(__file__).resolve().parent / "data"
COURSE = DATA / "steps"
# slug, what stands there, what is put there, what verify must then find wrong
MUTANTS = [
    ("echo", 'text: "{w}", encoding: hex', 'text: "{w}"', "solver"),
    ("echo", '{payload: {text: "{w}", encoding: hex}}', '{payload: {length: [1, 99]}}', "near miss"),
    ("rounds", "plus: 1", "plus: 2", "solver"),
    ("rounds", "repeat: 5", "repeat: 6", "solver"),
    ("first", '"{x} {student}", encoding: base64', '"{student} {x}", encoding: base64', "solver"),
    ("shake", 'tcp.ack_raw: {bound: yours, plus: 1}', 'tcp.ack_raw: {bound: yours}', "solver"),
    ("shake", 'tcp.ack_raw: {bound: mine, plus: 1}', 'tcp.ack_raw: any', "near miss"),
    ("datagram", 'say: "{w}"', 'say: {text: "{w}", encoding: hex}', "solver"),
]


def verify(program, course, *slugs):
    run = subprocess.run([program, "verify", "--course", course, "--format", "json", *slugs], capture_output=True, text=True)
    if run.returncode == 4:
        print("skipped:", run.stderr)
        sys.exit(77)
    result = json.loads(run.stdout)
    return run.returncode, {c["slug"]: c["checks"] for c in result["challenges"]}


def answers_are_not_used_up(program, scratch):
    """The walks of a course's longest list of near misses: each first message is answered, so nothing waits for what does not come."""
    course = pathlib.Path(scratch, "course")
    shutil.copytree(DATA.parents[2] / "challenges", course)
    target = course / "datagram-port/target.yml"
    target.write_text(target.read_text().replace("why: ANOTHER_TRY", "why: NOT_SET"))  # `--keep` keeps what fails
    subprocess.run([program, "verify", "--course", course, "--keep", course / "kept", "datagram-port"], capture_output=True, check=False)
    journal = [json.loads(line) for line in (course / "kept/datagram-port.1.jsonl").read_text().splitlines()]
    answers = [line["answer"] for line in journal if line["event"] == "step"]
    assert len(answers) > 20 and set(answers) == {"step"}, answers


def main():
    program = sys.argv[1]
    code, found = verify(program, COURSE)
    bad = [(slug, c["name"], c["text"]) for slug, checks in found.items() for c in checks if not c["holds"]]
    assert code == 0 and not bad, bad
    steps = {c["name"] for checks in found.values() for c in checks if c["group"] == "step"}
    for what in ("left out", "replaced by the first", "with the value of another try", "too late"):
        assert any(name.endswith(what) for name in steps), (what, steps)
    waited = [c for c in found["datagram"] if c["name"] == "step 2 too late"]
    assert len(waited) == 1 and waited[0]["text"] is None, waited
    # and what an author would write is proved whole, its texts filled in
    code, examples = verify(program, DATA / "conversations")
    assert code == 0 and len(examples) == 5, [c for checks in examples.values() for c in checks if not c["holds"]]
    with tempfile.TemporaryDirectory() as scratch:
        answers_are_not_used_up(program, scratch)
        for i, (slug, old, new, group) in enumerate(MUTANTS):
            course = pathlib.Path(scratch, str(i))
            course.mkdir()
            shutil.copy(COURSE / "course.yml", course)
            shutil.copytree(COURSE / slug, course / slug)
            text = (course / slug / "target.yml").read_text()
            assert old in text, (slug, old)
            (course / slug / "target.yml").write_text(text.replace(old, new))
            code, found = verify(program, course)
            groups = {c["group"] for c in found[slug] if not c["holds"]}
            assert code == 1 and group in groups, (slug, new, code, groups)


main()
