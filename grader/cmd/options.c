#include "grader/cmd/options.h"

#include <argp.h>
#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/names.h"
#include "base/str.h"
#include "grader/cmd/frame.h"

enum {
    ROWS_MAX = 16,
    KEY_OWN = 256,
    USAGE_SIZE = 256,
    FIRST_SIZE = 32
}; /* keys from KEY_OWN on have no letter */

struct options_reading {
    const struct frame_command *command;
    struct frame_work *work;
    const struct frame_form *form;
};

enum status options_number(const char *text, uint64_t min, uint64_t max, const char *name, uint64_t *out,
                           struct err *err)
{
    if (parse_u64(text, max, out) != PARSE_OK)
        return err_set(err, ST_USAGE, "%s is a number from %llu to %llu, not \"%s\"", name,
                       (unsigned long long)min, (unsigned long long)max, text);
    if (*out < min)
        return err_set(err, ST_USAGE, "%s %s: write at least %llu", name, text, (unsigned long long)min);
    return ST_OK;
}

/* Its number among the words of "human|json". */
static enum status choose(const char *name, const char *words, const char *arg, unsigned *out,
                          struct err *err)
{
    char all[128] = "";

    for (*out = 0;; ++*out) {
        size_t len = strcspn(words, "|"), n = strlen(all);
        bool last = !words[len];
        if (strlen(arg) == len && memcmp(words, arg, len) == 0)
            return ST_OK;
        snprintf(all + n, sizeof(all) - n, "%s%.*s", !n ? "" : last ? " or " : ", ", (int)len, words);
        if (last)
            return err_set(err, ST_USAGE, "%s is %s, not \"%s\"", name, all, arg);
        words += len + 1;
    }
}

static enum status take(const struct options_row *row, struct frame_work *work, char *arg, struct err *err)
{
    char *base = row->shared ? (char *)work : work->own, name[64];
    void *at = base + row->at;
    enum status st = ST_OK;
    uint64_t n = 0;

    snprintf(name, sizeof(name), "--%s", row->name);
    if (row->take)
        return row->take(work->own, arg, err);
    if (row->type == IS_NUMBER || row->type == IS_SECONDS)
        st = options_number(arg, row->min, row->max, name, &n, err);
    if (row->type == IS_FLAG)
        *(bool *)at = true;
    else if (row->type == IS_TEXT)
        *(const char **)at = arg;
    else if (row->type == IS_CHOICE)
        st = choose(name, row->arg, arg, at, err);
    else if (row->type == IS_NUMBER)
        *(unsigned *)at = (unsigned)n;
    else if (row->type == IS_SECONDS)
        *(int64_t *)at = (int64_t)n * 1000;
    else {
        size_t *count = (size_t *)(void *)(base + row->count);
        if (*count == row->max)
            return err_set(err, ST_USAGE, "%s: at most %zu", name, *count);
        ((const char **)at)[(*count)++] = arg;
    }
    return st;
}

/* How many words a form has at least and at most: [what may be left out], what may be repeated... */
static void count(const char *form, size_t *least, size_t *most)
{
    int depth = 0;

    *least = *most = 0;
    for (const char *c = form; *c; c++) {
        depth += (*c == '[') - (*c == ']');
        if (strncmp(c, "...", 3) == 0)
            *most = SIZE_MAX;
        bool begins = (c == form || c[-1] == ' ' || c[-1] == '[') && isalpha((unsigned char)*c);
        *least += begins && !depth;
        *most += begins && *most != SIZE_MAX;
    }
}

/* The n-th word of a form is not there. */
static void miss(const char *form, size_t n, struct err *err)
{
    for (; n > 0; n--)
        form += strcspn(form, " ") + 1;
    err_set(err, ST_USAGE, "%.*s is missing", (int)strcspn(form, " .|"), form);
}

/* The words with which the forms begin: "import, sync, link, rename or list"; "" where none has one. */
static void put_firsts(const struct frame_command *command, char *out, size_t size)
{
    out[0] = '\0';
    for (const struct frame_form *f = command->forms; f->words; f++) {
        const size_t n = strlen(out);
        const bool last = !f[1].words;
        if (islower((unsigned char)f->words[0]))
            snprintf(out + n, size - n, "%s%.*s",
                     !n     ? ""
                     : last ? " or "
                            : ", ",
                     (int)strcspn(f->words, " "), f->words);
    }
}

static const char *nearest_first(const struct frame_command *command, const char *word, char out[FIRST_SIZE])
{
    char firsts[FRAME_FORMS_MAX][FIRST_SIZE];
    const char *all[FRAME_FORMS_MAX];
    size_t n = 0;

    for (const struct frame_form *f = command->forms; f->words; f++) {
        if (!islower((unsigned char)f->words[0]))
            continue;
        snprintf(firsts[n], FIRST_SIZE, "%.*s", (int)strcspn(f->words, " "), f->words);
        all[n] = firsts[n];
        n++;
    }
    const char *near = names_nearest(word, all, n);
    snprintf(out, FIRST_SIZE, "%s", near ? near : "");
    return out;
}

/* The first word is none of the forms', or there is none. */
static void miss_first(const struct frame_command *command, const struct frame_work *work, struct err *err)
{
    const char *word = work->n_words ? work->words[0] : NULL;
    char firsts[160], near[FIRST_SIZE] = "";

    put_firsts(command, firsts, sizeof(firsts));
    if (word)
        nearest_first(command, word, near);
    if (*near)
        err_set(err, ST_USAGE, "%s: not known here; did you mean `%s %s`?", word, command->name, near);
    else if (word)
        err_set(err, ST_USAGE, "%s: not known here; behind `%s` stands %s", word, command->name, firsts);
    else
        err_set(err, ST_USAGE, "what to do is missing: %s", firsts);
}

