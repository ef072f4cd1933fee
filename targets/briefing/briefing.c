#include "targets/briefing/briefing.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/str.h"
#include "targets/briefing/session.h"
#include "targets/answer/deliver.h"
#include "targets/state/memory.h"

enum { CONNECTIONS_A_SOURCE = 8, FAILURES = 5, FAILING_SOURCES = 2048 };

static enum dialog_next (*const WORDS[N_WORDS])(struct briefing_session *s, const struct briefing_command *c,
                                                struct buf *out) = {
    [WORD_HELP] = words_help,     [WORD_LIST] = words_list,     [WORD_READ] = words_read,
    [WORD_TRIES] = told_tries,    [WORD_SEEN] = told_seen,      [WORD_LISTEN] = waiting_listen,
    [WORD_FLAGS] = waiting_flags, [WORD_AGAIN] = waiting_again, [WORD_SUBMIT] = hand_in_submit,
    [WORD_I] = words_i,           [WORD_QUIT] = words_quit,
    /* ADD A WORD HERE */
};

static void on_opened(void *context, struct dialog *dialog, struct buf *answer)
{
    struct briefing *b = context;
    struct briefing_session *s = dialog_state(dialog);
    char address[IPADDR_TEXT_SIZE];

    *s = (struct briefing_session){.briefing = b, .rt = b->rt, .dialog = dialog, .peer = dialog_peer(dialog)};
    memory_trust(b->rt->memory, s->peer.address, clock_ms());
    const struct student *student =
        b->rt->has_roster ? roster_find_address(&b->rt->roster, s->peer.address) : NULL;
    buf_printf(answer, "Briefing of class %s. ", b->rt->class.word);
    if (b->rt->class.own_host && str_copy(s->who, sizeof(s->who), b->rt->class.student)) {
        s->known = KNOWN_PROVED;
        buf_printf(answer, "You are %s, for this target is on your own host.", s->who);
    } else if (student && str_copy(s->who, sizeof(s->who), student->handle)) {
        s->known = KNOWN_PROVED;
        buf_printf(answer, "You are %s, by your address %s.", s->who, ipaddr_text(s->peer.address, address));
    } else {
        buf_printf(answer, "Who are you?  i HANDLE%s", b->rt->has_roster ? " PIN" : "");
    }
    buf_puts(answer, "  All words:  help\n");
}

static void on_closed(void *context, struct dialog *dialog)
{
    (void)context;
    pins_forget(dialog_state(dialog));
    waiting_forget(dialog_state(dialog));
}

static void on_busy(void *context, const char *why, size_t length, struct buf *answer)
{
    struct briefing *b = context;

    journal_drop(&b->rt->journal, DROP_BUSY, 1);
    buf_printf(answer, "%c%.*s.\n", *why & ~0x20, (int)length - 1, why + 1); /* a letter, in upper case */
}

/* With its wrapper, or without and whole. */
static bool is_flag(const struct runtime *rt, const char *text)
{
    const struct flag_context context = {rt->course.flag_prefix, rt->course.id, rt->class.word};
    const size_t prefix = strlen(context.prefix);
    struct flag_parts parts;

    return (strncasecmp(text, context.prefix, prefix) == 0 && text[prefix] == '{') ||
           flag_check(&context, rt->ring, text, strlen(text), &parts) != FLAG_MALFORMED;
}

/* No word, but what a word is for: a flag is handed in as it stands, a challenge's name has its words. */
static enum dialog_next on_unknown(struct briefing_session *s, const char *line, size_t length,
                                   struct briefing_command *command, struct buf *answer)
{
    const struct course *course = &s->rt->course;
    char text[BRIEFING_ARG_SIZE] = "";

    while (length && (line[length - 1] == '\r' || line[length - 1] == ' '))
        length--;
    if (length < sizeof(text))
        memcpy(text, line, length);
    if (is_flag(s->rt, text)) {
        *command = (struct briefing_command){.word = WORD_SUBMIT, .n_args = 1};
        str_copy(command->args[0], sizeof(command->args[0]), text);
        return WORDS[WORD_SUBMIT](s, command, answer);
    }
    for (size_t i = 0; i < course->n_challenges; i++) {
        const struct challenge *challenge = &course->challenges[i];
        if (!session_lists(s->rt, challenge) || strcmp(challenge->slug, text) != 0)
            continue;
        buf_printf(answer, "That is a challenge. Its text:  read %s   What you tried:  tries %s\n", text,
                   text);
        return DIALOG_MORE;
    }
    ascii_lower(text);
    if (s->rt->has_roster && roster_find(&s->rt->roster, text))
        buf_printf(answer, "That is a handle. Say who you are:  i %s PIN\n", text);
    else if (command->near)
        buf_printf(answer, "No such word. Did you mean:  %s\n", command->near->usage);
    else
        buf_puts(answer, "No such word. All words:  help\n");
    return DIALOG_MORE;
}

