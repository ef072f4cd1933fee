"""points.py - a copy of the course with points of its own, for tests that add them up by hand."""
import pathlib
import re
import shutil


def course_with(points, course, scratch, alone=False):
    """Copies the course to scratch/course; points: {slug: value}. alone: without all others. Returns the copy and its points in all."""
    copy, total = pathlib.Path(shutil.copytree(course, f"{scratch}/course")), 0
    for path in sorted(copy.glob("*/challenge.yml")):
        if alone and path.parent.name not in points:
            shutil.rmtree(path.parent)
            continue
        text = path.read_text(encoding="utf-8")
        value = re.search(r"^value: (\d+)$", text, re.M)
        mine = points.get(path.parent.name, int(value[1]))
        path.write_text(text.replace(value[0], f"value: {mine}"), encoding="utf-8")
        total += mine
    return str(copy), total
