#include "grader/export/export.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/str.h"
#include "grader/export/wire.h"
#include "grader/export/words.h"

enum { FILE_MAX_BYTES = 256 * 1024 };

static void put_challenge(struct buf *out, const struct challenge *c)
{
    words_put_key(out, "name", c->name);
    words_put_key(out, "category", c->category);
    words_put_key(out, "description", c->description);
    words_put_key(out, "attribution", c->attribution);
    words_put_key(out, "connection_info", c->connection_info);
    buf_printf(out, "value: %lld\n", (long long)c->value);
    words_put_key(out, "type", c->type);
    buf_puts(out, "state: visible\nversion: \"0.1\"\n");
}

static void put_course(struct buf *out, const struct course *c)
{
    words_put_key(out, "id", c->id);
    words_put_key(out, "name", c->name);
    buf_printf(out, "pass: %lld\n", (long long)c->pass);
    words_put_key(out, "flag_prefix", c->flag_prefix);
    buf_puts(out, "public: true\n");
    if (c->n_outcomes)
        buf_puts(out, "outcomes:\n");
    for (size_t i = 0; i < c->n_outcomes; i++) {
        buf_puts(out, "  - ");
        words_put(out, c->outcomes[i]);
        buf_puts(out, "\n");
    }
}

static void put_target(struct buf *out, const struct class *c)
{
    char first[IPADDR_TEXT_SIZE], other[IPADDR_TEXT_SIZE];

    if (c->own_host)
        buf_puts(out, "own");
    else if (c->other_target)
        buf_printf(out, "[%s, %s]", ipaddr_text(c->target, first), ipaddr_text(c->other_target, other));
    else
        buf_puts(out, ipaddr_text(c->target, first));
}

static void put_class(struct buf *out, const struct class *c)
{
    static const char *const levels[] = {"none", "fields", "full"};
    char address[IPADDR_TEXT_SIZE];

    words_put_key(out, "class", c->word);
    buf_puts(out, "course: challenges\nnetworks:\n  target: ");
    put_target(out, c);
    buf_printf(out, "\n%s", c->own_host ? "" : "  students:\n");
    for (size_t i = 0; i < c->n_students; i++)
        buf_printf(out, "    - %s/%u\n", ipaddr_text(c->students[i].net, address),
                   ipaddr_mask_bits(ipaddr_is6(c->students[i].net), c->students[i].mask));
    if (c->unix_folder)
        buf_printf(out, "unix: %s\n", c->unix_folder);
    if (c->connect)
        buf_printf(out, "connect: %u\n", c->connect);
    buf_printf(out, "briefing: %u\nfeedback: %s\n", c->briefing, levels[c->feedback]);
}

/* Writes what the buffer holds and empties it. */
static enum status write_file(const char *dir, const char *name, struct buf *text, struct err *err)
{
    char *path = path_join(dir, name);
    enum status st = ST_OK;

    if (!path || text->failed)
        st = err_set(err, ST_ENV, "%s/%s: out of memory, or longer than %d bytes", dir, name, FILE_MAX_BYTES);
    else
        st = file_replace(path, text->data, text->len, 0644, err);
    buf_clear(text);
    free(path);
    return st;
}

static enum status make_dir(const char *path, struct err *err)
{
    if (mkdir(path, 0755) == 0)
        return ST_OK;
    return err_set(err, ST_ENV, "%s: %s", path, strerror(errno));
}

static enum status write_challenge(const char *course_dir, const struct challenge *c, struct buf *text,
                                   struct err *err)
{
    char *dir = path_join(course_dir, c->slug);
    enum status st = dir ? make_dir(dir, err) : err_memory(err);

    if (st == ST_OK) {
        put_challenge(text, c);
        st = write_file(dir, "challenge.yml", text, err);
    }
    /* a knowledge question's target.yml is its answers */
    if (st == ST_OK && c->target.kind != TARGET_NONE) {
        wire_put(text, &c->target);
        st = write_file(dir, "target.yml", text, err);
    }
    free(dir);
    return st;
}

/* A new folder, or one that is there and empty: never among somebody's files. */
static enum status open_dir(const char *dir, struct err *err)
{
    const struct dirent *entry;

    enum status st = file_folder(dir, 0755, err);
    if (st != ST_OK)
        return st;
    DIR *d = opendir(dir);
    if (!d)
        return err_set(err, ST_INPUT, "%s: %s", dir, strerror(errno));
    while ((entry = readdir(d)) && (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0))
        continue;
    closedir(d);
    return entry ? err_set(err, ST_INPUT, "%s: is not empty; name a new folder", dir) : ST_OK;
}

enum status export_course(const char *dir, const struct class *class, const struct course *course,
                          size_t *left_out, struct err *err)
{
    char *course_dir = path_join(dir, "challenges");
    struct buf text;

    *left_out = 0;
    buf_init(&text, FILE_MAX_BYTES);
    enum status st = course_dir ? open_dir(dir, err) : err_memory(err);
    if (st == ST_OK)
        st = make_dir(course_dir, err);
    if (st == ST_OK) {
        put_class(&text, class);
        st = write_file(dir, "class.yml", &text, err);
    }
    if (st == ST_OK) {
        put_course(&text, course);
        st = write_file(course_dir, "course.yml", &text, err);
    }
    for (size_t i = 0; st == ST_OK && i < course->n_challenges; i++) {
        const struct challenge *c = &course->challenges[i];
        if (strcmp(c->state, "visible") == 0)
            st = write_challenge(course_dir, c, &text, err);
        else
            ++*left_out;
    }
    buf_free(&text);
    free(course_dir);
    return st;
}
