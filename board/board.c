#include "board/board.h"

#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/codec.h"
#include "base/file.h"
#include "board/schema.h"

static enum status text_of(struct db *db, const char *sql, const char *parameter, char *out, size_t size,
                           struct err *err)
{
    struct db_query *q = NULL;
    bool row = false;
    enum status st = db_prepare(db, &q, sql, err);

    out[0] = '\0';
    if (st == ST_OK && parameter)
        db_bind_text(q, 1, parameter);
    if (st == ST_OK)
        st = db_step(q, &row, err);
    if (row) {
        const char *text = db_text(q, 0);
        size_t len = strnlen(text, size - 1);
        memcpy(out, text, len);
        out[len] = '\0';
    }
    db_finish(q);
    return st;
}

/* The first start. The administrator is hidden, as on a fresh CTFd. */
static enum status seed(struct board *board, const char *mode, struct err *err)
{
    struct db_query *q = NULL;
    bool row;
    enum status st = db_prepare(board->db, &q,
                                "INSERT INTO users (name, email, type, hidden, created)"
                                " VALUES ('admin', 'admin@example.com', 'admin', 1, ?1)",
                                err);

    if (st == ST_OK) {
        db_bind_int(q, 1, clock_utc_us());
        st = db_step(q, &row, err);
    }
    db_finish(q);
    q = NULL;
    if (st == ST_OK)
        st = db_prepare(board->db, &q,
                        "INSERT INTO config (key, value) VALUES ('ctf_version', '3.8.7'),"
                        " ('ctf_name', 'Wiregrade'), ('user_mode', ?1), ('challenge_visibility', 'private'),"
                        " ('score_visibility', 'public'), ('account_visibility', 'public'),"
                        " ('registration_visibility', 'private'), ('setup', '1'),"
                        /* its being there tells a client which make this is; 0: none was set */
                        " ('wiregrade_pass_mark', '0')",
                        err);
    if (st == ST_OK) {
        db_bind_text(q, 1, mode ? mode : "users");
        st = db_step(q, &row, err);
    }
    db_finish(q);
    return st;
}

static enum status settle(struct board *board, const char *path, const char *mode, struct err *err)
{
    char got[16];
    enum status st = db_run(board->db, "BEGIN IMMEDIATE", err);

    if (st != ST_OK)
        return st;
    st = text_of(board->db, "SELECT value FROM config WHERE key = 'user_mode'", NULL, got, sizeof(got), err);
    if (st == ST_OK && !got[0]) {
        st = seed(board, mode, err);
        board->teams = mode && strcmp(mode, "teams") == 0;
    } else if (st == ST_OK) {
        board->teams = strcmp(got, "teams") == 0;
        if (mode && strcmp(mode, got) != 0)
            st = err_set(err, ST_INPUT, "%s: made for --mode %s; mend: leave --mode out, or another --db",
                         path, got);
    }
    if (st == ST_OK)
        return db_run(board->db, "COMMIT", err);
    db_run(board->db, "ROLLBACK", NULL);
    return st;
}

enum status board_open(struct board *board, const char *path, const char *mode, struct err *err)
{
    enum status st = db_open(&board->db, path, &board_schema, err);

    pthread_mutex_init(&board->lock, NULL);
    if (st == ST_OK)
        st = settle(board, path, mode, err);
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
    struct db_query *q = NULL;
    bool row;

    if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
        return err_set(err, ST_ENV, "no random bytes");
    memcpy(out, "ctfd_", 5);
    hex_encode(out + 5, bytes, sizeof(bytes));
    enum status st = db_prepare(board->db, &q, "INSERT INTO tokens (user_id, value) VALUES (?1, ?2)", err);
    if (st == ST_OK) {
        db_bind_text(q, 1, user_id);
        db_bind_text(q, 2, out);
        st = db_step(q, &row, err);
    }
    db_finish(q);
    return st;
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
