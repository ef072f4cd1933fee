#include "db/db.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/turn.h"

enum { BUSY_MS = 5000, TURN_LINE = 0 };

struct db {
    sqlite3 *sqlite;
    char *path;
    bool shared; /* writers take turns */
    bool mine;   /* it is this one's turn */
    struct turn turn;
};

struct db_query {
    struct db *db;
    sqlite3_stmt *statement;
    int bound; /* the first bind that failed */
};

static enum status not_writable(const char *path, struct err *err)
{
    return err_set(err, ST_ENV,
                   "%s: not to be written by this user (uid %u); he needs the right to write it, and "
                   "the folder that it is in: chown or chmod them, or be the user who owns them",
                   path, (unsigned)geteuid());
}

/* A system call on one of its files failed. */
static enum status refused(const char *path, struct err *err)
{
    if (errno == EACCES || errno == EPERM || errno == EROFS)
        return not_writable(path, err);
    return err_set(err, ST_ENV, "%s: %s", path, strerror(errno));
}

static enum status failed(const struct db *db, struct err *err)
{
    int code = db->sqlite ? (sqlite3_extended_errcode(db->sqlite) & 0xff) : SQLITE_NOMEM;
    enum status st = code == SQLITE_NOTADB || code == SQLITE_CORRUPT ? ST_INPUT : ST_ENV;

    /* SQLite writes beside the file even to read it (the write-ahead log) */
    if (code == SQLITE_READONLY)
        return not_writable(db->path, err);
    return err_set(err, st, "%s: %s", db->path, db->sqlite ? sqlite3_errmsg(db->sqlite) : "no memory");
}

/* SQLite would create it with the umask's mode; it holds who solved what. A file that is there is not opened:
 * closing any descriptor of it drops the locks that other connections of this process have on it (POSIX), and
 * the next process to leave would take the write-ahead log away from under them. */
static enum status create(const char *path, struct err *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd < 0 && errno != EEXIST)
        return refused(path, err);
    if (fd >= 0)
        close(fd);
    return ST_OK;
}

/* Before anything that writes; inside a transaction the turn is there already. */
static enum status turn_begin(struct db *db, struct err *err)
{
    if (!db->shared || db->mine)
        return ST_OK;
    if (!turn_take(&db->turn, TURN_LINE, BUSY_MS, NULL)) {
        if (errno != EAGAIN)
            return err_set(err, ST_ENV, "%s: %s", db->turn.path, strerror(errno));
        return err_set(err, ST_ENV, "%s: process %lld has been writing to it for %d s; try again later",
                       db->path, (long long)turn_holder(&db->turn, TURN_LINE), BUSY_MS / 1000);
    }
    db->mine = true;
    return ST_OK;
}

/* After it: outside a transaction the next one may write. */
static void turn_end(struct db *db)
{
    if (db->mine && sqlite3_get_autocommit(db->sqlite)) {
        turn_give(&db->turn, TURN_LINE);
        db->mine = false;
    }
}

static enum status connect_to(struct db **out, const char *path, int flags, struct err *err)
{
    struct db *db = calloc(1, sizeof(*db));

    if (db) {
        db->turn.fd = -1;
        db->path = strdup(path);
    }
    if (!db || !db->path) {
        free(db);
        return err_set(err, ST_ENV, "no memory");
    }
    *out = db;
    if (sqlite3_open_v2(path, &db->sqlite, flags | SQLITE_OPEN_EXRESCODE, NULL) != SQLITE_OK)
        return failed(db, err);
    sqlite3_busy_timeout(db->sqlite, BUSY_MS);
    return ST_OK;
}

static enum status version(struct db *db, int64_t *out, struct err *err)
{
    struct db_query *q = NULL;
    bool row = false;
    enum status st = db_prepare(db, &q, "PRAGMA user_version", err);

    if (st == ST_OK)
        st = db_step(q, &row, err);
    *out = row ? db_int(q, 0) : 0;
    db_finish(q);
    return st;
}

/* Inside a transaction, so that two that start at once do not both migrate. */
static enum status migrate(struct db *db, const struct db_schema *schema, struct err *err)
{
    int64_t at = 0;
    char set[64];
    enum status st = db_run(db, "BEGIN IMMEDIATE", err);

    if (st == ST_OK)
        st = version(db, &at, err);
    if (st == ST_OK && at > (int64_t)schema->n)
        st = err_set(err, ST_INPUT, "%s: made by a newer wiregrade (version %lld, this one knows %zu)",
                     db->path, (long long)at, schema->n);
    for (size_t i = (size_t)at; st == ST_OK && i < schema->n; i++)
        st = db_run(db, schema->steps[i], err);
    snprintf(set, sizeof(set), "PRAGMA user_version = %zu", schema->n);
    if (st == ST_OK)
        st = db_run(db, set, err);
    if (st == ST_OK)
        return db_run(db, "COMMIT", err);
    db_run(db, "ROLLBACK", NULL);
    return st;
}

