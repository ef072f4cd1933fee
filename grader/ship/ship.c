/* Where a file stands is asked of the store when its head is first seen, and again when it is no longer what
 * was sent, or the store no longer what was seen there: nothing is kept here. A journal is not synced, so
 * after a loss of power it can be shorter than what was sent of it, and go on from there: that is a piece of
 * its own (shipped.h). */
#include "grader/ship/ship.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/notify.h"
#include "grader/journal/files.h"
#include "grader/ship/tail.h"

enum {
    FILES_MAX = 101,
    LOOK_MS = 500, /* between looks at the files */
    AWAY_MS = 1000,
    AWAY_MAX_MS = 30000, /* between tries while the other end is away */
    SLICE_MS = 100,      /* between looks at *stop */
    SETTLES_MAX = 3,
};

/* Of a clock that is less wrong than this the rest is the way to the other end. */
static const int64_t clock_us = 60000000;
static const double nearly_full = 0.8;

/* A file of the journal whose place in the store is known. */
struct spot {
    struct shipper_file file;
    int64_t piece; /* and the piece and place where to go on */
    struct tail_seam seam;
    bool seen, told_full;
};

struct ship {
    struct ship_options options;
    const struct carrier *carrier;
    void *end; /* NULL while there is no connection */
    struct spot known[FILES_MAX];
    size_t n_known;
    struct tail tail;
    int lock; /* the journal's file, locked; -1 while it is not there */
    int notify;
    bool away, told_clock, met; /* met: a file of the journal, in this round */
    int64_t away_ms, asked_ms;  /* until the next try, and how long the other end asks for */
    unsigned long long lines;   /* that were sent */
    enum status wrong, failed;  /* with a file, in this round; failed: it is over */
    struct err wrong_err, away_err, *err;
    char trouble[sizeof(((struct err *)0)->text)], said[sizeof(((struct err *)0)->text)];
};

static bool stopped(const struct ship *s)
{
    return s->options.carrier.stop && *s->options.carrier.stop;
}

static void wait_ms(const struct ship *s, int64_t ms)
{
    for (const int64_t until = clock_ms() + ms; !stopped(s) && clock_ms() < until;)
        poll(NULL, 0, SLICE_MS);
}

/* What is wrong with the other end, NULL for nothing: told when it changes. */
static void tell(struct ship *s, const char *text)
{
    if (strcmp(s->trouble, text ? text : "") == 0)
        return;
    snprintf(s->trouble, sizeof(s->trouble), "%s", text ? text : "");
    if (text)
        log_line("%s; the journal keeps its lines until then", text);
    else
        log_line("lines are taken again");
    notify_send(s->notify, "STATUS=%.200s", text ? text : "sending");
}

/* By how much the lines' times are wrong. */
static int64_t ahead_us(struct ship *s)
{
    const int64_t us = s->carrier->ahead_us(s->end);
    const bool off = us > clock_us || us < -clock_us;

    if (off && !s->told_clock)
        log_line("this machine's clock is %lld s %s %s; what the lines tell is set right by that",
                 (long long)(us < 0 ? -us : us) / 1000000, us < 0 ? "behind" : "ahead of",
                 s->carrier->whose_clock);
    s->told_clock = off;
    return off ? us : 0;
}

struct question {
    const struct ship *ship;
    const struct shipper_file *file;
};

static enum status has(int64_t at, const char *line, size_t len, bool *yes, void *context, struct err *err)
{
    const struct question *q = context;

    return q->ship->carrier->has(q->ship->end, q->file, at, line, len, yes, err);
}

/* Whether the last row that is there is in this file. */
static enum status same_end(struct ship *s, int fd, int64_t size, const struct shipper_file *file, bool *same,
                            struct err *err)
{
    const size_t len = (size_t)file->length;

    *same = false;
    if (file->at + file->length > size || len > sizeof(s->tail.bytes) ||
        pread(fd, s->tail.bytes, len, file->at) != (ssize_t)len)
        return ST_OK;
    return s->carrier->has(s->end, file, file->at, s->tail.bytes, len, same, err);
}

/* Where the store stands with it. */
static enum status settle(struct ship *s, const char *path, int fd, struct spot *k, struct err *err)
{
    struct shipper_file *file = &k->file;
    struct question question = {s, file};
    int64_t from = 0;
    bool same = true;
    struct stat now;
    enum status st = s->carrier->begin(s->end, file, err);

