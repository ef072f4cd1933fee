#include "grader/deploy.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/rules.h"
#include "judge/texts.h"

enum { TEXT_CEILING = 1 << 18, FLAGS_MAX = 64, TRIES = 2 };

struct deploy {
    const struct desk *desk;
    struct scoreboard *board;
    const struct deploy_options *options;
    struct deploy_summary *summary;
    struct rulebook *book;
};

/* The exit status of a result that is not BOARD_OK. */
static enum status status_of(enum board_result result, struct err *err)
{
    switch (result) {
    case BOARD_NONE:
    case BOARD_MANY:
        err->status = ST_NO;
        break;
    case BOARD_OK:
    case BOARD_LATER:
    case BOARD_CONFLICT:
    case BOARD_UNKNOWN:
    case BOARD_PERSON:
    case BOARD_WRONG:
    case BOARD_RESET:
        err->status = ST_ENV;
        break;
    }
    return err->status;
}

static void fill(struct deploy *d, const struct challenge *c, const char *text, struct place at,
                 struct buf *out, struct problems *problems)
{
    const struct rules *rules = d->book ? rulebook_find(d->book, c->slug) : NULL;

    challenge_fill(out, text, c, rules, &d->desk->class, at, problems);
}

static enum status make(struct deploy *d, const struct challenge *c, const struct board_draft *draft,
                        struct err *err)
{
    enum board_result result = BOARD_LATER;

    /* the second try finds what an unclear first one left and makes it anew */
    for (int i = 0; i < TRIES; i++) {
        int64_t id;
        result = d->board->driver->challenge_make(d->board->state, draft, &id, err);
        if (result != BOARD_CONFLICT && result != BOARD_UNKNOWN)
            break;
        struct board_challenge there;
        struct err look;
        if (d->board->driver->challenge_find(d->board->state, draft->name, &there, &look) == BOARD_OK) {
            result = BOARD_OK;
            break;
        }
    }
    if (result == BOARD_OK)
        return ST_OK;
    err_prefix(err, "%s", c->slug);
    return result == BOARD_WRONG ? ST_INPUT : status_of(result, err);
}

static enum status create(struct deploy *d, const struct challenge *c, struct err *err)
{
    struct problems problems = {0};
    struct board_flag flags[FLAGS_MAX];
    struct buf category, description, connection;
    enum status st;

    buf_init(&category, TEXT_CEILING);
    buf_init(&description, TEXT_CEILING);
    buf_init(&connection, TEXT_CEILING);
    fill(d, c, c->category, c->category_at, &category, &problems);
    fill(d, c, c->description, c->description_at, &description, &problems);
    if (c->connection_info)
        fill(d, c, c->connection_info, c->connection_info_at, &connection, &problems);
    st = problems_err(&problems, err);
    if (st == ST_OK && c->n_flags > FLAGS_MAX)
        st = err_set(err, ST_INPUT, "%s: more than %d flags", c->file, FLAGS_MAX);
    /* CTFd takes every answer to such a challenge (3.8.7) */
    if (st == ST_OK && c->n_flags == 0 && c->logic && strcmp(c->logic, "all") == 0)
        st = err_set(err, ST_INPUT, "%s: `logic: all` without flags would accept every answer", c->file);
    for (size_t i = 0; st == ST_OK && i < c->n_flags; i++)
        flags[i] = (struct board_flag){c->flags[i].content, c->flags[i].type,
                                       c->flags[i].data ? c->flags[i].data : ""};
    const struct board_draft draft = {
        .name = c->name,
        .category = buf_text(&category),
        .description = buf_text(&description),
        .attribution = c->attribution[0] ? c->attribution : NULL,
        .connection_info = c->connection_info ? buf_text(&connection) : NULL,
        .type = c->type,
        .logic = c->logic,
        .value = c->value,
        .attempts = c->attempts,
        .visible = strcmp(c->state, "visible") == 0,
        .flags = flags,
        .n_flags = c->n_flags,
    };
    if (st == ST_OK)
        st = make(d, c, &draft, err);
    buf_free(&category);
    buf_free(&description);
    buf_free(&connection);
    problems_free(&problems);
    return st;
}

static enum status one(struct deploy *d, const struct challenge *c, struct err *err)
{
    struct board_challenge there;
    enum deploy_done done = DEPLOY_THERE;
    enum board_result result = d->board->driver->challenge_find(d->board->state, c->name, &there, err);

    if (result == BOARD_NONE) {
        enum status st = create(d, c, err);
        if (st != ST_OK)
            return st;
        done = DEPLOY_CREATED;
        d->summary->created++;
    } else if (result == BOARD_OK) {
        d->summary->there++;
    } else {
        err_prefix(err, "%s", c->slug);
        return status_of(result, err);
    }
    if (d->options->told)
        d->options->told(d->options->context, c, done);
    return ST_OK;
}

/* Our own board shows points against a pass mark, under the course's name. A CTFd keeps its own name. */
static enum status dress(struct deploy *d, struct err *err)
{
    const struct course *course = &d->desk->course;
    char mark[32];

    snprintf(mark, sizeof(mark), "%" PRId64, course->pass);
    enum board_result result = d->board->driver->config_set(d->board->state, PASS_MARK_KEY, mark, err);
    if (result == BOARD_OK)
        result = d->board->driver->config_set(d->board->state, "ctf_name", course->name, err);
    d->summary->pass_mark = result == BOARD_OK;
    return result == BOARD_OK ? ST_OK : status_of(result, err);
}

enum status deploy_run(const struct desk *desk, struct scoreboard *board,
                       const struct deploy_options *options, struct deploy_summary *summary, struct err *err)
{
    struct deploy d = {.desk = desk, .board = board, .options = options, .summary = summary};
    struct problems problems = {0};
    struct board_kind kind;

    *summary = (struct deploy_summary){.created = 0};
    d.book = rulebook_compile(&desk->course, &desk->class, desk->has_roster ? &desk->roster : NULL,
                              desk->ring, NULL, 0, &problems);
    enum status st = problems_err(&problems, err);
    enum board_result result = st == ST_OK ? board->driver->kind(board->state, &kind, err) : BOARD_OK;
    if (result != BOARD_OK)
        st = status_of(result, err);
    for (size_t i = 0; st == ST_OK && i < desk->course.n_challenges; i++)
        st = one(&d, &desk->course.challenges[i], err);
    if (st == ST_OK && kind.ours)
        st = dress(&d, err);
    rulebook_free(d.book);
    problems_free(&problems);
    return st;
}