static enum status share(struct db *db, struct err *err)
{
    db->shared = turn_open(&db->turn, db->path);
    return db->shared ? ST_OK : refused(db->turn.path, err);
}

enum status db_open(struct db **out, const char *path, const struct db_schema *schema, struct err *err)
{
    *out = NULL;
    enum status st = create(path, err);
    if (st == ST_OK)
        st = connect_to(out, path, SQLITE_OPEN_READWRITE, err);
    if (st == ST_OK && schema->shared)
        st = share(*out, err);
    if (st == ST_OK)
        st = db_run(*out, "PRAGMA journal_mode = WAL", err);
    if (st == ST_OK)
        st = db_run(*out, "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON", err);
    if (st == ST_OK)
        st = migrate(*out, schema, err);
    if (st == ST_OK)
        return ST_OK;
    db_close(*out);
    *out = NULL;
    return st;
}

enum status db_open_reader(struct db **out, const char *path, const struct db_schema *schema, struct err *err)
{
    int64_t at = 0;

    *out = NULL;
    if (access(path, F_OK))
        return err_set(err, ST_INPUT, "%s: %s", path, strerror(errno));
    /* read-write, because a reader of a WAL file may have to recover it */
    enum status st = connect_to(out, path, SQLITE_OPEN_READWRITE, err);
    if (st == ST_OK)
        st = db_run(*out, "PRAGMA query_only = ON", err);
    if (st == ST_OK)
        st = version(*out, &at, err);
    if (st == ST_OK && at != (int64_t)schema->n)
        st = err_set(err, ST_INPUT, "%s: of version %lld, this wiregrade reads version %zu", path,
                     (long long)at, schema->n);
    if (st == ST_OK)
        return ST_OK;
    db_close(*out);
    *out = NULL;
    return st;
}

void db_close(struct db *db)
{
    if (!db)
        return;
    sqlite3_close_v2(db->sqlite);
    turn_close(&db->turn);
    free(db->path);
    free(db);
}

enum status db_run(struct db *db, const char *sql, struct err *err)
{
    enum status st = turn_begin(db, err);

    if (st == ST_OK && sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL) != SQLITE_OK)
        st = failed(db, err);
    turn_end(db);
    return st;
}

enum status db_prepare(struct db *db, struct db_query **out, const char *sql, struct err *err)
{
    struct db_query *q = calloc(1, sizeof(*q));

    *out = NULL;
    if (!q)
        return err_set(err, ST_ENV, "no memory");
    q->db = db;
    if (sqlite3_prepare_v2(db->sqlite, sql, -1, &q->statement, NULL) != SQLITE_OK) {
        free(q);
        return failed(db, err);
    }
    *out = q;
    return ST_OK;
}

static void bound(struct db_query *query, int code)
{
    if (query->bound == SQLITE_OK)
        query->bound = code;
}

void db_bind_text(struct db_query *query, int parameter, const char *text)
{
    bound(query, text ? sqlite3_bind_text(query->statement, parameter, text, -1, SQLITE_TRANSIENT)
                      : sqlite3_bind_null(query->statement, parameter));
}

void db_bind_int(struct db_query *query, int parameter, int64_t n)
{
    bound(query, sqlite3_bind_int64(query->statement, parameter, n));
}

enum status db_step(struct db_query *query, bool *row, struct err *err)
{
    *row = false;
    if (query->bound != SQLITE_OK)
        return err_set(err, ST_ENV, "%s: %s", query->db->path, sqlite3_errstr(query->bound));
    bool writes = !sqlite3_stmt_readonly(query->statement);
    enum status st = writes ? turn_begin(query->db, err) : ST_OK;
    if (st != ST_OK)
        return st;
    int code = sqlite3_step(query->statement);
    *row = code == SQLITE_ROW;
    if (!*row && code != SQLITE_DONE)
        st = failed(query->db, err);
    if (writes && !*row) {
        /* an insert that met a lock half-way would otherwise keep its statement open */
        sqlite3_reset(query->statement);
        turn_end(query->db);
    }
    return st;
}

void db_reset(struct db_query *query)
{
    sqlite3_reset(query->statement);
    sqlite3_clear_bindings(query->statement);
    query->bound = SQLITE_OK;
}

void db_finish(struct db_query *query)
{
    if (!query)
        return;
    sqlite3_finalize(query->statement);
    free(query);
}

const char *db_text(struct db_query *query, int column)
{
    const unsigned char *text = sqlite3_column_text(query->statement, column);

    return text ? (const char *)text : "";
}

int64_t db_int(struct db_query *query, int column)
{
    return sqlite3_column_int64(query->statement, column);
}

bool db_null(struct db_query *query, int column)
{
    return sqlite3_column_type(query->statement, column) == SQLITE_NULL;
}

int64_t db_changes(const struct db *db)
{
    return sqlite3_changes64(db->sqlite);
}

int64_t db_last_id(const struct db *db)
{
    return sqlite3_last_insert_rowid(db->sqlite);
}