    if (st == ST_OK && !file->own)
        return err_set(err, ST_INPUT,
                       "%s: a copy of target %s's journal, or %s ships it, too; each target sends its own, "
                       "by a %s of its own",
                       path, file->target, file->target, s->carrier->by);
    /* looked at after that: whatever is there was in the file before */
    if (st == ST_OK && fstat(fd, &now))
        st = files_unread(path, err);
    if (st == ST_OK && file->length)
        st = same_end(s, fd, now.st_size, file, &same, err);
    if (st == ST_OK && same)
        from = file->at + file->length;
    else if (st == ST_OK)
        st = tail_common(fd, path, now.st_size, has, &question, &from, err);
    if (st != ST_OK)
        return st;
    if (!same)
        log_line(
            "%s: shorter than what was sent of it, or not the same from byte %lld on; what follows there "
            "is sent as new",
            path, (long long)from);
    k->piece = file->piece + !same;
    tail_mark(fd, from, &k->seam);
    return ST_OK;
}

static enum status send_batch(struct ship *s, struct spot *k, struct err *err)
{
    const struct tail *tail = &s->tail;
    const struct shipper_rows rows = {.piece = k->piece,
                                      .at = k->seam.at,
                                      .ahead_us = ahead_us(s),
                                      .bytes = tail->bytes,
                                      .n = tail->n,
                                      .n_lines = tail->n_lines,
                                      .lengths = tail->lengths};

    return s->carrier->put(s->end, &k->file, &rows, err);
}

static enum status send_lines(struct ship *s, const char *path, int fd, struct spot *k, struct err *err)
{
    unsigned settled = 0;
    enum status st;

    while ((st = tail_read(fd, path, k->seam.at, &s->tail, err)) == ST_OK && s->tail.n_lines && !stopped(s)) {
        st = send_batch(s, k, err);
        if (st == ST_NO && settled++ < SETTLES_MAX)
            st = settle(s, path, fd, k, err);
        else if (st == ST_NO)
            st = err_set(err, ST_ENV, "%s: another `wiregrade ship` sends it, too, by the same %s", path,
                         s->carrier->by);
        else if (st == ST_OK) {
            s->lines += s->tail.n_lines;
            tail_mark(fd, k->seam.at + (int64_t)s->tail.n, &k->seam);
        }
        if (st != ST_OK)
            return st;
    }
    return st;
}

/* NULL: more files than a journal has. */
static struct spot *find(struct ship *s, const char *head, bool *is_new)
{
    for (size_t i = 0; i < s->n_known; i++)
        if (strcmp(s->known[i].file.head, head) == 0) {
            *is_new = false;
            return &s->known[i];
        }
    *is_new = true;
    if (s->n_known == FILES_MAX)
        return NULL;
    struct spot *k = &s->known[s->n_known];
    *k = (struct spot){.piece = 0};
    memcpy(k->file.head, head, sizeof(k->file.head));
    return k;
}

static void tell_room(struct spot *k, const char *path, int fd, int64_t size)
{
    const double fill = files_fill(fd, size);

    if (fill >= nearly_full && !k->told_full)
        log_line("%s: %.0f %% of its target's ceiling; logrotate moves it away before that is reached", path,
                 fill * 100);
    k->told_full = fill >= nearly_full;
}

static enum status send_file(struct ship *s, const char *path, bool moved, int fd, int64_t size,
                             struct err *err)
{
    char head[JOURNAL_HEAD_SIZE];
    bool is_new = false;

    if (!files_head(fd, head))
        return ST_OK;
    struct spot *k = find(s, head, &is_new);
    if (!k)
        return err_set(err, ST_INPUT, "%s: one file too many of a journal", path);
    enum status st = ST_OK;
    if (is_new || !tail_unchanged(fd, size, &k->seam))
        st = settle(s, path, fd, k, err);
    if (st != ST_OK)
        return st;
    s->n_known += is_new;
    k->seen = true;
    if (!moved)
        tell_room(k, path, fd, size);
    return send_lines(s, path, fd, k, err);
}

/* A second one that sends the same journal could only send the same lines, but would be one that nobody
 * meant. */
static enum status lock(struct ship *s, const char *path, int fd, struct err *err)
{
    struct stat mine, now;

    if (s->lock >= 0 && fstat(s->lock, &mine) == 0 && fstat(fd, &now) == 0 && mine.st_ino == now.st_ino &&
        mine.st_dev == now.st_dev)
        return ST_OK;
    const int own = dup(fd);
    if (own < 0 || flock(own, LOCK_EX | LOCK_NB)) {
        const bool other = own >= 0 && errno == EWOULDBLOCK;
        if (own >= 0)
            close(own);
        return other ? err_set(err, ST_ENV, "%s: another `wiregrade ship` sends it already; end one of them",
                               path)
                     : err_set(err, ST_ENV, "%s: cannot be locked: %s", path, strerror(errno));
    }
    if (s->lock >= 0)
        close(s->lock);
    s->lock = own;
    return ST_OK;
}

/* Before the other end is asked, which may have room for one of a target's alone. */
static enum status lock_early(struct ship *s)
{
    int64_t size;
    int fd = -1;
    struct err one;

