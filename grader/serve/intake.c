/* The flag is checked before any limit is looked at, so that a right one is never refused; wrong ones count
 * against the address they come from and never against the student they name. Who shows another's flag reads
 * that it is wrong, in the words of any wrong flag, and staff find it under `wiregrade borrowed`. */
#include "grader/serve/intake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "grader/store/evidence.h"
#include "grader/post/submit.h"
#include "net/bucket.h"
#include "net/dialog.h"

enum {
    CONNECTIONS = 512,
    CONNECTIONS_A_SOURCE = 8,
    SOURCES = 4096,
    WRONG_BURST = 30, /* of one address; then one more in ten seconds */
    SLOW = 10,        /* a bucket's clock runs so many times slower */
    WRONG_ALL = 2000, /* of all together; then 200 a second */
    WRONG_ALL_S = 200,
    ECHO_MAX = 200,
    SILENCE_MS = 5000, /* a line may come in parts */
    READ_MS = 300000,
    SESSION_MS = 86400000,
};

struct intake {
    struct intake_options options;
    struct dialog_server *server;
    struct limit limit;
    struct buckets source, all;
    int64_t rest_until; /* the store is not asked before */
    struct net_range *sources;
    size_t n_sources;
};

/* What is known of an address. */
struct shower {
    size_t n;                    /* rows of the roster that have it */
    const struct student *first; /* of them */
    bool may;                    /* one of them may show this flag */
};

static struct shower find_shower(const struct desk *desk, ipaddr address, const char *owner)
{
    const struct student *of = desk->has_roster ? roster_find(&desk->roster, owner) : NULL;
    struct shower shower = {.n = 0};

    struct student *const *rows = roster_at(&desk->roster, address, &shower.n);
    for (size_t i = 0; i < shower.n; i++) {
        const struct student *s = rows[i];
        bool mate = desk->class.mode == MODE_TEAMS && of && of->team[0] && strcmp(of->team, s->team) == 0;
        shower.may = shower.may || s == of || s->staff || mate;
    }
    if (shower.n)
        shower.first = rows[0];
    return shower;
}

static enum intake_word not_now(char *text, size_t size)
{
    snprintf(text, size, "it cannot be kept at the moment; hand it in again in a minute");
    return INTAKE_ERR;
}

static enum intake_word failed(struct intake *intake, const struct err *err, char *text, size_t size)
{
    state_trouble(intake->options.state, PART_STORE, err->text);
    return not_now(text, size);
}

/* A right flag that came from the address of somebody else: evidence, and no more than that. */
static enum intake_word borrowed(struct intake *intake, const struct shower *shower, const char *address,
                                 const struct flag_parts *parts, char *text, size_t size)
{
    struct evidence evidence = {.when_us = store_now_us(intake->options.store)};
    int64_t id;
    bool fresh;
    struct err err;

    str_copy(evidence.slug, sizeof(evidence.slug), parts->slug);
    str_copy(evidence.owner, sizeof(evidence.owner), parts->student);
    str_copy(evidence.shower, sizeof(evidence.shower), shower->n == 1 ? shower->first->handle : address);
    str_copy(evidence.source, sizeof(evidence.source), address);
    if (store_evidence(intake->options.store, &evidence, &fresh, &id, &err) != ST_OK)
        return failed(intake, &err, text, size);
    if (fresh) {
        state_count(intake->options.state, COUNT_BORROWED, 1);
        log_line("borrowed: %s's flag of %s was handed in from the address of %s; `wiregrade borrowed list`",
                 evidence.owner, evidence.slug, evidence.shower);
    }
    return INTAKE_BAD;
}

static enum intake_word keep(struct intake *intake, const char *address, const char *line, size_t length,
                             char *text, size_t size)
{
    struct submitted s;
    struct err err;

    if (submit_flag(intake->options.desk, intake->options.store, line, length, address, &s, &err) != ST_OK)
        return failed(intake, &err, text, size);
    snprintf(text, size, "%s", s.text);
    if (!s.fresh)
        return INTAKE_DUP;
    log_line("handed in: %s %s, from %s", s.solve.student, s.solve.slug, address);
    state_wake(intake->options.state);
    return INTAKE_OK;
}

static enum intake_word wrong(struct intake *intake, ipaddr source, char *text, size_t size)
{
    int64_t now = clock_ms();
    uint32_t share = roster_sharing(&intake->options.desk->roster, source);

    if (!buckets_take(&intake->source, ipaddr_fold(ipaddr_site(source)), now / SLOW, share) ||
        !buckets_take(&intake->all, 0, now, 1)) {
        snprintf(text, size,
                 "too many wrong ones from your address; wait ten seconds for each more. A right "
                 "flag is always taken");
        return INTAKE_LIMIT;
    }
    return INTAKE_BAD;
}

/* A database that gives no answer is waited for, and this thread serves all: as long as that took, the next
 * ones read at once what they would read in the end. */
static enum intake_word take(struct intake *intake, const struct shower *shower, const char *address,
                             const struct submitted *s, const char *line, size_t length, char *text,
                             size_t size)
{
    const int64_t began = clock_ms();

    if (began < intake->rest_until)
        return not_now(text, size);
    const bool his = !shower->n || shower->may;
    const enum intake_word word = his ? keep(intake, address, line, length, text, size)
                                      : borrowed(intake, shower, address, &s->parts, text, size);
    if (word == INTAKE_ERR)
        intake->rest_until = 2 * clock_ms() - began;
    return word;
}

