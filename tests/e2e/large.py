#!/usr/bin/env python3
"""large.py WIREGRADE COURSE CASE: what a command takes of memory, of a small class and of one twenty times as large."""
import os
import resource
import subprocess
import sys
import tempfile

import desk
from desk import Class, RealBoard, expect
from steady import DEADLINE

SMALL, LARGE, MIB = 500, 10000, 1 << 20
MANY = 65000  # arrays that double are nearly full
MORE = 12 * MIB  # SQLite's caches, which a small class does not fill. A student and 33 challenges are 4 kB: of 9,500 more that would be 36
A_HELD = 1024  # bytes of a student whom the scoreboard is asked about: his note, what is known of his name. His cells are 3 kB
A_ROW = 280  # bytes of the file, of the row and of its texts, while they are sorted
A_TAKEN = 540  # bytes of a row that is on the roster and in the list: two rows, what finds one by the other, and the new file's line
STUDENTS = "WITH RECURSIVE n(i) AS (SELECT {} UNION ALL SELECT i + 1 FROM n WHERE i < {}) "
ROWS = (
    "INSERT INTO solve(student, slug, key_id, submitted_us, source, state, note, changed_us) SELECT 's' || i, 'raw-ipv4', 'abcdef', i, '',"
    " 'held', 'there is no user of that name', i FROM n",
    "INSERT INTO attempts(student, slug, n_pass, n_near, first_us, last_us) SELECT 's' || i, 'raw-tcp', 1, 2, i, i FROM n",
    "INSERT INTO deliveries(slug, student, address, first_us, n) SELECT 'stream-sender', 's' || i, '10.10.0.40', i, 1 FROM n",
)


def bounded(c, most, *args):
    """Runs a command that may have so much private memory that it can write to; its exit status, and how many bytes it wrote."""
    def limit():
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    with open(c.dir / "out", "w+b") as out:
        done = subprocess.run([desk.wiregrade, *args], cwd=c.dir, stdout=out, stderr=subprocess.PIPE, text=True, timeout=DEADLINE, preexec_fn=limit,
                              check=False)
        c.output = done.stderr
        return done.returncode, os.fstat(out.fileno()).st_size


