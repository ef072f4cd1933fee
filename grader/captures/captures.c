#include "grader/captures/captures.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/beneath.h"
#include "base/output.h"
#include "grader/captures/whose.h"
#include "grader/check/scan.h"

enum { DEPTH_MAX = 6, ANSWER_BYTES = 1 << 18, PATH_BYTES = 4096 };

/* What one student is told in the end. */
struct answer {
    struct buf text;
    size_t captures;  /* that could be read */
    char unread[600]; /* the first that could not, with its name and why */
};

struct taking {
    const struct captures_options *options;
    struct captures_sum *sum;
    struct rulebook *book;
    struct answer
        *answers; /* one for each student of the roster, in its order; the only one without a roster */
    size_t depth;
    enum status st; /* ends the walk when it is not ST_OK */
    struct err *err;
};

static void tell(struct taking *t, enum captures_kind kind, const char *file, const char *student,
                 const struct kept *kept, const char *text)
{
    const struct captures_row row = {kind, file, student, kept, text};
    size_t *const counts[] = {&t->sum->right, &t->sum->wrong, &t->sum->nobody, &t->sum->unread};

    ++*counts[kind];
    t->options->told(t->options->context, &row);
}

static struct answer *answer_of(struct taking *t, const char *student)
{
    const struct desk *desk = t->options->desk;
    const struct student *s = desk->has_roster ? roster_find(&desk->roster, student) : NULL;

    return &t->answers[s ? (size_t)(s - desk->roster.students) : 0];
}

/* The student, or NULL after a row that says why nobody is known. */
static const char *student_of(struct taking *t, const char *file)
{
    const struct captures_options *o = t->options;
    size_t n;

    if (o->student)
        return o->student;
    const struct student *s = whose_path(&o->desk->roster, file, &n);
    if (!s)
        tell(t, CAPTURES_NOBODY, file, "", NULL,
             n ? "several students fit its name: hand it in by itself, with --student"
               : "no name in its path is on the roster: hand it in by itself, with --student");
    return s ? s->handle : NULL;
}

static void keep_all(struct taking *t, const struct found *found, const char *file, struct answer *answer)
{
    const struct captures_options *o = t->options;
    struct kept kept;

    for (size_t i = 0; i < found->n && t->st == ST_OK; i++) {
        const struct found_packet *p = &found->packets[i];
        t->st = keep_found(o->desk, o->store, p, found->student, file, &kept, t->err);
        if (t->st != ST_OK)
            return;
        const bool his = strcmp(p->owner, found->student) == 0;
        if (his)
            buf_printf(&answer->text, "%s, packet %llu: right\n", rules_slug(p->rules),
                       (unsigned long long)p->number);
        tell(t, his ? CAPTURES_RIGHT : CAPTURES_WRONG, file, found->student, &kept, kept.text);
    }
}

static void judge(struct taking *t, const char *path, const char *file, const char *student)
{
    const struct captures_options *o = t->options;
    const struct scan_options scan = {.course = &o->desk->course,
                                      .class = &o->desk->class,
                                      .book = t->book,
                                      .file = path,
                                      .student = student};
    struct answer *answer = answer_of(t, student);
    struct found found;
    struct err err = {.status = ST_OK};

    if (!found_begin(&found, student)) {
        t->st = err_memory(t->err);
        return;
    }
    enum status st = scan_run(&scan, &found_form, &found, &err);
    found_end(&found);
    if (found.no_memory || st == ST_ENV) {
        t->st = err_memory(t->err);
    } else if (st == ST_INPUT && !found.read) {
        /* a report beside the capture is no fault */
        if (!answer->unread[0])
            snprintf(answer->unread, sizeof(answer->unread), "%s", err.text);
    } else {
        answer->captures++;
        buf_printf(&answer->text, "%s%s:\n", answer->text.len ? "\n" : "", file);
        keep_all(t, &found, file, answer);
        if (t->st == ST_OK && (found.n_wrong || !found.n)) {
            buf_puts(&answer->text, found.text);
            tell(t, CAPTURES_WRONG, file, student, NULL, found.text);
        }
        if (t->st == ST_OK && st == ST_INPUT)
            tell(t, CAPTURES_UNREAD, file, student, NULL, err.text);
    }
    found_done(&found);
}

static void take_file(struct taking *t, const char *path, const char *file)
{
    t->sum->files++;
    const char *student = student_of(t, file);
    if (student)
        judge(t, path, file, student);
}

static void walk(void *context, const char *path, mode_t type)
{
    struct taking *t = context;
    const char *file = path + strlen(t->options->path);

    file += strspn(file, "/");
    if (t->st != ST_OK)
        return;
    if (S_ISREG(type))
        take_file(t, path, file);
    else if (!S_ISDIR(type))
        tell(t, CAPTURES_UNREAD, file, "", NULL, "neither a file nor a folder: not opened");
    else if (t->depth == DEPTH_MAX)
        tell(t, CAPTURES_UNREAD, file, "", NULL, "too many folders within each other: not opened");
    else {
        t->depth++;
        if (beneath_each(t->options->path, path, walk, t) != 0)
            tell(t, CAPTURES_UNREAD, file, "", NULL, strerror(errno));
        t->depth--;
    }
}

