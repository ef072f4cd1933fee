#include "grader/cmd/cmd.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "grader/captures/captures.h"
#include "grader/post/submit.h"

enum { LINE_MAX_BYTES = 4096 };

struct args {
    const char *capture, *answers;
    char student[NAME_MAX_LEN + 1];
};

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

static enum status flags(struct frame_work *work)
{
    const char *flag = work->words[0];
    enum status st = strcmp(flag, "-") == 0 ? lines(work) : one(work, flag, strlen(flag));

    return st == ST_NO ? frame_no(work) : st;
}

static void capture_human(void *context, const struct captures_row *row)
{
    (void)context;
    const char *who = row->student[0] ? row->student : "?";
    const bool first = row->file[0] != '\0';

    if (row->kept)
        printf("%s: %s %s: %s\n", row->file, who, row->kept->handed.slug, row->kept->text);
    else if (row->kind == CAPTURES_WRONG)
        printf("%s: %s: not right\n%s\n", row->file, who, row->text);
    else
        printf("%s%s%s%s%s\n", row->file, first ? ": " : "", row->student, row->student[0] ? ": " : "",
               row->text);
}

static void capture_json(void *context, const struct captures_row *row)
{
    static const char *const kinds[] = {"right", "wrong", "nobody", "unread"};
    struct frame_work *work = context;
    struct json_writer *w = work->w;
    const struct kept *kept = row->kept;

    json_open_object(w, NULL);
    json_put_text(w, "result", kinds[row->kind]);
    json_put_text(w, "file", row->file[0] ? row->file : NULL);
    json_put_text(w, "student", row->student[0] ? row->student : NULL);
    json_put_text(w, "slug", kept ? kept->handed.slug : NULL);
    if (kept && kept->handed.id) {
        json_put_int(w, "id", kept->handed.id);
        json_put_bool(w, "fresh", kept->fresh);
        json_put_text(w, "state", handed_state_text(kept->handed.state));
        json_put_text(w, "facts", kept->handed.facts);
    }
    json_put_text(w, "text", row->text);
    json_close_object(w);
    frame_flush(work);
}

static enum status captures(struct frame_work *work)
{
    const struct args *a = work->own;
    const struct captures_options options = {.desk = &work->desk,
                                             .store = work->store,
                                             .path = a->capture,
                                             .student = a->student[0] ? a->student : NULL,
                                             .answers = a->answers,
                                             .told = work->w ? capture_json : capture_human,
                                             .context = work};
    struct captures_sum sum;
    enum status st = captures_take(&options, &sum, &work->err);

    if (!work->w && sum.files)
        printf("%zu file%s of %zu student%s: %zu right packet%s, %zu not right, %zu unread, %zu of nobody "
               "known\n",
               sum.files, sum.files == 1 ? "" : "s", sum.students, sum.students == 1 ? "" : "s", sum.right,
               sum.right == 1 ? "" : "s", sum.wrong, sum.unread, sum.nobody);
    return st == ST_NO && !work->err.text[0] ? frame_no(work) : st;
}

static enum status check(struct frame_work *work)
{
    struct args *a = work->own;

    if (!a->capture && !work->n_words)
        return err_set(&work->err, ST_USAGE, "a FLAG, - for standard input, or --capture FILE|FOLDER");
    if (a->capture && work->n_words)
        return err_set(&work->err, ST_USAGE, "--capture and a flag do not go together");
    if (!a->capture && (a->student[0] || a->answers))
        return err_set(&work->err, ST_USAGE, "--%s goes with --capture",
                       a->student[0] ? "student" : "answers");
    return ST_OK;
}

static enum status take_student(void *own, char *arg, struct err *err)
{
    struct args *a = own;

    str_copy(a->student, sizeof(a->student), arg);
    ascii_lower(a->student);
    return handle_valid(a->student) ? ST_OK : err_set(err, ST_USAGE, "--student %.60s is no handle", arg);
}

static const struct options_row options[] = {
    {"capture", 0, "FILE|FOLDER", "a capture, or a folder of them as a learning platform exports it",
     OPTIONS_TEXT(struct args, capture)},
    {"student", 's', "HANDLE", "with --capture: whose it is (default: the names of files and folders say it)",
     .take = take_student},
    {"answers", 0, "FOLDER", "with --capture: a text for each student, HANDLE.txt",
     OPTIONS_TEXT(struct args, answers)},
    FRAME_CLASS_ROW,
    FRAME_FORMAT_ROW,
    {0}};

const struct frame_command cmd_submit = {
    .name = "submit",
    .help = "check a flag or a capture and keep the solve",
    .doc =
        "Checks a flag and keeps the solve, to be posted by `wiregrade outbox run`.\v"
        "With - flags are read from standard input, one a line; arguments can be seen by other users of "
        "the machine.\n\n"
        "With --capture packets are judged as the live target would, with the values of the student who "
        "handed them in; what is right is kept for `wiregrade captures`, or counts at once where class.yml "
        "says `captures: accept`.\n\n"
        "Examples:\n"
        "  wiregrade submit - < flags.txt\n"
        "  wiregrade submit --capture submissions/ --answers answers/",
    .options = options,
    .without_class =
        "a student hands a flag in at the board's page, or at the target: nc TARGET 1110, and there "
        "submit FLAG",
    .own_size = sizeof(struct args),
    .check = check,
    .forms = {{"FLAG|-", FRAME_KEY | FRAME_STORE, flags},
              {"", FRAME_KEY | FRAME_STORE | FRAME_LIST, captures}},
};
