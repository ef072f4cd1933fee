/* A chunk of whole lines at a time: what they say and the position after them are committed together. Killed
 * between, the chunk is read again from a store that has not heard of it. */
#include "grader/journal/journal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "flag/proof.h"
#include "grader/journal/files.h"
#include "grader/journal/guess.h"
#include "grader/journal/line.h"
#include "grader/journal/totals.h"
#include "grader/store/heard.h"
#include "grader/store/shipped.h"
#include "grader/store/unplaced.h"
#include "grader/post/again.h"
#include "grader/post/submit.h"

/* In a database elsewhere a transaction is shorter: others wait for its rows, and each line is a way there.
 */
enum {
    CHUNK = 4 << 20,
    CHUNK_ELSEWHERE = 256 << 10,
    SHIPPED_AT_ONCE = 64, /* files */
};

struct reader {
    struct desk *desk;
    struct store *store;
    struct journal_sum *sum;
    struct err *err;
    const char *path;
    enum status worst; /* of the files so far, the first that is wrong */
    bool over;
    int fd;                      /* below 0: it is in the store, shipped */
    struct shipped_file shipped; /* then */
    int64_t ahead_us;            /* and by how much the clock that its lines tell is ahead of the store's */
    struct store_journal journal;
    struct totals totals; /* of the lines of the present chunk */
    char *chunk;          /* chunk_bytes of it */
    size_t chunk_bytes;
};

static bool proved(const struct desk *desk, const struct journal_line *line)
{
    const struct proof_of of = {line->slug, line->student, line->source, line->port, line->time, "submit"};
    struct key key;

    if (strcmp(line->key, keyring_id(desk->ring)) != 0 || !keyring_challenge(desk->ring, line->slug, &key))
        return false;
    bool right = flag_proof_right(line->proof, &desk->flags, &key, &of);
    key_wipe(&key);
    return right;
}

/* The student was told that it is kept. */
static enum status keep(struct reader *r, const struct journal_line *line, struct err *err)
{
    struct solve flag = {.submitted_us = line->time_us};
    enum unplaced_fate fate;

    memcpy(flag.slug, line->slug, sizeof(flag.slug));
    memcpy(flag.student, line->student, sizeof(flag.student));
    memcpy(flag.key_id, line->key, sizeof(flag.key_id));
    memcpy(flag.source, line->source, sizeof(flag.source));
    enum status st = store_unplaced_add(r->store, &flag, &fate, err);
    r->sum->over += st == ST_OK && fate == UNPLACED_OVER;
    return st;
}

static enum status hand_in(struct reader *r, const struct journal_line *line, struct err *err)
{
    struct submitted out;
    struct flag_parts parts = {.slug = ""};
    enum status st = ST_NO;
    bool right = proved(r->desk, line);

    memcpy(parts.slug, line->slug, sizeof(parts.slug));
    memcpy(parts.student, line->student, sizeof(parts.student));
    if (right)
        st = submit_proved(r->desk, r->store, &parts, line->time_us, line->source, &out, err);
    if (st == ST_NO && right && out.place != SUBMIT_STAFF)
        return keep(r, line, err);
    if (st == ST_NO)
        r->sum->refused++;
    if (st == ST_OK && out.fresh)
        r->sum->handed_in++;
    return st == ST_NO ? ST_OK : st;
}

/* A made-up handle is no row of its own where the class is known: anybody can write a million of them. */
static const char *student_of(const struct reader *r, const char *student)
{
    return r->desk->has_roster && !roster_find(&r->desk->roster, student) ? "" : student;
}

/* Only an answer tells a student the value that is his own: until then whatever he sends there is a guess, as
 * the texts ask for. */
static bool tell_reasons(struct reader *r, const struct challenge *c, const struct journal_line *line)
{
    const char *student = student_of(r, line->student);
    bool ok = true;

    for (size_t i = 0; ok && i < line->n_reasons; i++) {
        const struct journal_reason *reason = &line->reasons[i];
        if (guess_is(c, &r->desk->class, reason)) {
            ok = totals_guess(&r->totals, student, c->slug, reason);
            continue;
        }
        struct heard_sum *row = totals_row(&r->totals, HEARD_REASONS, c->slug, reason->field, reason->code);
        ok = row;
        if (ok)
            row->n[0]++;
    }
    return ok;
}

