/* Rules, servers and the briefing borrow class and roster where they lie in the runtime: so what is new is
 * put there, in their place. Nothing keeps a row of the roster from one event to the next. */
#include "targets/reload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "spec/yaml.h"
#include "targets/jail/clerk.h"

/* What was read, before it is taken over. */
struct anew {
    struct class class;
    struct roster roster;
};

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* A key that the service manager hands in lies in its own folder, under its own name (file_credential). */
static const char *name_of(const char *path)
{
    const char *slash = path ? strrchr(path, '/') : NULL;

    return slash ? slash + 1 : path;
}

static bool same_networks(const struct class *a, const struct class *b)
{
    bool same = a->n_students == b->n_students;

    for (size_t i = 0; same && i < a->n_students; i++)
        same = a->students[i].net == b->students[i].net && a->students[i].mask == b->students[i].mask;
    return same;
}

/* A range whose kernel has no IPv6 goes without (setup.c). */
static bool same_six(const struct class *was, const struct class *is)
{
    return was->other_target == is->other_target || (getenv("WIREGRADE_RANGE") && !was->other_target);
}

static const char *first_journal(const struct class *class)
{
    return class->n_journals ? class->journals[0] : NULL;
}

/* Names what the file has otherwise and a restart would take; "" for nothing. */
static void put_others(const struct runtime *rt, const struct class *is, struct buf *out)
{
    const struct class *was = &rt->class;
    const struct {
        const char *key;
        bool same;
    } keys[] = {
        {"class", same_text(was->word, is->word)},
        {"course", same_text(was->course_dir, is->course_dir)},
        {"networks.target", was->own_host == is->own_host && was->target == is->target && same_six(was, is)},
        {"unix", same_text(was->unix_folder, is->unix_folder)},
        {"networks.students", was->own_host || same_networks(was, is)},
        {"briefing", was->briefing == is->briefing},
        {"key_file", rt->options->key_file || same_text(name_of(was->key_file), name_of(is->key_file))},
        {"roster", same_text(was->roster_file, is->roster_file)},
        {"journals", rt->options->journal || same_text(first_journal(was), first_journal(is))},
    };

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (!keys[i].same)
            buf_printf(out, "%s`%s`", out->len ? ", " : "", keys[i].key);
}

/* The rest of the new class stays what the old one was. */
static void take_class(struct class *class, const struct class *is)
{
    class->feedback = is->feedback;
    class->bind = is->bind;
    class->paste = is->paste;
}

/* On his own host there is the one student who was named at the start. */
static bool reads_roster(const struct runtime *rt)
{
    return rt->has_roster && !rt->class.own_host;
}

static void take_over(struct runtime *rt, struct anew *anew)
{
    struct roster was = rt->roster;
    struct buf others;

    buf_init(&others, 256);
    put_others(rt, &anew->class, &others);
    take_class(&rt->class, &anew->class);
    if (reads_roster(rt)) {
        rt->roster = anew->roster;
        anew->roster = was;
    }
    if (!rulebook_renew(rt->book))
        log_line("class and roster are read anew, but out of memory: whose value a wrong one is, is no "
                 "longer told");
    else if (reads_roster(rt))
        log_line("class and roster are read anew: %zu on the roster, %zu before", rt->roster.n, was.n);
    else
        log_line("the class is read anew");
    if (others.len)
        log_line("%s: changed as well, and as before until the targets are restarted: %s", rt->class.file,
                 buf_text(&others));
    buf_free(&others);
}

static bool read_anew(struct runtime *rt, struct anew *anew, struct err *err)
{
    struct buf files[CLERK_FILES];
    struct problems problems = {0};

    buf_init(&files[0], YAML_FILE_MAX);
    buf_init(&files[1], ROSTER_FILE_MAX);
    enum status st = clerk_read(rt->clerk, files, err);
    if (st == ST_OK &&
        (!class_parse(&anew->class, rt->class.file, &files[0], &problems) ||
         (reads_roster(rt) && !roster_parse(&anew->roster, rt->class.roster_file, &files[1], &problems))))
        st = problems_err(&problems, err);
    problems_free(&problems);
    buf_free(&files[0]);
    buf_free(&files[1]);
    return st == ST_OK;
}

void reload_class(struct runtime *rt)
{
    struct anew anew = {.roster = {.n = 0}};
    struct err err;

    if (!rt->clerk) {
        log_line("the practice class has no file that could be read anew");
        return;
    }
    if (read_anew(rt, &anew, &err))
        take_over(rt, &anew);
    else
        log_line("%s; class and roster stay as they were", err.text);
    class_free(&anew.class);
    roster_free(&anew.roster);
}
