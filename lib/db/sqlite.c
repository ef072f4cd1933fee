#include "db/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

enum { BUSY_MS = 5000, TURN_LINE = 0 };

static enum status not_writable(const char *path, int why, struct err *err)
{
    if (why == EROFS)
        return err_set(err, ST_ENV,
                       "%s: on a file system that is mounted read-only; mount it for writing, or put the "
                       "file elsewhere",
                       path);
    return err_set(err, ST_ENV,
                   "%s: not to be written by this user (uid %u); he needs the right to write it, and "
                   "the folder that it is in: chown or chmod them, or be the user who owns them",
                   path, (unsigned)geteuid());
}

/* SQLite names none of its files. Those beside the file have got its mode when they were made, and keep it
 * when that is mended. ST_OK: all may be written, and so may the folder. */
static enum status read_only(const char *path, struct err *err)
{
    static const char *const beside[] = {"", "-wal", "-shm"};
    char at[PATH_MAX];

    for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++) {
        snprintf(at, sizeof(at), "%s%s", path, beside[i]);
        if (faccessat(AT_FDCWD, at, W_OK, AT_EACCESS) && errno != ENOENT)
            return not_writable(at, errno, err);
    }
    char *folder = path_dir(path);
    const int why = folder && faccessat(AT_FDCWD, folder, W_OK, AT_EACCESS) ? errno : 0;
    free(folder);
    return why ? not_writable(path, why, err) : ST_OK;
}

/* A system call on one of its files failed. */
static enum status refused(const char *path, struct err *err)
{
    if (errno == EACCES || errno == EPERM || errno == EROFS)
        return not_writable(path, errno, err);
    return err_set(err, ST_ENV, "%s: %s", path, strerror(errno));
}

enum status sqlite_failed(const struct sqlite *db, struct err *err)
{
    int code = db->sqlite ? (sqlite3_extended_errcode(db->sqlite) & 0xff) : SQLITE_NOMEM;
    enum status st = code == SQLITE_NOTADB || code == SQLITE_CORRUPT ? ST_INPUT : ST_ENV;

    /* SQLite writes beside the file even to read it (the write-ahead log) */
    if ((code == SQLITE_READONLY || code == SQLITE_CANTOPEN) && read_only(db->base.where, err) != ST_OK)
        return ST_ENV;
    /* "disk I/O error", where it is what lies beside the file that finds no room */
    const int why = code == SQLITE_IOERR && db->sqlite ? sqlite3_system_errno(db->sqlite) : 0;
    if (code == SQLITE_FULL || why == ENOSPC || why == EDQUOT)
        return err_set(err, ST_ENV, "%s: the disk is full; make room on it", db->base.where);
    if (code == SQLITE_BUSY)
        return err_set(err, ST_ENV,
                       "%s: another program has had it locked for %d s; end that one, or try again later",
                       db->base.where, BUSY_MS / 1000);
    return err_set(err, st, "%s: %s", db->base.where, db->sqlite ? sqlite3_errmsg(db->sqlite) : "no memory");
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

/* path with its folder as it really is, to free(): SQLite otherwise refuses a link on the way there too,
 * which its owner may have made. */
static char *real_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = path_dir(path), *real = folder ? realpath(folder, NULL) : NULL,
         *out = real ? path_join(real, slash ? slash + 1 : path) : NULL;

    free(folder);
    free(real);
    return out;
}

enum status sqlite_connect(struct sqlite **out, const struct db_driver *driver, const char *path, bool make,
                           struct err *err)
{
    char *real = NULL;

    *out = NULL;
    if (make && create(path, err) != ST_OK)
        return ST_ENV;
    enum status st = file_plain(AT_FDCWD, path, path, err);
    if (st != ST_OK)
        return st;
    struct sqlite *db = calloc(1, sizeof(*db));
    if (db) {
        db->base.driver = driver;
        db->turn.fd = -1;
        db->base.where = strdup(path);
    }
    if (!db || !db->base.where) {
        free(db);
        return err_memory(err);
    }
    *out = db;
    real = real_folder(path);
    if (!real)
        return err_set(err, ST_ENV, "%s: %s", path, strerror(errno));
    /* read-write for readers too: a reader of a WAL file may have to recover it */
    int code = sqlite3_open_v2(real, &db->sqlite,
                               SQLITE_OPEN_READWRITE | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_NOFOLLOW, NULL);
    free(real);
    if (code != SQLITE_OK)
        return sqlite_failed(db, err);
    sqlite3_busy_timeout(db->sqlite, BUSY_MS);
    return ST_OK;
}

void sqlite_disconnect(struct sqlite *db)
{
    sqlite3_close_v2(db->sqlite);
    turn_close(&db->turn);
    free(db->base.where);
    free(db);
}

enum status sqlite_share(struct sqlite *db, struct err *err)
{
    db->shared = turn_open(&db->turn, db->base.where);
    return db->shared ? ST_OK : refused(db->turn.path, err);
}

enum status sqlite_version(struct sqlite *db, int64_t *out, struct err *err)
{
    *out = 0;
    return query_number(&db->base, out, err, "PRAGMA user_version", "");
}

/* What is written to a file that has no name any more is lost with the process. */
static enum status in_its_place(const struct sqlite *db, struct err *err)
{
    int moved = 0;

    sqlite3_file_control(db->sqlite, NULL, SQLITE_FCNTL_HAS_MOVED, &moved);
    return moved ? err_set(err, ST_ENV,
                           "%s: was moved away, removed or replaced while it was in use; put it back, or end "
                           "what has it open and begin that anew",
                           db->base.where)
                 : ST_OK;
}

/* Who brings the tables up to date does it in his turn: they stay what they are until this one's is over. */
static enum status same_version(struct sqlite *db, struct err *err)
{
    int64_t is;
    const enum status st = db->version ? sqlite_version(db, &is, err) : ST_OK;

    if (!db->version || st != ST_OK || is == db->version)
        return st;
    return driver_outdated(db->base.where, is, db->version, err);
}

enum status sqlite_turn_begin(struct sqlite *db, struct err *err)
{
    if (!db->shared || db->mine)
        return ST_OK;
    if (!turn_take(&db->turn, TURN_LINE, BUSY_MS, NULL)) {
        if (errno != EAGAIN)
            return err_set(err, ST_ENV, "%s: %s", db->turn.path, strerror(errno));
        return err_set(err, ST_ENV, "%s: process %lld has been writing to it for %d s; try again later",
                       db->base.where, (long long)turn_holder(&db->turn, TURN_LINE), BUSY_MS / 1000);
    }
    enum status st = in_its_place(db, err);
    if (st == ST_OK)
        st = same_version(db, err);
    if (st != ST_OK)
        turn_give(&db->turn, TURN_LINE);
    db->mine = st == ST_OK;
    return st;
}

void sqlite_turn_end(struct sqlite *db)
{
    if (db->mine && sqlite3_get_autocommit(db->sqlite)) {
        turn_give(&db->turn, TURN_LINE);
        db->mine = false;
    }
}

enum status sqlite_exec(struct sqlite *db, bool writes, const char *sql, struct err *err)
{
    enum status st = writes ? sqlite_turn_begin(db, err) : ST_OK;

    if (st == ST_OK && sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL) != SQLITE_OK)
        st = sqlite_failed(db, err);
    sqlite_turn_end(db);
    return st;
}