static bool tell_try(struct reader *r, const struct challenge *c, const struct journal_line *line)
{
    struct heard_sum *row =
        totals_row(&r->totals, HEARD_ATTEMPTS, student_of(r, line->student), c->slug, NULL);

    if (!row)
        return false;
    if (!(row->n[0] + row->n[1]) || line->time_us < row->first_us)
        row->first_us = line->time_us;
    if (line->time_us > row->last_us)
        row->last_us = line->time_us;
    row->n[line->pass ? 0 : 1] += line->n;
    return tell_reasons(r, c, line);
}

static bool tell_delivery(struct reader *r, const struct journal_flag *flag, const struct journal_line *line)
{
    struct heard_sum *row =
        totals_row(&r->totals, HEARD_DELIVERIES, flag->slug, student_of(r, flag->student), line->source);

    if (!row)
        return false;
    if (!row->n[0] || line->time_us < row->first_us)
        row->first_us = line->time_us;
    row->n[0]++;
    return true;
}

static enum status tell(struct reader *r, const struct journal_line *line, struct err *err)
{
    const struct course *course = &r->desk->course;
    const struct challenge *c = course_find(course, line->slug);
    const bool tries = line->event == JOURNAL_ATTEMPT || line->event == JOURNAL_REPEAT;
    bool ok = !tries || !c || tell_try(r, c, line);

    if (ok && line->told.student[0] && course_find(course, line->told.slug))
        ok = totals_row(&r->totals, HEARD_TOLD, student_of(r, line->told.student), line->told.slug, NULL);
    for (size_t i = 0; ok && i < line->n_flags; i++)
        ok = !course_find(course, line->flags[i].slug) || tell_delivery(r, &line->flags[i], line);
    if (!ok)
        return err_memory(err);
    return totals_many(&r->totals) ? totals_write(&r->totals, r->store, err) : ST_OK;
}

static enum status take_line(struct reader *r, const char *text, size_t len, struct err *err)
{
    struct journal_line line;

    journal_line_read(text, len, &line);
    line.time_us = line.time_us > r->ahead_us ? line.time_us - r->ahead_us : 0;
    r->journal.lines++;
    r->sum->lines++;
    if (line.event == JOURNAL_CUT) {
        r->journal.cut++;
        r->sum->cut++;
    }
    if (line.event == JOURNAL_START)
        r->journal.foreign =
            strcmp(line.class, r->desk->class.word) != 0 || strcmp(line.course, r->desk->course.id) != 0;
    /* a handed in flag proves its class itself */
    if (line.event == JOURNAL_SUBMIT)
        return hand_in(r, &line, err);
    return r->journal.foreign ? ST_OK : tell(r, &line, err);
}

/* Every whole line of chunk[0, n); a whole chunk without a newline is one cut line. */
static enum status take_lines(struct reader *r, size_t n, struct err *err)
{
    size_t at = 0;
    enum status st = ST_OK;

    for (const char *end; st == ST_OK && (end = memchr(r->chunk + at, '\n', n - at));) {
        size_t len = (size_t)(end - (r->chunk + at));
        if (len) /* the blank line that mends a torn one */
            st = take_line(r, r->chunk + at, len, err);
        at += len + 1;
    }
    if (st == ST_OK && at == 0 && n == r->chunk_bytes) {
        st = take_line(r, r->chunk, n, err);
        at = n;
    }
    r->journal.position += (int64_t)at;
    return st;
}

struct chunk {
    struct reader *reader;
    size_t n;
    const struct journal_sum sum; /* and journal: as they were before it */
    const struct store_journal journal;
    bool moved; /* false: somebody else has read it */
};

/* What its lines say, and the position after them. */
static enum status keep_chunk(void *context, struct err *err)
{
    struct chunk *chunk = context;
    struct reader *r = chunk->reader;

