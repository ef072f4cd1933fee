/* Knowledge questions: the scoreboard compares, so what it would say is computed as CTFd 3.8.7 does
 * (CTFd/plugins/flags/__init__.py). Patterns are Python's, and Python itself is asked about them, in a range
 * of its own: a pattern may never come to an end. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "grader/verify/run.h"
#include "json/write.h"

enum { CASES_MAX = 1 << 20 };

static bool is_ascii(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text >= 0x80)
            return false;
    return true;
}

/* Without the blanks at both ends, which CTFd takes away. */
static const char *strip(const char *text, size_t *length)
{
    text += strspn(text, " \t\r\n\f\v");
    *length = strlen(text);
    while (*length && strchr(" \t\r\n\f\v", text[*length - 1]))
        --*length;
    return text;
}

static bool accepts(const struct challenge_flag *flag, const char *answer)
{
    size_t n, m;
    const char *a = strip(answer, &n), *b = strip(flag->content, &m);

    if (n != m)
        return false;
    bool any_case = flag->data && strcmp(flag->data, "case_insensitive") == 0;
    return any_case ? strncasecmp(a, b, n) == 0 : memcmp(a, b, n) == 0;
}

static bool needs_python(const struct challenge *c)
{
    const struct target_spec *t = &c->target;

    for (size_t i = 0; i < c->n_flags; i++)
        if (strcmp(c->flags[i].type, "static") != 0 || !is_ascii(c->flags[i].content))
            return true;
    for (size_t i = 0; i < t->n_accept_answers; i++)
        if (!is_ascii(t->accept_answers[i].text))
            return true;
    for (size_t i = 0; i < t->n_refuse_answers; i++)
        if (!is_ascii(t->refuse_answers[i].text))
            return true;
    return false;
}

static const char SCRIPT[] =
    "import json, re\n"
    "def match(flag, text):\n"
    "    saved = flag['content'].strip()\n"
    "    insensitive = flag['data'] == 'case_insensitive'\n"
    "    if flag['type'] == 'regex':\n"
    "        try:\n"
    "            m = re.match(saved, text, re.IGNORECASE if insensitive else 0)\n"
    "        except re.error:\n"
    "            return False\n"
    "        return bool(m) and m.group() == text\n"
    "    if len(saved) != len(text):\n"
    "        return False\n"
    "    return saved.lower() == text.lower() if insensitive else saved == text\n"
    "cases = json.load(open('/tmp/cases.json', encoding='utf-8'))\n"
    "for answer in cases['answers']:\n"
    "    print(int(any(match(f, answer.strip()) for f in cases['flags'])), flush=True)\n";

static void put_cases(const struct challenge *c, struct buf *out)
{
    const struct target_spec *t = &c->target;
    struct json_writer w = {.out = out};

    json_open_object(&w, NULL);
    json_open_array(&w, "flags");
    for (size_t i = 0; i < c->n_flags; i++) {
        json_open_object(&w, NULL);
        json_put_text(&w, "type", c->flags[i].type);
        json_put_text(&w, "content", c->flags[i].content);
        json_put_text(&w, "data", c->flags[i].data);
        json_close_object(&w);
    }
    json_close_array(&w);
    json_open_array(&w, "answers");
    for (size_t i = 0; i < t->n_accept_answers; i++)
        json_put_text(&w, NULL, t->accept_answers[i].text);
    for (size_t i = 0; i < t->n_refuse_answers; i++)
        json_put_text(&w, NULL, t->refuse_answers[i].text);
    json_close_array(&w);
    json_close_object(&w);
}

/* One line an answer, "1" or "0", to said. */
static enum status ask_python(struct run *run, struct buf *said, struct err *err)
{
    static const char *const argv[] = {"python3", "-I", "/tmp/match.py", NULL};
    const struct range_options options = {0};
    struct range *range = NULL;
    struct program *program = NULL;
    struct buf cases;
    char chunk[4096];
    int fds[2];
    ssize_t n;

    if (pipe2(fds, O_CLOEXEC))
        return err_set(err, ST_ENV, "no pipe");
    buf_init(&cases, CASES_MAX);
    put_cases(run->challenge, &cases);
    const struct program_show shows[] = {{.at = "/tmp/match.py", .bytes = SCRIPT, .len = sizeof(SCRIPT) - 1},
                                         {.at = "/tmp/cases.json", .bytes = cases.data, .len = cases.len}};
    const struct program_spec spec = {.side = RANGE_STUDENT,
                                      .argv = argv,
                                      .in = -1,
                                      .out = fds[1],
                                      .err = -1,
                                      .shows = shows,
                                      .n_shows = 2,
                                      .limits = &program_student_limits};
    enum status st = range_open(&options, &range, err);
    if (st == ST_OK)
        st = program_start(range, &spec, &program, err);
    close(fds[1]);
    if (st == ST_OK) {
        program_wait(program, (int)run->options->timeout_s * 1000, NULL);
        program_close(program);
        while ((n = read(fds[0], chunk, sizeof(chunk))) > 0 && buf_add(said, chunk, (size_t)n))
            ;
    }
    close(fds[0]);
    range_close(range);
    buf_free(&cases);
    return st;
}

/* accepted: 1 or 0; -1 when that could not be found out. */
static void tell_answer(struct run *run, const struct scalar *answer, bool want, int accepted)
{
    struct check check = run_check(run, CHECK_ANSWER, "%s: %.100s", want ? "accept" : "refuse", answer->text);

    snprintf(check.file, sizeof(check.file), "%s", run->challenge->target.file);
    check.line = answer->at.line;
    snprintf(check.clause, sizeof(check.clause), want ? "accept" : "refuse");
    if (accepted < 0)
        run_fail(&check, BLAME_CHALLENGE, "the scoreboard's patterns came to no end within %u s",
                 run->options->timeout_s);
    else if (want && !accepted)
        run_fail(&check, BLAME_CHALLENGE, "the scoreboard refuses it: no flag of challenge.yml matches");
    else if (!want && accepted)
        run_fail(&check, BLAME_CHALLENGE, "the scoreboard accepts it: a flag of challenge.yml matches");
    run_tell(run, &check);
}

static int accepted_here(const struct challenge *c, const char *answer)
{
    for (size_t i = 0; i < c->n_flags; i++)
        if (accepts(&c->flags[i], answer))
            return 1;
    return 0;
}

void prove_answers(struct run *run)
{
    const struct target_spec *t = &run->challenge->target;
    bool python = needs_python(run->challenge);
    struct buf said;
    struct err err;

    buf_init(&said, CASES_MAX);
    enum status st = python ? ask_python(run, &said, &err) : ST_OK;
    if (st != ST_OK) {
        struct check check = run_check(run, CHECK_RUN, "Python, for the scoreboard's patterns");
        run_fail(&check, BLAME_ENVIRONMENT, "%s", err.text);
        run_tell(run, &check);
    }
    const char *at = buf_text(&said);
    for (size_t i = 0; st == ST_OK && i < t->n_accept_answers + t->n_refuse_answers; i++) {
        bool want = i < t->n_accept_answers;
        const struct scalar *answer =
            want ? &t->accept_answers[i] : &t->refuse_answers[i - t->n_accept_answers];
        int accepted = python ? -1 : accepted_here(run->challenge, answer->text);
        if (python && (at[0] == '0' || at[0] == '1') && at[1] == '\n') {
            accepted = at[0] == '1';
            at += 2;
        }
        tell_answer(run, answer, want, accepted);
    }
    buf_free(&said);
}
