/* What the command line says, made into a scan of the file. */
#include "grader/check/check.h"

#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/installed.h"
#include "grader/check/given.h"
#include "grader/check/scan.h"
#include "grader/desk/desk.h"

struct judging {
    const struct check_options *options;
    struct desk desk;
    struct rulebook *book;
};

/* The class: what is named, class.yml here, or the practice class. A key that is not there is no fault: at
 * home nobody has it. */
static enum status load_class(struct judging *c, struct err *err)
{
    const char *file = c->options->class_file;
    struct class class = {0};

    if (!file && access("class.yml", F_OK) == 0)
        file = "class.yml";
    if (!file) {
        if (!class_practice(&class, installed_course()))
            return err_memory(err);
        return desk_open_practice(&c->desk, &class, NULL, err);
    }
    enum status st = desk_open(&c->desk, file, 0, err);
    const char *key = c->desk.class.key_file;
    if (st == ST_OK && key && access(key, R_OK) == 0)
        st = keyring_load(&c->desk.ring, key, err);
    return st;
}

static enum status load_book(struct judging *c, struct err *err)
{
    struct problems problems = {0};

    c->book = rulebook_compile(&c->desk.course, &c->desk.class, c->desk.has_roster ? &c->desk.roster : NULL,
                               c->desk.ring, NULL, 0, &problems);
    enum status st = problems_err(&problems, err);
    problems_free(&problems);
    if (st == ST_OK && !c->book)
        st = err_memory(err);
    for (size_t i = 0; st == ST_OK && i < c->options->n_params; i++)
        st = given_put(c->book, c->options->params[i], err);
    return st;
}

/* Ctrl-C ends tcpdump and check alike when one feeds the other: the first one is for tcpdump, so that the
 * summary still comes; a second one ends check. */
static void ignore_once(int signal)
{
    (void)signal;
}

/* True when packets are to be shown as they come: people watch a pipe. */
static bool watch_pipe(const struct check_options *options)
{
    const struct sigaction action = {.sa_handler = ignore_once, .sa_flags = (int)(SA_RESTART | SA_RESETHAND)};
    struct stat st;

    if (strcmp(options->file, "-") != 0 || (fstat(STDIN_FILENO, &st) == 0 && S_ISREG(st.st_mode)))
        return false;
    sigaction(SIGINT, &action, NULL);
    return !options->json;
}

static enum status open_all(struct judging *c, struct err *err)
{
    enum status st = load_class(c, err);

    if (st == ST_OK)
        st = load_book(c, err);
    if (st == ST_OK && c->options->student && desk_has_student(&c->desk, c->options->student, err) != ST_OK)
        st = err->status = ST_USAGE;
    return st;
}

enum status check_run(const struct check_options *options, FILE *out, struct err *err)
{
    struct show_human human = {.out = out};
    struct show_json json = {.out = out};
    struct judging c = {.options = options};
    struct stat file;
    enum status st =
        stat(options->file, &file) == 0 && S_ISDIR(file.st_mode)
            ? err_set(err, ST_INPUT,
                      "%s: a folder; name one capture in it, or let `wiregrade submit --capture` "
                      "take all",
                      options->file)
            : open_all(&c, err);

    if (st == ST_OK) {
        const struct scan_options scan = {.course = &c.desk.course,
                                          .class = &c.desk.class,
                                          .book = c.book,
                                          .file = options->file,
                                          .slugs = options->slugs,
                                          .n_slugs = options->n_slugs,
                                          .student = options->student,
                                          .each = watch_pipe(options) || options->every_packet};
        st = scan_run(&scan, options->json ? &show_json : &show_human,
                      options->json ? (void *)&json : (void *)&human, err);
    }
    rulebook_free(c.book);
    desk_close(&c.desk);
    return st;
}