    *r->sum = chunk->sum;
    r->journal = chunk->journal;
    chunk->moved = true;
    totals_clear(&r->totals);
    enum status st = take_lines(r, chunk->n, err);
    if (st == ST_OK)
        st = totals_write(&r->totals, r->store, err);
    if (st == ST_OK)
        st = store_journal_move(r->store, &r->journal, r->path, chunk->journal.position, &chunk->moved, err);
    return st == ST_OK && !chunk->moved ? ST_NO : st;
}

/* What follows the position, *n bytes of it. */
static enum status fill(struct reader *r, size_t *n, struct err *err)
{
    ssize_t got;

    if (r->fd < 0)
        return shipped_read(r->store, &r->shipped, r->journal.position, r->chunk, r->chunk_bytes, n,
                            &r->ahead_us, err);
    do
        got = pread(r->fd, r->chunk, r->chunk_bytes, r->journal.position);
    while (got < 0 && errno == EINTR);
    *n = got < 0 ? 0 : (size_t)got;
    return got < 0 ? files_unread(r->path, err) : ST_OK;
}

/* *more is false when nothing whole is left. */
static enum status next_chunk(struct reader *r, bool *more, struct err *err)
{
    size_t n;

    *more = false;
    enum status st = fill(r, &n, err);
    if (st != ST_OK)
        return st;
    if (n == 0 || (n < r->chunk_bytes && !memchr(r->chunk, '\n', n)))
        return ST_OK;
    struct chunk chunk = {r, n, *r->sum, r->journal, true};
    st = store_transact(r->store, keep_chunk, &chunk, err);
    if (st != ST_OK)
        *r->sum = chunk.sum;
    if (st == ST_NO && !chunk.moved)
        st = store_journal_get(r->store, &r->journal, err);
    *more = st == ST_OK && !(r->desk->stop && *r->desk->stop);
    return st;
}

/* How near it is to the end that its target sets to it, as its first line tells. */
static void look_at_room(struct reader *r, int64_t size)
{
    const double fill = files_fill(r->fd, size);

    if (fill <= r->sum->fill)
        return;
    r->sum->fill = fill;
    snprintf(r->sum->fullest, sizeof(r->sum->fullest), "%s", r->path);
}

/* Before the first line of whatever journal. */
static enum status need_key(struct desk *desk, const char *path, struct err *err)
{
    if (desk->ring)
        return ST_OK;
    if (!desk->class.key_file)
        return err_set(err, ST_INPUT, "%s: names no `key_file:`, without which no journal can be read", path);
    return keyring_load(&desk->ring, desk->class.key_file, err);
}

/* Cut short by hand: what comes now is appended to what is left. A file that is shipped as well is an older
 * copy. */
static enum status take_back(struct reader *r, int64_t size, struct err *err)
{
    const int64_t from = r->journal.position;
    bool shipped, moved;
    enum status st = shipped_is(r->store, r->journal.head, &shipped, err);

    if (st != ST_OK || shipped)
        return st;
    r->journal.position = size;
    return store_journal_move(r->store, &r->journal, r->path, from, &moved, err);
}

static enum status read_one(struct reader *r, bool moved, struct err *err)
{
    int64_t size;
    bool more = true;
    enum status st = files_open(r->path, &r->fd, &size, err);

    if (st != ST_OK || r->fd < 0 || !files_head(r->fd, r->journal.head))
        return st;
    if (!moved) /* what was moved away grows no more */
        look_at_room(r, size);
    st = need_key(r->desk, r->desk->class.file, err);
    if (st == ST_OK)
        st = store_journal_get(r->store, &r->journal, err);
    if (st == ST_OK && r->journal.position > size)
        st = take_back(r, size, err);
    while (st == ST_OK && more)
        st = next_chunk(r, &more, err);
    return st;
}

/* What is wrong with one file is kept, the first of all, and the others are read. */
static void note(struct reader *r, enum status st, const struct err *one)
{
    r->over = st == ST_ENV; /* the store: the next one would fare no better */
    if (st == ST_OK || r->worst != ST_OK)
        return;
    if (r->err)
        *r->err = *one;
    r->worst = st;
}

