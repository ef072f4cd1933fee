"""students.py - what grows with a class: a flag minted, a flag checked (whose is it), the list imported, the report.

Processor time of whole commands. Of minting and checking it is that of one flag, so that it shows what grows for each."""
import pathlib
import subprocess
import tempfile

from measure import ROOT, part, processor_of, turns

SIZES, ROUNDS = (100, 10_000, 20_000), 3
SLUG = "stream-sender"


def class_of(row, here, n):
    """A class of n students: its folder."""
    folder = here / f"of{n}"
    subprocess.run([row.bin / "wiregrade", "init", folder, "--course", ROOT / "challenges"], check=True, capture_output=True)
    text = (folder / "class.yml").read_text()
    (folder / "class.yml").write_text(text.replace("# roster: roster.csv", "roster: roster.csv"))
    rows = "".join(f"student{i},Student {i},student{i}@example.org\n" for i in range(n))
    (folder / "roster.csv").write_text("handle,name,email\n" + rows)
    (folder / "list.csv").write_text("name,email\n" + "".join(f"Student {i},student{i}@example.org\n" for i in range(n)))
    return folder


def command(row, folder, *words, statuses=(0,), **more):
    return processor_of([row.bin / "wiregrade", *words], folder, statuses, **more)


def round_of(row, folder, n):
    """A case: every figure of a class, in seconds."""
    last = f"student{n - 1}"

    def run():
        mint, flag = command(row, folder, "flag", "mint", last, SLUG)
        whose, said = command(row, folder, "flag", "check", flag.strip())
        assert last in said, said
        flags = "".join(command(row, folder, "flag", "mint", f"student{i}", SLUG)[1] for i in range(5))
        submit, _ = command(row, folder, "submit", "-", input=flags)
        again, _ = command(row, folder, "roster", "import", "list.csv", "--dry-run", statuses=(0, 1))
        report, _ = command(row, folder, "report", "--offline", "--format", "csv")
        return {"mint": mint, "whose": whose, "submit": submit, "import": again, "report": report}
    return run


FIGURES = (("mint", "flag mint, the last student"), ("whose", "flag check, the last student's"), ("submit", "submit, five flags"),
           ("import", "roster import of the whole list"), ("report", "report of the whole class"))


def measure(row):
    with tempfile.TemporaryDirectory(prefix="wiregrade-bench-") as name:
        cases = {f"{n:,} students": round_of(row, class_of(row, pathlib.Path(name), n), n) for n in reversed(SIZES)}
        got = turns(cases, ROUNDS)
    for key, what in FIGURES:
        row.add(what, "ms of processor time", {case: [s * 1000 for s in values] for case, values in part(got, key).items()})
