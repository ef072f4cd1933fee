/* The password goes to the scoreboard first, then to the file, and only then is it forgotten that nobody
 * knows it: cut anywhere, the next run with another file sets a new one. */
#include "grader/roster/cards.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/shown.h"
#include "base/str.h"
#include "flag/pin.h"
#include "grader/store/note.h"

enum { GROUPS = 4, GROUP = 4, PASSWORD_SIZE = GROUPS * (GROUP + 1), A_PAGE = 4 };

static void untold_key(const char *handle, char out[64])
{
    snprintf(out, 64, "password.%s", handle);
}

enum status cards_untold(struct store *store, const char *handle, int64_t id, struct err *err)
{
    char key[64], number[32];

    untold_key(handle, key);
    snprintf(number, sizeof(number), "%" PRId64, id);
    return store_note_set(store, key, number, err);
}

/* Not that of a user whom the student has made himself meanwhile. */
static enum status is_untold(struct store *store, const char *handle, int64_t id, bool *is, struct err *err)
{
    char key[64], number[32], known[32];

    untold_key(handle, key);
    snprintf(number, sizeof(number), "%" PRId64, id);
    enum status st = store_note_get(store, key, known, sizeof(known), err);
    *is = st == ST_OK && known[0] && (strcmp(known, "0") == 0 || strcmp(known, number) == 0);
    return st;
}

/* "abcd-efgh-jkmn-pqrs": 79 bits, without letters that look like others, to be typed from paper. */
static void make_password(char out[PASSWORD_SIZE])
{
    static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789";
    size_t n = 0;

    for (size_t i = 0; i < GROUPS; i++) {
        for (size_t k = 0; k < GROUP; k++)
            out[n++] = letters[arc4random_uniform(sizeof(letters) - 1)];
        out[n++] = '-';
    }
    out[n - 1] = '\0';
}

enum status cards_open(struct cards *out, const char *path, const struct desk *desk, struct store *store,
                       struct scoreboard *board, struct err *err)
{
    *out = (struct cards){.path = path, .desk = desk, .store = store, .board = board};
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd < 0 && errno == EEXIST)
        return err_set(
            err, ST_INPUT,
            "--passwords %s: is there already, and what it says may still be good; name another file", path);
    if (fd < 0)
        return err_set(err, ST_INPUT, "--passwords %s: %s", path, strerror(errno));
    out->out = fdopen(fd, "w");
    if (out->out)
        return ST_OK;
    close(fd);
    unlink(path);
    return err_memory(err);
}

static void print_card(const struct cards *cards, const struct student *s, const struct board_user *user,
                       const char *password, const char *pin)
{
    const struct class *class = &cards->desk->class;
    char target[IPADDR_TEXT_SIZE], name[BOARD_TEXT_SIZE];
    FILE *out = cards->out;

    ipaddr_text(class->target, target);
    snprintf(name, sizeof(name), "%s", user->name);
    shown_plain(name);
    if (cards->n && cards->n % A_PAGE == 0)
        putc('\f', out);
    fprintf(out,
            "- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - -\n\n"
            "%s\n%s, class %s\n\n"
            "  handle      %s\n"
            "  PIN         %s\n"
            "  target      %s\n\n"
            "  scoreboard  %s\n"
            "  user        %s\n"
            "  password    %s\n\n"
            "  ask         nc %s %u    then: i %s %s    and: help\n\n",
            s->name, cards->desk->course.name, class->word, s->handle, pin, target, class->scoreboard_url,
            name, password ? password : "your own", target, class->briefing, s->handle, pin);
}

enum status cards_add(struct cards *cards, const struct student *student, const struct board_user *user,
                      struct err *err)
{
    char password[PASSWORD_SIZE] = "", pin[PIN_SIZE], key[64];
    enum board_result result = BOARD_OK;
    bool untold = false;

    if (!pin_make(pin, &cards->desk->flags, cards->desk->ring, student->handle))
        return err_set(err, ST_INPUT, "this key file was exported without --pins");
    enum status st = is_untold(cards->store, student->handle, user->id, &untold, err);
    if (st == ST_OK && untold) {
        make_password(password);
        result = cards->board->driver->user_change(cards->board->state, user->id, NULL, password, err);
    }
    if (result != BOARD_OK)
        st = board_status(result, err);
    if (st == ST_OK) {
        print_card(cards, student, user, untold ? password : NULL, pin);
        if (fflush(cards->out) || fsync(fileno(cards->out)))
            st = err_set(err, ST_ENV, "%s: %s", cards->path, strerror(errno));
        cards->n++;
    }
    untold_key(student->handle, key);
    if (st == ST_OK && untold)
        st = store_note_set(cards->store, key, "", err);
    explicit_bzero(password, sizeof(password));
    return st;
}

void cards_close(struct cards *cards)
{
    if (!cards->out)
        return;
    fclose(cards->out);
    if (!cards->n)
        unlink(cards->path);
    cards->out = NULL;
}