static void read_file(const char *path, bool moved, void *context)
{
    struct reader *r = context;
    struct err one;

    if (r->over)
        return;
    r->path = path;
    r->fd = -1;
    r->ahead_us = 0;
    enum status st = read_one(r, moved, &one);
    if (r->fd >= 0)
        close(r->fd);
    note(r, st, &one);
}

struct turning {
    struct reader *reader;
    int64_t piece, from;
    bool moved;
};

static enum status turn_to(void *context, struct err *err)
{
    struct turning *turn = context;
    struct reader *r = turn->reader;
    enum status st = shipped_turn(r->store, &r->shipped, turn->piece, &turn->moved, err);

    if (st == ST_OK && turn->moved)
        st = store_journal_move(r->store, &r->journal, r->path, turn->from, &turn->moved, err);
    return st == ST_OK && !turn->moved ? ST_NO : st;
}

/* At the end of a piece: *more is false when it is the last. */
static enum status next_piece(struct reader *r, bool *more, struct err *err)
{
    struct turning turn = {.reader = r, .from = r->journal.position};
    enum status st = shipped_next(r->store, &r->shipped, &turn.piece, &r->journal.position, err);

    *more = false;
    if (st != ST_OK || !turn.piece)
        return st;
    st = store_transact(r->store, turn_to, &turn, err);
    if (st == ST_NO && !turn.moved) /* somebody else has read on: the next call sees how far */
        return ST_OK;
    r->shipped.piece = turn.piece;
    *more = st == ST_OK;
    return st;
}

static enum status read_shipped(struct reader *r, struct err *err)
{
    bool more = true;
    enum status st = need_key(r->desk, r->desk->class.file, err);

    memcpy(r->journal.head, r->shipped.head, sizeof(r->journal.head));
    if (st == ST_OK)
        st = store_journal_get(r->store, &r->journal, err);
    while (st == ST_OK && more) {
        while (st == ST_OK && more)
            st = next_chunk(r, &more, err);
        if (st == ST_OK && !(r->desk->stop && *r->desk->stop))
            st = next_piece(r, &more, err);
    }
    return st;
}

/* The journals of the machines that have no way to the grader's files. */
static void read_all_shipped(struct reader *r)
{
    struct shipped_file files[SHIPPED_AT_ONCE];
    size_t n = SHIPPED_AT_ONCE;
    struct err one;

    for (int64_t after = 0; !r->over && n == SHIPPED_AT_ONCE;) {
        note(r, shipped_unread(r->store, after, files, SHIPPED_AT_ONCE, &n, &one), &one);
        for (size_t i = 0; !r->over && i < n; i++) {
            r->shipped = files[i];
            r->fd = -1;
            r->path = files[i].target;
            note(r, read_shipped(r, &one), &one);
            after = files[i].id;
        }
    }
}

enum status journal_read_all(struct desk *desk, struct store *store, struct journal_sum *sum, struct err *err)
{
    const size_t chunk_bytes = store_is_file(store) ? CHUNK : CHUNK_ELSEWHERE;
    struct reader r = {.desk = desk,
                       .store = store,
                       .sum = sum,
                       .err = err,
                       .chunk = malloc(chunk_bytes),
                       .chunk_bytes = chunk_bytes};
    struct again_sum again = {0};

    *sum = (struct journal_sum){.lines = 0};
    enum status st = r.chunk ? again_place(desk, store, &again, err) : err_memory(err);
    sum->handed_in = again.placed;
    sum->refused = again.refused;
    for (size_t i = 0; st == ST_OK && i < desk->class.n_journals; i++)
        files_each(desk->class.journals[i], read_file, &r);
    if (st == ST_OK)
        read_all_shipped(&r);
    free(r.chunk);
    totals_clear(&r.totals);
    if (st == ST_OK && !r.over)
        st = store_unplaced_count(store, &sum->unplaced, err);
    return st == ST_OK ? r.worst : st;
}
