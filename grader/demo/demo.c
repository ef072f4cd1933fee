/* The demo's steps, in their order. The range is opened before any key is made, as range.h asks. */
#include "grader/demo/demo.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/codec.h"
#include "base/file.h"
#include "base/lockdir.h"
#include "base/log.h"
#include "base/str.h"
#include "grader/deploy/deploy.h"
#include "grader/post/relay.h"
#include "grader/post/submit.h"
#include "grader/store/solve.h"

enum { RELAY_MS = 60000 };

/* The run directory: store, token and the board's file. */
static enum status open_dir(struct demo *demo, struct err *err)
{
    const char *tmp = getenv("TMPDIR") && *getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp";
    struct err why;

    if (lockdir_make(demo->dir, sizeof(demo->dir), tmp, "wiregrade-demo-", &demo->lock, &why) == ST_OK)
        return ST_OK;
    return err_set(err, why.status, "%.900s; name another folder with TMPDIR", why.text);
}

static enum status step_range(struct demo *demo, struct err *err)
{
    const struct range_options options = {.joinable = true};
    char *course = path_join(demo->options.course, "course.yml");
    bool there = course && access(course, R_OK) == 0;

    free(course);
    if (!there)
        return err_set(err, ST_INPUT, "%s: no course.yml is there; name the course's folder with --course",
                       demo->options.course);
    enum status st = open_dir(demo, err);
    if (st != ST_OK)
        return st;
    return range_open(&options, &demo->range, err);
}

/* The class, and what its key makes of the course. */
static enum status step_load(struct demo *demo, struct err *err)
{
    struct problems problems = {0};
    enum status st = demo_class_make(demo, err);

    if (st == ST_OK && demo->desk.course.n_challenges == 0)
        st = err_set(err, ST_INPUT, "%s: the course has no challenge; one is a folder with challenge.yml",
                     demo->options.course);
    if (st != ST_OK)
        return st;
    demo->book = rulebook_compile(&demo->desk.course, &demo->desk.class,
                                  demo->desk.has_roster ? &demo->desk.roster : NULL, demo->desk.ring, NULL, 0,
                                  &problems);
    if (!demo->book) {
        problems_print(&problems, stderr);
        st = problems_err(&problems, err);
    }
    problems_free(&problems);
    demo->rows = calloc(demo->desk.course.n_challenges + 1, sizeof(demo->rows[0]));
    if (st == ST_OK && !demo->rows)
        return err_memory(err);
    for (size_t i = 0; st == ST_OK && i < demo->desk.course.n_challenges; i++) {
        if (demo->desk.course.challenges[i].target.practice)
            continue;
        demo->rows[demo->n_rows++].challenge = &demo->desk.course.challenges[i];
        demo->max_points += demo->desk.course.challenges[i].value;
    }
    return st;
}

static enum status step_board(struct demo *demo, struct err *err)
{
    struct class *class = &demo->desk.class;
    enum status st = ST_OK;

    if (demo->options.scoreboard) {
        snprintf(demo->url, sizeof(demo->url), "%s", demo->options.scoreboard);
        snprintf(demo->token_file, sizeof(demo->token_file), "%s", demo->options.token_file);
        for (size_t n = strlen(demo->url); n && demo->url[n - 1] == '/'; n--)
            demo->url[n - 1] = '\0';
    } else {
        st = demo_class_write(demo, err); /* for the board, which then says where it is */
        if (st == ST_OK)
            st = demo_board_start(demo, err);
    }
    if (st != ST_OK)
        return st;
    class->scoreboard_url = strdup(demo->url);
    class->token_file = strdup(demo->token_file);
    return class->scoreboard_url && class->token_file ? demo_class_write(demo, err) : err_memory(err);
}

static enum status step_scoreboard(struct demo *demo, struct err *err)
{
    enum status st = desk_scoreboard(&demo->desk, &demo->board, 0, err);

    demo->board_open = st == ST_OK;
    if (st == ST_OK && demo->board.driver->kind(demo->board.state, &demo->kind, err) != BOARD_OK)
        st = ST_ENV; /* err says why */
    if (st == ST_OK && demo->kind.teams)
        st = err_set(err, ST_ENV, "%s is in teams mode; the demo needs one in users mode", demo->url);
    return st;
}

static enum status step_deploy(struct demo *demo, struct err *err)
{
    const struct deploy_options options = {.prune = PRUNE_NO};
    struct plan plan;

    enum status st = deploy_run(&plan, &demo->desk, &demo->board, NULL, &options, NULL, NULL, err);
    plan_free(&plan);
    return st;
}

