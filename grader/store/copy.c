/* What says whose the store is (meta) comes last: without it the copy is nobody's, and another call goes on.
 * Rows are read into memory some hundreds at a time, as a transaction's body may run twice. */
#include "grader/store/copy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "grader/store/private.h"
#include "grader/store/schema.h"

enum { BATCH = 500, COLUMNS_MAX = 13 };

/* types: the letters of query.h. A parent is before its child. */
static const struct table {
    const char *name, *columns, *types;
    int n_keys; /* the first columns, by which a row is known */
} tables[] = {
    {"solve",
     "id, student, slug, key_id, submitted_us, source, state, intent, attempts, next_us, submission, note, "
     "changed_us",
     "itttittiiiiti", 1},
    {"ruling", "id, solve, ruling, by, reason, when_us", "iittti", 1},
    {"known", "kind, name, id", "tti", 2},
    {"journal", "head, path, position, lines, cut, foreign_class", "ttiiii", 1},
    {"attempts", "student, slug, n_pass, n_near, first_us, last_us", "ttiiii", 2},
    {"reasons", "slug, field, code, n", "ttti", 3},
    {"deliveries", "slug, student, address, first_us, n", "tttii", 3},
    {"told", "student, slug", "tt", 2},
    {"seen", "submission, type, date", "itt", 3},
    {"evidence", "id, kind, slug, owner, shower, source, when_us, counted, submission, date, letters",
     "itttttiiiti", 1},
    {"verdict", "id, evidence, verdict, by, reason, when_us", "iittti", 1},
    {"deployed", "slug, id, name, made", "titi", 1},
    {"link", "handle, id, name, email, linked_us", "titti", 1},
    {"person", "handle, name, email, external_id", "tttt", 1},
    {"unplaced", "student, slug, key_id, submitted_us, source", "tttit", 2},
    {"handed", "id, student, slug, packet, frame_us, handed_us, file, facts", "ittbiitt", 1},
    {"handed_ruling", "id, handed, ruling, by, reason, when_us", "iittti", 1},
    {"shipped_file", "id, head, target, piece", "itti", 1},
    {"shipped", "target, file, piece, at, ahead_us, line", "tiiiib", 4},
    {"meta", "key, value", "tt", 1},
};

struct copy {
    struct db *from, *to;
    const struct table *table;
    struct query_value rows[BATCH][COLUMNS_MAX];
    size_t n;
};

static struct query *each_of(struct db *db, const struct table *t)
{
    static const char *const orders[] = {"", "1", "1, 2", "1, 2, 3", "1, 2, 3, 4"};
    char sql[256];

    snprintf(sql, sizeof(sql), "SELECT %s FROM %s ORDER BY %s", t->columns, t->name, orders[t->n_keys]);
    return query_open(db, sql, "");
}

static bool take_value(struct query *q, int column, char type, struct query_value *out)
{
    const void *data = type == 'b' ? row_bytes(q, column) : row_text(q, column);

    *out = (struct query_value){.type = type};
    if (type == 'i') {
        out->number = row_int(q, column);
        return true;
    }
    out->length = row_length(q, column);
    char *mine = malloc(out->length + 1);
    if (!mine)
        return false;
    if (out->length)
        memcpy(mine, data, out->length);
    mine[out->length] = '\0';
    out->data = mine;
    return true;
}

static void forget_rows(struct copy *c)
{
    for (size_t i = 0; i < c->n; i++)
        for (size_t j = 0; c->table->types[j]; j++)
            free((void *)c->rows[i][j].data);
    c->n = 0;
}

static bool take_row(struct copy *c, struct query *q)
{
    bool ok = true;

    memset(c->rows[c->n], 0, sizeof(c->rows[c->n]));
    for (int j = 0; ok && c->table->types[j]; j++)
        ok = take_value(q, j, c->table->types[j], &c->rows[c->n][j]);
    c->n++;
    return ok;
}

static enum status put_rows(void *context, struct err *err)
{
    const struct copy *c = context;
    const size_t n_values = strlen(c->table->types);
    char sql[512], places[80] = "";
    enum status st = ST_OK;

    for (size_t j = 0, at = 0; j < n_values; j++)
        at += (size_t)snprintf(places + at, sizeof(places) - at, "%s?%zu", j ? ", " : "", j + 1);
    snprintf(sql, sizeof(sql), "INSERT INTO %s(%s) VALUES (%s) ON CONFLICT DO NOTHING", c->table->name,
             c->table->columns, places);
    for (size_t i = 0; st == ST_OK && i < c->n; i++) {
        struct query *q = query_open_values(c->to, sql, c->rows[i], n_values);
        query_next(q);
        st = query_close(q, err);
    }
    return st;
}

static enum status copy_table(struct copy *c, struct err *err)
{
    struct query *q = each_of(c->from, c->table);
    enum status st = ST_OK;
    bool more = true;