static enum dialog_next on_line(void *context, struct dialog *dialog, const char *line, size_t length,
                                struct buf *answer)
{
    struct briefing_session *s = dialog_state(dialog);
    struct briefing_command command;
    enum dialog_next next = DIALOG_MORE;

    (void)context;
    switch (briefing_line(line, length, &command)) {
    case LINE_WORD:
        next = WORDS[command.word](s, &command, answer);
        break;
    case LINE_EMPTY:
        break;
    case LINE_ARGS:
        buf_printf(answer, "That is written:  %s\n", WORD_ROWS[command.word].usage);
        break;
    case LINE_UNKNOWN:
        next = on_unknown(s, line, length, &command, answer);
        break;
    case LINE_BYTES:
        buf_printf(answer, "That is no line of text of at most %d bytes. All words:  help\n",
                   BRIEFING_LINE_MAX);
        break;
    }
    if (answer->failed) {
        buf_clear(answer);
        buf_puts(answer, "The answer is too long for this line service.\n");
    }
    return next;
}

static uint32_t students(void *context, ipaddr source)
{
    const struct briefing *b = context;
    size_t n;

    roster_at(&b->rt->roster, source, &n);
    return (uint32_t)n;
}

static bool init(struct briefing *b, struct runtime *rt, uint32_t places)
{
    uint64_t seed = 0;

    b->rt = rt;
    buf_init(&b->text, DIALOG_ANSWER_MAX);
    b->handed = calloc(HANDED_MAX, sizeof(b->handed[0]));
    return b->handed && getrandom(&seed, sizeof(seed), 0) == sizeof(seed) &&
           limit_init(&b->limit, places, CONNECTIONS_A_SOURCE) &&
           buckets_init(&b->pins, FAILING_SOURCES, FAILURES, 1, seed) &&
           buckets_init(&b->wrong, FAILING_SOURCES, FAILURES, 1, seed);
}

static enum status listen_at(struct briefing *b, bool six, struct err *err)
{
    struct runtime *rt = b->rt;
    const struct dialog_options options = {.place = {.address = runtime_place(rt, six),
                                                     .port = rt->class.briefing,
                                                     .sources = rt->students,
                                                     .n_sources = rt->class.n_students},
                                           .limit = &b->limit,
                                           .what = "the briefing",
                                           .students = students,
                                           .state_bytes = sizeof(struct briefing_session),
                                           .opened = on_opened,
                                           .busy = on_busy,
                                           .closed = on_closed,
                                           .line = on_line,
                                           .context = b};

    if (runtime_serves(rt, six) && dialog_open(&b->servers[six], &rt->loop, &options, err) != ST_OK)
        return err_prefix(err, "the briefing (another port: `briefing:` in %s; none: --no-briefing)",
                          rt->class.file ? rt->class.file : "class.yml");
    return ST_OK;
}

enum status briefing_open(struct briefing **out, struct runtime *rt, uint32_t places, struct err *err)
{
    struct briefing *b = calloc(1, sizeof(*b));
    enum status st = ST_OK;

    for (size_t i = 0; i < N_WORDS; i++)
        assert(WORDS[i]); /* a word that stands in line.c alone */
    *out = b;
    if (!b || !init(b, rt, places))
        return err_memory(err);
    deliver_on_probed(rt->deliver, waiting_probed, b);
    for (size_t six = 0; st == ST_OK && six < BRIEFING_VERSIONS; six++)
        st = listen_at(b, six, err);
    if (st == ST_OK)
        pins_open(b);
    return st;
}

void briefing_stop(struct briefing *b)
{
    if (!b || b->stopped)
        return;
    b->stopped = true;
    for (size_t i = 0; i < BRIEFING_VERSIONS; i++)
        if (b->servers[i])
            dialog_stop(b->servers[i]);
    pins_stop(b);
}

void briefing_free(struct briefing *b)
{
    if (!b)
        return;
    limit_done(&b->limit);
    buckets_done(&b->pins);
    buckets_done(&b->wrong);
    buf_free(&b->text);
    free(b->handed);
    free(b);
}
