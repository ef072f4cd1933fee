#include <argp.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/std.h"
#include "base/str.h"
#include "board/answers.h"
#include "board/board.h"
#include "board/routes.h"

static const char doc[] =
    "A scoreboard for practice, CI and closed networks: the part of CTFd's REST API v1 "
    "that wiregrade uses, and a "
    "page for students.\v"
    "As with CTFd, each request to the API shows a token, \"Authorization: Token ctfd_...\", and says "
    "\"Content-Type: application/json\", a GET too; else it is sent to /login (302).\n\n"
    "The first form serves until SIGINT or SIGTERM; SIGHUP reads --class anew. The second prints a student's "
    "access token; the student opens "
    "http://ADDRESS:PORT/#token=TOKEN.\n\n"
    "Example: wiregrade-board --db class.db --token-file class.token --class class.yml\n"
    "         wiregrade-board token alice --db class.db\n\n"
    "For tests, --fault WHAT:KIND[:COUNT[:AFTER]] fails on purpose; WHAT is "
    "post-submissions, get-users and the like, or "
    "any; KIND is before-commit, after-commit, drop-before, drop, hang, slow, html, "
    "garbage, 302, 401, 403, 404, 503.";
static const char args_doc[] = "\ntoken USER";

enum { KEY_PORT = 256, KEY_LISTEN, KEY_DB, KEY_TOKEN_FILE, KEY_MODE, KEY_READY_FD, KEY_FAULT, KEY_CLASS };

static const struct argp_option options[] = {
    {"port", KEY_PORT, "N", 0, "Port; 0: any free one (default 8000)", 0},
    {"listen", KEY_LISTEN, "ADDR", 0, "Numeric address to listen on (default 127.0.0.1)", 0},
    {"db", KEY_DB, "FILE", 0, "SQLite file, made when missing (default board.db)", 0},
    {"token-file", KEY_TOKEN_FILE, "FILE", 0,
     "Where the administrator's token is written (default: DB.token)", 0},
    {"class", KEY_CLASS, "FILE", 0,
     "class.yml: its key verifies flags, and students see their own values and tries", 0},
    {"mode", KEY_MODE, "MODE", 0, "users or teams, for a new file (default users)", 0},
    {"ready-fd", KEY_READY_FD, "N", 0, "Write the port and a newline there once it serves", 0},
    {"fault", KEY_FAULT, "SPEC", 0, "For tests: fail on purpose, may be repeated", 0},
    {0},
};

struct config {
    const char *listen, *db, *token_file, *mode, *class, *command, *user;
    uint16_t port;
    int ready_fd;
    struct fault_list faults;
};

static int number(struct argp_state *state, const char *option, const char *text, uint64_t max)
{
    uint64_t n = 0;

    if (parse_u64(text, max, &n) != PARSE_OK)
        argp_error(state, "%s %s: expected a number up to %llu", option, text, (unsigned long long)max);
    return (int)n;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct config *config = state->input;
    struct err err;

    if (key == KEY_PORT)
        config->port = (uint16_t)number(state, "--port", arg, 65535);
    else if (key == KEY_READY_FD)
        config->ready_fd = number(state, "--ready-fd", arg, 1023);
    else if (key == KEY_LISTEN)
        config->listen = arg;
    else if (key == KEY_DB)
        config->db = arg;
    else if (key == KEY_TOKEN_FILE)
        config->token_file = arg;
    else if (key == KEY_CLASS)
        config->class = arg;
    else if (key == KEY_MODE && (strcmp(arg, "users") == 0 || strcmp(arg, "teams") == 0))
        config->mode = arg;
    else if (key == KEY_MODE)
        argp_error(state, "--mode %s: expected users or teams", arg);
    else if (key == KEY_FAULT && fault_add(&config->faults, arg, &err) != ST_OK)
        argp_error(state, "%s", err.text);
    else if (key == KEY_FAULT)
        return 0;
    else if (key == ARGP_KEY_ARG && state->arg_num == 0 && strcmp(arg, "token") == 0)
        config->command = arg;
    else if (key == ARGP_KEY_ARG && state->arg_num == 1)
        config->user = arg;
    else if (key == ARGP_KEY_ARG)
        argp_error(state, "%s: not known here", arg);
    else if (key == ARGP_KEY_END && config->command && !config->user)
        argp_error(state, "token: whose? a user's name or e-mail is missing");
    else if (key != ARGP_KEY_END)
        return ARGP_ERR_UNKNOWN;
    return 0;
}

static enum status print_token(const struct config *config, struct err *err)
{
    struct board board = {0};
    char token[TOKEN_SIZE];

