/* What the store's tables are, in a file of SQLite's. */
#include "grader/store/schema.h"

static const char *const steps[] = {
    /* states are words, so that the file can be read with sqlite3 alone */
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;"
    "CREATE TABLE solve("
    " id INTEGER PRIMARY KEY,"
    " student TEXT NOT NULL, slug TEXT NOT NULL,"
    " key_id TEXT NOT NULL, submitted_us INTEGER NOT NULL, source TEXT NOT NULL,"
    " state TEXT NOT NULL CHECK (state IN ('waiting', 'posted', 'held', 'rejected')),"
    " intent INTEGER NOT NULL DEFAULT 0, attempts INTEGER NOT NULL DEFAULT 0,"
    " next_us INTEGER NOT NULL DEFAULT 0, submission INTEGER NOT NULL DEFAULT 0,"
    " note TEXT NOT NULL DEFAULT '', changed_us INTEGER NOT NULL,"
    " UNIQUE (student, slug)) STRICT;"
    "CREATE INDEX solve_due ON solve(state, intent DESC, submitted_us);"
    "CREATE TABLE known(kind TEXT NOT NULL, name TEXT NOT NULL, id INTEGER NOT NULL,"
    " PRIMARY KEY (kind, name)) STRICT;",
    /* what the journals said (heard.h) */
    "CREATE TABLE journal(head TEXT PRIMARY KEY, path TEXT NOT NULL, position INTEGER NOT NULL,"
    " lines INTEGER NOT NULL, cut INTEGER NOT NULL, foreign_class INTEGER NOT NULL) STRICT;"
    "CREATE TABLE attempts(student TEXT NOT NULL, slug TEXT NOT NULL, n_pass INTEGER NOT NULL,"
    " n_near INTEGER NOT NULL, first_us INTEGER NOT NULL, last_us INTEGER NOT NULL,"
    " PRIMARY KEY (student, slug)) STRICT;"
    "CREATE TABLE reasons(slug TEXT NOT NULL, field TEXT NOT NULL, code TEXT NOT NULL,"
    " n INTEGER NOT NULL, PRIMARY KEY (slug, field, code)) STRICT;"
    "CREATE TABLE deliveries(slug TEXT NOT NULL, student TEXT NOT NULL, address TEXT NOT NULL,"
    " first_us INTEGER NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (slug, student, address)) STRICT;",
    /* what was entered on the scoreboard (evidence.h); a history is only ever added to */
    "CREATE TABLE seen(submission INTEGER NOT NULL, type TEXT NOT NULL, date TEXT NOT NULL,"
    " PRIMARY KEY (submission, type, date)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE evidence(id INTEGER PRIMARY KEY, kind TEXT NOT NULL CHECK (kind IN ('borrowed', 'forged')),"
    " slug TEXT NOT NULL, owner TEXT NOT NULL, shower TEXT NOT NULL, source TEXT NOT NULL,"
    " when_us INTEGER NOT NULL, counted INTEGER NOT NULL, submission INTEGER NOT NULL, date TEXT NOT NULL,"
    " UNIQUE (kind, slug, owner, shower, submission, date)) STRICT;"
    "CREATE TABLE verdict(id INTEGER PRIMARY KEY, evidence INTEGER NOT NULL REFERENCES evidence(id),"
    " verdict TEXT NOT NULL CHECK (verdict IN ('dismissed', 'confirmed', 'revoked')), by TEXT NOT NULL,"
    " reason TEXT NOT NULL, when_us INTEGER NOT NULL) STRICT;"
    "CREATE TRIGGER verdict_kept BEFORE DELETE ON verdict BEGIN SELECT RAISE(ABORT, 'history'); END;"
    "CREATE TRIGGER verdict_fixed BEFORE UPDATE ON verdict BEGIN SELECT RAISE(ABORT, 'history'); END;",
    /* the challenges that deploy looks after (deployed.h) */
    ("CREATE TABLE deployed(slug TEXT PRIMARY KEY, id INTEGER NOT NULL, name TEXT NOT NULL,"
     " made INTEGER NOT NULL) STRICT;"),
    /* students whom a person has found on the scoreboard (link.h) */
    ("CREATE TABLE link(handle TEXT PRIMARY KEY, id INTEGER NOT NULL, name TEXT NOT NULL, email TEXT NOT "
     "NULL,"
     " linked_us INTEGER NOT NULL) STRICT;"),
    /* whom the handles mean (person.h) */
    ("CREATE TABLE person(handle TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL,"
     " external_id TEXT NOT NULL) STRICT;"),
    /* who has been told what is expected of him (heard.h) */
    "CREATE TABLE told(student TEXT NOT NULL, slug TEXT NOT NULL, PRIMARY KEY (student, slug)) STRICT,"
    " WITHOUT ROWID;"
    "INSERT INTO told SELECT student, slug FROM attempts WHERE n_near > 0;",
    /* what staff decided about a solve (solve.h); a table's CHECK cannot be changed */
    "ALTER TABLE solve RENAME TO old_solve;"
    "CREATE TABLE solve("
    " id INTEGER PRIMARY KEY,"
    " student TEXT NOT NULL, slug TEXT NOT NULL,"
    " key_id TEXT NOT NULL, submitted_us INTEGER NOT NULL, source TEXT NOT NULL,"
    " state TEXT NOT NULL CHECK (state IN ('waiting', 'posted', 'held', 'rejected', 'void')),"
    " intent INTEGER NOT NULL DEFAULT 0, attempts INTEGER NOT NULL DEFAULT 0,"
    " next_us INTEGER NOT NULL DEFAULT 0, submission INTEGER NOT NULL DEFAULT 0,"
    " note TEXT NOT NULL DEFAULT '', changed_us INTEGER NOT NULL,"
    " UNIQUE (student, slug)) STRICT;"
    "INSERT INTO solve(id, student, slug, key_id, submitted_us, source, state, intent, attempts, next_us,"
    " submission, note, changed_us) SELECT id, student, slug, key_id, submitted_us, source, state, intent,"
    " attempts, next_us, submission, note, changed_us FROM old_solve;"
    "DROP TABLE old_solve;"
    "CREATE INDEX solve_due ON solve(state, intent DESC, submitted_us);"
    "CREATE TABLE ruling(id INTEGER PRIMARY KEY, solve INTEGER NOT NULL REFERENCES solve(id),"
    " ruling TEXT NOT NULL CHECK (ruling IN ('void', 'valid')), by TEXT NOT NULL, reason TEXT NOT NULL,"
    " when_us INTEGER NOT NULL) STRICT;"
    "CREATE TRIGGER ruling_kept BEFORE DELETE ON ruling BEGIN SELECT RAISE(ABORT, 'history'); END;"
    "CREATE TRIGGER ruling_fixed BEFORE UPDATE ON ruling BEGIN SELECT RAISE(ABORT, 'history'); END;",
    /* right flags of whom or what the class does not know yet (unplaced.h) */
    ("CREATE TABLE unplaced(student TEXT NOT NULL, slug TEXT NOT NULL, key_id TEXT NOT NULL,"
     " submitted_us INTEGER NOT NULL, source TEXT NOT NULL, PRIMARY KEY (student, slug)) STRICT;"),
    /* forged ones that are slips of the hand; a table's CHECK cannot be changed, so they have no kind */
    "ALTER TABLE evidence ADD COLUMN letters INTEGER NOT NULL DEFAULT 0;",
    /* packets that were handed in as captures (handed.h) */
    "CREATE TABLE handed(id INTEGER PRIMARY KEY, student TEXT NOT NULL, slug TEXT NOT NULL,"
    " packet BLOB NOT NULL, frame_us INTEGER NOT NULL, handed_us INTEGER NOT NULL, file TEXT NOT NULL,"
    " facts TEXT NOT NULL, UNIQUE (slug, packet, student)) STRICT;"
    "CREATE TABLE handed_ruling(id INTEGER PRIMARY KEY, handed INTEGER NOT NULL REFERENCES handed(id),"
    " ruling TEXT NOT NULL CHECK (ruling IN ('accepted', 'refused')), by TEXT NOT NULL, reason TEXT NOT NULL,"
    " when_us INTEGER NOT NULL) STRICT;"
    "CREATE INDEX handed_ruling_of ON handed_ruling(handed);"
    "CREATE TRIGGER handed_ruling_kept BEFORE DELETE ON handed_ruling"
    " BEGIN SELECT RAISE(ABORT, 'history'); END;"
    "CREATE TRIGGER handed_ruling_fixed BEFORE UPDATE ON handed_ruling"
    " BEGIN SELECT RAISE(ABORT, 'history'); END;",
    /* journals that were shipped (shipped.h): nothing ships to a file, but a store that is copied has them */
    "CREATE TABLE shipped_file(id INTEGER PRIMARY KEY, head TEXT NOT NULL UNIQUE, target TEXT NOT NULL,"
    " piece INTEGER NOT NULL DEFAULT 0) STRICT;"
    "CREATE TABLE shipped(target TEXT NOT NULL, file INTEGER NOT NULL, piece INTEGER NOT NULL,"
    " at INTEGER NOT NULL, ahead_us INTEGER NOT NULL, line BLOB NOT NULL,"
    " PRIMARY KEY (target, file, piece, at), " SHIPPED_BOUNDS("length") ") STRICT, WITHOUT ROWID;",
};
const struct db_schema store_schema = {
    .steps = steps, .n = sizeof(steps) / sizeof(steps[0]), .shared = true, .elsewhere = &store_elsewhere};
