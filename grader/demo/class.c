/* The demo's class: built in, and while the demo stays up also files in the run directory, which the board
 * and `wiregrade serve` read. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "grader/demo/demo.h"
#include "json/write.h"

static bool needs_address(const struct demo *demo)
{
    for (size_t i = 0; i < demo->desk.course.n_challenges; i++)
        if (demo->desk.course.challenges[i].target.identify == IDENTIFY_SOURCE)
            return true;
    return false;
}

static char *in_dir(const struct demo *demo, const char *name)
{
    return path_join(demo->dir, name);
}

/* The address is of one: the first student's where a challenge knows its students by it, and otherwise the
 * one's who tries by hand, whom the briefing then knows. */
#define AT_HOME RANGE_STUDENT_ADDRESS " " RANGE_STUDENT_ADDRESS6
static enum status make_roster(struct demo *demo, struct err *err)
{
    bool source = needs_address(demo);
    struct problems problems = {0};

    if (!demo->live && !source)
        return ST_OK;
    demo->desk.class.roster_file = in_dir(demo, "roster.csv");
    if (!demo->desk.class.roster_file)
        return err_memory(err);
    buf_printf(&demo->roster, "handle,name,email,address\n%s,Student,%s,%s\n%s,Smith,%s,%s\n", DEMO_STUDENT,
               DEMO_STUDENT DEMO_AT, source ? AT_HOME : "", DEMO_SECOND, DEMO_SECOND DEMO_AT,
               source ? "" : AT_HOME);
    enum status st =
        file_replace(demo->desk.class.roster_file, demo->roster.data, demo->roster.len, 0600, err);
    if (st == ST_OK && !roster_load(&demo->desk.roster, demo->desk.class.roster_file, &problems))
        st = problems_err(&problems, err);
    demo->desk.has_roster = st == ST_OK;
    problems_free(&problems);
    return st;
}

/* For one run alone: kept in memory, or in the run directory while others need it. */
static enum status make_key(struct demo *demo, struct keyring **ring, struct err *err)
{
    if (!demo->live)
        return keyring_random(ring, err);
    char *path = in_dir(demo, "course.key");
    enum status st = path ? keyring_create(path, err) : err_memory(err);
    if (st == ST_OK)
        st = keyring_load(ring, path, err);
    free(path);
    return st;
}

enum status demo_class_make(struct demo *demo, struct err *err)
{
    struct keyring *ring = NULL;
    struct class class;

    if (!class_practice(&class, demo->options.course))
        return err_memory(err);
    class.paste = demo->live ? PASTE_FLAGS : PASTE_OFF;
    class.store_file = in_dir(demo, "wiregrade.db");
    enum status st = class.store_file ? make_key(demo, &ring, err) : err_memory(err);
    if (st != ST_OK) {
        class_free(&class);
        return st;
    }
    st = desk_open_practice(&demo->desk, &class, ring, err);
    return st == ST_OK ? make_roster(demo, err) : st;
}

/* JSON is YAML, and quotes whatever a path may hold. */
static void put_class(const struct demo *demo, const char *course, struct buf *out)
{
    struct json_writer w = {.out = out};

    json_open_object(&w, NULL);
    json_put_text(&w, "class", demo->desk.class.word);
    json_put_text(&w, "course", course);
    json_open_object(&w, "networks");
    json_put_text(&w, "target", RANGE_TARGET_ADDRESS);
    json_open_array(&w, "students");
    json_put_text(&w, NULL, RANGE_STUDENT_NET);
    json_close_array(&w);
    json_close_object(&w);
    json_put_text(&w, "key_file", "course.key");
    json_put_text(&w, "roster", "roster.csv");
    json_put_text(&w, "store", "wiregrade.db");
    json_open_array(&w, "journals");
    json_put_text(&w, NULL, demo->targets.journal);
    json_close_array(&w);
    if (demo->url[0]) {
        json_open_object(&w, "scoreboard");
        json_put_text(&w, "url", demo->url);
        json_put_text(&w, "token_file", "board.token");
        json_close_object(&w);
    }
    json_close_object(&w);
}

enum status demo_class_write(struct demo *demo, struct err *err)
{
    struct buf text;

    if (!demo->live)
        return ST_OK;
    char *course = realpath(demo->options.course, NULL);
    if (!course)
        return err_set(err, ST_INPUT, "%s: %s", demo->options.course, strerror(errno));
    buf_init(&text, 65536);
    put_class(demo, course, &text);
    snprintf(demo->class_file, sizeof(demo->class_file), "%s/class.yml", demo->dir);
    enum status st =
        text.failed ? err_memory(err) : file_replace(demo->class_file, text.data, text.len, 0600, err);
    buf_free(&text);
    free(course);
    return st;
}
