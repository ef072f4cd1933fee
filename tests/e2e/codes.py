#!/usr/bin/env python3
"""docs/codes.md is made from the program's own table: codes.py WIREGRADE codes.md compares, with --write it writes."""
import difflib
import json
import pathlib
import subprocess
import sys

from steady import DEADLINE

HEAD = """# Diagnosis codes

Why a field was refused: what a finding's code means, and what to try. `wiregrade diagnose CODE` tells the same; this page
is made by `tests/e2e/codes.py WIREGRADE docs/codes.md --write`.

A finding may carry several codes. *Certain* is a fact of the packet, or a mistake that alone, made anew from the right
value, gives exactly what was received; all others are *likely*.

| code | what went wrong | try | see | the same bytes can mean |
|---|---|---|---|---|
"""


def cell(text):
    return text.replace("|", "\\|")


def page(codes):
    rows = []
    for code in codes:
        twins = ", ".join(code["twins"].split(",")) if code["twins"] else ""
        rows.append(f"| {code['code']} | {cell(code['meaning'])} | `{cell(code['try'])}` | {code['see']} | {twins} |\n")
    return HEAD + "".join(rows)


def run(program, *words):
    return subprocess.run([program, "diagnose", *words], capture_output=True, text=True, timeout=DEADLINE, check=False)


def main():
    program, path = sys.argv[1], pathlib.Path(sys.argv[2])
    codes = json.loads(run(program, "--list", "--format", "json").stdout)
    names = [code["code"] for code in codes]
    assert len(names) > 50 and len(set(names)) == len(names), "a code stands twice"
    for code in codes:
        assert all(text.isascii() and "\n" not in text for text in code.values()), code
        assert code["meaning"] and code["try"], code
        for twin in filter(None, code["twins"].split(",")):
            assert twin in names and twin != code["code"], f"{code['code']}: no twin {twin}"
    human = run(program, "--list").stdout
    assert all(f"{code['code']}\n  means  {code['meaning']}\n  try    {code['try']}\n" in human for code in codes)
    assert run(program, "NOT_SHIFTED").stdout.startswith("NOT_SHIFTED\n")
    wrong = run(program, "NOT_SHIFTET")
    assert wrong.returncode == 3 and "did you mean NOT_SHIFTED" in wrong.stderr, wrong
    assert run(program).returncode == 2
    if "--write" in sys.argv:
        path.write_text(page(codes))
    diff = list(difflib.unified_diff(path.read_text().splitlines(), page(codes).splitlines(), str(path), "program", lineterm=""))
    print("\n".join(diff))
    return 1 if diff else 0


if __name__ == "__main__":
    sys.exit(main())