    if (access(config->db, F_OK))
        return err_set(err, ST_INPUT, "%s: %s", config->db, strerror(errno));
    enum status st = board_open(&board, config->db, NULL, err);
    if (st != ST_OK)
        return st;
    st = board_token(&board, config->user, token, err);
    if (st == ST_OK)
        printf("%s\n", token);
    board_close(&board);
    return st;
}

/* Whoever reads it on the way has the power of its owner. */
static void warn_of_plain_text(const char *address)
{
    uint32_t v4 = 0;

    if (strcmp(address, "::1") != 0 && !(parse_ipv4(address, &v4) && v4 >> 24 == 127))
        log_line(
            "warning: tokens travel to %s without encryption; listen on 127.0.0.1, behind a proxy with https "
            "or a tunnel",
            address);
}

static enum status announce(const struct config *config, uint16_t port, struct err *err)
{
    const char *address = config->listen ? config->listen : "127.0.0.1";
    bool v6 = strchr(address, ':');
    char line[16];

    warn_of_plain_text(address);
    printf("listening on http://%s%s%s:%u\n", v6 ? "[" : "", address, v6 ? "]" : "", (unsigned)port);
    if (fflush(stdout))
        return err_set(err, ST_ENV, "stdout: %s", strerror(errno));
    if (config->ready_fd < 0)
        return ST_OK;
    int len = snprintf(line, sizeof(line), "%u\n", (unsigned)port);
    if (write_all(config->ready_fd, line, (size_t)len))
        return err_set(err, ST_ENV, "--ready-fd %d: %s", config->ready_fd, strerror(errno));
    close(config->ready_fd);
    return ST_OK;
}

/* What stays when the new files are wrong: what was read before. */
static void read_anew(struct board *board, const char *class_file)
{
    struct answers *fresh = NULL, *old;
    struct err err;

    if (answers_open(&fresh, class_file, &err) != ST_OK) {
        log_line("not read anew: %s", err.text);
        answers_close(fresh);
        return;
    }
    pthread_mutex_lock(&board->lock); /* whoever reads it holds this */
    old = board->answers;
    board->answers = fresh;
    pthread_mutex_unlock(&board->lock);
    answers_close(old);
    log_line("read anew: %s", class_file);
}

static enum status serve(struct board *board, const struct config *config, const sigset_t *ends,
                         struct err *err)
{
    struct httpd *server = NULL;
    struct httpd_options http = {
        .listen = config->listen,
        .port = config->port,
        .max_body = 1024 * 1024,
        .max_reply = 16 * 1024 * 1024,
        .max_connections = 512,
        .max_per_source = 128, /* a class may sit behind one address */
        .idle_s = 15,
        .exchange_s = 20,
        .miss = routes_miss,
        .context = board,
    };
    int got;

    http.routes = routes_all(&http.n_routes);
    enum status st = httpd_start(&server, &http, err);
    if (st == ST_OK)
        st = announce(config, httpd_port(server), err);
    while (st == ST_OK && sigwait(ends, &got) == 0 && got == SIGHUP)
        read_anew(board, config->class);
    httpd_stop(server);
    return st;
}

/* The default: the database's name with .token behind. */
static char *token_path(const struct config *config)
{
    char *path = NULL;

    if (config->token_file)
        return strdup(config->token_file);
    return asprintf(&path, "%s.token", config->db) < 0 ? NULL : path;
}

static enum status run(const struct config *config, struct err *err)
{
    struct board board = {.faults = config->faults};
    char *path = token_path(config);
    sigset_t ends;

    if (!path)
        return err_memory(err);
    /* before any thread is there, so that all of them leave these signals to sigwait */
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    if (config->class)
        sigaddset(&ends, SIGHUP);
    sigprocmask(SIG_BLOCK, &ends, NULL);
    signal(SIGPIPE, SIG_IGN);
    enum status st = board_open(&board, config->db, config->mode, err);
    if (st == ST_OK) {
        st = board_token_file(&board, path, err);
        if (st == ST_OK && config->class)
            st = answers_open(&board.answers, config->class, err);
        if (st == ST_OK)
            st = serve(&board, config, &ends, err);
        answers_close(board.answers);
        board_close(&board);
    }
    free(path);
    return st;
}

int main(int argc, char **argv)
{
    static const struct argp argp = {options, parse, args_doc, doc, NULL, NULL, NULL};
    struct config config = {.db = "board.db", .port = 8000, .ready_fd = -1};
    struct err err = {0};

    std_open("wiregrade-board");
    argp_program_version = std_version;
    argp_err_exit_status = ST_USAGE;
    if (argp_parse(&argp, argc, argv, 0, NULL, &config)) {
        err_memory(&err);
        return (int)log_err(&err);
    }
    /* flags and tokens are in its memory */
    prctl(PR_SET_DUMPABLE, 0);
    enum status st = config.command ? print_token(&config, &err) : run(&config, &err);
    return st == ST_OK ? 0 : (int)log_err(&err);
}
