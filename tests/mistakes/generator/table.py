"""table.py - counts by kind, as text, as a table of docs/diagnosis.md, and with examples."""
import collections
import pathlib

from mistake import KINDS
from score import RIGHT, VERDICTS

MARKS = "<!-- made by tests/mistakes/generator -->", "<!-- end -->"
PAIRS = "two at a time"
SHORT = {"open": "without a roster", "roster": "with a roster"}


class Counts:
    def __init__(self, show_kept):
        self.show_kept = show_kept
        self.of = collections.Counter()  # (who, kind, kept, verdict)
        self.refused = []  # right exchanges, in words
        self.unknown = []  # codes of the labels that the program has not
        self.seen = collections.defaultdict(list)  # what was told, by (kind, verdict)

    def add(self, who, case, sent, verdict, said):
        kind = case.kinds[0] if len(case.kinds) == 1 else PAIRS
        kept = any(m.kept for m in case.mistakes)
        self.of[who, kind, kept, verdict] += 1
        if verdict != RIGHT and (self.show_kept or not kept):
            self.seen[kind, verdict].append((case.slug, case.causes(), who, case.person.handle, sent.hex(), said, str(
                [{f: sorted(c) for f, c in t.items()} for t in case.truths])))

    def sum(self, verdict=None, who=None, kind=None, kept=None):
        return sum(n for (w, k, p, v), n in self.of.items() if (verdict is None or v == verdict) and
                   (who is None or w == who) and (kind is None or k == kind) and (kept is None or p == kept))

    def total(self):
        return self.sum()

    def share(self, verdict, **which):
        return 100 * self.sum(verdict, **which) / max(1, self.sum(**which))

    def rows(self):
        """(kind, without/with a roster, number, percent by verdict)."""
        for which in [{"kind": k} for k in (*KINDS, PAIRS)] + [{"kept": False}, {"kept": True}, {}]:
            part = {False: "all but the kept ones", True: "the kept ones", None: "all"}[which.get("kept")]
            name = which.get("kind") or part
            for who in SHORT:
                n = self.sum(who=who, **which)
                if n:
                    yield name, who, n, [self.sum(v, who=who, **which) for v in VERDICTS]

    def text(self):
        lines = [f"{'kind':24}{'':8}{'n':>7} " + "".join(f"{v:>19}" for v in VERDICTS)]
        for name, who, n, found in self.rows():
            lines.append(f"{name:24}{who:8}{n:7} " + "".join(f"{c:10}{100 * c / n:7.1f} %" for c in found))
        return "\n".join(lines)

    def examples(self, each=1):
        """The commonest causes of each kind and verdict, with one exchange each."""
        lines = []
        for (kind, verdict), cases in sorted(self.seen.items(), key=lambda kv: (kv[0][1], -len(kv[1]))):
            by_cause = collections.defaultdict(list)
            for case in cases:
                by_cause[case[0], case[1]].append(case)
            lines.append(f"\n## {kind}: {verdict}, {len(cases)}")
            for group in sorted(by_cause.values(), key=len, reverse=True)[:40 if kind != PAIRS else 12]:
                for slug, cause, who, handle, sent, said, truth in group[:each]:
                    lines.append(f"- {len(group)}x {slug}: {cause} ({who}, {handle})\n    told: {said}\n"
                                 f"    true: {truth}\n    sent: {sent[:400]}")
        return "\n".join(lines) + "\n"


def write(path, counts, args):
    """Replaces the table between the marks."""
    path = pathlib.Path(path)
    before, rest = path.read_text().split(MARKS[0])
    _, after = rest.split(MARKS[1])
    lines = [f"Seed {args.seed}, {args.classes} classes, {counts.total()} exchanges judged; percent.", "",
             "| mistake | roster | number | " + " | ".join(VERDICTS) + " |", "|---|---|---" + "|---" * len(VERDICTS) + "|"]
    for name, who, n, found in counts.rows():
        cells = " | ".join(f"{100 * c / n:.1f}" for c in found)
        lines.append(f"| {name} | {'yes' if who == 'roster' else 'no'} | {n} | {cells} |")
    path.write_text(before + MARKS[0] + "\n" + "\n".join(lines) + "\n" + MARKS[1] + after)