def least(c, *args):
    """The least memory, by half a MiB, with which it goes well."""
    low, high = 0, 64
    while high - low > 1:
        middle = (low + high) // 2
        if bounded(c, middle * MIB // 2, *args)[0] == 0:
            high = middle
        else:
            low = middle
    return high * MIB // 2


def case_report():
    """Of a class without a roster, which is in memory as ever: every form, in the memory that a small class takes."""
    c = Class("http://127.0.0.1:9")
    expect(c, 0, "will be posted", c.run("submit", c.flag("raw-ipv4")))

    def fill(first, last):
        for rows in ROWS:
            # each database has its own place for WITH
            c.sql(rows.replace(" SELECT ", " " + STUDENTS.format(first, last) + "SELECT ", 1))

    fill(1, SMALL)
    forms = {form: ("report", "--offline", "--format", form) for form in ("human", "csv", "json", "html", "moodle", "canvas")}
    small = {form: (least(c, *args), bounded(c, 512 * MIB, *args)[1]) for form, args in forms.items()}
    fill(SMALL + 1, LARGE)
    for form, args in forms.items():
        memory, size = small[form]
        status, now = bounded(c, memory + MORE, *args)
        assert status == 0, (form, memory, c.output)
        assert now > 10 * size, (form, size, now)
        print(form, memory // MIB, "MiB", size, now)
    # where there is no room for what is long
    done = subprocess.run([desk.wiregrade, "report", "--offline", "--format", "json"], cwd=c.dir, env={**os.environ, "TMPDIR": "/nowhere"},
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=DEADLINE, check=False)
    assert done.returncode == 4 and not done.stdout and "/nowhere: No such file or directory; " in done.stderr and "TMPDIR" in done.stderr, done


def case_asked():
    """A report that asks the scoreboard holds every student: in pages of a file, and not in memory."""
    few, many = 100, 4000
    with RealBoard("board") as board:
        c = Class(board.url, token=board.token)
        expect(c, 0, "", c.run("deploy"))
        expect(c, 0, "will be posted", c.run("submit", c.flag("raw-ipv4")))

        def fill(first, last):
            c.sql(ROWS[0].replace(" SELECT ", " " + STUDENTS.format(first, last) + "SELECT ", 1))

        fill(1, few)
        args = ("report", "--format", "csv")
        memory = least(c, *args)
        fill(few + 1, many)
        status, now = bounded(c, memory + many * A_HELD, *args)
        assert status == 0, (memory, c.output)
        assert now > many * 20, now
        print(memory // MIB, "MiB", now)
    done = subprocess.run([desk.wiregrade, *args], cwd=c.dir, env={**os.environ, "TMPDIR": "/nowhere"}, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=DEADLINE, check=False)
    assert done.returncode == 4, done


def case_import():
    """Of those who were on the roster earlier an import holds the handles, and who they were only of whom the list may mean."""
    gone, a_handle, more = 60000, 24, 4 * MIB
    c = Class("http://127.0.0.1:9", roster="handle,name,email\n")
    (c.dir / "list.csv").write_text("name,email\n" + "".join(f"Student {i},n{i}@example.org\n" for i in range(SMALL)))
    take = ("roster", "import", "list.csv")
    expect(c, 0, "", c.run(*take))
    memory = least(c, *take)
    c.sql("INSERT INTO person(handle, name, email, external_id) " + STUDENTS.format(1, gone)
          + "SELECT 's' || i, 'Somebody ' || i, 's' || i || '@example.org', '' FROM n")
    status, _ = bounded(c, memory + gone * a_handle + more, *take)
    assert status == 0, (memory, c.output)
    # one of them comes back, and one who has another's handle is told
    (c.dir / "list.csv").write_text("handle,name,email\n,Somebody,S77@example.org\n")
    expect(c, 0, r"added +s77 ", c.run(*take))
    (c.dir / "list.csv").write_text("handle,name,email\ns78,Another,another@example.org\n")
    expect(c, 3, 'handle "s78" was Somebody 78 <s78@example.org>, who is off the roster', c.run(*take))
    (c.dir / "list.csv").write_text("handle,name,email\n,s79,new@example.org\n")
    expect(c, 0, r"added +s79100 ", c.run(*take))
    print(memory // MIB, "MiB")


def case_taken():
    """A list over a roster of the same people, in which all have a number: both are held, and nothing that grows faster than they."""
    c = Class("http://127.0.0.1:9", roster="handle,name,email\n")
    take = ("roster", "import", "list.csv")
    took = []
    for n in (SMALL, MANY):
        rows = "".join(f"Student Number{i},student{i}@example.org,x{i:07}\n" for i in range(n))
        (c.dir / "list.csv").write_text("name,email,external_id\n" + rows)
        expect(c, 0, f"{n - (SMALL if took else 0)} added", c.run(*take))
        took.append(least(c, *take))
        expect(c, 0, f"0 added, 0 changed, {n} the same", c.run(*take))
    each = (took[1] - took[0]) / (MANY - SMALL)
    print(f"{each:.0f} bytes each")
    assert each < A_TAKEN, each


def case_roster():
    """A row of a name and an e-mail takes what it needs, and nothing for the columns that the roster has not."""
    c = Class("http://127.0.0.1:9", roster="handle,name,email\n")
    mint = ("flag", "mint", "s1", "raw-ipv4")
    took = []
    for n in (SMALL, 8 * LARGE):
        rows = "".join(f"s{i},Student {i},s{i}@example.org\n" for i in range(n))
        (c.dir / "roster.csv").write_text("handle,name,email\n" + rows)
        took.append(least(c, *mint))
    each = (took[1] - took[0]) / (8 * LARGE - SMALL)
    print(f"{each:.0f} bytes each")
    assert each < A_ROW, each


def main():
    desk.wiregrade, desk.course = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    with tempfile.TemporaryDirectory(prefix="wiregrade-large-") as desk.scratch:
        globals()["case_" + sys.argv[3]]()


main()
