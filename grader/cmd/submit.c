#include "grader/cmd/cmd.h"

#include <stdio.h>
#include <string.h>

#include "grader/post/submit.h"

enum { LINE_MAX_BYTES = 4096 };

static void print(const struct submitted *s, struct json_writer *w)
{
    if (!w) {
        puts(s->text);
        return;
    }
    json_open_object(w, NULL);
    json_put_bool(w, "right", s->right);
    json_put_text(w, "slug", s->parts.slug[0] ? s->parts.slug : NULL);
    json_put_text(w, "student", s->parts.student[0] ? s->parts.student : NULL);
    json_put_bool(w, "fresh", s->fresh);
    json_put_text(w, "state", s->right ? solve_state_text(s->solve.state) : NULL);
    json_put_text(w, "text", s->text);
    json_close_object(w);
    puts(buf_text(w->out)); /* an object a line */
    buf_clear(w->out);
    w->comma = false;
}

static enum status one(struct frame_work *work, const char *text, size_t len)
{
    struct submitted s;
    enum status st = submit_flag(&work->desk, work->store, text, len, "", &s, &work->err);

    if (st == ST_OK || st == ST_NO)
        print(&s, work->w);
    return st;
}

/* Every line of standard input; the worst of their results. */
static enum status lines(struct frame_work *work)
{
    char line[LINE_MAX_BYTES];
    enum status worst = ST_OK;
    bool any = false;

    for (size_t n = 1; fgets(line, sizeof(line), stdin); n++) {
        size_t len = strlen(line);
        if (strspn(line, " \t\r\n") == len)
            continue;
        if (len + 1 == sizeof(line) && line[len - 1] != '\n')
            return err_set(&work->err, ST_INPUT,
                           "standard input: line %zu is too long to be a flag; nothing after it was read", n);
        enum status st = one(work, line, len);
        if (st != ST_OK && st != ST_NO)
            return st;
        any = true;
        if (st > worst)
            worst = st;
    }
    return any ? worst : err_set(&work->err, ST_INPUT, "no flag on standard input");
}

static enum status run(struct frame_work *work)
{
    const char *flag = work->words[0];
    enum status st = strcmp(flag, "-") == 0 ? lines(work) : one(work, flag, strlen(flag));

    return st == ST_NO ? frame_no(work) : st;
}

const struct frame_command cmd_submit = {
    .name = "submit",
    .help = "check a flag and keep the solve",
    .doc = "Checks a flag and keeps the solve, to be posted by `wiregrade outbox run`.\v"
           "With - flags are read from standard input, one a line; arguments can be seen by other users of "
           "the machine.\n\n"
           "Example: wiregrade submit - < flags.txt",
    .options = (const struct options_row[]){FRAME_CLASS_ROW, FRAME_FORMAT_ROW, {0}},
    .forms = {{"FLAG|-", FRAME_KEY | FRAME_STORE, run}},
};