static enum intake_word judge(struct intake *intake, ipaddr source, const char *line, size_t length,
                              char *text, size_t size)
{
    static const char no[] = "wrong: mistyped, of another class, invented, or not yours";
    const struct desk *desk = intake->options.desk;
    char address[IPADDR_TEXT_SIZE];
    struct submitted s;

    ipaddr_text(source, address);
    if (!submit_check(desk, line, length, &s)) {
        /* the same for an invented one as for somebody else's; a slip in his own is told to him alone */
        struct shower of = find_shower(desk, source, s.nearly);
        bool his = s.letters && (of.may || !of.n);
        snprintf(text, size, "%s", (s.flag == FLAG_WRONG || s.letters) && !his ? no : s.text);
        return wrong(intake, source, text, size);
    }
    struct shower shower = find_shower(desk, source, s.parts.student);
    snprintf(text, size, "%s", no);
    return take(intake, &shower, address, &s, line, length, text, size);
}

/* What came, so that who sends several can tell the answers apart. */
static void echo(const char *line, size_t length, struct buf *answer)
{
    size_t n = 0;

    for (size_t i = 0; i < length && n < ECHO_MAX; i++, n++) {
        char c = line[i] > ' ' && line[i] <= '~' ? line[i] : line[i] == ' ' || line[i] == '\t' ? ' ' : '?';
        buf_add(answer, &c, 1);
    }
    if (n < length)
        buf_puts(answer, "...");
}

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

void intake_answer(struct intake *intake, ipaddr source, const char *line, size_t length, struct buf *answer)
{
    char text[1024];
    enum intake_word word;

    while (length && blank(line[length - 1]))
        length--;
    for (; length && blank(*line); line++)
        length--;
    if (length == 0)
        return;
    word = judge(intake, source, line, length, text, sizeof(text));
    echo(line, length, answer);
    buf_printf(answer, " %s %s\n", intake_word_text(word), text);
    state_answered(intake->options.state, word);
}

static enum dialog_next on_line(void *context, struct dialog *dialog, const char *line, size_t length,
                                struct buf *answer)
{
    intake_answer(context, dialog_peer(dialog).address, line, length, answer);
    return DIALOG_MORE;
}

static void on_opened(void *context, struct dialog *dialog, struct buf *answer)
{
    (void)context;
    (void)dialog;
    (void)answer; /* programs read one line for each of theirs, and none before */
}

static void on_closed(void *context, struct dialog *dialog)
{
    (void)context;
    (void)dialog;
}

static void on_busy(void *context, const char *why, size_t length, struct buf *answer)
{
    struct intake *intake = context;

    state_answered(intake->options.state, INTAKE_LIMIT);
    buf_printf(answer, "- LIMIT %.*s\n", (int)length, why);
}

static uint32_t students(void *context, ipaddr source)
{
    const struct intake *intake = context;
    size_t n;

    roster_at(&intake->options.desk->roster, source, &n);
    return (uint32_t)n;
}

/* The class's students and this machine; on a loopback address this machine alone. */
static bool sources(struct intake *intake)
{
    const struct class *class = &intake->options.desk->class;
    bool near = intake->options.address >> 24 == 127;

    intake->sources = calloc(class->n_students + 1, sizeof(*intake->sources));
    if (!intake->sources)
        return false;
    intake->sources[intake->n_sources++] = (struct net_range){127u << 24, 255u << 24};
    for (size_t i = 0; !near && i < class->n_students; i++)
        intake->sources[intake->n_sources++] =
            (struct net_range){class->students[i].net, class->students[i].mask};
    return true;
}

enum status intake_open(struct intake **out, uv_loop_t *loop, const struct intake_options *options,
                        struct err *err)
{
    struct intake *intake = calloc(1, sizeof(*intake));
    uint64_t seed;

    *out = intake;
    if (!intake)
        return err_memory(err);
    intake->options = *options;
    arc4random_buf(&seed, sizeof(seed));
    if (!limit_init(&intake->limit, CONNECTIONS, CONNECTIONS_A_SOURCE) || !sources(intake) ||
        !buckets_init(&intake->source, SOURCES, WRONG_BURST, 1, seed) ||
        !buckets_init(&intake->all, 8, WRONG_ALL, WRONG_ALL_S, seed))
        return err_memory(err);
    const struct dialog_options dialog = {
        .place = {options->address, options->port, intake->sources, intake->n_sources, NULL},
        .limit = &intake->limit,
        .what = "the intake",
        .students = students,
        .silence_ms = SILENCE_MS,
        .read_ms = READ_MS,
        .session_ms = SESSION_MS,
        .input_max = UINT64_MAX, /* a file of flags may be long; what is wrong in it is slowed down */
        .opened = on_opened,
        .busy = on_busy,
        .closed = on_closed,
        .line = on_line,
        .context = intake,
    };
    return dialog_open(&intake->server, loop, &dialog, err);
}

uint16_t intake_port(const struct intake *intake)
{
    return dialog_port(intake->server);
}

void intake_stop(struct intake *intake)
{
    if (intake)
        dialog_stop(intake->server);
}

void intake_close(struct intake *intake)
{
    if (!intake)
        return;
    limit_done(&intake->limit);
    buckets_done(&intake->source);
    buckets_done(&intake->all);
    free(intake->sources);
    free(intake);
}