    while (st == ST_OK && more) {
        while (c->n < BATCH && (more = query_next(q)))
            if (!take_row(c, q)) {
                st = err_memory(err);
                break;
            }
        if (st == ST_OK && c->n)
            st = db_transact(c->to, DB_WRITE, put_rows, c, err);
        forget_rows(c);
    }
    if (st != ST_OK) {
        query_close(q, NULL);
        return st;
    }
    return query_close(q, err);
}

static bool same_row(struct query *a, struct query *b, const char *types)
{
    for (int j = 0; types[j]; j++)
        if (row_length(a, j) != row_length(b, j) ||
            (types[j] == 'b'
                 ? row_length(a, j) && memcmp(row_bytes(a, j), row_bytes(b, j), row_length(a, j)) != 0
                 : strcmp(row_text(a, j), row_text(b, j)) != 0))
            return false;
    return true;
}

static enum status compare_table(struct copy *c, size_t *rows, struct err *err)
{
    struct query *a = each_of(c->from, c->table), *b = each_of(c->to, c->table);
    bool same = true, more = true;
    struct err other;

    *rows = 0;
    while (same && more) {
        const bool in_b = query_next(b);
        more = query_next(a);
        same = more == in_b && (!more || same_row(a, b, c->table->types));
        *rows += more;
    }
    const enum status st = query_close(a, err), st_b = query_close(b, &other);
    if (st == ST_OK && st_b != ST_OK)
        *err = other;
    if (st != ST_OK || st_b != ST_OK)
        return st != ST_OK ? st : st_b;
    return same ? ST_OK
                : err_set(
                      err, ST_INPUT,
                      "%s: its table %s differs from that of %s from row %zu on; begin with an empty place",
                      db_where(c->to), c->table->name, db_where(c->from), *rows);
}

/* Ids that are given from now on follow those that were copied; a file does so by itself. */
static enum status go_on_counting(struct copy *c, struct err *err)
{
    char sql[160];
    int64_t next;

    if (db_is_file(db_where(c->to), &store_schema) || strncmp(c->table->columns, "id,", 3) != 0)
        return ST_OK;
    snprintf(sql, sizeof(sql),
             "SELECT setval(pg_get_serial_sequence('%s', 'id'), coalesce(max(id), 0) + 1, false) FROM %s",
             c->table->name, c->table->name);
    return query_number(c->to, &next, err, sql, "");
}

static enum status is_class(struct db *db, int64_t *out, struct err *err)
{
    *out = 0;
    return query_number(db, out, err, "SELECT count(*) FROM meta WHERE key = 'class'", "");
}

/* Looked at before it is opened for writing, which would bring another program's file up to date. */
static enum status look_at(const char *from, struct err *err)
{
    struct store *store = NULL;
    int64_t is = 0;
    enum status st = store_open_reader(&store, from, err);

    if (st == ST_OK)
        st = is_class(store->db, &is, err);
    store_close(store);
    return st == ST_OK && !is ? err_set(err, ST_INPUT, "%s: no class's store", from) : st;
}

/* Both are open. */
static enum status ready(struct copy *c, struct err *err)
{
    int64_t is;
    enum status st = ST_OK;

    for (unsigned part = STORE_SOLVES; st == ST_OK && part <= STORE_SERVE; part++) {
        char holder[DB_HOLDER_SIZE];
        st = db_claim(c->from, part, 0, NULL, holder, err);
        if (st == ST_NO)
            st = err_set(err, ST_ENV, "%s: %s is at work on it; end it first", db_where(c->from), holder);
    }
    if (st == ST_OK)
        st = is_class(c->to, &is, err);
    if (st == ST_OK && is)
        st = err_set(err, ST_INPUT, "%s: there is a class's store already; nothing is copied over it",
                     db_where(c->to));
    return st;
}

enum status store_copy(const char *from, const char *to,
                       void (*row)(const char *table, size_t rows, void *context), void *context,
                       struct err *err)
{
    struct copy *c = calloc(1, sizeof(*c));

    if (!c)
        return err_memory(err);
    enum status st = look_at(from, err);
    if (st == ST_OK)
        st = db_open(&c->from, from, &store_schema, err);
    if (st == ST_OK)
        st = db_open(&c->to, to, &store_schema, err);
    if (st == ST_OK)
        st = ready(c, err);
    for (size_t i = 0; st == ST_OK && i < sizeof(tables) / sizeof(tables[0]); i++) {
        size_t rows = 0;
        c->table = &tables[i];
        st = copy_table(c, err);
        if (st == ST_OK)
            st = compare_table(c, &rows, err);
        if (st == ST_OK)
            st = go_on_counting(c, err);
        if (st == ST_OK)
            row(c->table->name, rows, context);
    }
    db_close(c->to);
    db_close(c->from);
    free(c);
    return st;
}