static enum status make_user(struct demo *demo, const char *name, const char *email, int64_t *id, bool *made,
                             struct err *err)
{
    struct board_user user;
    unsigned char random[16];
    char password[HEX_SIZE(sizeof(random))];
    enum board_result r = demo->board.driver->user_find(demo->board.state, name, NULL, &user, err);

    if (r == BOARD_OK) {
        *id = user.id;
        return ST_OK;
    }
    if (r != BOARD_NONE || getrandom(random, sizeof(random), 0) != sizeof(random))
        return ST_ENV;
    hex_encode(password, random, sizeof(random));
    const struct board_account account = {
        .name = name, .email = email, .password = password, .hidden = !demo->kind.ours};
    r = demo->board.driver->user_make(demo->board.state, &account, id, err);
    *made = r == BOARD_OK;
    return r == BOARD_OK ? ST_OK : ST_ENV;
}

/* The students of the demo: on a scoreboard that is not ours hidden, so that nobody's rank changes. */
static enum status step_user(struct demo *demo, struct err *err)
{
    const char *email = demo->desk.has_roster ? DEMO_STUDENT DEMO_AT : NULL;
    enum status st = make_user(demo, DEMO_STUDENT, email, &demo->user, &demo->user_made, err);
    int64_t second;
    bool made;

    if (st == ST_OK && demo->live)
        st = make_user(demo, DEMO_SECOND, DEMO_SECOND DEMO_AT, &second, &made, err);
    return st;
}

static enum status step_solve(struct demo *demo, struct err *err)
{
    enum status st = ST_OK;

    for (size_t i = 0; st == ST_OK && i < demo->n_rows && !*demo->stop; i++) {
        st = demo_solve(demo, &demo->rows[i], err);
        if (st == ST_OK)
            st = demo_check(demo, err);
    }
    return *demo->stop ? err_set(err, ST_NO, "stopped") : st;
}

static struct demo_row *row_find(struct demo *demo, const char *slug)
{
    for (size_t i = 0; i < demo->n_rows; i++)
        if (strcmp(demo->rows[i].challenge->slug, slug) == 0)
            return &demo->rows[i];
    return NULL;
}

static bool take_state(const struct solve *solve, void *context)
{
    struct demo_row *row = row_find(context, solve->slug);

    if (row) {
        row->posted = solve->state == SOLVE_POSTED;
        if (!row->posted && !row->why[0])
            snprintf(row->why, sizeof(row->why), "%s: %s", solve_state_text(solve->state), solve->note);
    }
    return true;
}

/* A knowledge question has no flag: that its answer is accepted is what was verified. */
static enum status submit_answer(struct demo *demo, struct store *store, const struct demo_row *row,
                                 struct err *err)
{
    struct solve solve = {.submitted_us = clock_utc_us(), .source = RANGE_STUDENT_ADDRESS}, now;
    bool fresh;

    str_copy(solve.student, sizeof(solve.student), DEMO_STUDENT);
    str_copy(solve.slug, sizeof(solve.slug), row->challenge->slug);
    str_copy(solve.key_id, sizeof(solve.key_id), keyring_id(demo->desk.ring));
    return store_add(store, &solve, &fresh, &now, err);
}

static enum status step_submit(struct demo *demo, struct store *store, struct err *err)
{
    enum status st = ST_OK;

    for (size_t i = 0; st == ST_OK && i < demo->n_rows; i++) {
        const struct demo_row *row = &demo->rows[i];
        struct submitted submitted;
        if (row->verified && row->challenge->target.kind == TARGET_NONE)
            st = submit_answer(demo, store, row, err);
        else if (row->verified)
            st = submit_flag(&demo->desk, store, row->flag, strlen(row->flag), RANGE_STUDENT_ADDRESS,
                             &submitted, err);
    }
    return st;
}

static enum status step_relay(struct demo *demo, struct err *err)
{
    struct relay_options options = relay_options_of(&demo->desk, RELAY_MS);
    struct relay_summary summary;
    struct store *store;
    enum status st = desk_store_part(&demo->desk, STORE_SOLVES, DESK_WAIT_MS, &store, err);

    options.stop = demo->stop;
    if (st != ST_OK)
        return st;
    st = step_submit(demo, store, err);
    if (st == ST_OK)
        st = relay_run(store, &demo->board, &options, &summary, err);
    if (st == ST_NO)
        st = ST_OK; /* held or rejected: each row says why */
    if (st == ST_OK)
        st = store_each(store, take_state, demo, err);
    store_close(store);
    if (st == ST_OK &&
        demo->board.driver->user_points(demo->board.state, demo->user, &demo->points, err) != BOARD_OK)
        st = ST_ENV;
    return st;
}

