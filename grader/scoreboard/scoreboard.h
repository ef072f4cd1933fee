/* scoreboard.h - the contract between the grader and a scoreboard; the relay knows nothing else of one. */
#pragma once

#include <stdint.h>

#include "base/err.h"
#include "grader/scoreboard/board.h"
#include "grader/scoreboard/content.h"
#include "grader/scoreboard/rows.h"

struct scoreboard {
    const struct scoreboard_driver *driver;
    void *state;
};

/* One make of scoreboard. Every function may be called again after any result, for as long as it is open,
 * and leaves nothing half done that a repetition would double. */
struct scoreboard_driver {
    const char *name;

    /* Reads the token; sends nothing. ST_INPUT: address or token file are wrong. */
    enum status (*open)(void **state, const struct board_options *options, struct err *err);
    void (*close)(void *state);
    enum board_result (*kind)(void *state, struct board_kind *out, struct err *err);
    /* How long its last answer asked to be left alone, in milliseconds; 0: it did not. */
    int64_t (*patience)(void *state);

    /* By name, compared exactly; hidden ones too. */
    enum board_result (*challenge_find)(void *state, const char *name, struct board_challenge *out,
                                        struct err *err);
    enum board_result (*challenge_read)(void *state, int64_t id, struct board_challenge *out,
                                        struct err *err);
    enum board_result (*challenge_refresh)(void *state, int64_t id, struct err *err);

    /* Of every challenge, hidden ones too, until row returns false. */
    enum board_result (*challenge_each)(void *state,
                                        bool (*row)(const struct board_listed *row, void *context),
                                        void *context, struct err *err);
    /* Adds all that is there of it to *out, which content_free releases either way. */
    enum board_result (*challenge_content)(void *state, int64_t id, struct board_content *out,
                                           struct err *err);
    /* mask: 1 << KEY_… of the keys to send; the others stay as they are. */
    enum board_result (*challenge_create)(void *state, const struct board_content *content, unsigned mask,
                                          int64_t *id, struct err *err);
    enum board_result (*challenge_patch)(void *state, int64_t id, const struct board_content *content,
                                         unsigned mask, struct err *err);
    /* With its solves. */
    enum board_result (*challenge_remove)(void *state, int64_t id, struct err *err);
    /* A flag, tag, topic, hint, file or solution. fields: 1 << i of those that differ. A repeated remove is
     * BOARD_OK. */
    enum board_result (*record_make)(void *state, int64_t challenge, const struct board_record *record,
                                     int64_t *id, struct err *err);
    enum board_result (*record_change)(void *state, int64_t challenge, const struct board_record *there,
                                       const struct board_record *wanted, unsigned fields, struct err *err);
    enum board_result (*record_remove)(void *state, const struct board_record *there, struct err *err);
    /* The keys, and the fields of a kind (0: not the kind itself), that this release knows. After kind. */
    unsigned (*content_keys)(void *state, bool dynamic);
    unsigned (*record_fields)(void *state, enum record_kind kind);

    /* By e-mail when that is not NULL, else by name; compared exactly; hidden ones too. */
    enum board_result (*user_find)(void *state, const char *name, const char *email, struct board_user *out,
                                   struct err *err);
    enum board_result (*user_read)(void *state, int64_t id, struct board_user *out, struct err *err);
    enum board_result (*user_make)(void *state, const struct board_account *account, int64_t *id,
                                   struct err *err);
    /* Sets name and password, those of them that are not NULL. BOARD_WRONG: the name is another's. */
    enum board_result (*user_change)(void *state, int64_t id, const char *name, const char *password,
                                     struct err *err);
    /* Tells a user something, once: the same again is not doubled. CTFd shows it to everybody else too.
     * BOARD_NONE: the scoreboard has no such thing. */
    enum board_result (*user_notify)(void *state, int64_t id, const char *title, const char *text,
                                     struct err *err);
    /* In teams mode. By name, compared exactly; hidden ones too. team_join: BOARD_WRONG for who is in another
     * team already. Nothing here ever takes a member out: his submissions would go. */
    enum board_result (*team_find)(void *state, const char *name, struct board_team *out, struct err *err);
    enum board_result (*team_read)(void *state, int64_t id, struct board_team *out, struct err *err);
    enum board_result (*team_make)(void *state, const char *name, const char *password, int64_t *id,
                                   struct err *err);
    enum board_result (*team_join)(void *state, int64_t team, int64_t user, struct err *err);
    /* Points given without a challenge, below 0 for what hints cost. */
    enum board_result (*awards_each)(void *state, bool (*row)(const struct board_award *row, void *context),
                                     void *context, struct err *err);
    /* Points as the scoreboard shows them, in teams mode the team's; false in *shown when it shows none. */
    enum board_result (*user_score)(void *state, int64_t id, int64_t *points, bool *shown, struct err *err);
    /* Points as the scoreboard counts them, hidden users' included; in teams mode the team's. */
    enum board_result (*user_points)(void *state, int64_t id, int64_t *points, struct err *err);

    /* Posts a correct solve, once. After BOARD_CONFLICT and BOARD_UNKNOWN ask solve_find. */
    enum board_result (*solve_post)(void *state, const struct board_solve *solve, int64_t *submission,
                                    struct err *err);
    enum board_result (*solve_find)(void *state, const struct board_solve *solve, struct board_posted *out,
                                    struct err *err);
    enum board_result (*solve_remove)(void *state, int64_t submission, struct err *err);

    /* What was entered there: how many rows of each type; each row of a type, without order, and with all
     * false only until a page has nothing new. Nothing may be changed from within row. */
    enum board_result (*rows_count)(void *state, struct board_tally *out, struct err *err);
    enum board_result (*rows_each)(void *state, enum board_type type, bool all, board_row_fn *row,
                                   void *context, struct err *err);
    /* One row, whatever its type. */
    enum board_result (*row_read)(void *state, int64_t submission, struct board_row *out, struct err *err);
    /* Makes a wrong row a solve of its own date, with a new number; BOARD_WRONG and BOARD_CONFLICT: perhaps
     * it is solved already. Takes a solve back: BOARD_NONE when it is gone. */
    enum board_result (*row_promote)(void *state, int64_t submission, int64_t *fresh, struct err *err);
    enum board_result (*row_revoke)(void *state, int64_t submission, struct err *err);

    /* A value of the scoreboard's own configuration, "" when it is not set; sets one. */
    enum board_result (*config_get)(void *state, const char *key, char *out, size_t size, struct err *err);
    enum board_result (*config_set)(void *state, const char *key, const char *value, struct err *err);
};

/* Opens the scoreboard at options->url. ST_INPUT: address or token file are wrong; then, too,
 * scoreboard_close may be called, and there is no driver. Sends nothing. */
enum status scoreboard_open(struct scoreboard *out, const struct board_options *options, struct err *err);
void scoreboard_close(struct scoreboard *board);
