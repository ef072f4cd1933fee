#!/usr/bin/env python3
"""verify_mutation.py WIREGRADE COURSE [SLUG...]: deletes, widens and changes each clause and each step of each challenge in turn;
`wiregrade verify` must fail for every one, and name the challenge and the clause. Without a SLUG all that are assessed: practice has more mutants than CI has minutes.
Prints the score; exit status 1 below 100 %."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

import leftovers  # noqa: F401  pylint: disable=unused-import
from steady import DEADLINE

TOP, STEP = {}, {}  # the largest value of each field, and by how much its values differ: `wiregrade fields`
NAMES = {"CHAOS": 16, "SYN": 2}


def number_of(value):
    """What a number is, however the course writes it; None for what is none."""
    if re.fullmatch(r'"(\w\w:){5}\w\w"', value):
        return int(value.strip('"').replace(":", ""), 16)
    return NAMES[value] if value in NAMES else int(value, 0) if re.fullmatch(r"\d+|0x\w+", value) else None


def clauses(text):
    """(line number, section, field, value) of every clause, as the course writes them: one a line."""
    section = None
    for number, line in enumerate(text.split("\n")):
        if match := re.match(r"(\w+):\s*(?:#.*)?$", line):
            section = match.group(1)
        elif match := re.match(r"listen: \{(.*)\}", line):
            for field, value in re.findall(r'([\w.]+): ("[^"]*"|\{in: [^}]*\}|[^},]+)', match[1]):
                yield number, "listen", field, value
        elif section == "expect" and (match := re.match(r"  ([\w.]+): (.+?)(?:\s+#.*)?$", line)):
            yield number, "expect", match.group(1), match.group(2)


CLAUSE = re.compile(r"([\w.]+): (\{(?:[^{}\"]|\"[^\"]*\")*\})")
# what a step does beside its clauses, and what is put in its place; an empty place is a line that is gone. A sentence without a value
# is for people: no solver has to read it
DOINGS = ((r'say: "(.*\{.*)"', (r'say: {text: "\1", encoding: hex}', r'say: "x\1"')), (r"say: \{text: (.*), encoding: .*", (r"say: \1",)),
          (r"repeat: 3", ("repeat: 2", "repeat: 4")), (r"transport: stream", ("transport: datagram",)),
          (r"transport: datagram", ("transport: stream",)), (r"port: (1111|2222)", ("port: 4711",)), (r"\s+draw: .*", ("",)),
          (r"\s+dial: .*", ("",)))


def step_mutants(field, value):
    """Of one clause of a step, beside any."""
    if value.startswith("{bind:"):
        return
    yield "widen", "any"
    if number_of(value) is not None:
        yield from number_mutants(field, number_of(value))
    elif value == "good":
        yield "widen", "{in: [good, bad]}"
    elif match := re.match(r"\{length: \[(\d+), (\d+)\]\}", value):
        low, high = int(match[1]), int(match[2])
        yield "widen", f"{{length: [{low}, {high + 1}]}}"
        yield "change", f"{{length: [{low + 1}, {high + 1}]}}"
    if match := re.match(r'\{text: "([^"]*)"(.*)\}', value):
        text, rest = match.groups()
        yield "widen", "{length: [1, 400]}"
        yield "widen", '{contains: "%s"}' % text.split("{w}")[0].strip() if "received" in text else "{length: [1, 401]}"
        for encoding in ("hex", "base64"):
            yield "change", f'{{text: "{text}", encoding: {encoding}}}'
        for other in (f"x{text}", f"{text}.", text.replace("{w}", "{student}") if "{w}" in text else f"{text}x"):
            yield "change", f'{{text: "{other}"{rest}}}'
    elif match := re.match(r"\{bound: (\w+)(?:, plus: (\w+))?\}", value):
        plus = int(match[2] or "0", 0)
        for other in {0, plus + 1} - {plus}:
            yield "change", f"{{bound: {match[1]}, plus: {other}}}"


def steps_of(text):
    """(line number, field or None, what stands there, operator, what is put there) of every step."""
    lines = text.split("\n")
    begin = lines.index("steps:") if "steps:" in lines else len(lines)
    expects = False  # a clause a line
    for number, line in enumerate(lines[begin:], begin):
        if line.startswith("refuse:"):
            return
        if match := re.match(r"(\s+- )expect: \{(.*)\}$", line):
            for clause in CLAUSE.finditer(match[2]):
                field, value = clause.groups()
                for operator, new in step_mutants(field, value):
                    yield number, field, clause[0], operator, f"{field}: {new}"
        if match := re.match(r"      ([\w.]+): (.+?)(?:\s+#.*)?$", line):
            field, value = match.groups()
            for operator, new in step_mutants(field, value) if expects else ():
                yield number, field, f"{field}: {value}", operator, f"{field}: {new}"
            if expects:
                yield number, field, line, "delete", ""
        else:
            expects = line.endswith(" expect:")
        for pattern, others in DOINGS:
            if match := re.search(pattern, line):
                for other in others:
                    yield number, None, match[0], "change" if other else "delete", match.expand(other)


def token_mutants(token):
    """What else may stand where this does in a filter."""
    if re.fullmatch(r"0x\w+", token):
        number, width = int(token, 16), len(token) - 2
        bits = [1 << bit for bit in range(4 * width) if number & 1 << bit]
        for other in {number - bit for bit in bits} | {number << 1, number >> 1}:
            if 0 < other < 1 << 4 * width:
                yield f"0x{other:0{width}x}"
    elif token.isdigit():
        yield str(int(token) + 1)
        if int(token) > 0:
            yield str(int(token) - 1)
    elif token in FILTER_WORDS:
        yield from FILTER_WORDS[token]


# what each word may be taken for
FILTER_WORDS = {"=": ("!=", ">=", "<="), "!=": ("=",), "<": ("<=", "=", ">="), "and": ("or",), "or": ("and",),
                "src": ("dst",), "tcp-urg": ("tcp-ack", "tcp-rst"), "tcp-push": ("tcp-fin", "tcp-rst"), "tcp-syn": ("tcp-fin", "tcp-rst"),
                "tcp-ack": ("tcp-rst",)}
TOKEN = re.compile(r"0x\w+|\d+|!=|[=<]|[a-z]+(?:-[a-z]+)?|.")


def says_the_same(before, new, after):
    """Nothing is below 0, and what is left of a mask is never above the mask. Of ARP's hardware types below 2 only Ethernet's has the
    address that another clause asks for."""
    mask = re.search(r"& \(?([^()&]+)\)? $", before)
    if new == "<=":
        return after.startswith(" 0 ") or (before == "arp[0:2] " and after.startswith(" 1 "))
    return new == ">=" and mask is not None and after.startswith(f" {mask[1]} ")


def filters(text):
    """(line number, field, what stands there, operator, what is put there) of every filter: each part left out, each word another."""
    for number, line in enumerate(text.split("\n")):
        if not (match := re.match(r'    (matches|rejects): "(.*)"$', line)):
            continue
        verb, expression = match.groups()
        joint = " and " if verb == "matches" else " or "
        parts = expression.split(joint)
        news = [("delete", joint.join(parts[:i] + parts[i + 1:])) for i in range(len(parts)) if len(parts) > 1]
        tokens = TOKEN.findall(expression)
        for i, token in enumerate(tokens):
            before, after = "".join(tokens[:i]), "".join(tokens[i + 1:])
            news += [("change", before + new + after) for new in token_mutants(token) if not says_the_same(before, new, after)]
        for operator, new in news:
            yield number, "frame", f'{verb}: "{expression}"', operator, f'{verb}: "{new}"'


def number_mutants(field, value):
    """Without those that mean the same: in one bit, anything but 1 is 0."""
    step, top = STEP[field], TOP[field]
    wanted = []

    def add(operator, text, holds):
        near = {v for v in (*range(0, min(top, 4096) + 1, step), value, value + step, value - step) if 0 <= v <= top}
        if any(holds(v) != (v == value) for v in near):
            wanted.append((operator, text))

    for low, high in ((value, value + step), (value - step, value), (0, top - step)):
        if 0 <= low < high <= top:
            add("widen", f"{{range: [{low}, {high}]}}", lambda v, low=low, high=high: low <= v <= high)
    for other in (value + step, value - step, (value + 5 * step) % (top + 1) // step * step):
        if 0 <= other <= top and other != value:
            add("widen", f"{{in: [{value}, {other}]}}", lambda v, other=other: v in (value, other))
            add("change", str(other), lambda v, other=other: v == other)
    excluded = (value + 7 * step) % (top + 1) // step * step
    if excluded != value:
        add("widen", f"{{not: {excluded}}}", lambda v: v != excluded)
    for mask in (top & ~step, step):
        if mask:
            add("widen", f"{{mask: {mask}, value: {value & mask}}}", lambda v, mask=mask: v & mask == value & mask)
    return wanted


def mutants(section, field, value):
    """(operator, new value or None for deletion)"""
    if section == "listen":
        yield "delete", None
        if value.startswith("{in:"):
            for one in re.findall(r"\d+", value):
                yield "change", re.sub(rf"\b{one}\b", str(int(one) + 1), value)
            return
        old = number_of(value)
        if old is None:
            return  # a name: another one would do as well
        for other in (old + 1, old - 1, old + 10, 253 if field == "ip.proto" else 9999):
            yield "change", str(other)
        yield "widen", f"{{range: [{old}, {old + 1}]}}"
        yield "widen", "any"
        return
    yield "delete", None
    yield "widen", "any"
    if number_of(value) is not None:
        yield from number_mutants(field, number_of(value))
    elif match := re.match(r"\{range: \[(\w+), (\w+)\]\}", value):
        low, high = int(match[1], 0), int(match[2], 0)
        yield "change", f"{{range: [{low + 1}, {high}]}}"
        yield "change", f"{{range: [{low}, {high - 1}]}}"
        yield "change", str(low)
        if low > 0:
            yield "widen", f"{{range: [{low - 1}, {high}]}}"
        if high < TOP[field]:
            yield "widen", f"{{range: [{low}, {high + 1}]}}"
    elif match := re.match(r"\{not: (\w+)\}", value):
        yield "change", f"{{not: {int(match[1], 0) + 1}}}"
        yield "change", match[1]
        yield "widen", f"{{range: [0, {TOP[field]}]}}"
    elif value.startswith("{param:"):
        other = "class" if "student" in value else "student"
        yield "change", re.sub(r"per: \w+", f"per: {other}", value)
        yield "change", "5"
        yield "widen", f"{{range: [1, {TOP[field]}]}}"
        yield "widen", "{not: 0}"
    elif re.fullmatch(r"\d+\.\d+\.\d+\.\d+", value):
        near = value.rpartition(".")[0] + f".{int(value.rpartition('.')[2]) + 1}"
        yield "change", near
        yield "widen", f"{{in: [{value}, {near}]}}"
        yield "widen", f"{{not: {near}}}"
    elif value == "good":
        yield "change", "bad"
        yield "widen", "{in: [good, bad]}"
    elif value.startswith("{text:"):
        if match := re.search(r"encoding: ([\w-]+)", value):
            for other in {"utf-8", "hex", "base64"} - {match[1]}:
                yield "change", value.replace(match[1], other)
        else:
            yield "change", value[:-1] + ", encoding: hex}"
        yield "change", value.replace("{student}", "x{student}")
        yield "change", value.replace("{student}", "{student}.")
        if "I am " in value:
            yield "change", value.replace("I am ", "")
        yield "widen", value[:-1] + ", trim: newline}"
        yield "change", value[:-1] + ", trim: none}"
    elif match := re.match(r'\{bytes: "0x(\w+)"\}', value):
        digits = match[1]
        for other in (f"{int(digits[0], 16) ^ 1:x}{digits[1:]}", f"{digits[:-1]}{int(digits[-1], 16) ^ 1:x}", digits[:-8], digits[8:]):
            yield "change", f'{{bytes: "0x{other}"}}'
        yield "widen", f"{{length: [{len(digits) // 2}, {len(digits) // 2}]}}"
    else:
        sys.exit(f"no mutants are known for {field}: {value}")


def same_meaning(kind, value, new):
    """Some of the above say what was said before, in other words."""
    return new is not None and ((kind == "packet" and "trim: none" in new) or (kind != "packet" and "trim: newline" in new))


def verify(wiregrade, course, slug):
    done = subprocess.run([wiregrade, "verify", "--course", course, "--format", "json", "--timeout", "12", slug],
                          capture_output=True, text=True, timeout=DEADLINE, check=False, stdin=subprocess.DEVNULL)
    named = set()
    if done.stdout:
        for challenge in json.loads(done.stdout)["challenges"]:
            failed = [check for check in challenge["checks"] if not check["holds"] and challenge["slug"] == slug]
            named |= {check["clause"] for check in failed}
            if done.returncode == 3:  # a file that cannot be read names it in the sentence
                named |= {word for check in failed for word in re.findall(r"[\w.]+", check["text"] or "")}
    elif done.returncode == 3:
        named = {word for word in re.findall(r"[\w.]+", " ".join(line for line in done.stderr.split("\n")
                                                                 if f"/{slug}/target.yml" in line))}
    return done, named


def try_one(wiregrade, course, slug, line, section, field, value, operator, new):
    with tempfile.TemporaryDirectory() as scratch:
        copy = os.path.join(scratch, "course")
        shutil.copytree(course, copy)
        path = os.path.join(copy, slug, "target.yml")
        with open(path, encoding="utf-8") as file:
            lines = file.read().split("\n")
        if section == "steps":
            lines[line] = lines[line].replace(value, new)
        elif new is None:
            del lines[line]
        else:
            lines[line] = lines[line].replace(f"{field}: {value}", f"{field}: {new}")
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(lines))
        done, named = verify(wiregrade, copy, slug)
        # of a file that means nothing any more the step is named, by its first clause
        killed = done.returncode in (1, 3) and (field is None or field in named or (section == "listen" and "listen" in named) or
                                                (section == "steps" and done.returncode == 3 and bool(named)))
        return killed, f"{slug}: {operator} {section} {field}: {value} -> {new}", done, named


def main():
    wiregrade, course = sys.argv[1:3]
    only = sys.argv[3:]
    fields = subprocess.run([wiregrade, "fields", "--format", "json"], capture_output=True, text=True, check=True).stdout
    for field in json.loads(fields):
        if field["max"] is None:
            continue  # bytes
        TOP[field["name"]] = int(field["max"])
        STEP[field["name"]] = max(1, int(field["max"]) // (2 ** field["bits"] - 1))
    tasks = []
    for slug in sorted(os.listdir(course)):
        path = os.path.join(course, slug, "target.yml")
        if not os.path.exists(path) or (only and slug not in only):
            continue
        with open(path, encoding="utf-8") as file:
            text = file.read()
        if not only and "assessed: false" in text:
            continue
        kind = re.search(r"^kind: (\w+)", text, re.M)
        for line, section, field, value in clauses(text) if kind else ():
            seen = set()
            for operator, new in mutants(section, field, value):
                if new in seen or new == value or same_meaning(kind[1], value, new):
                    continue
                seen.add(new)
                tasks.append((slug, line, section, field, value, operator, new))
        for line, field, old, operator, new in (*steps_of(text), *filters(text)) if kind else ():
            if new != old:
                tasks.append((slug, line, "steps", field, old, operator, new))
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda task: try_one(wiregrade, course, *task), tasks))
    score = sum(killed for killed, *_ in results)
    for killed, what, done, named in results:
        if not killed:
            print("SURVIVED" if done.returncode == 0 else "NOT NAMED", what, f"(status {done.returncode}, named {named})")
            if done.returncode:
                print("   ", done.stderr.strip()[:400])
    print(f"spec mutation: {score} of {len(results)} found and named: {100 * score / max(1, len(results)):.1f} %")
    sys.exit(score != len(results) or not results)


if __name__ == "__main__":
    main()
