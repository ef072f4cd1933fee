#include "grader/cmd/cmd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/installed.h"
#include "base/names.h"
#include "flag/keyring.h"
#include "spec/class.h"

struct args {
    const char *course;          /* NULL: the one here, or the installed one */
    char word[NAME_MAX_LEN + 1]; /* "": year and month */
};

static void default_word(char *out, size_t size)
{
    time_t seconds = time(NULL);
    struct tm now;

    gmtime_r(&seconds, &now);
    snprintf(out, size, "%02d-%02d", now.tm_year % 100, now.tm_mon + 1);
}

/* A path in double quotes (YAML 1.2, section 7.3.1). */
static void quoted(struct buf *out, const char *text)
{
    buf_puts(out, "\"");
    for (; *text; text++)
        buf_printf(out, strchr("\"\\", *text) ? "\\%c" : "%c", *text);
    buf_puts(out, "\"");
}

static void write_class(struct buf *out, const struct args *args, const char *course)
{
    buf_puts(
        out,
        "# A class: one offering of a course. Lines marked EDIT are yours to change; paths begin at this "
        "folder.\n\n"
        "# In every flag and in the values of every challenge. A new word makes new flags and new values:\n"
        "# change it for the next class, never during one.\n");
    buf_printf(out, "class: \"%s\"\n\n# The folder with course.yml.\ncourse: ", args->word);
    quoted(out, course);
    buf_puts(
        out,
        "\n\n"
        "networks:\n"
        "  target: 172.16.1.15         # EDIT: the address that students send to; IPv6 beside it: "
        "[172.16.1.15, \"fd00::15\"]\n"
        "  students: [10.10.0.0/24]    # EDIT: the only networks that are ever answered\n\n"
        "# What students read of a near miss: none, fields or full. The ceiling over all challenges.\n"
        "feedback: full\n\n"
        "# With a roster that has addresses: off, record, or enforce (a flag goes only to its own student's "
        "host).\n"
        "bind: record\n\n"
        "# The briefing takes flags in any case. On the scoreboard's own page: flags (it is given every "
        "student's; needs\n"
        "# a roster, and is then the default), audit, or off. Without a roster `deploy` makes it audit "
        "while\n"
        "# `wiregrade serve` runs, and off when it does not.\n"
        "# paste: flags\n\n"
        "# EDIT: where points are posted. The token file holds an administrator's access token and nothing "
        "else:\n"
        "#   (umask 077; cat > ctfd.token)    then paste it, Enter, Ctrl-D\n"
        "scoreboard:\n"
        "  url: \"http://127.0.0.1:8000\"\n"
        "  token_file: ctfd.token\n"
        "  mode: users                 # or teams, as the scoreboard is\n\n"
        "# Makes every flag of this class. Back it up; whoever has it can make flags.\n"
        "key_file: course.key\n\n"
        "# EDIT: handle,name,email a line, under that heading. Without a roster any handle is accepted, and "
        "the\n"
        "# scoreboard's user is the one of that name.\n"
        "# roster: roster.csv\n\n"
        "# Every verified solve and what became of it.\n"
        "store: wiregrade.db\n\n"
        "# What `wiregrade-target run --journal` writes. EDIT: of the service wiregrade-target@NAME it is\n"
        "# /var/lib/wiregrade-target/NAME/target.jsonl\n"
        "journals: [target.jsonl]\n");
}

/* A class is copied to the machine of its targets with its course: what lies in the class's folder or beside
 * it is named from there, and an installed course by its place. dir is there already; path is changed in
 * place. */
static void make_relative(const char *dir, char path[PATH_MAX])
{
    char from[PATH_MAX], *slash;

    if (!realpath(dir, from))
        return;
    size_t len = strlen(from);
    if (strncmp(path, from, len) == 0 && path[len] == '/') {
        memmove(path, path + len + 1, strlen(path + len + 1) + 1);
        return;
    }
    slash = strrchr(from, '/');
    len = (size_t)(slash - from);
    if (!len || strncmp(path, from, len) != 0 || path[len] != '/')
        return;
    char beside[PATH_MAX];
    if (snprintf(beside, sizeof(beside), "..%s", path + len) < (int)sizeof(beside))
        memcpy(path, beside, strlen(beside) + 1);
}

/* The course's folder, absolute. */
static enum status course_path(const char *course, char out[PATH_MAX], struct err *err)
{
    char *file = path_join(course, "course.yml");
    enum status st = ST_OK;

    if (!realpath(course, out))
        st =
            err_set(err, ST_INPUT, "%s: %s; name the course's folder with --course", course, strerror(errno));
    else if (!file || access(file, R_OK))
        st =
            err_set(err, ST_INPUT, "%s: no course.yml in it; name the course's folder with --course", course);
    free(file);
    return st;
}

/* Does what was written load? Otherwise the fault is ours, and is better seen now. */
static enum status prove(const char *path, struct err *err)
{
    struct problems problems = {0};
    struct class class;

    class_load(&class, path, &problems);
    enum status st = problems_err(&problems, err);
    class_free(&class);
    problems_free(&problems);
    return st;
}

static enum status run(struct frame_work *work)
{
    struct args *args = work->own;
    struct err *err = &work->err;
    char course[PATH_MAX];
    const char *dir = work->words[0], *from = args->course ? args->course : installed_course();
    char *class = path_join(dir, "class.yml"), *key = path_join(dir, "course.key");
    struct buf text;
    enum status st = class && key ? course_path(from, course, err) : err_memory(err);

    if (!args->word[0])
        default_word(args->word, sizeof(args->word));
    buf_init(&text, 65536);
    if (st == ST_OK)
        st = file_folder(dir, 0777, err);
    if (st == ST_OK && faccessat(AT_FDCWD, class, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
        st = err_set(err, ST_INPUT, "%s: exists already, and is left as it is", class);
    if (st == ST_OK)
        st = keyring_create(key, err);
    if (st == ST_OK) {
        make_relative(dir, course);
        write_class(&text, args, course);
        st = file_replace(class, buf_text(&text), text.len, 0644, err);
        if (st != ST_OK) /* nothing was made with it, and it would refuse the next try */
            unlink(key);
    }
    if (st == ST_OK)
        st = prove(class, err);
    if (st == ST_OK)
        printf("%s: edit it\n%s: keep it\n"
               "Flags are handed in at the briefing; on the scoreboard's page too where the class has a "
               "roster, or `wiregrade serve` runs when you deploy (`paste:`).\n",
               class, key);
    buf_free(&text);
    free(class);
    free(key);
    return st;
}

static enum status take_word(void *own, char *arg, struct err *err)
{
    struct args *args = own;

    if (!slug_valid(arg))
        return err_set(err, ST_USAGE, "a class's word is 1 to %d of a-z, 0-9 and -, not \"%s\"", NAME_MAX_LEN,
                       arg);
    snprintf(args->word, sizeof(args->word), "%s", arg);
    return ST_OK;
}

static const struct options_row options[] = {
    {"course", 'C', "DIR", "the course's folder (default: challenges here, else the installed one)",
     OPTIONS_TEXT(struct args, course)},
    {"word", 'w', "WORD", "the class's word (default: year and month, like 26-09)", .take = take_word},
    {0}};

const struct frame_command cmd_init = {
    .name = "init",
    .help = "make a new class: class.yml and a key",
    .doc = "Makes a new class: DIR/class.yml, to be edited, and DIR/course.key, to be kept.\v"
           "Nothing that exists is overwritten.\n\n"
           "Example: wiregrade init autumn --course ./challenges",
    .options = options,
    .own_size = sizeof(struct args),
    .forms = {{"DIR", 0, run}},
};
