/* Flags that students enter on the scoreboard itself: `paste` of class.yml. */
#include <stdio.h>
#include <string.h>

#include "grader/deploy/want.h"

/* Every student's own, so that the scoreboard judges by itself and nothing of ours has to run. Staff solve
 * nothing. */
static enum status add_all(const struct wanting *w, const struct rules *rules, struct board_content *out,
                           struct err *err)
{
    const struct roster *roster = &w->desk->roster;
    char flag[FLAG_SIZE];

    for (size_t i = 0; i < roster->n; i++) {
        if (roster->students[i].staff)
            continue;
        if (!rules_flag(rules, roster->students[i].handle, flag))
            return err_set(err, ST_INPUT, "%s: its flags cannot be made: the key is missing",
                           rules_slug(rules));
        content_add(out, RECORD_FLAG, 0, flag, "static", "case_insensitive", NULL);
    }
    explicit_bzero(flag, sizeof(flag));
    return ST_OK;
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