static enum status start(struct taking *t, bool *folder)
{
    const struct captures_options *o = t->options;
    struct problems problems = {0};
    struct stat st;

    if (o->desk->class.captures == CAPTURES_OFF)
        return err_set(t->err, ST_NO, "%s says `captures: off`: none are taken", o->desk->class.file);
    if (stat(o->path, &st) != 0)
        return err_set(t->err, ST_INPUT, "%s: %s", o->path, strerror(errno));
    *folder = S_ISDIR(st.st_mode);
    if (o->student && desk_has_student(o->desk, o->student, t->err) != ST_OK)
        return t->err->status = ST_USAGE;
    if (!o->student && !o->desk->has_roster)
        return err_set(t->err, ST_USAGE,
                       "whose is it? --student HANDLE says it; the class has no roster that "
                       "names in a path could be looked for in");
    t->answers = calloc(o->desk->has_roster ? o->desk->roster.n + 1 : 1, sizeof(t->answers[0]));
    for (size_t i = 0; t->answers && i < (o->desk->has_roster ? o->desk->roster.n + 1 : 1); i++)
        buf_init(&t->answers[i].text, ANSWER_BYTES);
    t->book =
        rulebook_compile(&o->desk->course, &o->desk->class, o->desk->has_roster ? &o->desk->roster : NULL,
                         o->desk->ring, NULL, 0, &problems);
    enum status result = problems_err(&problems, t->err);
    problems_free(&problems);
    return result != ST_OK ? result : t->book && t->answers ? ST_OK : err_memory(t->err);
}

static enum status write_answer(const struct captures_options *o, const char *student, const struct answer *a,
                                struct err *err)
{
    char path[PATH_BYTES];
    struct buf text;

    if ((size_t)snprintf(path, sizeof(path), "%s/%s.txt", o->answers, student) >= sizeof(path))
        return err_set(err, ST_INPUT, "%.80s...: too long a path", o->answers);
    buf_init(&text, ANSWER_BYTES + sizeof(a->unread) + 256);
    buf_printf(&text, "What you handed in, %s:\n\n", student);
    if (a->captures)
        buf_add(&text, buf_text(&a->text), a->text.len);
    else
        buf_printf(&text, "nothing that could be read as a capture: %s\n", a->unread);
    enum status st = text.failed ? err_memory(err) : output_write(path, buf_text(&text), text.len, err);
    buf_free(&text);
    return st;
}

/* Each student who handed something in gets his file. */
static enum status finish(struct taking *t)
{
    const struct captures_options *o = t->options;
    const size_t n = o->desk->has_roster ? o->desk->roster.n : 1;
    enum status st = ST_OK;

    for (size_t i = 0; i < n && st == ST_OK; i++) {
        const struct answer *a = &t->answers[i];
        if (!a->captures && !a->unread[0])
            continue;
        const char *student = o->desk->has_roster ? o->desk->roster.students[i].handle : o->student;
        t->sum->students++;
        if (!a->captures)
            tell(t, CAPTURES_UNREAD, "", student, NULL, a->unread);
        if (o->answers)
            st = write_answer(o, student, a, t->err);
    }
    return st;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash && slash[1] ? slash + 1 : path;
}

enum status captures_take(const struct captures_options *options, struct captures_sum *sum, struct err *err)
{
    struct taking t = {.options = options, .sum = sum, .err = err, .st = ST_OK};
    bool folder = false;

    *sum = (struct captures_sum){0};
    t.st = start(&t, &folder);
    if (t.st == ST_OK && !folder)
        take_file(&t, options->path, base_name(options->path));
    else if (t.st == ST_OK && beneath_each(options->path, options->path, walk, &t) != 0)
        t.st = err_set(err, ST_INPUT, "%s: %s", options->path, strerror(errno));
    if (t.st == ST_OK)
        t.st = finish(&t);
    if (t.st == ST_OK && !sum->files)
        t.st = err_set(err, ST_INPUT, "%s: no file is in it", options->path);
    if (t.st == ST_OK && sum->unread && !sum->right && !sum->wrong)
        t.st = ST_INPUT;
    else if (t.st == ST_OK && (sum->wrong || sum->nobody || sum->unread))
        t.st = ST_NO;
    for (size_t i = 0; t.answers && i < (options->desk->has_roster ? options->desk->roster.n + 1 : 1); i++)
        buf_free(&t.answers[i].text);
    free(t.answers);
    rulebook_free(t.book);
    return t.st;
}
