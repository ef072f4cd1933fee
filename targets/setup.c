#include "targets/setup.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/installed.h"
#include "flag/pin.h"
#include "targets/alone.h"
#include "targets/jail/clerk.h"

static const char HERE[] = "class.yml";

/* NULL: the practice class. */
static const char *class_file(const struct run_options *options)
{
    return options->class_file ? options->class_file : access(HERE, F_OK) == 0 ? HERE : NULL;
}

static bool load_class(struct runtime *rt, struct problems *problems)
{
    const char *file = class_file(rt->options);

    if (!(file ? class_load(&rt->class, file, problems) : class_practice(&rt->class, installed_course())))
        return false;
    /* a range has no IPv6 where the kernel has none */
    if (getenv("WIREGRADE_RANGE") && !host_has(&rt->host, rt->class.other_target))
        rt->class.other_target = 0;
    return true;
}

static bool load_files(struct runtime *rt, struct problems *problems)
{
    if (!load_class(rt, problems) || !course_load(&rt->course, rt->class.course_dir, problems))
        return false;
    rt->has_roster = rt->class.roster_file != NULL && !rt->class.own_host; /* others' names stay away */
    return !rt->has_roster || roster_load(&rt->roster, rt->class.roster_file, problems);
}

/* Before the key is in memory, of which it would have a copy. */
static enum status start_clerk(struct runtime *rt, struct err *err)
{
    const bool roster = rt->has_roster && !rt->class.own_host;
    const char *const files[CLERK_FILES] = {rt->class.file, roster ? rt->class.roster_file : NULL};

    return rt->class.file ? clerk_open(&rt->clerk, files, err) : ST_OK;
}

static enum status load_key(struct runtime *rt, struct err *err)
{
    const char *file = rt->options->key_file ? rt->options->key_file : rt->class.key_file;

    if (!file)
        return err_set(
            err, ST_INPUT,
            "no key: give --key-file FILE, or name key_file in class.yml; `wiregrade init` makes one");
    return rt->class.own_host ? keyring_load_student(&rt->ring, file, rt->class.student, err)
                              : keyring_load(&rt->ring, file, err);
}

/* The course key, if that is what the file held, is wiped here: before the first accept. */
static enum status narrow_key(struct runtime *rt, struct err *err)
{
    size_t n = rulebook_count(rt->book);
    const char **slugs = calloc(n + 1, sizeof(*slugs));
    struct key pins;

    if (!slugs)
        return err_memory(err);
    for (size_t i = 0; i < n; i++)
        slugs[i] = rules_slug(rulebook_at(rt->book, i));
    /* PINs of the briefing are checked too, where the key file has what it takes */
    if (keyring_challenge(rt->ring, PIN_KEY, &pins)) {
        slugs[n++] = PIN_KEY;
        key_wipe(&pins);
    }
    enum status st = keyring_narrow(rt->ring, slugs, n, err);
    free(slugs);
    return st;
}

static enum status copy_networks(struct runtime *rt, struct err *err)
{
    rt->students = calloc(rt->class.n_students + 1, sizeof(rt->students[0]));
    if (!rt->students)
        return err_memory(err);
    for (size_t i = 0; i < rt->class.n_students; i++)
        rt->students[i] = (struct net_range){rt->class.students[i].net, rt->class.students[i].mask};
    return ST_OK;
}

static enum status load(struct runtime *rt, struct problems *problems, struct err *err)
{
    if (rt->options->own_host && !class_file(rt->options))
        return err_set(
            err, ST_INPUT,
            "--own-host: no class.yml here, and the practice class is for a machine of its own: go into "
            "the folder that your instructor gave you, which has one, or name it with --class FILE");
    if (!load_files(rt, problems))
        return problems_err(problems, err);
    enum status st = alone_set(rt, err);
    if (st == ST_OK)
        st = start_clerk(rt, err);
    if (st == ST_OK)
        st = load_key(rt, err);
    if (st != ST_OK)
        return st;
    rt->book = rulebook_compile(&rt->course, &rt->class, rt->has_roster ? &rt->roster : NULL, rt->ring,
                                rt->options->only, rt->options->n_only, problems);
    if (!rt->book)
        return problems->errors ? problems_err(problems, err) : err_memory(err);
    if (rulebook_count(rt->book) == 0)
        return err_set(err, ST_INPUT, "%s: no challenge here has a target to serve", rt->class.course_dir);
    unsetenv("CREDENTIALS_DIRECTORY"); /* it is not looked at any more, when the class is read anew */
    st = narrow_key(rt, err);
    return st == ST_OK ? copy_networks(rt, err) : st;
}

enum status setup_load(struct runtime *rt, struct err *err)
{
    struct problems problems = {0};

    enum status st = host_read(&rt->host, err);
    if (st == ST_OK)
        st = load(rt, &problems, err);
    /* a single error is the sentence that the process ends with */
    if (problems.n > 1 || problems.warnings)
        problems_print(&problems, stderr);
    problems_free(&problems);
    return st;
}

void setup_free(struct runtime *rt)
{
    clerk_close(rt->clerk);
    rulebook_free(rt->book);
    keyring_free(rt->ring);
    if (rt->has_roster)
        roster_free(&rt->roster);
    course_free(&rt->course);
    class_free(&rt->class);
    free(rt->students);
}
