/* ctfd.h - the parts of the CTFd driver, by what they are about. */
#pragma once

#include "grader/scoreboard/board.h"

/* ctfd_find.c: challenges and users, as scoreboard.h says. */
enum board_result ctfd_challenge_find(void *state, const char *name, struct board_challenge *out,
                                      struct err *err);
enum board_result ctfd_challenge_read(void *state, int64_t id, struct board_challenge *out, struct err *err);
enum board_result ctfd_user_find(void *state, const char *name, const char *email, struct board_user *out,
                                 struct err *err);
enum board_result ctfd_user_read(void *state, int64_t id, struct board_user *out, struct err *err);

/* ctfd_solve.c: solves and points. */
enum board_result ctfd_solve_post(void *state, const struct board_solve *solve, int64_t *submission,
                                  struct err *err);
enum board_result ctfd_solve_find(void *state, const struct board_solve *solve, struct board_posted *out,
                                  struct err *err);
enum board_result ctfd_solve_remove(void *state, int64_t submission, struct err *err);
enum board_result ctfd_user_points(void *state, int64_t id, int64_t *points, struct err *err);

/* ctfd_make.c: what deploy and demo create. */
enum board_result ctfd_challenge_make(void *state, const struct board_draft *draft, int64_t *id,
                                      struct err *err);
enum board_result ctfd_challenge_refresh(void *state, int64_t id, struct err *err);
enum board_result ctfd_user_make(void *state, const struct board_account *account, int64_t *id,
                                 struct err *err);
enum board_result ctfd_config_set(void *state, const char *key, const char *value, struct err *err);

/* ctfd_rows.c: what was entered there. */
enum board_result ctfd_rows_count(void *state, struct board_tally *out, struct err *err);
enum board_result ctfd_rows_each(void *state, enum board_type type, bool all, board_row_fn *row,
                                 void *context, struct err *err);
enum board_result ctfd_row_promote(void *state, int64_t submission, int64_t *fresh, struct err *err);
enum board_result ctfd_row_revoke(void *state, int64_t submission, struct err *err);

/* Whether CTFd of this version ("3.8.7") takes a solve back by PATCH. */
bool ctfd_has_patch_to_incorrect(const char *version);