    /* one that cannot be opened is told by its round */
    if (files_open(s->options.journal, &fd, &size, &one) == ST_OK && fd >= 0)
        s->failed = lock(s, s->options.journal, fd, s->err);
    if (fd >= 0)
        close(fd);
    return s->failed;
}

static void note(struct ship *s, enum status st, const struct err *one)
{
    if (st == ST_ENV) {
        s->away = true;
        s->away_err = *one;
    } else if (st != ST_OK && s->wrong == ST_OK) {
        s->wrong = st;
        s->wrong_err = *one;
    }
}

static void look_at(const char *path, bool moved, void *context)
{
    struct ship *s = context;
    int64_t size = 0;
    int fd = -1;
    struct err one;

    if (s->away || s->failed != ST_OK || stopped(s))
        return;
    enum status st = files_open(path, &fd, &size, &one);
    s->met = s->met || st != ST_OK || fd >= 0;
    if (st == ST_OK && fd >= 0 && !moved && (s->failed = lock(s, path, fd, s->err)) != ST_OK) {
        close(fd);
        return;
    }
    if (st == ST_OK && fd >= 0)
        st = send_file(s, path, moved, fd, size, &one);
    if (fd >= 0)
        close(fd);
    note(s, st, &one);
}

/* What is gone is forgotten. */
static void sweep(struct ship *s)
{
    size_t kept = 0;

    for (size_t i = 0; i < s->n_known; i++)
        if (s->known[i].seen) {
            s->known[kept] = s->known[i];
            s->known[kept++].seen = false;
        }
    s->n_known = kept;
}

static void close_end(struct ship *s)
{
    if (s->end)
        s->carrier->close(s->end);
    s->end = NULL;
}

/* All there is of all files. ST_ENV: the other end says no, for now; s->failed: for good. */
static enum status round_of(struct ship *s)
{
    bool lasting = false;

    s->wrong = ST_OK;
    s->away = s->met = false;
    s->asked_ms = 0;
    if (!s->end && lock_early(s) != ST_OK)
        return ST_ENV;
    if (!s->end) {
        enum status st = s->carrier->open(&s->end, &s->options.carrier, &lasting, &s->away_err);
        if (st != ST_OK && lasting) {
            *s->err = s->away_err;
            s->failed = st;
        }
        if (st != ST_OK)
            return ST_ENV;
    }
    files_each(s->options.journal, look_at, s);
    if (s->away) {
        close_end(s);
        return ST_ENV;
    }
    if (!s->met)
        s->wrong =
            err_set(&s->wrong_err, ST_INPUT,
                    "%s: is not there; what a target writes to it is sent when it is", s->options.journal);
    sweep(s);
    return ST_OK;
}

/* What is wrong with a file is a line when it is new. */
static void tell_wrong(struct ship *s)
{
    if (s->wrong == ST_INPUT && strcmp(s->said, s->wrong_err.text) != 0)
        log_line("%s", s->wrong_err.text);
    snprintf(s->said, sizeof(s->said), "%s", s->wrong == ST_INPUT ? s->wrong_err.text : "");
}

static enum status go(struct ship *s)
{
    const int64_t deadline = clock_ms() + s->options.wait_ms;

    while (!stopped(s)) {
        enum status st = round_of(s);
        if (s->failed != ST_OK)
            return s->failed;
        if (st == ST_OK) {
            tell(s, NULL);
            s->away_ms = AWAY_MS;
        }
        if (s->options.once && (st == ST_OK ? !stopped(s) : clock_ms() >= deadline)) {
            if (st != ST_OK || s->wrong != ST_OK)
                *s->err = st != ST_OK ? s->away_err : s->wrong_err;
            return st != ST_OK ? st : s->wrong;
        }
        if (st == ST_OK) {
            tell_wrong(s);
            wait_ms(s, LOOK_MS);
            continue;
        }
        tell(s, s->away_err.text);
        wait_ms(s, s->asked_ms > s->away_ms ? s->asked_ms : s->away_ms);
        s->away_ms = s->away_ms * 2 < AWAY_MAX_MS ? s->away_ms * 2 : AWAY_MAX_MS;
    }
    return ST_OK;
}

enum status ship_run(const struct ship_options *options, unsigned long long *lines, struct err *err)
{
    struct ship *s = calloc(1, sizeof(*s));

    *lines = 0;
    if (!s)
        return err_memory(err);
    s->options = *options;
    s->options.carrier.asked_ms = &s->asked_ms;
    s->err = err;
    s->lock = -1;
    s->away_ms = AWAY_MS;
    s->notify = notify_open();
    notify_send(s->notify, "READY=1\nSTATUS=sending");
    enum status st = carrier_of(s->options.carrier.to, &s->carrier, err);
    if (st == ST_OK)
        st = go(s);
    *lines = s->lines;
    close_end(s);
    if (s->lock >= 0)
        close(s->lock);
    if (s->notify >= 0)
        close(s->notify);
    free(s);
    return st;
}