/* ST_OK: every challenge scored. ST_ENV: what did not, did not for something that is not installed here. */
static enum status scored(const struct demo *demo)
{
    bool lacking = false;

    for (size_t i = 0; i < demo->n_rows; i++) {
        if (!demo->rows[i].posted && !demo->rows[i].lacking)
            return ST_NO;
        lacking = lacking || !demo->rows[i].posted;
    }
    return lacking ? ST_ENV : demo->points >= demo->max_points ? ST_OK : ST_NO;
}

/* What is left behind, and how to go on by hand. */
static void say_more(const struct demo *demo)
{
    if (demo->options.scoreboard)
        fprintf(
            stderr,
            "\nLeft on %s: the challenges it lacked, their solves, and the %suser \"%s\" (number %lld)%s.\n",
            demo->url, demo->user_made ? "hidden " : "", DEMO_STUDENT, (long long)demo->user,
            demo->user_made ? ", made now" : ", who was there before");
    if (demo->options.once)
        return;
    fprintf(stderr, "\nThe board:   %s\n", demo->url);
    demo_say_login(demo, DEMO_STUDENT, "Solved:      as " DEMO_STUDENT);
    if (demo->live)
        demo_say_login(demo, DEMO_SECOND, "For you:     as " DEMO_SECOND);
    const char *you = demo->live ? DEMO_SECOND : DEMO_STUDENT;
    fprintf(
        stderr,
        "By hand:     %s range --join=%s   (a shell on the student's machine, %s; all works there without "
        "sudo)\n"
        "             then for example:  printf %s | nc -q1 %s 1111\n"
        "             what it saw of you: nc %s %u   (the briefing: seen, read NAME, submit FLAG, help)\n",
        program_invocation_name, range_name(demo->range), RANGE_STUDENT_ADDRESS, you, RANGE_TARGET_ADDRESS,
        RANGE_TARGET_ADDRESS, (unsigned)demo->desk.class.briefing);
    if (demo->live)
        fprintf(stderr,
                "             A flag that you enter on the board's page or at the briefing is points within "
                "seconds.\n"
                "Instructor:  %s report --class %s\n",
                program_invocation_name, demo->class_file);
    fprintf(stderr, "Ctrl-C ends board, targets and range.\n");
}

static enum status wait_for_end(struct demo *demo, struct err *err)
{
    enum status st = ST_OK;

    while (st == ST_OK && !*demo->stop) {
        struct pollfd p = {.fd = program_poll_fd(demo->targets.program), .events = POLLIN};
        poll(&p, 1, 1000);
        st = demo_check(demo, err);
    }
    return st;
}

static void demo_close(struct demo *demo)
{
    demo_children_stop(demo); /* before the journal goes that they read */
    targets_close(&demo->targets);
    range_close(demo->range);
    if (demo->board_open)
        scoreboard_close(&demo->board);
    lockdir_remove(demo->dir, &demo->lock);
    rulebook_free(demo->book);
    desk_close(&demo->desk);
    buf_free(&demo->roster);
    free(demo->rows);
}

int demo_run(const struct demo_options *options, const atomic_int *stop)
{
    static enum status (*const steps[])(struct demo *, struct err *) = {
        /* what needs only this machine comes before anything is made on a scoreboard */
        step_range,  step_load, demo_target_start, step_board, step_scoreboard,
        step_deploy, step_user, step_solve,        step_relay, demo_serve_start,
    };
    struct demo demo = {
        .options = *options, .live = !options->once && !options->scoreboard, .stop = stop, .lock = -1};
    struct err err = {0};
    enum status st = ST_OK;

    buf_init(&demo.roster, 4096);
    for (size_t i = 0; st == ST_OK && i < sizeof(steps) / sizeof(steps[0]); i++)
        st = *stop ? err_set(&err, ST_NO, "stopped") : steps[i](&demo, &err);
    bool done = st == ST_OK;
    if (done) {
        demo_print(&demo);
        st = scored(&demo);
        say_more(&demo);
    }
    if (done && !options->once) {
        enum status end = wait_for_end(&demo, &err);
        done = end == ST_OK;
        st = done ? st : end;
    }
    if (!done) {
        /* what fails because something of ours has ended fails for that */
        if (!*stop && demo_check(&demo, &err) != ST_OK)
            st = ST_ENV;
        log_line("%s", err.text);
    }
    demo_close(&demo);
    return (int)st;
}