/* A word more than any form has. */
static void too_many(const struct frame_command *command, const struct frame_work *work, size_t most,
                     struct err *err)
{
    bool class = false;

    for (const struct options_row *row = command->options; row && row->name; row++)
        class = class || strcmp(row->name, "class") == 0;
    if (most)
        err_set(err, ST_USAGE, "%s: not known here: it is a word too many", work->words[most]);
    else
        err_set(err, ST_USAGE, "%s: not known here: `%s` takes options alone%s", work->words[0],
                command->name, class ? "; a class is named with --class FILE" : "");
}

/* The form that the words have; forms that differ begin with a word of their own in small letters. */
static const struct frame_form *form_of(const struct frame_command *command, const struct frame_work *work,
                                        struct err *err)
{
    const char *first = work->n_words ? work->words[0] : "";
    size_t least, most;

    miss_first(command, work, err);
    for (const struct frame_form *f = command->forms; f->words; f++) {
        size_t len = strcspn(f->words, " ");
        if (islower((unsigned char)f->words[0]) &&
            (strlen(first) != len || memcmp(first, f->words, len) != 0))
            continue;
        count(f->words, &least, &most);
        if (work->n_words >= least && work->n_words <= most)
            return f;
        if (work->n_words > most)
            too_many(command, work, most, err);
        else if (work->n_words < least)
            miss(f->words, work->n_words, err);
    }
    return NULL;
}

/* --csv for --format csv: a value that is written as an option. Returns NULL when none is. */
static const char *option_of_value(const struct frame_command *command, const char *value)
{
    const size_t n = strlen(value);
    const char *of = NULL;

    for (const struct options_row *row = command->options; row && row->name; row++) {
        if (strncmp(row->name, value, n) == 0)
            return NULL; /* an option itself, perhaps shortened */
        for (const char *word = row->arg; word && *word; word += strcspn(word, "|"), word += *word == '|')
            if (strcspn(word, "|") == n && strncmp(word, value, n) == 0 && strchr(row->arg, '|'))
                of = row->name;
    }
    return of;
}

/* Says so before the parser says only that there is no such option. */
static void look_for_values(const struct frame_command *command, struct argp_state *state)
{
    for (int i = 1; i < state->argc && strcmp(state->argv[i], "--") != 0; i++) {
        const char *arg = state->argv[i];
        const bool option = strncmp(arg, "--", 2) == 0;
        const char *of = option ? option_of_value(command, arg + 2) : NULL;
        if (of)
            argp_error(state, "%s: no such option; write --%s %s", arg, of, arg + 2);
        if (!option && command->forms[0].needs & FRAME_AS_IS)
            return;
    }
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct options_reading *r = state->input;
    struct frame_work *work = r->work;

    if (key == ARGP_KEY_INIT) {
        look_for_values(r->command, state);
        return 0;
    }
    if (key == ARGP_KEY_ARGS) {
        work->words = state->argv + state->next;
        work->n_words = (size_t)(state->argc - state->next);
        return 0;
    }
    if (key == ARGP_KEY_END) {
        r->form = form_of(r->command, work, &work->err);
        if (!r->form) {
            argp_failure(state, 0, 0, "%s", work->err.text);
            argp_usage(state);
        } else if (r->command->check && r->command->check(work) != ST_OK) {
            argp_error(state, "%s", work->err.text);
        }
        return 0;
    }
    for (const struct options_row *row = r->command->options; row && row->name; row++) {
        if (key != (row->key ? row->key : KEY_OWN + (int)(row - r->command->options)))
            continue;
        if (take(row, work, arg, &work->err) != ST_OK)
            argp_error(state, "%s", work->err.text);
        return 0;
    }
    return ARGP_ERR_UNKNOWN;
}

const struct frame_form *options_read(const struct frame_command *command, struct frame_work *work, int argc,
                                      char **argv)
{
    struct options_reading reading = {.command = command, .work = work};
    struct argp_option rows[ROWS_MAX] = {{0}};
    const struct options_row *o = command->options;
    char usage[USAGE_SIZE] = "";

    for (int i = 0; o && o[i].name; i++) {
        assert(i < ROWS_MAX - 1);
        rows[i] = (struct argp_option){.name = o[i].name,
                                       .key = o[i].key ? o[i].key : KEY_OWN + i,
                                       .arg = o[i].arg,
                                       .flags = o[i].maybe ? OPTION_ARG_OPTIONAL : 0,
                                       .doc = o[i].help};
    }
    for (const struct frame_form *f = command->forms; f->words; f++)
        snprintf(usage + strlen(usage), sizeof(usage) - strlen(usage), "%s%s",
                 f == command->forms ? "" : "\n", f->words);
    const struct argp argp = {
        .options = rows, .parser = parse, .args_doc = usage[0] ? usage : NULL, .doc = command->doc};
    bool as_is = command->forms[0].needs & FRAME_AS_IS;
    return argp_parse(&argp, argc, argv, as_is ? ARGP_IN_ORDER : 0, NULL, &reading) ? NULL : reading.form;
}

enum status options_line(const char *arg, const char *option, const char **out, struct err *err)
{
    if (!arg[strspn(arg, " ")] || strlen(arg) > OPTIONS_LINE_MAX || !utf8_valid(arg, strlen(arg)))
        return err_set(err, ST_USAGE, "%s is a text of up to %d bytes", option, OPTIONS_LINE_MAX);
    for (const char *c = arg; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            return err_set(err, ST_USAGE, "%s is one line", option);
    *out = arg;
    return ST_OK;
}
