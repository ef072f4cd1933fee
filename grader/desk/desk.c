#include "grader/desk/desk.h"

#include <unistd.h>
#include <errno.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "base/log.h"
#include "base/str.h"
#include "grader/http/http.h"

static void seal(void)
{
    const struct rlimit none = {0, 0};

    setrlimit(RLIMIT_CORE, &none);
#ifndef __SANITIZE_ADDRESS__ /* whose leak check reads the process like a debugger */
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

/* Course and roster of desk->class. */
static enum status load(struct desk *desk, unsigned needs, struct err *err)
{
    struct problems problems = {0};

    course_load(&desk->course, desk->class.course_dir, &problems);
    desk->has_roster = desk->class.roster_file != NULL;
    if (desk->has_roster)
        roster_load(&desk->roster, desk->class.roster_file, &problems);
    enum status st = problems_err(&problems, err);
    if (st == ST_OK && (needs & DESK_WARN))
        problems_print_warnings(&problems, stderr);
    problems_free(&problems);
    desk->flags = (struct flag_context){desk->course.flag_prefix, desk->course.id, desk->class.word};
    return st;
}

enum status desk_open(struct desk *desk, const char *class_file, unsigned needs, struct err *err)
{
    struct problems problems = {0};

    *desk = (struct desk){.has_roster = false};
    seal();
    if (access(class_file, F_OK))
        return err_set(err, ST_INPUT,
                       "%s: %s; go to the class's folder, name the file with --class, or make a class with "
                       "`wiregrade init`",
                       class_file, strerror(errno));
    class_load(&desk->class, class_file, &problems);
    enum status st = problems_err(&problems, err);
    problems_free(&problems);
    if (st == ST_OK)
        st = load(desk, needs, err);
    if (st == ST_OK && (needs & DESK_KEY) && !desk->class.key_file)
        st =
            err_set(err, ST_INPUT,
                    "%s: names no `key_file:`; what `wiregrade export` makes for students has none: take the "
                    "course's own class.yml, or name the key that `wiregrade init` makes",
                    class_file);
    if (st == ST_OK && (needs & DESK_KEY))
        st = keyring_load(&desk->ring, desk->class.key_file, err);
    return st;
}

enum status desk_open_practice(struct desk *desk, struct class *class, struct keyring *ring, struct err *err)
{
    *desk = (struct desk){.class = *class, .ring = ring};
    *class = (struct class){0};
    seal();
    return load(desk, 0, err);
}

enum status desk_has_challenge(const struct desk *desk, const char *slug, struct err *err)
{
    if (course_find(&desk->course, slug))
        return ST_OK;
    const char *near = course_nearest(&desk->course, slug);
    return err_set(err, ST_INPUT, "%s: the course has no challenge \"%.40s\"%s%s%s", desk->course.dir, slug,
                   near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

enum status desk_has_student(const struct desk *desk, const char *handle, struct err *err)
{
    if (!desk->has_roster || roster_find(&desk->roster, handle))
        return ST_OK;
    const char *near = roster_nearest(&desk->roster, handle);
    return err_set(
        err, ST_INPUT, "%s: %.60s is not on the roster%s%s%s `wiregrade roster list` shows all handles",
        desk->class.roster_file, handle, near ? "; did you mean " : "", near ? near : "", near ? "?" : ";");
}

void desk_close(struct desk *desk)
{
    keyring_free(desk->ring);
    roster_free(&desk->roster);
    course_free(&desk->course);
    class_free(&desk->class);
    *desk = (struct desk){.has_roster = false};
}

enum status desk_store(const struct desk *desk, struct store **out, struct err *err)
{
    if (!desk->class.store_file)
        return err_set(err, ST_INPUT, "%s: names no `store:`, the file that keeps the solves",
                       desk->class.file);
    return store_open(out, desk->class.store_file, desk->course.id, desk->class.word, err);
}

enum status desk_store_part(const struct desk *desk, enum store_part part, int64_t wait_ms,
                            struct store **out, struct err *err)
{
    enum { SILENT_MS = 1000 };
    int64_t silent_ms = wait_ms < SILENT_MS ? wait_ms : SILENT_MS;
    enum status st = desk_store(desk, out, err);

    if (st != ST_OK)
        return st;
    st = store_take(*out, part, silent_ms, desk->stop, err);
    if (st != ST_OK && wait_ms > silent_ms && !(desk->stop && *desk->stop)) {
        log_line("waiting for up to %lld s: %s", (long long)(wait_ms / 1000), err->text);
        st = store_take(*out, part, wait_ms - silent_ms, desk->stop, err);
    }
    if (st != ST_OK) {
        store_close(*out);
        *out = NULL;
    }
    return st;
}

enum status desk_scoreboard(const struct desk *desk, struct scoreboard *out, int64_t timeout_ms,
                            struct err *err)
{
    const struct board_options options = {
        .url = desk->class.scoreboard_url,
        .token_file = desk->class.token_file,
        .teams = desk->class.mode == MODE_TEAMS,
        .timeout_ms = timeout_ms,
        .stop = desk->stop,
    };

    if (!options.url || !options.token_file)
        return err_set(err, ST_INPUT, "%s: names no `scoreboard:` with url and token_file", desk->class.file);
    /* it gives an administrator's power to whoever reads it on the way */
    if (http_is_plain(options.url))
        log_line("warning: the token travels to %s without encryption; use https, or a tunnel to localhost",
                 options.url);
    return scoreboard_open(out, &options, err);
}

static const char *mode_text(bool teams)
{
    return teams ? "teams" : "users";
}

enum board_result desk_greet(const struct desk *desk, struct scoreboard *board, struct board_kind *out,
                             struct err *why)
{
    const struct class *class = &desk->class;
    bool teams = class->mode == MODE_TEAMS;
    enum board_result result = board->driver->kind(board->state, out, why);

    if (result == BOARD_OK && out->teams != teams) {
        err_set(why, ST_ENV, "%s: this scoreboard is in %s mode, %s says `mode: %s`; mend it there",
                class->scoreboard_url, mode_text(out->teams), class->file, mode_text(teams));
        return BOARD_PERSON;
    }
    return result == BOARD_OK || result == BOARD_LATER || result == BOARD_RESET ? result : BOARD_PERSON;
}
