#include "board/board.h"

#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/codec.h"
#include "base/file.h"
#include "board/schema.h"
#include "db/query.h"
#include "db/row.h"

/* First column of the first row; "" without one. */
static enum status text_of(struct db *db, const char *sql, const char *parameter, char *out, size_t size,
                           struct err *err)
{
    struct query *q = query_open(db, sql, parameter ? "t" : "", parameter);

    out[0] = '\0';
    if (query_next(q))
        row_copy(q, 0, out, size);
    return query_close(q, err);
}

/* The first start. The administrator is hidden, as on a fresh CTFd. */
static enum status seed(struct board *board, const char *mode, struct err *err)
{
    enum status st = query_run(board->db, err,
                               "INSERT INTO users (name, email, type, hidden, created)"
                               " VALUES ('admin', 'admin@example.com', 'admin', 1, ?1)",
                               "i", clock_utc_us());

    if (st != ST_OK)
        return st;
    return query_run(board->db, err,
                     "INSERT INTO config (key, value) VALUES ('ctf_version', '3.8.7'),"
                     " ('ctf_name', 'Wiregrade'), ('user_mode', ?1), ('challenge_visibility', 'private'),"
                     " ('score_visibility', 'public'), ('account_visibility', 'public'),"
                     " ('registration_visibility', 'private'), ('setup', '1'),"
                     /* its being there tells a client which make this is; 0: none was set */
                     " ('wiregrade_pass_mark', '0')",
                     "t", mode ? mode : "users");
}

struct start {
    struct board *board;
    const char *path, *mode;
};

static enum status settle(void *context, struct err *err)
{
    const struct start *start = context;
    struct board *board = start->board;
    const char *mode = start->mode;
    char got[16];
    enum status st =
        text_of(board->db, "SELECT value FROM config WHERE key = 'user_mode'", NULL, got, sizeof(got), err);

    if (st != ST_OK)
        return st;
    board->teams = strcmp(got[0] ? got : mode ? mode : "users", "teams") == 0;
    if (!got[0])
        return seed(board, mode, err);
    if (mode && strcmp(mode, got) != 0)
        return err_set(err, ST_INPUT, "%s: made for --mode %s; mend: leave --mode out, or another --db",
                       start->path, got);
    return ST_OK;
}

enum status board_open(struct board *board, const char *path, const char *mode, struct err *err)
{
    enum status st = db_open(&board->db, path, &board_schema, err);

    pthread_mutex_init(&board->lock, NULL);
    if (st == ST_OK)
        st = db_transact(board->db, DB_WRITE, settle, &(struct start){board, path, mode}, err);
    if (st != ST_OK)
        board_close(board);
    return st;
}

void board_close(struct board *board)
{
    db_close(board->db);
    board->db = NULL;
    pthread_mutex_destroy(&board->lock);
}

static enum status make_token(struct board *board, const char *user_id, char out[TOKEN_SIZE], struct err *err)
{
    unsigned char bytes[32];

    if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
        return err_set(err, ST_ENV, "no random bytes");
    memcpy(out, "ctfd_", sizeof("ctfd_"));
    hex_encode(out + 5, bytes, sizeof(bytes));
    return query_run(board->db, err, "INSERT INTO tokens (user_id, value) VALUES (?1, ?2)", "tt", user_id,
                     out);
}

enum status board_token(struct board *board, const char *user, char out[TOKEN_SIZE], struct err *err)
{
    char id[24];
    enum status st =
        text_of(board->db, "SELECT id FROM users WHERE name = ?1 OR email = ?1 ORDER BY id LIMIT 1", user, id,
                sizeof(id), err);

    if (st == ST_OK && !id[0])
        return err_set(err, ST_NO, "%s: no user has this name or e-mail", user);
    if (st == ST_OK)
        st = text_of(board->db, "SELECT value FROM tokens WHERE user_id = ?1 ORDER BY id LIMIT 1", id, out,
                     TOKEN_SIZE, err);
    if (st == ST_OK && !out[0])
        st = make_token(board, id, out, err);
    return st;
}

/* Compares with what the file holds, so that a token of another board is not taken for this one's. */
static enum status same_token(const char *path, const char *token, struct err *err)
{
    struct buf got;

    buf_init(&got, 4096);
    enum status st = file_read_secret(path, &got, err);
    if (st == ST_OK && strncmp(buf_text(&got), token, strlen(token)) != 0)
        st = err_set(err, ST_INPUT,
                     "%s: holds another token than this board's; mend: remove it, or another --token-file",
                     path);
    buf_free(&got);
    return st;
}

enum status board_token_file(struct board *board, const char *path, struct err *err)
{
    char line[TOKEN_SIZE + 1], id[24];
    enum status st = text_of(board->db, "SELECT id FROM users WHERE type = 'admin' ORDER BY id LIMIT 1", NULL,
                             id, sizeof(id), err);

    if (st == ST_OK && !id[0])
        return err_set(err, ST_INPUT, "the database has no administrator");
    if (st == ST_OK)
        st = text_of(board->db, "SELECT value FROM tokens WHERE user_id = ?1 ORDER BY id LIMIT 1", id, line,
                     TOKEN_SIZE, err);
    if (st == ST_OK && !line[0])
        st = make_token(board, id, line, err);
    if (st != ST_OK)
        return st;
    if (access(path, F_OK) == 0)
        return same_token(path, line, err);
    size_t len = strlen(line);
    line[len] = '\n';
    return file_create_secret(path, line, len + 1, err);
}
