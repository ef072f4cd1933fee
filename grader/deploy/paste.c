/* Flags that students enter on the scoreboard itself: `paste` of class.yml. */
#include <stdio.h>
#include <string.h>

#include "grader/deploy/want.h"

/* MySQL, which CTFd is run on, holds 65,535 bytes of a flag; a student takes at most 60 here. */
enum { PATTERN_MAX = 32768, ONE_MAX = NAME_MAX_LEN + 32 };

static void end_pattern(struct buf *pattern, struct board_content *out)
{
    if (!pattern->len)
        return;
    buf_printf(pattern, ")\\}");
    out->failed = out->failed || pattern->failed;
    content_add(out, RECORD_FLAG, 0, buf_text(pattern), "regex", "case_insensitive", NULL);
    explicit_bzero(pattern->data, pattern->len);
    buf_clear(pattern);
}

/* Appends "PREFIX{SLUG.REST}" as one of those that are taken: PREFIX\{SLUG\.(?:HANDLE\.CODE|HANDLE\.CODE)\}.
 */
static void add_to_pattern(struct buf *pattern, const char *flag, const char *slug)
{
    const size_t prefix = strcspn(flag, "{");
    const char *handle = flag + prefix + 1 + strlen(slug) + 1;
    const size_t length = strcspn(handle, ".");

    if (!pattern->len)
        buf_printf(pattern, "%.*s\\{%s\\.(?:", (int)prefix, flag, slug);
    else
        buf_printf(pattern, "|");
    buf_printf(pattern, "%.*s\\.%.*s", (int)length, handle, (int)strcspn(handle + length + 1, "}"),
               handle + length + 1);
}

bool paste_first(const char *pattern, char flag[FLAG_SIZE])
{
    const char *begin = strstr(pattern, "\\.(?:"), *end = begin ? strpbrk(begin + 5, "|)") : NULL;
    size_t n = 0;

    if (!end)
        return false;
    for (const char *p = pattern; p < end && n < FLAG_SIZE - 2; p++) {
        if (p == begin + 2) /* "(?:" */
            p += 3;
        if (*p != '\\')
            flag[n++] = *p;
    }
    flag[n++] = '}';
    flag[n] = '\0';
    return true;
}

/* Every student's own, so that the scoreboard judges by itself and nothing of ours has to run. Staff solve
 * nothing. One flag takes those of some hundred students: making flags is what a deploy waits for. */
static enum status add_all(const struct wanting *w, const struct rules *rules, struct board_content *out,
                           struct err *err)
{
    const struct roster *roster = &w->desk->roster;
    enum status st = ST_OK;
    struct buf pattern;
    char flag[FLAG_SIZE];

    buf_init(&pattern, PATTERN_MAX);
    for (size_t i = 0; st == ST_OK && i < roster->n; i++) {
        if (roster->students[i].staff)
            continue;
        if (rules_flag(rules, roster->students[i].handle, flag))
            add_to_pattern(&pattern, flag, rules_slug(rules));
        else
            st =
                err_set(err, ST_INPUT, "%s: its flags cannot be made: the key is missing", rules_slug(rules));
        if (pattern.len + ONE_MAX > PATTERN_MAX)
            end_pattern(&pattern, out);
    }
    end_pattern(&pattern, out);
    buf_free(&pattern);
    explicit_bzero(flag, sizeof(flag));
    return st;
}

/* The form alone; what has it and was never given to anybody is taken back by the grader. */
static void add_form(const struct wanting *w, const struct challenge *c, struct board_content *out)
{
    char pattern[256];

    snprintf(pattern, sizeof(pattern), "%s\\{%s\\.[a-z0-9][a-z0-9_-]{0,31}\\.[a-z2-7]{4}(-[a-z2-7]{4}){3}\\}",
             w->desk->course.flag_prefix, c->slug);
    content_add(out, RECORD_FLAG, 0, pattern, "regex", "case_insensitive", NULL);
}

enum status paste_flags(const struct wanting *w, const struct challenge *c, struct board_content *out,
                        struct err *err)
{
    const struct rules *rules = w->book ? rulebook_find(w->book, c->slug) : NULL;
    enum paste_rule paste = w->desk->class.paste;

    if (!rules || paste == PASTE_OFF || paste == PASTE_SERVED)
        return ST_OK;
    if (c->logic && strcmp(c->logic, "any") != 0)
        return err_set(err, ST_INPUT,
                       "%s: `logic: %s` would ask each student for the others' flags; mend: any, or"
                       " `paste: off` in class.yml",
                       c->file, c->logic);
    if (paste == PASTE_FLAGS)
        return add_all(w, rules, out, err);
    add_form(w, c, out);
    return ST_OK;
}
